"""Files that travel with the program: fonts, icons, translations, templates.

They are found the same way in a checkout, an installed package and a PyInstaller folder.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def resource_path(*parts: str) -> Path:
    """Return the path of a file or folder of this package, for libraries that open it themselves.

    Raises:
        FileNotFoundError: there is no such resource, which means a broken installation.

    """
    path = Path(str(files(__name__).joinpath(*parts)))
    if not path.exists():
        raise FileNotFoundError(f"The program's own file {path} is missing.")
    return path


def resource_bytes(*parts: str) -> bytes:
    """Return the content of a file of this package.

    Raises:
        FileNotFoundError: there is no such resource, which means a broken installation.

    """
    return resource_path(*parts).read_bytes()
