"""Runs attacks over real logins, and tells which got through and what held the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg

from core.model.payments import PaymentMethod
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import RefundService, RequestRefund
from core.services.tills import TillService
from tests.core.database.postgresql.attack_forms import Attack
from tests.core.database.postgresql.attacks import ATTACKS
from tests.core.database.postgresql.peopled_shop import PASSWORD, PeopledShop

_REFUSED = {"42501", "23514"}
"""No right to it; or against a rule of the shop."""

_STATEMENTS = """
INSERT INTO payment_reconciliation (reconciliation_id, file_name, file_upload, file_sha256,
  statement_index, provider, profile_name, account, currency, total_transactions,
  total_amount_minor, known_transactions, matched_count, unmatched_count, discrepancy_amount_minor,
  status, problems, imported_by, imported_at, reconciled_by, notes, version)
SELECT 'R' || n, 'f', 'f', 'f' || n, 0, 'MTN', '', '', 'RWF', 1, 1, 0, 0, 1, 0, 'PENDING', '[]',
  'clara', now(), '', '', 1 FROM generate_series(1, 2) AS n;
INSERT INTO statement_line (reconciliation_id, line_number, fingerprint, line_date, amount_minor,
  fee_minor, currency, reference, transaction_id, description, counterparty, counterparty_account,
  state, ignored_reason)
SELECT id, 1, 'x' || id, now(), 500, 0, 'RWF', '', '', '', '', '', 'unmatched', ''
FROM payment_reconciliation;
INSERT INTO match (reconciliation_id, kind, automatic, ambiguous, confidence, reasons,
  difference_minor, state, proposed_at, decided_by, version)
SELECT id, 'one_to_one', true, false, 90, '[]', 0,
  CASE reconciliation_id WHEN 'R1' THEN 'approved' ELSE 'proposed' END, now(), '', 1
