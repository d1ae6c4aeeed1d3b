"""Bearer tokens: who may use them, for what, and how long."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Grant:
    audience: str
    owner: str
    ends: float


class Tokens:
    """The tokens given out; each is good for one audience (a product of a network)."""

    def __init__(self) -> None:
        self._grants: dict[str, _Grant] = {}

    def issue(self, audience: str, owner: str, life_s: float) -> str:
        """Return a new token that lives for some real seconds."""
        token = secrets.token_urlsafe(48)
        self._grants[token] = _Grant(audience, owner, time.monotonic() + life_s)
        return token

    def is_good(self, token: str, audience: str) -> bool:
        """Tell whether a token opens an audience now."""
        grant = self._grants.get(token)
        return grant is not None and grant.audience == audience and time.monotonic() < grant.ends

    def owner(self, token: str) -> str:
        """Return whom a token was given to; empty for an unknown one."""
        grant = self._grants.get(token)
        return grant.owner if grant else ""

    def expire(self, token: str) -> None:
        """End a token before its time."""
        self._grants.pop(token, None)
