"""What of a call may be stored: allow-listed headers, and bodies without any secret.

Secrets are hidden by the name of their member and by their value: a network may echo a token back
anywhere, so every value known to be secret is replaced wherever it turns up.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote, quote_plus, urlsplit

from core.gateways.http import Answer, Exchange, Request

HIDDEN = "(removed)"
CUT = "… (cut)"
MAX_STORED_CHARACTERS = 8 * 1024

_REQUEST_HEADERS = (
    "X-Reference-Id", "X-Target-Environment", "X-Callback-Url", "X-Country", "X-Currency",
    "Content-Type",
)  # fmt: skip
_ANSWER_HEADERS = ("content-type", "date", "retry-after", "location")
_SECRET_NAME = re.compile(
    r"token|secret|password|passw|authori[sz]ation|signature|credential|subscription|hash|cookie"
    r"|api_?-?key|^x-?key$|^key$|^pin$|client_?id|api_?user",
    re.IGNORECASE,
)
_SHORTEST_SECRET = 4
_MAX_DEPTH = 16
_MAX_SCANNED_CHARACTERS = 64 * 1024
_PASSING_SECRETS = 64


class Redactor:
    """Hides an account's secrets; ``add`` makes it know the tokens and keys of its calls too."""

    def __init__(self, *secrets: str) -> None:
        self._lock = threading.Lock()
        self._lasting = _forms(secrets)
        self._passing: deque[tuple[str, ...]] = deque(maxlen=_PASSING_SECRETS)

    def add(self, *secrets: str) -> None:
        """Hide these values too; the last 64 additions are remembered."""
        forms = _forms(secrets)
        with self._lock:
            if forms not in self._passing:
                self._passing.append(forms)

    def text(self, value: str, limit: int = MAX_STORED_CHARACTERS) -> str:
        """Return text from outside: no secret, nothing a database or a screen chokes on, short."""
        scanned = value[:_MAX_SCANNED_CHARACTERS]
        with self._lock:
            known = (*self._lasting, *(form for forms in self._passing for form in forms))
        for form in sorted(known, key=len, reverse=True):
            scanned = scanned.replace(form, HIDDEN)
        shown = plain(scanned, limit)
        return shown if max(len(scanned), len(value)) <= limit else shown[: -len(CUT)] + CUT

    def request(self, request: Request, body: Mapping[str, object] | None) -> dict[str, object]:
        """Return a request as it may be stored."""
        headers = {
            name: self.text(_without_query(request.headers[name]))
            for name in _REQUEST_HEADERS
            if name in request.headers
        }
        kept: dict[str, object] = {
            "method": request.method,
            "path": self.text(request.path),
            "headers": headers,
        }
        if body is not None:
            kept["body"] = self._value(body, 0)
        return kept

    def answer(self, exchange: Exchange) -> dict[str, object]:
        """Return what came back as it may be stored."""
        if not isinstance(exchange, Answer):
            return {"error": exchange.error, "trouble": exchange.trouble.value}
        headers = {
            name: self.text(_without_query(exchange.headers[name]), 200)
            for name in _ANSWER_HEADERS
            if name in exchange.headers
        }
        return {"status": exchange.status, "headers": headers, "body": self._body(exchange)}

    def _body(self, answer: Answer) -> object:
        if answer.found is None:
            return self.text(answer.body[:_MAX_SCANNED_CHARACTERS].decode("utf-8", "replace"))
        body = self._value(answer.found, 0)
        written = json.dumps(body, ensure_ascii=False)
        return body if len(written) <= MAX_STORED_CHARACTERS else self.text(written)

    def _value(self, value: object, depth: int) -> object:
        if depth > _MAX_DEPTH:
            return CUT
        if isinstance(value, Mapping):
            return {
                self.text(name, 100): HIDDEN
                if _SECRET_NAME.search(name) and part not in (None, "", False)
                else self._value(part, depth + 1)
                for name, part in value.items()
            }
        if isinstance(value, list):
            return [self._value(part, depth + 1) for part in value]
        if isinstance(value, str | Decimal):
            return self.text(str(value))
        # A number of more than 15 digits loses some in a database's JSON.
        if isinstance(value, int) and not isinstance(value, bool):
            shown = self.text(str(value))
            return value if shown == str(value) and abs(value) < 10**15 else shown
        return value


def plain(value: str, limit: int) -> str:
    """Return at most ``limit`` characters, none of which a database or a screen chokes on."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd"
        for character in value[:limit]
    )


def basic(user: str, password: str) -> str:
    """Return the credentials of an HTTP Basic header (RFC 7617)."""
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Return each secret in the forms an echo may give it."""
    forms = set[str]()
    for secret in secrets:
        if len(secret) < _SHORTEST_SECRET:
            continue
        encoded = base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode("ascii")
        for form in (secret, encoded, encoded.rstrip("=")):
            forms.update(
                (form, quote(form, safe="", errors="replace"), quote_plus(form, errors="replace"))
            )
            forms.update((html.escape(form), json.dumps(form)[1:-1]))
            forms.add(form.replace("/", "\\/"))
    return tuple(forms)


def _without_query(value: str) -> str:
    """Return an address without its query, which may hold a key; other values unchanged."""
    if "://" not in value:
        return value
    try:
        parts = urlsplit(value)
    except ValueError:
        return HIDDEN
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
