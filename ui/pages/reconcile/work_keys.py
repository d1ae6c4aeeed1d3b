"""The keys of the page of one statement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.pages.reconcile.work import WorkView


def keys_of(work: WorkView) -> dict[str, Callable[[], object]]:
    """Return what each key does; the sheet under F1 names them all."""
    acts, hand, whole, head = work.line_acts, work.hand, work.whole_acts, work.head
    keys: dict[str, Callable[[], object]] = {}
    for place in range(9):
        keys[str(place + 1)] = partial(acts.approve_numbered, place)
        keys[f"Ctrl+Alt+{place + 1}"] = partial(acts.decline_numbered, place)
    return keys | {
        "A": acts.approve_certain,
        "S": hand.split,
        "F": hand.fee,
        "W": hand.explain,
        "I": hand.set_aside,
        "B": hand.set_aside_as_before,
        "D": acts.decline_current,
        "Del": acts.decline_current,
        "U": acts.undo_current,
        "L": whole.look_again,
        "R": whole.resolve,
        "O": whole.reopen,
        "T": head.report_button.click,
        "Ctrl+Z": acts.undo_last,
        "Ctrl+Shift+Z": acts.undo_all,
        "F12": whole.close_reconciliation,
        "V": whole.open_original,
        "Ctrl+S": whole.save_original,
        "P": head.problems.toggle_details,
        "F6": work.go_to_next_pane,
    }
