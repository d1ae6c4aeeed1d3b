"""MTN's connection test: what each step tells."""

from __future__ import annotations

from collections.abc import Callable

from core.gateways.authorized import Result
from core.gateways.checks import (
    MAX_TOLD_CHARACTERS,
    Shown,
    address_step,
    balance_step,
    clock_step,
)
from core.gateways.contract import ConnectionCheck, Trouble
from core.gateways.http import Answer, trouble_of
from core.gateways.json_reading import text
from core.gateways.mtn_answers import error_of
from core.gateways.reasons import explain_trouble
from core.gateways.tokens import Minted, NoToken


def steps(
    host: str,
    *,
    mint_collection: Callable[[], Minted],
    read_balance: Callable[[], Result],
    mint_disbursement: Callable[[], Minted] | None,
    shown: Shown,
) -> tuple[ConnectionCheck, ...]:
    """Try the account, a step at a time; without an address that answers the rest is left out."""
    minted = mint_collection()
    if isinstance(minted, NoToken):
        address = address_step(host, minted.exchange, minted.trouble)
        if not address.passed:
            return (address,)
        keys = _keys_refused(host, "collection", minted, shown)
        clock = clock_step(minted.exchange)
        return (address, keys, *((clock,) if clock else ()))
    done = [
        ConnectionCheck(f"Reach {host}", True, f"{host} answers."),
        ConnectionCheck("Use the collection keys", True, "MTN accepts the keys."),
    ]
    balance = read_balance()
    exchange = balance.exchange if isinstance(balance, NoToken) else balance
    done.append(balance_step(host, exchange, _balance_trouble(balance)))
    if mint_disbursement is None:
        told = "No disbursement key is set: refunds are made by hand."
        done.append(ConnectionCheck("Refunds through MTN", True, told))
    else:
        refunds = mint_disbursement()
        done.append(
            _keys_refused(host, "disbursement", refunds, shown)
            if isinstance(refunds, NoToken)
            else ConnectionCheck(
                "Use the disbursement keys", True, "Refunds through MTN are possible."
            )
        )
    clock = clock_step(exchange)
    return (*done, *((clock,) if clock else ()))


def _balance_trouble(result: Result) -> Trouble | None:
    if isinstance(result, NoToken):
        return result.trouble
    if not isinstance(result, Answer):
        return result.trouble
    found = result.found
    if result.status == 200 and found is not None and text(found, "availableBalance"):
        return None
    if error_of(found)[0]:
        return Trouble.CONFIGURATION
    return trouble_of(result)


def _keys_refused(host: str, product: str, minted: NoToken, shown: Shown) -> ConnectionCheck:
    what = f"Use the {product} keys"
    answer = minted.exchange
    found = answer.found if isinstance(answer, Answer) else None
    if minted.trouble is not Trouble.CREDENTIALS or found is None:
        return ConnectionCheck(what, False, explain_trouble(minted.trouble, host))
    message = text(found, "message")
    if "subscription key" in message.lower():
        told = f"The {product} subscription key is wrong, or belongs to another product."
    elif text(found, "error"):
        told = "The API user or the API key is wrong, or belongs to another environment."
    else:
        told = f"MTN does not accept the keys: {shown(message, MAX_TOLD_CHARACTERS)}"
    return ConnectionCheck(what, False, told)
