"""What both networks share: their memory, their clock, and how an operation goes or goes wrong."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import RLock

from core.gateways.sandbox.callbacks import Callbacks
from core.gateways.sandbox.faults import Fault, Plan
from core.gateways.sandbox.ledger import Kind, Ledger, Operation
from core.gateways.sandbox.outcomes import (
    Network,
    Outcome,
    Stage,
    State,
    expiry,
    named_outcome,
    rejection,
    success,
    waiting,
)
from core.gateways.sandbox.settings import DEMO_ACCOUNT, Settings
from core.gateways.sandbox.tokens import Tokens
from core.gateways.sandbox.wire import Ending, Reply, Request, html_reply, json_reply

LATE_S = 30.0
RETRY_AFTER_S = 2
REFUSED_TRIES = 2
LOGIN_PAGE = "/captive-portal/login"
HALF_A_DOCUMENT = b'{"status":"PENDING","financialTransactionId":"3634'


@dataclass(slots=True)
class ApiUser:
    """A user of MTN's interface; the demo account's may name any callback host."""

    callback_host: str | None
    api_key: str = ""


@dataclass
class Merchant:
    """The merchant's side of both networks, all in memory.

    Requests are answered one at a time under ``lock``; delays are waited for outside of it.
    """

    settings: Settings
    plan: Plan = field(default_factory=Plan)
    lock: RLock = field(default_factory=RLock)
    ledger: Ledger = field(default_factory=Ledger)
    tokens: Tokens = field(default_factory=Tokens)
    users: dict[str, ApiUser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._started = time.monotonic()
        self.callbacks = Callbacks(self.now_s, self.settings.speed)
        self.reset()

    def now_s(self) -> float:
        """Return the seconds of the networks since the start."""
        return (time.monotonic() - self._started) * self.settings.speed

    def reset(self) -> None:
        """Forget every operation, plan, token and user but the demo account's."""
        self.plan = Plan()
        self.ledger = Ledger()
        self.tokens = Tokens()
        self.users = {DEMO_ACCOUNT.api_user: ApiUser(None, DEMO_ACCOUNT.api_key)}
        self.callbacks.forget()

    def destine(self, operation: Operation, *other_names: str) -> Operation:
        """Return the operation with the fault and outcome that the plan or its number choose."""
        names = (operation.reference, operation.external_id, *other_names)
        names = tuple(name for name in names if name)
        operation.fault = self.plan.fault(
            names, operation.phone, is_refund=operation.kind is Kind.REFUND
        )
        if planned := self.plan.outcome_name(names, operation.phone):
            operation.outcome = named_outcome(planned, operation.network, self.settings.prompt_s)
        operation.outcome = _outcome_with(operation.fault, operation, self.settings.prompt_s)
        return operation

    def submit(
        self,
        request: Request,
        operation: Operation,
        *,
        answer: Callable[[], Reply],
        duplicate: Reply,
        callback: Callable[[], None] | None = None,
    ) -> Reply:
        """Answer a request to move money: accept it once, and go wrong as destined."""
        operation.see(request.body)
        if operation.times_accepted:
            return duplicate
        if refusal := _refusal(operation):
            return refusal
        operation.accept(self.now_s())
        if callback is not None and operation.settles_after_s is not None:
            self.callbacks.schedule(operation.accepted_s + operation.settles_after_s, callback)
        if operation.fault is Fault.TOKEN_ONCE:
            self.tokens.expire(request.bearer)
        return _damaged(answer(), operation.fault, self.settings)

    def ask(
        self,
        request: Request,
        operation: Operation | None,
        *,
        answer: Callable[[Operation], Reply],
        not_found: Reply,
    ) -> Reply:
        """Answer a question about an operation."""
        if operation is None or not operation.times_accepted:
            return not_found
        operation.asks += 1
        if operation.fault is Fault.TOKEN_ONCE:
            self.tokens.expire(request.bearer)
        if operation.fault is Fault.NOT_FOUND_FIRST and operation.asks <= self.plan.not_found_asks:
            return not_found
        if operation.fault is Fault.STATUS_FAILS_TWICE and operation.asks <= REFUSED_TRIES:
            return json_reply(500, {})
        return answer(operation)


def _outcome_with(fault: Fault | None, operation: Operation, prompt_s: float) -> Outcome:
    network = operation.network
    usual: dict[Fault, tuple[Stage, ...]] = {
        Fault.PENDING_FOREVER: (),
        Fault.REASON_OBJECT: (rejection(network, prompt_s),),
        Fault.LATE_SUCCESS: (expiry(network, prompt_s), success(network, prompt_s + LATE_S)),
        Fault.UNKNOWN_WORD: (waiting(network, "UNDER_REVIEW"), success(network, prompt_s)),
    }
    if fault is None or fault not in usual:
        return operation.outcome
    return replace(operation.outcome, stages=usual[fault])


def _refusal(operation: Operation) -> Reply | None:
    """Return the answer to a request that the network never accepts."""
    tries = len(operation.posts)
    if operation.fault is Fault.TOO_MANY and tries <= REFUSED_TRIES:
        busy = json_reply(429, {"statusCode": 429, "message": "Rate limit is exceeded."})
        return replace(busy, headers=(("Retry-After", str(RETRY_AFTER_S)),))
    if tries > 1:
        return None
    if operation.fault is Fault.CUT_BEFORE:
        return Reply(0, ending=Ending.RESET)
    if operation.fault is Fault.UNAVAILABLE:
        return html_reply(503)
    if operation.fault is Fault.REDIRECT:
        return Reply(302, headers=(("Location", LOGIN_PAGE),))
    return None


def _damaged(answer: Reply, fault: Fault | None, settings: Settings) -> Reply:
    """Return what arrives instead of the answer of a network that has accepted."""
    if fault is Fault.SLOW_ANSWER:
        return replace(answer, delay_s=settings.slow_answer_s)
    if fault is Fault.RESET_AFTER:
        return replace(answer, ending=Ending.RESET)
    if fault is Fault.HANG_AFTER:
        return replace(answer, ending=Ending.SILENT)
    if fault is Fault.TRUNCATED:
        body = answer.body or HALF_A_DOCUMENT
        return replace(answer, body=body, content_type="application/json", ending=Ending.TRUNCATED)
    if fault is Fault.ERROR_500:
        return Reply(500)
    if fault is Fault.HTML:
        return html_reply(200)
    return answer


def shown_amount(operation: Operation, now: Stage) -> str:
    """Return the amount a network names; a fault makes it another once the money has moved."""
    if operation.fault is Fault.OTHER_AMOUNT and now.state is State.SUCCESSFUL:
        whole, point, rest = operation.amount.partition(".")
        return f"{int(whole) + 100}{point}{rest}"
    return operation.amount


def transaction_number(reference: str, digits: int) -> str:
    """Return a network's number for a reference: the same after a restart, so never another's."""
    number = int(hashlib.sha256(reference.encode()).hexdigest(), 16) % 10**digits
    return f"{number:0{digits}d}"


def audience(network: Network, product: str = "") -> str:
    """Return what a token is good for."""
    return f"{network}/{product}"
