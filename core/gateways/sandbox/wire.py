"""What a network reads and answers, apart from sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

JSON_TYPE = "application/json"
HTML_PAGE = (
    b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected."
    b" Please consult with your administrator.<br><br>Your support ID is: 5417733903391"
    b"</body></html>"
)


class Ending(StrEnum):
    """How a connection goes on after an answer."""

    NORMAL = "normal"
    RESET = "reset"
    """No answer: the connection is reset (RST)."""
    TRUNCATED = "truncated"
    """Half of the promised body, then the connection ends."""
    SILENT = "silent"
    """No answer, ever: the connection stays open until the client leaves."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; names of headers are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    has_length: bool = False

    @property
    def bearer(self) -> str:
        """The token of the Authorization header; empty without one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def fields(self) -> dict[str, object]:
        """Return the members of the body.

        Raises:
            ValueError: it is no JSON object.

        """
        return json_object(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``delay_s`` is in seconds of the networks."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    ending: Ending = Ending.NORMAL


class RefusedError(Exception):
    """A rule of the network is broken; ``reply`` says which."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(status: int, document: object) -> Reply:
    """Return an answer in JSON."""
    return Reply(status, json.dumps(document).encode(), JSON_TYPE)


def html_reply(status: int) -> Reply:
    """Return the page a firewall before the network answers with."""
    return Reply(status, HTML_PAGE, "text/html")


def json_object(body: bytes) -> dict[str, object]:
    """Return the members of a JSON object.

    Raises:
        ValueError: the bytes are no JSON object.

    """
    try:
        document = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return members(document)


def members(value: object) -> dict[str, object]:
    """Return the members of an object inside a JSON document.

    Raises:
        ValueError: the value is no object.

    """
    if not isinstance(value, dict):
        raise ValueError("an object is expected")  # noqa: TRY004 - the document is wrong
    return {str(key): member for key, member in value.items()}


def text(fields: Mapping[str, object], name: str) -> str:
    """Return a text among the members; empty where it is missing or something else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""
