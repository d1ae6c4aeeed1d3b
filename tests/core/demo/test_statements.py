"""The demo's statements are read without doubt, and most of their lines find their payment."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from core.model.payments import Payment, PaymentStatus
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    ReconciliationStatus,
    StatementLine,
    StatementProvider,
)
from core.permissions import Actor, Role
from core.services.matching.service import MatchService
from core.services.payments.imports import ImportService
from core.services.reconciliations.service import ReconciliationService, refresh_counts
from core.services.statements.desk import ImportStatement, StatementDesk
from core.statements.fingerprints import fingerprints
from core.statements.reading import read_statement
from tests.core.demo.conftest import Demo, build

CLERK = Actor(2, "clerk", Role.CLERK)


def test_the_files_to_drop_are_read_and_balance(demo: Demo) -> None:
    assert [each.provider for each in demo.shop.statements] == [
        StatementProvider.MTN,
        StatementProvider.AIRTEL,
        StatementProvider.BANK,
    ]
    for dropped in demo.shop.statements:
        assert dropped.path.parent == demo.folder / "statements"
        file = read_statement(dropped.path)
        (statement,) = file.statements
        assert statement.balance_gap_minor() == 0
        assert len(statement.lines) == dropped.movements
        strange = [each.message for each in file.problems if "FAILED" not in each.message]
        assert strange == []


def test_stored_statements_are_what_reading_their_file_gives(demo: Demo) -> None:
    with demo.database.read() as session:
        for kept in session.scalars(select(PaymentReconciliation)):
            file = read_statement(demo.folder / kept.file_upload)
            (statement,) = file.statements
            assert file.sha256 == kept.file_sha256
            assert (file.profile, statement.account) == (kept.profile_name, kept.account)
            assert statement.balance_gap_minor() == kept.balance_gap_minor == 0
            assert statement.opening_balance_minor == kept.opening_balance_minor
            assert statement.closing_balance_minor == kept.closing_balance_minor
            marks = fingerprints(f"{kept.provider}:{statement.account}", statement.lines)
            lines = sorted(kept.lines, key=lambda line: line.line_number)
            assert [line.fingerprint for line in lines] == marks
            for line, read in zip(lines, statement.lines, strict=True):
                assert (line.line_number, line.description) == (read.line, read.description)
                assert (line.counterparty, line.counterparty_account) == (
                    read.counterparty,
                    read.counterparty_account,
                )
                assert (line.fee_minor, line.balance_minor) == (read.fee_minor, read.balance_minor)


def test_statements_follow_one_another_without_a_gap(demo: Demo) -> None:
    with demo.database.read() as session:
        for provider in StatementProvider:
            kept = session.scalars(
                select(PaymentReconciliation)
                .where(PaymentReconciliation.provider == provider)
                .order_by(PaymentReconciliation.statement_period_start)
            ).all()
            closing = [each.closing_balance_minor for each in kept]
            opening = [each.opening_balance_minor for each in kept]
            fresh = next(each for each in demo.shop.statements if each.provider is provider)
            opening.append(read_statement(fresh.path).statements[0].opening_balance_minor)
            assert opening[1:] == closing


def test_reconciliations_are_closed_but_one(demo: Demo) -> None:
    with demo.database.read() as session:
        statuses = Counter(session.scalars(select(PaymentReconciliation.status)))
        assert statuses[ReconciliationStatus.IN_PROGRESS] == 1
        assert statuses[ReconciliationStatus.DISCREPANCY] == 1
        assert statuses[ReconciliationStatus.COMPLETE] > 5
        for kept in session.scalars(select(PaymentReconciliation)):
            written = (
                kept.matched_count,
                kept.unmatched_count,
                kept.discrepancy_amount_minor,
            )
            refresh_counts(session, kept)
            assert written == (
                kept.matched_count,
                kept.unmatched_count,
                kept.discrepancy_amount_minor,
            )
            explained = kept.unmatched_count == 0
            if kept.status.is_closed:
                assert explained == (kept.status is ReconciliationStatus.COMPLETE)


def test_the_open_reconciliation_has_decided_and_waiting_matches(demo: Demo) -> None:
    with demo.database.read() as session:
        kept = session.scalars(
            select(PaymentReconciliation).where(
                PaymentReconciliation.status == ReconciliationStatus.IN_PROGRESS
            )
        ).one()
        states = {match.state for match in kept.matches}
        assert states == {MatchState.APPROVED, MatchState.PROPOSED}
        assert {line.state for line in kept.lines} == {LineState.MATCHED, LineState.SUGGESTED}
    detail = ReconciliationService(demo.database).detail(CLERK, kept.reconciliation_id)
    assert detail.matches


def test_reconciled_is_what_an_approved_match_proves(demo: Demo) -> None:
    with demo.database.read() as session:
        proven = set(
            session.scalars(
                select(MatchPayment.payment_id)
                .join(Match, Match.id == MatchPayment.match_id)
                .where(MatchPayment.active, Match.state == MatchState.APPROVED)
            )
        )
        reconciled = set(session.scalars(select(Payment.id).where(Payment.reconciled)))
        assert proven == reconciled
        assert len(reconciled) > 50
        for match in session.scalars(select(Match).where(Match.kind.in_(["one_to_one"]))):
            line = session.get_one(StatementLine, match.line_links[0].line_id)
            payment = session.get_one(Payment, match.payment_links[0].payment_id)
            assert line.amount_minor == payment.amount_minor
        matched = session.scalar(select(func.count()).select_from(MatchLine))
        assert matched == demo.shop.counts.matches


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo large enough for each statement to have its mess."""
    return build(tmp_path_factory.mktemp("busy"), payments=1500)


def test_dropping_the_statements_reconciles_most_lines_and_leaves_the_mess(busy: Demo) -> None:
    desk = StatementDesk(busy.database, busy.folder)
    matches = MatchService(busy.database)
    for dropped in busy.shop.statements:
        (taken,) = desk.import_file(
            CLERK, ImportStatement(path=dropped.path, provider=dropped.provider)
        )
        assert taken.known_lines == 0
        matches.look_for(CLERK, taken.reconciliation.reconciliation_id)
        matches.approve_automatic(CLERK, taken.reconciliation.reconciliation_id)
        (row,) = (
            each
            for each in ReconciliationService(busy.database).page(CLERK).rows
            if each.reconciliation_id == taken.reconciliation.reconciliation_id
        )
        most = 0.9 if dropped.provider is not StatementProvider.BANK else 0.6
        assert row.matched_count >= most * row.total_transactions
        assert row.unmatched_count >= 1
        assert dropped.missing_payment_id
        missing = _payment(busy, dropped.missing_payment_id)
        assert missing.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
        assert not missing.reconciled
        again = desk.import_file(
            CLERK, ImportStatement(path=dropped.path, provider=dropped.provider)
        )
        assert again[0].already_imported


def test_the_sample_file_of_payments_can_be_imported(busy: Demo) -> None:
    assert busy.shop.import_file == busy.folder / "imports" / "payments.json"
    manager = Actor(3, "manager", Role.MANAGER)
    report = ImportService(busy.database).import_file(manager, busy.shop.import_file)
    assert (report.new, report.known, report.refused) == (4, 0, ())


def _payment(demo: Demo, payment_id: str) -> Payment:
    with demo.database.read() as session:
        return session.scalars(select(Payment).where(Payment.payment_id == payment_id)).one()
