"""Which login a person's name means: reckoned from the name, since nobody is asked before it."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from core.database.postgresql.roles.names import LONGEST_LOGIN

_DIGEST = 8


def login_of(person: str) -> str:
    """Return the login of a person's name, however it is cased, accented or spaced.

    "Paul Ngabo" and "paul ngabo" are ``paul_ngabo``. What has no Latin letter, or is too long to be
    a login, is told apart by a digest of it.
    """
    name = unicodedata.normalize("NFKD", person.strip().casefold())
    plain = "".join(each for each in name if not unicodedata.combining(each))
    login = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if login and not login[0].isalpha():
        login = f"p_{login}"
    if login and len(login) <= LONGEST_LOGIN:
        return login
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:_DIGEST]
    return f"{login[: LONGEST_LOGIN - _DIGEST - 1].strip('_') or 'p'}_{digest}"
