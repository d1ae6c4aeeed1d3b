"""How long a name waits after wrong passwords, and where a desk of a shop on a server keeps it.

A server refuses a login before anything of the shop is asked, so it counts nothing. The desk counts
at its own window, in its own folder, for all who sit down there and across restarts. It is an
obstacle to whoever stands at the desk; one who brings a program of their own is slowed by the
server alone (``auth_delay`` of PostgreSQL).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import Clock, as_utc, iso_utc

FREE_TRIES = 5
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 15 * 60
MOST_NAMES = 8
"""A longer row of names is slower to read than a name is to type."""


def wait_after(wrong_tries: int) -> int:
    """Return the seconds to wait after so many wrong passwords in a row; 0 while tries are free."""
    beyond = wrong_tries - FREE_TRIES
    return 0 if beyond < 0 else min(FIRST_WAIT_S * 2 ** min(beyond, 16), LONGEST_WAIT_S)


def left_s(until: datetime | None, now: datetime) -> int:
    """Return the whole seconds that are left of a wait."""
    if until is None:
        return 0
    return max(0, -(-(until - as_utc(now)) // timedelta(seconds=1)))


def in_words(seconds: int) -> str:
    """Return a wait as a person reads it: "40 seconds", "2 minutes"."""
    if seconds < 60:
        return f"{seconds} second{'s' if seconds != 1 else ''}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    until: datetime | None = None


@dataclass(slots=True)
class _Kept:
    names: list[str] = field(default_factory=list)
    tries: dict[str, _Tries] = field(default_factory=dict)


class DeskMemory:
    """Who signed in at this desk lately, and the wrong tries at it.

    A name that was tried is kept as a digest only: it may be a password in the wrong field.
    """

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def names(self) -> tuple[str, ...]:
        """Return who signed in here, by name."""
        return tuple(sorted(self._read().names, key=str.casefold))

    def wait_s(self, login: str) -> int:
        """Return how many seconds a login still waits."""
        tries = self._read().tries.get(_digest(login), _Tries())
        return left_s(tries.until, self._clock())

    def failed(self, login: str) -> int:
        """Count a wrong password; return the seconds to wait now."""
        kept = self._read()
        tries = kept.tries.setdefault(_digest(login), _Tries())
        tries.wrong += 1
        wait = wait_after(tries.wrong)
        tries.until = as_utc(self._clock()) + timedelta(seconds=wait) if wait else None
        self._write(kept)
        return wait

    def proven(self, login: str) -> int:
        """Forget the wrong tries of who proved themselves; return how many there were."""
        kept = self._read()
        tries = kept.tries.pop(_digest(login), None)
        if tries is None:
            return 0
        self._write(kept)
        return tries.wrong

    def remember(self, name: str) -> None:
        """Keep the name of somebody who sits down here; the longest unseen makes room."""
        kept = self._read()
        if kept.names[:1] == [name]:
            return
        others = [each for each in kept.names if each != name]
        kept.names = [name, *others][:MOST_NAMES]
        self._write(kept)

    def _read(self) -> _Kept:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
            return _Kept(
                [str(each) for each in stored["names"]],
                {
                    str(digest): _Tries(
                        int(wrong), as_utc(datetime.fromisoformat(until)) if until else None
                    )
                    for digest, (wrong, until) in stored["wrong_tries"].items()
                },
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # It is a convenience and an obstacle, no part of the books: begun anew.
            return _Kept()

    def _write(self, kept: _Kept) -> None:
        stored = {
            "names": kept.names,
            "wrong_tries": {
                digest: [tries.wrong, iso_utc(tries.until) if tries.until else ""]
                for digest, tries in kept.tries.items()
            },
        }
        written = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            written.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
            written.replace(self._file)
        except OSError:
            # A full disk keeps nobody from their work; the server still asks for the password.
            return


def _digest(login: str) -> str:
    return hashlib.sha256(login.encode(errors="surrogatepass")).hexdigest()[:32]
