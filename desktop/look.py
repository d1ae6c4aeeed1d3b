"""How the window looks: what this person chose, else what the shop says, else the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.theme import Scheme, is_dark

if TYPE_CHECKING:
    from core.services.settings import ShopSettings
    from ui.preferences import Preferences
    from ui.theme import Theme


class Look:
    """Follows the shop's settings and the switch between light and dark."""

    def __init__(self, theme: Theme, preferences: Preferences) -> None:
        self._theme = theme
        self._preferences = preferences
        self._settings: ShopSettings | None = None
        theme.apply(preferences.scheme or Scheme.SYSTEM)

    def follow(self, settings: ShopSettings) -> None:
        """Look as the shop's settings say, where this desk chose nothing else."""
        self._settings = settings
        self._apply()

    def toggle(self) -> None:
        """Change between light and dark, and keep that at this desk."""
        self._preferences.scheme = Scheme.LIGHT if is_dark() else Scheme.DARK
        self._apply()

    def _apply(self) -> None:
        settings = self._settings
        shop_scheme = Scheme(settings.theme) if settings is not None else Scheme.SYSTEM
        scheme = self._preferences.scheme or shop_scheme
        percent = settings.text_size_percent if settings is not None else self._theme.text_percent
        if (scheme, percent) != (self._theme.scheme, self._theme.text_percent):
            self._theme.apply(scheme, percent)
