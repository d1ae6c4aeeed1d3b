"""A request to a mobile-money network in words: was the customer charged, what is awaited, why not.

Pure functions of a row and the present moment. The money fact comes first, then what happened,
then what to do; nothing here is ever one bare "Pending".
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from core.model.payments import PaymentStatus, TransactionStatus
from core.money import display
from core.services.gateways.rows import (
    AttemptRow,
    Awaited,
    Charged,
    Environment,
    PaymentPath,
    Reason,
)
from core.services.rows import PaymentRow
from ui.mobile_money.reasons import reason_sentence, trouble_sentence
from ui.widgets.facts import Step, StepState
from ui.words import age_text, moment_text

__all__ = [
    "awaited_sentence",
    "awaited_words",
    "came_late",
    "charged_level",
    "charged_sentence",
    "failure_sentence",
    "is_waiting",
    "moment_text",
    "needs_manager",
    "next_check_text",
    "path_steps",
    "reason_sentence",
    "sandbox_sentence",
    "seconds_text",
    "since_text",
    "trouble_sentence",
]

translate = QCoreApplication.translate
_OVERDUE_S = 120
"""The longest call takes half of this; whoever is later does not run."""

_AT_THE_PIN = frozenset({Reason.REFUSED_BY_CUSTOMER, Reason.NOT_APPROVED_IN_TIME, Reason.WRONG_PIN})


def since_text(since: datetime, now: datetime) -> str:
    """Return since when, and how long that is if it is long: "10:44 (3 min)"."""
    moment = moment_text(since, now)
    is_fresh = (now - since).total_seconds() < 60
    return moment if is_fresh else f"{moment} ({age_text(since, now)})"


def seconds_text(seconds: int) -> str:
    """Return how long something takes or took: "12 s", "5 min", "2 h", "3 d"."""
    if seconds < 100:
        return translate("MobileMoneyWords", "%1 s").replace("%1", str(seconds))
    if seconds < 100 * 60:
        return translate("MobileMoneyWords", "%1 min").replace("%1", str(round(seconds / 60)))
    if seconds < 48 * 3600:
        return translate("MobileMoneyWords", "%1 h").replace("%1", str(round(seconds / 3600)))
    return translate("MobileMoneyWords", "%1 d").replace("%1", str(round(seconds / 86_400)))


def is_waiting(payment: PaymentRow) -> bool:
    """Tell whether a payment's end is not decided yet."""
    return payment.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}


def needs_manager(row: AttemptRow | None) -> bool:
    """Tell whether a person must find out how a request ended."""
    return row is not None and row.awaited is Awaited.PERSON


def came_late(row: AttemptRow | None) -> bool:
    """Tell whether the money came after the network had said that it would not."""
    return (
        row is not None
        and row.status is TransactionStatus.SUCCEEDED
        and row.closed_at is not None
        and row.closed_at < row.status_since
    )


def charged_level(row: AttemptRow | None, payment: PaymentRow) -> str:
    """Return how loud the money fact is: info, warning, error or success."""
    if payment.status is PaymentStatus.COMPLETED:
        return "warning" if came_late(row) else "success"
    if not is_waiting(payment):
        return "error" if payment.status is PaymentStatus.FAILED else "info"
    if needs_manager(row):
        return "error"
    is_quiet = row is None or row.charged in {Charged.NO, Charged.NOT_YET}
    if row is not None and row.awaited is Awaited.CONNECTION:
        return "warning"
    return "info" if is_quiet else "warning"


def charged_sentence(row: AttemptRow | None, payment: PaymentRow) -> str:
    """Return whether the customer was charged, and whether another request may be made."""
    amount = display(payment.amount_minor, payment.currency)
    if payment.status is PaymentStatus.COMPLETED:
        told = translate("MobileMoneyWords", "%1 received.")
        if came_late(row):
            told = translate(
                "MobileMoneyWords",
                "%1 received late, after the network had said it would not come. If the customer"
                " paid again meanwhile, ask for a refund of one of the two.",
            )
        return told.replace("%1", amount)
    if payment.status is PaymentStatus.REFUNDED:
        return translate("MobileMoneyWords", "%1 was received and paid back.").replace("%1", amount)
    if row is None:
        if not is_waiting(payment):
            return translate("MobileMoneyWords", "No money was received.")
        return translate(
            "MobileMoneyWords",
            "Nothing was charged by this program: the customer pays without being asked by it.",
        )
    if row.status is TransactionStatus.SUBMITTING:
        return translate(
            "MobileMoneyWords",
            "The request is on its way; the customer may be charged. Do not charge again.",
        )
    if row.charged is Charged.NO and is_waiting(payment):
        return translate(
            "MobileMoneyWords", "The customer is not charged yet: nothing has left this computer."
        )
    return {
        Charged.NO: translate("MobileMoneyWords", "The customer was not charged."),
        Charged.NOT_YET: translate(
            "MobileMoneyWords",
            "Not charged yet: the customer must type the PIN. Do not charge again.",
        ),
        Charged.YES: translate("MobileMoneyWords", "The customer was charged."),
        Charged.UNKNOWN: translate(
            "MobileMoneyWords",
            "We do not know yet whether the customer was charged. Do not charge again.",
        ),
    }[row.charged]


