"""Is there a screen, and can Qt draw on it? Asked before Qt, which answers by aborting."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

APT_LINE = (
    "sudo apt-get install libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0"
    " libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0 libxcb-xkb1"
)
"""The libraries of the system that Qt's own wheel leaves out, on Debian and Ubuntu."""

NO_SCREEN = "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)."


def has_screen() -> bool:
    """Tell whether a window could be shown; only Linux may be without a screen."""
    if sys.platform != "linux":
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


def missing_library() -> str:
    """Return the sentence that says which library of the system Qt lacks; "" when none."""
    try:
        import PySide6.QtWidgets  # noqa: F401, PLC0415 - loaded only to see whether it can be
    except ImportError as error:
        return _sentence(str(error))
    if sys.platform != "linux":
        return ""
    errors = [_load_error(name) for name in _platform_plugins()]
    return _sentence(errors[0]) if errors and all(errors) else ""


def _platform_plugins() -> list[str]:
    """Return the plug-ins Qt would try; it aborts the program when none of them loads."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return []  # the person chose, and Qt names the choices it knows
    wanted = {"DISPLAY": "libqxcb.so", "WAYLAND_DISPLAY": "libqwayland.so"}
    return [plugin for name, plugin in wanted.items() if os.environ.get(name)]


def _load_error(plugin: str) -> str:
    found = importlib.util.find_spec("PySide6")
    if found is None or found.origin is None:
        return ""
    package = Path(found.origin).parent
    path = next(package.glob(f"**/plugins/platforms/{plugin}"), None)
    if path is None:
        return ""
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        return str(error)
    return ""


def _sentence(error: str) -> str:
    library = error.split(":", 1)[0].strip()
    return (
        f"The window cannot be drawn: this computer lacks the library {library}."
        f" On Debian or Ubuntu install what Qt needs with “{APT_LINE}”."
    )
