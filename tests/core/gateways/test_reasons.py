"""The sentences for the books and for the banner."""

from __future__ import annotations

import pytest

from core.gateways.contract import Reason, Trouble
from core.gateways.reasons import airtel_reason, explain, explain_trouble, mtn_reason


@pytest.mark.parametrize("reason", Reason)
def test_the_money_fact_comes_first(reason: Reason):
    assert explain(reason).startswith("Nothing was charged. ")
    assert explain(reason, refund=True).startswith("Nothing was sent back. ")


def test_mtns_most_frequent_reason_is_not_called_a_fault_of_the_customer():
    told = explain(Reason.REFUSED_BY_NETWORK, "INTERNAL_PROCESSING_ERROR")
    assert told.startswith("Nothing was charged.")
    assert "refused by MTN, mostly because there is not enough money" in told


def test_an_unknown_reason_is_told_as_it_came():
    assert explain(Reason.OTHER, "NEW_CODE") == (
        "Nothing was charged. The network's reason: NEW_CODE."
    )


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_names_the_host_and_says_nothing_of_money(trouble: Trouble):
    told = explain_trouble(trouble, "proxy.momoapi.mtn.co.rw")
    assert "proxy.momoapi.mtn.co.rw" in told
    assert "charged" not in told


def test_what_to_do_is_said():
    assert "open any web page and sign in to the Wi-Fi" in explain_trouble(Trouble.WEB_PAGE, "h")
    assert "computer's date is wrong" in explain_trouble(Trouble.CERTIFICATE, "h")


def test_a_refund_turns_payer_and_payee_round():
    assert mtn_reason("PAYEE_NOT_FOUND") is Reason.SHOP_ACCOUNT
    assert mtn_reason("PAYEE_NOT_FOUND", refund=True) is Reason.NUMBER_WITHOUT_WALLET


def test_the_first_known_code_counts():
    assert airtel_reason("DP00800001001", "ESB000011") is Reason.REFUSED_BY_NETWORK
    assert airtel_reason("ROUTER110") is Reason.SHOP_ACCOUNT
    assert airtel_reason() is Reason.OTHER