def awaited_words(row: AttemptRow | None) -> str:
    """Return in a few words what a waiting payment waits for, as a list shows it."""
    if row is None:
        return translate("MobileMoneyWords", "Recorded only: no network asked")
    return {
        Awaited.SENDING: translate("MobileMoneyWords", "Being sent to the network"),
        Awaited.CONNECTION: translate("MobileMoneyWords", "Not sent: no connection"),
        Awaited.PIN: translate("MobileMoneyWords", "Waits for the customer's PIN"),
        Awaited.ANSWER: translate("MobileMoneyWords", "No clear answer yet"),
        Awaited.PERSON: translate("MobileMoneyWords", "Needs a manager"),
        Awaited.NOTHING: translate("MobileMoneyWords", "Decided"),
    }[row.awaited]


def awaited_sentence(row: AttemptRow | None, now: datetime) -> str:
    """Return what is awaited, since when, and when the program asks by itself."""
    if row is None:
        return translate(
            "MobileMoneyWords",
            "No network was asked. The payment is completed when a statement shows the money, or"
            " by a manager who has seen it arrive.",
        )
    if row.awaited is Awaited.NOTHING:
        return ""
    told = {
        Awaited.SENDING: translate("MobileMoneyWords", "Being sent to the network since %1."),
        Awaited.CONNECTION: translate(
            "MobileMoneyWords",
            "Not sent since %1: the network cannot be reached. It is tried for a few minutes, then"
            " given up.",
        ),
        Awaited.PIN: translate(
            "MobileMoneyWords", "Waiting since %1 for the customer to type the PIN."
        ),
        Awaited.ANSWER: translate(
            "MobileMoneyWords", "Waiting since %1 for a clear answer of the network."
        ),
        Awaited.PERSON: translate(
            "MobileMoneyWords",
            "No clear answer since %1: a manager must look at the network's own books, or at its"
            " statement, and decide.",
        ),
    }[row.awaited].replace("%1", since_text(row.status_since, now))
    return " ".join(filter(None, [told, next_check_text(row, now)]))


def next_check_text(row: AttemptRow, now: datetime) -> str:
    """Return when the program tries again by itself, counting down; empty where it does not."""
    if row.next_check_at is None or row.status is TransactionStatus.SUBMITTING:
        return ""
    left_s = round((row.next_check_at - now).total_seconds())
    sends = row.awaited in {Awaited.SENDING, Awaited.CONNECTION}
    if left_s < -_OVERDUE_S:
        return translate(
            "MobileMoneyWords",
            "That was due at %1: is the program that asks the networks running?",
        ).replace("%1", moment_text(row.next_check_at, now))
    if left_s <= 0:
        if sends:
            return translate("MobileMoneyWords", "Sending now …")
        return translate("MobileMoneyWords", "Asking the network now …")
    told = translate("MobileMoneyWords", "Asks again in %1.")
    if sends:
        told = translate("MobileMoneyWords", "Tries again in %1.")
    return told.replace("%1", seconds_text(left_s))


def failure_sentence(row: AttemptRow | None, payment: PaymentRow) -> str:
    """Return why a failed or called-off payment brought no money; empty for every other."""
    if payment.status not in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}:
        return ""
    if row is None or payment.status is PaymentStatus.CANCELLED:
        return payment.error_message
    if row.status is TransactionStatus.EXPIRED and row.reason is None:
        return reason_sentence(Reason.NOT_APPROVED_IN_TIME, "", row.gateway_name)
    if row.reason is not None:
        return reason_sentence(row.reason, row.reason_code, row.gateway_name)
    if row.sends or row.trouble is None:
        return payment.error_message
    return translate(
        "MobileMoneyWords", "The network could not be reached in time; nothing was sent. Ask again."
    )


def sandbox_sentence(environment: Environment | None) -> str:
    """Return what tells a trial from real money; empty where money is real."""
    if environment is not Environment.SANDBOX:
        return ""
    return translate("MobileMoneyWords", "Sandbox: no real money moves.")


def path_steps(path: PaymentPath, now: datetime) -> tuple[Step, ...]:
    """Return the way of the money: sent, accepted, PIN, received, on statement.

    A step that nobody knows of is left out rather than guessed; after a failure the way ends.
    """
    attempt = path.attempt
    if attempt is None:
        return _recorded_steps(path.payment, now)
    if path.payment.status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}:
        return _failed_steps(path.payment, attempt, now)
    if not is_waiting(path.payment):
        return _received_steps(path.payment, attempt, now)
    return _open_steps(attempt, now)


