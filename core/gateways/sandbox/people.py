"""The customers of the networks: invented, the same name for the same number every time."""

from __future__ import annotations

import hashlib

_GIVEN = ("Aline", "Claude", "Diane", "Eric", "Grace", "Jean", "Keza", "Moise", "Olive", "Yves")
_FAMILY = ("Gasana", "Ingabire", "Kamanzi", "Mugisha", "Mukamana", "Niyonzima", "Uwase", "Uwera")
PAYER_NOT_FOUND = "123455"


def has_wallet(phone: str) -> bool:
    """Tell whether a number has a wallet; the one whose payer is not found has none."""
    return not phone.endswith(PAYER_NOT_FOUND)


def name_of(phone: str) -> tuple[str, str]:
    """Return the given and the family name behind a number."""
    number = int(hashlib.sha256(phone.encode()).hexdigest(), 16)
    return _GIVEN[number % len(_GIVEN)], _FAMILY[number // len(_GIVEN) % len(_FAMILY)]
