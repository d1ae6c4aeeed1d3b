"""The log: one rotating file in the shop's folder, in which no secret ever stands."""

from __future__ import annotations

import logging
import re
import sys
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from desktop.paths import log_folder

LOG_FILE = "sanduku.log"
MAX_BYTES = 1_000_000
KEPT_FILES = 5
HIDDEN = "[hidden]"

_LINE = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"
_SHORTEST_SECRET = 6
_TELLING_NAMES = (
    r"[\w-]*(?:passw(?:or)?d|secret|api[_-]?key|subscription[_-]?key|callback[_-]?key|token)"
    r"|authorization"
)
_PATTERNS = (
    # The driver quotes the values of a refused statement, which may hold anything.
    (re.compile(r"\[parameters: .*"), f"[parameters: {HIDDEN}]"),
    (re.compile(r"\$argon2\w*\$\S+"), HIDDEN),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(
            rf"""(?P<name>["']?(?:{_TELLING_NAMES})["']?\s*[:=]\s*)"""
            r"""(?:"[^"]*"|'[^']*'|(?!\[hidden\])[^\s,;}&]+)""",
            re.IGNORECASE,
        ),
        rf"\g<name>{HIDDEN}",
    ),
)
_known_secrets: set[str] = set()


def hide(secret: str) -> None:
    """Keep a value out of every line logged from now on, wherever it turns up."""
    if len(secret) >= _SHORTEST_SECRET:
        _known_secrets.add(secret)


def redacted(text: str) -> str:
    """Return a text without the secrets it holds, known by value or by the name before them."""
    for secret in sorted(_known_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback, then takes out secrets, so that none gets around it."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line to be written."""
        return redacted(super().format(record))


class _ShopLog(RotatingFileHandler):
    """Makes its folder with the first line, so that a program that logs nothing leaves nothing."""

    level_before = logging.WARNING

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say once that the log cannot be written; the shop goes on without it."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        if sys.stderr is not None and not getattr(self, "told", False):
            self.told = True
            sys.stderr.write(f"The log {self.baseFilename} cannot be written: {error.strerror}\n")


def start_log(data_dir: Path) -> Path:
    """Send the log to the shop's folder, instead of where it went before; return its file."""
    file = log_folder(data_dir) / LOG_FILE
    stop_log()
    handler = _ShopLog(
        file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(RedactingFormatter(_LINE))
    root = logging.getLogger()
    root.addHandler(handler)
    handler.level_before = root.level
    root.setLevel(logging.INFO)
    # Every migration step would be a line; what went wrong there is raised anyway.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return file


def stop_log() -> None:
    """Close the log's file."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _ShopLog)]:
        root.removeHandler(handler)
        root.setLevel(handler.level_before)
        handler.close()
