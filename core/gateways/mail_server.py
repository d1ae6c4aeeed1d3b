"""What is said of a mail server and by it; apart from the client, which few of the shop need."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.model.mail import MailTrouble


class Security(StrEnum):
    """How the way to the server is encrypted; ``NONE`` is for a server on this computer."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where the shop's mail goes, and as whom."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)


class Fate(StrEnum):
    """What became of one mail at the server."""

    TAKEN = "taken"
    PUT_OFF = "put_off"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mail; ``code`` is None where no answer came, then ``answer`` says why."""

    fate: Fate
    code: int | None
    answer: str


class ServerTroubleError(Exception):
    """Nothing can be sent; ``told`` says why and what to do, ``answer`` what the server said."""

    def __init__(self, trouble: MailTrouble, told: str, answer: str = "") -> None:
        super().__init__(told)
        self.trouble = trouble
        self.told = told
        self.answer = answer
