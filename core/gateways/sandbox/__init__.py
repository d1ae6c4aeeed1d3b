"""Both mobile networks as documented, invented: to try and to develop with, no account anywhere.

A program of its own that shares no code with the clients it is there to test: what one side gets
wrong, the other shows.
"""

from core.gateways.sandbox.control import KnownPayment
from core.gateways.sandbox.faults import Fault, Plan, payment_number
from core.gateways.sandbox.ledger import Kind, LedgerEntry, charged_twice
from core.gateways.sandbox.outcomes import (
    OUTCOME_NAMES,
    TEST_NUMBERS,
    Network,
    State,
    TestNumber,
)
from core.gateways.sandbox.server import Sandbox
from core.gateways.sandbox.serving import serve_until_stopped
from core.gateways.sandbox.settings import (
    DEMO_ACCOUNT,
    DemoAccount,
    Settings,
    airtel_keys,
    mtn_keys,
)

__all__ = [
    "DEMO_ACCOUNT",
    "OUTCOME_NAMES",
    "TEST_NUMBERS",
    "DemoAccount",
    "Fault",
    "Kind",
    "KnownPayment",
    "LedgerEntry",
    "Network",
    "Plan",
    "Sandbox",
    "Settings",
    "State",
    "TestNumber",
    "airtel_keys",
    "charged_twice",
    "mtn_keys",
    "payment_number",
    "serve_until_stopped",
]
