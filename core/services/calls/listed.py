"""A call to a gateway as a table of any length shows it: read narrow, understood when looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from core.model.calls import CallResult
from core.model.payments import RequestType, TransactionStatus


class ListedCall(NamedTuple):
    """One row of the calls' table; the ``stored`` values are as the database keeps them.

    ``stored_time_ms`` is -1 while there is no answer. Messages are cut after
    :data:`LISTED_MESSAGE_CHARACTERS`.
    """

    id: int
    stored_request_at: str
    gateway_name: str
    stored_request_type: str
    stored_status: str
    stored_result: int
    response_code: str
    response_message: str
    stored_time_ms: int
    error_code: str
    error_message: str
    transaction_id: str
    payment_key: int
    payment_id: str

    @property
    def request_at(self) -> datetime:
        """When the gateway was called, in UTC."""
        return datetime.fromisoformat(self.stored_request_at).replace(tzinfo=UTC)

    @property
    def request_type(self) -> RequestType:
        """What it was asked."""
        return RequestType(self.stored_request_type)

    @property
    def status(self) -> TransactionStatus:
        """Where the attempt stood after the call."""
        return TransactionStatus(self.stored_status)

    @property
    def result(self) -> CallResult:
        """What became of the call."""
        return CallResult(self.stored_result)

    @property
    def processing_time_ms(self) -> int | None:
        """How long the answer took; None while there is none."""
        return None if self.stored_time_ms < 0 else self.stored_time_ms


LISTED_MESSAGE_CHARACTERS = 200


class CallColumn(StrEnum):
    """A column by which the calls' table is ordered; within equal values by the moment."""

    REQUEST_AT = "request_at"
    GATEWAY = "gateway_name"
    REQUEST_TYPE = "request_type"
    STATUS = "status"
    RESULT = "result"
    ANSWER = "response_code"
    TIME = "processing_time_ms"
    ERROR = "error_code"
    TRANSACTION = "transaction_id"
    PAYMENT = "payment_id"
