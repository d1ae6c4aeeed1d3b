"""On a server guards of persons that only an earlier version made are taken out; a file has none.

Rights and guards are made anew after every revision, so nothing else is to be done here.
"""

from __future__ import annotations

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")
