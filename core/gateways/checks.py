"""The steps that every network's connection test shares."""

from __future__ import annotations

from collections.abc import Callable

from core.gateways.contract import ConnectionCheck, Trouble
from core.gateways.http import Answer, Exchange
from core.gateways.reasons import explain_trouble

MAX_CLOCK_DIFFERENCE_S = 120
MAX_TOLD_CHARACTERS = 200

Shown = Callable[[str, int], str]
"""Makes the network's text fit to show."""

_NOT_REACHED = frozenset({Trouble.WEB_PAGE, Trouble.REDIRECT, Trouble.PROXY})


def address_step(host: str, exchange: Exchange, trouble: Trouble | None) -> ConnectionCheck:
    """Tell whether the address answers as a network would; any JSON answer means yes."""
    what = f"Reach {host}"
    if not isinstance(exchange, Answer):
        return ConnectionCheck(what, False, explain_trouble(exchange.trouble, host))
    if trouble in _NOT_REACHED:
        return ConnectionCheck(what, False, explain_trouble(trouble, host))
    return ConnectionCheck(what, True, f"{host} answers.")


def clock_step(exchange: Exchange) -> ConnectionCheck | None:
    """Tell how this computer's clock compares with the network's, where the network tells."""
    ahead_s = exchange.clock_ahead_s if isinstance(exchange, Answer) else None
    if ahead_s is None:
        return None
    what = "Compare the clocks"
    if abs(ahead_s) <= MAX_CLOCK_DIFFERENCE_S:
        return ConnectionCheck(what, True, "This computer's clock is right.")
    minutes = round(abs(ahead_s) / 60)
    way = "ahead of" if ahead_s > 0 else "behind"
    told = f"This computer's clock is {minutes} minutes {way} the network's: set date and time."
    return ConnectionCheck(what, False, told)


def balance_step(host: str, exchange: Exchange, trouble: Trouble | None) -> ConnectionCheck:
    """Tell whether the balance can be read; ``trouble`` is None where it was."""
    what = "Read the balance"
    if trouble is None:
        return ConnectionCheck(what, True, "The balance can be read.")
    seen = f" (HTTP {exchange.status})" if isinstance(exchange, Answer) else ""
    return ConnectionCheck(what, False, f"{explain_trouble(trouble, host)}{seen}")
