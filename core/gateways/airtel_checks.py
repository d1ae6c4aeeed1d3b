"""Airtel's connection test: what each step tells."""

from __future__ import annotations

from collections.abc import Callable

from core.gateways.airtel_answers import message_of, trouble_of_refusal
from core.gateways.airtel_signing import EncryptionKey
from core.gateways.authorized import Result
from core.gateways.checks import (
    MAX_TOLD_CHARACTERS,
    Shown,
    address_step,
    balance_step,
    clock_step,
)
from core.gateways.contract import ConnectionCheck, Trouble
from core.gateways.http import Answer
from core.gateways.json_reading import flag, member
from core.gateways.reasons import explain_trouble
from core.gateways.tokens import Minted, NoToken


def steps(
    host: str,
    *,
    mint: Callable[[], Minted],
    read_balance: Callable[[], Result],
    fetch_key: Callable[[], EncryptionKey | NoToken] | None,
    shown: Shown,
) -> tuple[ConnectionCheck, ...]:
    """Try the account, a step at a time; without an address that answers the rest is left out."""
    minted = mint()
    if isinstance(minted, NoToken):
        address = address_step(host, minted.exchange, minted.trouble)
        if not address.passed:
            return (address,)
        clock = clock_step(minted.exchange)
        return (address, _keys_refused(host, minted), *((clock,) if clock else ()))
    done = [
        ConnectionCheck(f"Reach {host}", True, f"{host} answers."),
        ConnectionCheck("Use the keys", True, "Airtel accepts the keys."),
    ]
    balance = read_balance()
    exchange = balance.exchange if isinstance(balance, NoToken) else balance
    step = balance_step(host, exchange, _balance_trouble(balance))
    done.append(step if step.passed else _with_words(step, balance, shown))
    if fetch_key is not None:
        key = fetch_key()
        done.append(
            ConnectionCheck("Sign calls", False, explain_trouble(key.trouble, host))
            if isinstance(key, NoToken)
            else ConnectionCheck("Sign calls", True, "The key for signing was received.")
        )
    clock = clock_step(exchange)
    return (*done, *((clock,) if clock else ()))


def _keys_refused(host: str, minted: NoToken) -> ConnectionCheck:
    told = (
        "The client id or the client secret is wrong, or belongs to another environment."
        if minted.trouble is Trouble.CREDENTIALS
        else explain_trouble(minted.trouble, host)
    )
    return ConnectionCheck("Use the keys", False, told)


def _balance_trouble(result: Result) -> Trouble | None:
    if not isinstance(result, Answer):
        return result.trouble
    found = result.found
    if found is None:
        return trouble_of_refusal(result)
    if result.status == 200 and flag(member(found, "status"), "success"):
        return None
    return Trouble.CONFIGURATION if result.status < 500 else Trouble.SERVICE


def _with_words(step: ConnectionCheck, result: Result, shown: Shown) -> ConnectionCheck:
    found = result.found if isinstance(result, Answer) else None
    words = message_of(found) if found is not None else ""
    if not words:
        return step
    told = f"{step.told} Airtel says: {shown(words, MAX_TOLD_CHARACTERS)}"
    return ConnectionCheck(step.what, False, told)