FROM payment_reconciliation;
UPDATE payment_reconciliation SET status = 'COMPLETE' WHERE reconciliation_id = 'R1'
"""


@dataclass
class Outcome:
    """What came of a run of attacks."""

    through: list[str] = field(default_factory=list)
    meaningless: list[str] = field(default_factory=list)
    held_by: Counter[str] = field(default_factory=Counter)


def lay_out(shop: PeopledShop) -> dict[str, str]:
    """Put there what is attacked, and return what attacks name it by."""
    shop.as_owner(f"SET search_path = sanduku; {_STATEMENTS}")
    shop.as_owner(
        "SET search_path = sanduku; UPDATE payment SET reconciled = true, reconciled_at = now(),"
        f" reconciled_by = 'musa' WHERE payment_id = '{shop.payment_id}'",
        # Heard of long after the slowest run: a window nobody hears of may be taken over.
        'INSERT INTO sanduku.desk_presence ("window", user_name, desk, since, last_seen,'
        " is_locked) VALUES ('of mary', 'mary', '', now(), now() + interval '1 day', false)",
        "INSERT INTO sanduku.setting VALUES ('shop_name', 'Shop')",
    )
    tills, musa = TillService(shop.opened_by("musa")), shop.actor("musa")
    tills.open(musa, 1_000)
    tills.close(musa, tills.expected(musa))
    with shop.opened_by("clara").write(shop.actor("clara")) as unit:
        unit.audit("shop:opened", "shop", "1")
        unit.commit()
    refunds = _refunds(shop)
    shop.as_owner(
        "UPDATE sanduku.payment SET transaction_status = 'pending' WHERE status = 'pending'",
        "INSERT INTO sanduku.gateway_attempt (kind, payment_id, provider, environment, reference,"
        " sale_key, status, status_since, created_at, sends, checks, not_found_count, reason,"
        " reason_code, trouble, message, version) SELECT 'collect', id, 'mtn', 'live', 'asked', '',"
        " 'pending', now(), now(), 1, 0, 0, '', '', '', '', 1 FROM sanduku.payment"
        " WHERE status = 'pending'",
    )
    with psycopg.connect(shop.server.url(shop.database)) as owner:
        till = owner.execute(
            'SELECT t.id FROM sanduku.till_session t JOIN sanduku."user" u ON u.id = t.user_id'
            " WHERE u.name = 'kofi'"
        ).fetchone()
        verifier = owner.pgconn.encrypt_password(PASSWORD.encode(), b"", b"scram-sha-256")
    assert till is not None
    return {
        "prefix": shop.roles.prefix,
        "database": shop.database,
        "payment": shop.payment_id,
        "refund": shop.refund_id,
        **refunds,
        "till_of_kofi": str(till[0]),
        "verifier": verifier.decode(),
    }


def _refunds(shop: PeopledShop) -> dict[str, str]:
    """Put a refund there in each state that matters, and return their names and ids."""
    aline, musa = shop.actor("aline"), shop.actor("musa")
    decided = RefundService(shop.opened_by("musa"))
    sale = _paid(shop, 900)

    def asked(by: str, key: str, payment_id: str, amount_minor: int = 100) -> str:
        command = RequestRefund(key, payment_id, amount_minor, "x")
        return RefundService(shop.opened_by(by)).request(shop.actor(by), command).refund_id

    found = {
        "approved": asked("kofi", "ra", sale),
        "own": asked("mary", "rm", sale),
        "ended": asked("aline", "re", shop.payment_id, 10),
        "large": asked("kofi", "rl", _paid(shop, 900_000), 150_000),
        "by_phone": asked("kofi", "rs", _paid_by_phone(shop)),
        "passed_on": asked("kofi", "rp", sale),
    }
    decided.approve(musa, found["approved"])
    decided.approve(musa, found["by_phone"])
    decided.pass_on(musa, found["passed_on"], note="yours")
    RefundService(shop.opened_by("aline")).withdraw(aline, found["ended"])
    return found


def _paid(shop: PeopledShop, amount_minor: int) -> str:
    """Return the id of a payment that Kofi took."""
    command = RecordPayment(
        key=f"attacked {amount_minor}",
        method=PaymentMethod.CASH,
        amount_minor=amount_minor,
        tendered_minor=amount_minor,
        complete_now=True,
    )
    return PaymentService(shop.opened_by("kofi")).record(shop.actor("kofi"), command).payment_id


def _paid_by_phone(shop: PeopledShop) -> str:
    """Return the id of a payment by mobile money that Mary completed by hand."""
    mary, payments = shop.actor("mary"), PaymentService(shop.opened_by("mary"))
    sent = payments.record(
        mary,
        RecordPayment(
            key="mobile",
            method=PaymentMethod.MTN_MOBILE_MONEY,
            amount_minor=7_000,
            phone_number="0788123456",
        ),
    )
    seen = CompletePayment("seen", sent.payment_id, transaction_id="T1", note="seen")
    return payments.complete(mary, seen).payment_id


def attacked(
    shop: PeopledShop, names: dict[str, str], attacks: Sequence[Attack] = ATTACKS
) -> Outcome:
    """Try every attack in a transaction that is taken back, whatever came of it."""
    outcome = Outcome()
    connections = {who: shop.connect(who) for who in {attack.who for attack in attacks}}
    try:
        for attack in attacks:
            _try(connections[attack.who], attack, names, outcome)
    finally:
        for connection in connections.values():
            connection.close()
    return outcome


def _try(
    connection: psycopg.Connection, attack: Attack, names: dict[str, str], outcome: Outcome
) -> None:
    told = f"{attack.who}: {attack.statement}"
    try:
        with connection.transaction(force_rollback=True):
            cursor = connection.execute(attack.statement.format(**names).encode())
            while cursor.nextset():
                pass  # what matters is the last statement, behind a lie in the audit trail
            rows = cursor.fetchall() if attack.shown and cursor.description else []
            count = cursor.rowcount
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        if error.sqlstate in _REFUSED:
            outcome.held_by[_layer(error)] += 1
        else:
            outcome.meaningless.append(f"{told}\n    {error.sqlstate} {error}")
        return
    if attack.shown and not rows:
        outcome.held_by["nothing to see or touch"] += 1
    elif count == 0:
        outcome.meaningless.append(f"{told}\n    touched no row")
    else:
        outcome.through.append(told)


def _layer(error: psycopg.Error) -> str:
    text = str(error)
    if "sanduku:" in text:
        return "guard"
    if "row-level security" in text:
        return "row policy"
    return "constraint" if error.sqlstate == "23514" else "right"
