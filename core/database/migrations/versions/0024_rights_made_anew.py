"""On a server roles, rights and guards are made anew, as after every revision; a file is as it was."""

from __future__ import annotations

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")
