"""How long a token is kept, and who mints it."""

from __future__ import annotations

import threading

import pytest

from core.gateways.airtel_money import AirtelMoney
from core.gateways.contract import Trouble
from core.gateways.http import NoAnswer
from core.gateways.mtn_momo import MTNMobileMoney
from core.gateways.tokens import NoToken, Token, TokenStore
from tests.core.gateways.accounts import (
    AIRTEL_ASK,
    AIRTEL_ORDER,
    AIRTEL_TOKEN,
    MTN_ASK,
    MTN_TOKEN,
    ORDER,
    QUICK,
    airtel_account,
    airtel_token_answer,
    mtn_account,
    token_answer,
)
from tests.core.gateways.wire import Network, answer


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("life", "kept_s"),
    [(3600, 3540), ("3600", 3540), (3600.0, 3540), ("soon", 3540), (None, 3540), (10**30, 3540)],
)
def test_mtns_token_is_renewed_a_minute_before_its_end(network: Network, life, kept_s: int):
    clock = Clock()
    network.on(MTN_TOKEN, token_answer(life=life)).on(MTN_ASK, answer(200, {}))
    gateway = MTNMobileMoney(mtn_account(network.url), QUICK, tokens=TokenStore(clock))
    gateway.ask(ORDER).send()
    clock.now_s += kept_s - 1
    gateway.ask(ORDER).send()
    assert len(network.asked(MTN_TOKEN)) == 1
    clock.now_s += 2
    gateway.ask(ORDER).send()
    assert len(network.asked(MTN_TOKEN)) == 2


def test_airtels_token_is_renewed_after_four_fifths_of_its_life(network: Network):
    clock = Clock()
    network.on(AIRTEL_TOKEN, airtel_token_answer(life="180")).on(AIRTEL_ASK, answer(200, {}))
    gateway = AirtelMoney(airtel_account(network.url), QUICK, tokens=TokenStore(clock))
    gateway.ask(AIRTEL_ORDER).send()
    clock.now_s += 143
    gateway.ask(AIRTEL_ORDER).send()
    assert len(network.asked(AIRTEL_TOKEN)) == 1
    clock.now_s += 2
    gateway.ask(AIRTEL_ORDER).send()
    assert len(network.asked(AIRTEL_TOKEN)) == 2


def test_gateways_of_one_account_share_a_token_and_of_two_do_not(network: Network):
    tokens = TokenStore()
    network.on(MTN_TOKEN, token_answer()).on(MTN_ASK, answer(200, {}))
    for key in ("first-key-of-the-shop", "first-key-of-the-shop", "another-key-of-it"):
        MTNMobileMoney(mtn_account(network.url, api_key=key), QUICK, tokens=tokens).ask(
            ORDER
        ).send()
    assert len(network.asked(MTN_TOKEN)) == 2


def test_those_who_wait_get_the_failure_of_the_one_who_tried():
    store, started, go = TokenStore(), threading.Event(), threading.Event()
    minted, results = [], []
    failure = NoToken(Trouble.TIMEOUT, NoAnswer(False, Trouble.TIMEOUT, "ReadTimeout"))

    def mint() -> NoToken:
        minted.append(1)
        started.set()
        go.wait(5)
        return failure

    threads = [
        threading.Thread(target=lambda: results.append(store.get("a", mint))) for _ in range(20)
    ]
    threads[0].start()
    started.wait(5)
    for thread in threads[1:]:
        thread.start()
    while any(thread.ident is None for thread in threads):
        pass
    threading.Event().wait(0.05)
    go.set()
    for thread in threads:
        thread.join()
    assert results == [failure] * 20
    assert len(minted) == 1


def test_a_mint_that_breaks_does_not_block_the_next():
    store = TokenStore()

    def broken() -> Token:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        store.get("a", broken)
    assert store.get("a", lambda: Token("x", store.monotonic() + 9)) == store.get("a", broken)


def test_only_the_refused_token_is_dropped():
    store = TokenStore()
    new = Token("new", store.monotonic() + 9)
    store.get("a", lambda: new)
    store.drop("a", Token("old", 5.0))
    assert store.get("a", lambda: Token("third", 0.0)) is new
