"""The channels a shop takes money through, one row each: two mobile networks and its banks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, stored_by_value

if TYPE_CHECKING:
    from core.model.payments import Payment


class Environment(StrEnum):
    """Whether an account moves real money or only plays."""

    LIVE = "live"
    SANDBOX = "sandbox"


class _Provider(Versioned):
    """What all providers share."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AirtelMoneyProvider(_Provider, Base):
    """Airtel Money's merchant account; the secrets are ciphertext, never plain."""

    __tablename__ = "airtel_money_provider"

    merchant_id: Mapped[str] = mapped_column(String(80), default="")
    base_url: Mapped[str] = mapped_column(String(300), default="")
    country: Mapped[str] = mapped_column(String(2), default="RW")
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    client_id: Mapped[str] = mapped_column(String(200), default="")
    client_secret_encrypted: Mapped[str] = mapped_column(Text, default="")
    callback_key_encrypted: Mapped[str] = mapped_column(Text, default="")
    signed: Mapped[bool] = mapped_column(default=False)
    webhook_url: Mapped[str] = mapped_column(String(300), default="")
    environment: Mapped[Environment] = mapped_column(
        stored_by_value(Environment, length=8),
        default=Environment.LIVE,
        server_default=Environment.LIVE.value,
        unique=True,
        index=True,
    )


class MTNMobileMoneyProvider(_Provider, Base):
    """MTN MoMo's merchant account; the secrets are ciphertext, never plain."""

    __tablename__ = "mtn_mobile_money_provider"

    merchant_id: Mapped[str] = mapped_column(String(80), default="")
    base_url: Mapped[str] = mapped_column(String(300), default="")
    target_environment: Mapped[str] = mapped_column(String(40), default="")
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    collection_subscription_key_encrypted: Mapped[str] = mapped_column(Text, default="")
    disbursement_subscription_key_encrypted: Mapped[str] = mapped_column(Text, default="")
    api_user: Mapped[str] = mapped_column(String(80), default="")
    api_key_encrypted: Mapped[str] = mapped_column(Text, default="")
    webhook_url: Mapped[str] = mapped_column(String(300), default="")
    environment: Mapped[Environment] = mapped_column(
        stored_by_value(Environment, length=8),
        default=Environment.LIVE,
        server_default=Environment.LIVE.value,
        unique=True,
        index=True,
    )


class BankTransferProvider(_Provider, Base):
    """A bank account that customers transfer to."""

    __tablename__ = "bank_transfer_provider"

    bank_name: Mapped[str] = mapped_column(String(120), default="")
    account_name: Mapped[str] = mapped_column(String(120), default="")
    account_number: Mapped[str] = mapped_column(String(64), default="")
    swift_code: Mapped[str] = mapped_column(String(16), default="")
    branch: Mapped[str] = mapped_column(String(120), default="")
    customer_instructions: Mapped[str] = mapped_column(Text, default="")

    payments: Mapped[list[Payment]] = relationship(back_populates="bank_provider")