def _title(name: str) -> str:
    return {
        "sent": translate("MobileMoneyWords", "Sent"),
        "accepted": translate("MobileMoneyWords", "Accepted"),
        "pin": translate("MobileMoneyWords", "Customer's PIN"),
        "received": translate("MobileMoneyWords", "Received"),
        "statement": translate("MobileMoneyWords", "On statement"),
    }[name]


def _at(moment: datetime | None, now: datetime) -> str:
    return moment_text(moment, now) if moment is not None else ""


def _open_steps(attempt: AttemptRow, now: datetime) -> tuple[Step, ...]:
    """Return the steps of a request whose end is not known: the first not done is the present."""
    reached = {"sent": attempt.sent_at, "accepted": attempt.accepted_at}
    if attempt.status in {TransactionStatus.CREATED, TransactionStatus.SUBMITTING}:
        reached = {}
    steps: list[Step] = []
    is_ahead = False
    for name in ("sent", "accepted", "pin", "received", "statement"):
        at = reached.get(name)
        if at is not None:
            steps.append(Step(_title(name), StepState.DONE, moment_text(at, now)))
        elif not is_ahead:
            is_ahead = True
            steps.append(Step(_title(name), StepState.CURRENT, _present_note(attempt, now)))
        else:
            steps.append(Step(_title(name), StepState.WAITING))
    return tuple(steps)


def _present_note(attempt: AttemptRow, now: datetime) -> str:
    if attempt.awaited is Awaited.CONNECTION:
        return translate("MobileMoneyWords", "no connection")
    if attempt.charged is Charged.UNKNOWN and attempt.awaited is not Awaited.SENDING:
        return translate("MobileMoneyWords", "not known")
    return age_text(attempt.status_since, now)


def _received_steps(payment: PaymentRow, attempt: AttemptRow, now: datetime) -> tuple[Step, ...]:
    steps = [
        Step(_title("sent"), StepState.DONE, _at(attempt.sent_at, now)),
        Step(_title("accepted"), StepState.DONE, _at(attempt.accepted_at, now)),
        Step(_title("pin"), StepState.DONE),
    ]
    if not attempt.sends:
        steps = []
    received = Step(_title("received"), StepState.DONE, _at(payment.paid_at, now))
    return (*steps, received, _statement_step(payment, now))


def _failed_steps(payment: PaymentRow, attempt: AttemptRow, now: datetime) -> tuple[Step, ...]:
    at = _at(attempt.closed_at or attempt.status_since, now)
    if not attempt.sends:
        return (
            Step(translate("MobileMoneyWords", "Never sent"), StepState.FAILED, at),
            Step(_title("received"), StepState.WAITING),
        )
    steps = [Step(_title("sent"), StepState.DONE, _at(attempt.sent_at, now))]
    if attempt.accepted_at is not None:
        accepted = moment_text(attempt.accepted_at, now)
        steps.append(Step(_title("accepted"), StepState.DONE, accepted))
    is_at_the_pin = attempt.reason in _AT_THE_PIN or attempt.status is TransactionStatus.EXPIRED
    if is_at_the_pin:
        title = translate("MobileMoneyWords", "No PIN")
        if attempt.reason is Reason.REFUSED_BY_CUSTOMER:
            title = translate("MobileMoneyWords", "Refused by the customer")
        elif attempt.reason is Reason.WRONG_PIN:
            title = translate("MobileMoneyWords", "Wrong PIN")
        steps.append(Step(title, StepState.FAILED, at))
        return (*steps, Step(_title("received"), StepState.WAITING))
    title = translate("MobileMoneyWords", "Not received")
    if payment.status is PaymentStatus.CANCELLED:
        title = translate("MobileMoneyWords", "Called off")
    return (*steps, Step(title, StepState.FAILED, at))


def _recorded_steps(payment: PaymentRow, now: datetime) -> tuple[Step, ...]:
    """Return the way of money that no network was asked for."""
    created = moment_text(payment.created_at, now)
    recorded = Step(translate("MobileMoneyWords", "Recorded"), StepState.DONE, created)
    if payment.status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED}:
        title = translate("MobileMoneyWords", "Not received")
        if payment.status is PaymentStatus.CANCELLED:
            title = translate("MobileMoneyWords", "Called off")
        return (recorded, Step(title, StepState.FAILED))
    if is_waiting(payment):
        age = age_text(payment.created_at, now)
        received = Step(_title("received"), StepState.CURRENT, age)
        return (recorded, received, Step(_title("statement"), StepState.WAITING))
    received = Step(_title("received"), StepState.DONE, _at(payment.paid_at, now))
    return (recorded, received, _statement_step(payment, now))


def _statement_step(payment: PaymentRow, now: datetime) -> Step:
    if payment.reconciled:
        return Step(_title("statement"), StepState.DONE, _at(payment.reconciled_at, now))
    return Step(_title("statement"), StepState.WAITING, translate("MobileMoneyWords", "not yet"))
