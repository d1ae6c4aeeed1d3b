"""``python -m core.gateways.sandbox --port N``: the sandbox by itself, until it is stopped."""

from __future__ import annotations

import argparse
import sys

from core.gateways.sandbox import Sandbox, Settings, serve_until_stopped


def main() -> int:
    """Serve until Ctrl+C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--currency", default="RWF")
    parser.add_argument("--environment", default="sandbox")
    given = parser.parse_args()
    try:
        settings = Settings(
            currency=given.currency, environment=given.environment, speed=given.speed
        )
        sandbox = Sandbox(settings, port=given.port)
        sandbox.start()
    except (ValueError, OverflowError) as error:
        parser.error(str(error))
    except OSError as error:
        sys.stderr.write(f"Port {given.port} cannot be used: {error.strerror}.\n")
        return 1
    sys.stdout.write(f"{sandbox.url}\n")
    sys.stdout.flush()
    serve_until_stopped(sandbox)
    return 0


if __name__ == "__main__":
    sys.exit(main())
