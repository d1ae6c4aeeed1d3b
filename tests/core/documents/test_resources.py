"""The fonts and icons that travel with the program."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from resources import resource_bytes, resource_path

ICONS = sorted(path.name for path in resource_path("icons").glob("*.svg"))
LINE_ICONS = [name for name in ICONS if name != "sanduku.svg"]


def test_a_resource_is_found_whatever_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resource_path("fonts").is_dir()
    assert resource_bytes("fonts", "LICENSE-DejaVu.txt").startswith(b"DejaVu")


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=re.escape("nowhere.svg")):
        resource_path("icons", "nowhere.svg")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("file", "family"),
    [
        ("DejaVuSans.ttf", "DejaVu Sans"),
        ("DejaVuSans-Bold.ttf", "DejaVu Sans"),
        ("DejaVuSansMono.ttf", "DejaVu Sans Mono"),
    ],
)
def test_qt_takes_each_font(file: str, family: str) -> None:
    font = QFontDatabase.addApplicationFontFromData(QByteArray(resource_bytes("fonts", file)))
    assert QFontDatabase.applicationFontFamilies(font) == [family]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ICONS)
def test_each_icon_draws_inside_its_frame(name: str) -> None:
    picture = _drawn(resource_bytes("icons", name))
    edge = range(picture.width())
    assert any(picture.pixelColor(x, y).alpha() for x in edge for y in edge)
    if name in LINE_ICONS:
        last = picture.width() - 1
        border = [(x, y) for x in edge for y in (0, last)] + [
            (x, y) for x in (0, last) for y in edge
        ]
        assert not any(picture.pixelColor(x, y).alpha() > 128 for x, y in border)


@pytest.mark.parametrize("name", LINE_ICONS)
def test_each_line_icon_takes_the_colour_of_its_surroundings(name: str) -> None:
    text = resource_bytes("icons", name).decode("utf-8")
    assert 'stroke="currentColor" stroke-width="2"' in text
    assert 'viewBox="0 0 24 24"' in text
    assert not re.search("#[0-9a-fA-F]{3}", text)


def _drawn(svg: bytes) -> QImage:
    renderer = QSvgRenderer(QByteArray(svg.replace(b"currentColor", b"#000000")))
    assert renderer.isValid()
    picture = QImage(48, 48, QImage.Format.Format_ARGB32)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    return picture
