"""What became of a call to a gateway, and how the database spells it."""

from __future__ import annotations

from enum import IntEnum


class CallResult(IntEnum):
    """What became of a call, worst first; one without success and without an error is open."""

    FAILED = 0
    OPEN = 1
    SUCCEEDED = 2


CALL_RESULT = "CASE WHEN success THEN 2 WHEN error_code = '' THEN 1 ELSE 0 END"
"""SQL for the :class:`CallResult` of a call, as its index spells it."""

CALL_TIME = "coalesce(processing_time_ms, -1)"
"""SQL for how long a call took, so that those without an answer have a place in the order."""
