"""What statements and people do to an identifier, and what a reader may take a piece for."""

from __future__ import annotations

from random import Random

KINDS = (
    "clean", "case", "spaced", "joined", "cut_end", "lost_prefix", "slip",
    "letters_for_digits", "zeros_lost", "scientific",
)  # fmt: skip
_NEIGHBOURS = {"0": "9", "1": "2", "2": "3", "3": "4", "4": "5", "5": "6", "6": "7", "7": "8"}


def damage(random: Random, identifier: str, kind: str) -> str | None:
    """Return an identifier damaged in one way, or None where it cannot be damaged so."""
    if kind == "clean":
        return identifier
    if kind == "case":
        return identifier.lower() if identifier != identifier.lower() else None
    if kind == "spaced":
        return _spaced(random, identifier)
    if kind == "joined":
        return (
            random.choice(("PAY", "REF", "Yishyuwe", "INVNO"))
            + squeeze(identifier)
            + random.choice(("", "KIGALI", "THX"))
        )
    if kind == "cut_end":
        keep = len(identifier) - random.randrange(1, 4)
        return identifier[:keep] if keep >= 5 else None
    if kind == "lost_prefix":
        return _without_prefix(random, identifier)
    if kind == "slip":
        return _slip(random, identifier)
    if kind == "letters_for_digits":
        swapped = identifier.replace("0", "O", 1).replace("1", "I", 1)
        return swapped if swapped != identifier and not identifier.isalpha() else None
    if kind == "zeros_lost":
        digits = identifier
        return digits.lstrip("0") if digits.isdigit() and digits.startswith("0") else None
    if kind == "scientific":
        if not identifier.isdigit() or len(identifier) < 9:
            return None
        return f"{int(identifier):.{random.choice((4, 6, 9))}E}"
    raise ValueError(kind)


def squeeze(text: str) -> str:
    """Return letters and digits only, in capitals."""
    return "".join(c for c in text.upper() if c.isalnum())


def canonical(text: str) -> str:
    """Return letters and digits with look-alikes made one."""
    return squeeze(text).replace("O", "0").replace("I", "1").replace("L", "1")


def could_be(piece: str, identifier: str) -> bool:
    """Tell whether a piece of a line may be an identifier in any damage named here."""
    if not identifier:
        return False
    said, own = canonical(piece), canonical(identifier)
    if not said:
        return False
    if said == own or (len(own) >= 5 and own in said):
        return True
    if len(said) >= 4 and (own.startswith(said) or own.endswith(said)):
        return True
    if identifier.isdigit() and said.lstrip("0") == own.lstrip("0"):
        return True
    if identifier.isdigit() and "E+" in piece.upper():
        mantissa, exponent = piece.upper().split("E+")
        places = len(mantissa.partition(".")[2])
        return f"{int(identifier):.{places}E}" == f"{mantissa}E+{exponent}"
    return len(own) >= 6 and _one_slip(said, own)


def is_literal(piece: str, identifier: str) -> bool:
    """Tell whether a piece is the whole identifier, its writing aside."""
    return bool(identifier) and canonical(identifier) == canonical(piece)


def _spaced(random: Random, identifier: str) -> str:
    if any(c in "/-." for c in identifier):
        return "".join(" " if c in "/-." else c for c in identifier)
    place = random.randrange(2, len(identifier) - 1)
    return f"{identifier[:place]} {identifier[place:]}"


def _without_prefix(random: Random, identifier: str) -> str | None:
    for mark in "/-.":
        if mark in identifier:
            tail = identifier.rsplit(mark, 1)[1]
            return tail if len(tail) >= 4 else None
    cut = random.randrange(1, 4)
    return identifier[cut:] if len(identifier) - cut >= 5 else None


def _slip(random: Random, identifier: str) -> str | None:
    places = [i for i, c in enumerate(identifier) if c.isdigit()]
    if len(squeeze(identifier)) < 6:
        return None
    place = random.choice(places)
    style = random.randrange(4)
    if style == 0:
        return (
            identifier[:place] + _NEIGHBOURS.get(identifier[place], "7") + identifier[place + 1 :]
        )
    if style == 1:
        return identifier[:place] + identifier[place + 1 :]
    if style == 2:
        return identifier[:place] + identifier[place] + identifier[place:]
    if place + 1 in places and identifier[place] != identifier[place + 1]:
        pair = identifier[place + 1] + identifier[place]
        return identifier[:place] + pair + identifier[place + 2 :]
    return None


def _one_slip(a: str, b: str) -> bool:
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    first = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[first:] == b[first + 1 :]
    rest, other = a[first:], b[first:]
    if rest[1:] == other[1:]:
        return True
    return rest[:2] == other[1::-1] and rest[2:] == other[2:]
