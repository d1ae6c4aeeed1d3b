"""Reads secrets as they lie in the shop: in the row itself, or put away by a server.

A shop on a server keeps them where only the service's login reads them; the row then holds a mark.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

SEALED_MARK = "sealed:"
"""Begins what stands in a row in a secret's place."""

_OPEN = text("SELECT sanduku.open_secret(:mark)")


def ciphertext(session: Session, kept: str) -> str:
    """Return a secret's ciphertext, from wherever it is kept.

    Raises:
        StorageError: this login may not read secrets; only the service's may.

    """
    if not kept.startswith(SEALED_MARK):
        return kept
    return str(session.scalar(_OPEN, {"mark": kept}) or "")
