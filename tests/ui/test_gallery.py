import pytest
from PySide6.QtWidgets import QLabel

from ui.gallery import Screen, all_screens, main, render


def test_names_of_screens_are_unique(qapp):
    names = [screen.name for screen in all_screens()]
    assert len(set(names)) == len(names)


def test_a_screen_is_taken_after_its_data_has_settled(qapp, theme):
    seen = []

    def settled(_widget):
        seen.append(1)
        return len(seen) > 3

    closed = []
    image = render(Screen("x", lambda _theme: QLabel("x"), settled, closed.append), theme)
    assert len(seen) > 3
    assert closed
    assert not image.isNull()


def test_a_screen_that_never_settles_is_an_error_and_is_closed(qapp, theme, monkeypatch):
    monkeypatch.setattr("ui.gallery.wait_until", lambda _condition: False)
    closed = []
    with pytest.raises(TimeoutError, match="did not settle"):
        render(Screen("x", lambda _theme: QLabel(), lambda _: False, closed.append), theme)
    assert closed


def test_the_command_writes_light_and_dark(qapp, theme, tmp_path, capsys):
    assert main([str(tmp_path), "kit-badges"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "kit-badges-light.png",
        "kit-badges-dark.png",
    }
    assert main([]) == 2


@pytest.mark.slow
def test_every_screen_can_be_taken(qapp, theme):
    for screen in all_screens():
        assert not render(screen, theme).isNull(), screen.name
