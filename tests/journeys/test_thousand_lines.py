from __future__ import annotations

from pathlib import Path

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.model.reconciliations import StatementProvider
from core.permissions import Actor
from core.services.statements.desk import ImportStatement
from tests.journeys.thousand_lines import LINES, make_shop


def test_a_thousand_lines_against_five_thousand_payments_have_no_wrong_match(
    database: Database, clerk: Actor, tmp_path: Path
) -> None:
    labelled = make_shop(database, tmp_path)
    shop = App(Configuration(tmp_path / "shop", use_keyring=False), database)

    (imported,) = shop.statements.import_file(
        clerk, ImportStatement(labelled.path, StatementProvider.BANK)
    )
    proposed = shop.matches.propose(clerk, imported.reconciliation.reconciliation_id)
    certain = proposed.proposed(automatic=True)
    print(
        f"\n{len(certain)} certain matches, {len(proposed.proposed(automatic=False))} suggested,"
        f" of {LINES} lines against {labelled.payments} payments"
    )

    assert imported.new_lines == LINES
    assert imported.reconciliation.balance_gap_minor == 0
    assert labelled.wrong(certain) == []
    assert len(certain) > 0.7 * LINES
    shop.matches.approve_automatic(clerk, imported.reconciliation.reconciliation_id)
    approved = shop.reconciliations.detail(clerk, imported.reconciliation.reconciliation_id)
    assert len(approved.approved()) == len(certain)
    shop.close()
