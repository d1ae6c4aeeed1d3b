"""A life of a shop that sends its mails, forked for each order, so that it can be killed.

``python -m tests.faults.mail_life``: each line on stdin names a mutant and a folder. The answer is
the life's process id at once, and how it ended later.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.app import App, open_shop
from core.configuration import Configuration, MailTiming, PasswordCost
from core.gateways.mail_server import Fate, Verdict
from core.model.mail import MailMessage, MailStatus
from core.services.mail import records as mail_records
from core.services.mail import sender as mail_sender

TIMING = MailTiming(
    ladder=(0.05, 0.1, 0.2),
    give_up_after_s=60,
    hold_ladder=(0.05,),
    opening_timeout_s=20,
    answer_timeout_s=20,
    final_timeout_s=3,
    idle_s=0.01,
)
NEW_ID, SENT_FIRST = "new-id", "sent-first"
_LOADED_LATE = (
    "core.documents.mail_message",
    "core.documents.mail_texts",
    "core.services.mail.attachments",
    "cryptography.fernet",
    "filelock",
)
_LONGEST_S = 120.0


def configuration(folder: Path) -> Configuration:
    """Return how every life opens the shop."""
    return Configuration(
        folder,
        desk="till",
        password_cost=PasswordCost(1, 8, 1),
        use_keyring=False,
        mail_timing=TIMING,
    )


def main() -> None:
    """Serve orders until stdin ends."""
    for name in _LOADED_LATE:
        importlib.import_module(name)
    for line in sys.stdin:
        mutant, _, folder = line.strip().partition(" ")
        pid = os.fork()
        if pid == 0:
            _live(mutant, Path(folder))
        _say(str(pid))
        status = os.waitpid(pid, 0)[1]
        _say("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _live(mutant: str, folder: Path) -> None:
    code = 1
    try:
        _plant(mutant)
        with open_shop(configuration(folder)) as app:
            app.mail_sender.start()
            _wait_for_rest(app)
        code = 0
    except BaseException:
        # Whatever it is, this process must end here.
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait_for_rest(app: App) -> None:
    end_s = time.monotonic() + _LONGEST_S
    while _is_under_way(app):
        if time.monotonic() > end_s:
            raise TimeoutError("the mails do not come to rest")
        time.sleep(0.01)


def _is_under_way(app: App) -> bool:
    with app.database.read() as session:
        open_states = [MailStatus.WAITING, MailStatus.SENDING]
        found = session.scalar(
            select(MailMessage.id).where(MailMessage.status.in_(open_states)).limit(1)
        )
        return found is not None


def _plant(mutant: str) -> None:
    """Plant a bug that the proof must see."""
    if mutant == NEW_ID:
        claim = mail_records.claim

        def forgetful(unit: Any, row_id: int) -> Any:
            claimed = claim(unit, row_id)
            if claimed is None:
                return None
            attempts = unit.session.get_one(MailMessage, row_id).attempts
            return replace(claimed, message_id=claimed.message_id.replace("@", f"-{attempts}@"))

        mail_records.claim = forgetful
    elif mutant == SENT_FIRST:
        attempt: Callable[..., Any] = mail_sender.MailSender._attempt
        settle: Callable[..., Any] = mail_sender.MailSender._settle

        def hasty(sender: Any, claimed: Any) -> Any:
            settle(sender, claimed, Verdict(Fate.TAKEN, 250, "surely"), "")
            return attempt(sender, claimed)

        def nothing(*_: Any) -> None:
            return None

        mail_sender.MailSender._attempt = hasty  # type: ignore[method-assign]
        mail_sender.MailSender._settle = nothing  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
