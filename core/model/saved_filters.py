"""The filters that people keep by name for a list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.model.base import Base, only_where


class SavedFilter(Base):
    """What one person chose above one list, under a name; removed ones stay as facts.

    Names are compared without regard to case, in ``name_folded``. At most one of a list is the
    person's default, which stands when the list is opened.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (
        Index(
            "uq_saved_filter_name",
            "user_name",
            "page",
            "name_folded",
            unique=True,
            **only_where("removed_at IS NULL"),
        ),
        Index(
            "uq_saved_filter_default",
            "user_name",
            "page",
            unique=True,
            **only_where("is_default AND removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_name: Mapped[str] = mapped_column(String(80))
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    name_folded: Mapped[str] = mapped_column(String(160))
    content: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
