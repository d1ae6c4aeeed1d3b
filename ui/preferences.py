"""What this desk remembers for itself: window size, palette, printers, how each person likes lists.

Never the shop's data.
"""

from __future__ import annotations

from urllib.parse import quote

from PySide6.QtCore import QByteArray, QSettings

from ui.printing.choices import PrintChoices, load_choices, save_choices
from ui.theme import Scheme

_GEOMETRY, _SCHEME = "window/geometry", "look/scheme"


class Preferences:
    """The desk's own choices; without a store they last as long as the program runs."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store
        self._scheme = self._stored_scheme()
        self._geometry = self._stored_geometry()
        self._printing = load_choices(store)
        self._lists: dict[tuple[str, str], str] = {}

    @property
    def scheme(self) -> Scheme | None:
        """The palette chosen on this desk; None follows the shop's setting."""
        return self._scheme

    @scheme.setter
    def scheme(self, scheme: Scheme | None) -> None:
        self._scheme = scheme
        if self._store is not None:
            self._store.setValue(_SCHEME, str(scheme or ""))

    @property
    def geometry(self) -> QByteArray:
        """Where the window stood; empty before it was first closed."""
        return self._geometry

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._geometry = geometry
        if self._store is not None:
            self._store.setValue(_GEOMETRY, geometry)

    @property
    def printing(self) -> PrintChoices:
        """The printers and papers of this desk."""
        return self._printing

    @printing.setter
    def printing(self, choices: PrintChoices) -> None:
        self._printing = choices
        if self._store is not None:
            save_choices(self._store, choices)

    def list_layout(self, user: str, page: str) -> str:
        """Return how a person last had the columns of a page's list; empty before that."""
        if self._store is None:
            return self._lists.get((user, page), "")
        return str(self._store.value(_list_key(user, page), ""))

    def keep_list_layout(self, user: str, page: str, layout: str) -> None:
        """Remember how a person has the columns of a page's list; empty forgets it."""
        self._lists[user, page] = layout
        if self._store is not None:
            self._store.setValue(_list_key(user, page), layout)

    def _stored_scheme(self) -> Scheme | None:
        text = str(self._store.value(_SCHEME, "")) if self._store is not None else ""
        return Scheme(text) if text in set(Scheme) else None

    def _stored_geometry(self) -> QByteArray:
        value = self._store.value(_GEOMETRY) if self._store is not None else None
        return value if isinstance(value, QByteArray) else QByteArray()


def _list_key(user: str, page: str) -> str:
    # A name with a slash would be a group of the store.
    return f"lists/{quote(user, safe='')}/{page}"
