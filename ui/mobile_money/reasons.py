"""Why a payment did not come and what keeps a network away, in the cashier's words.

Each sentence says what happened and then what to do next.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.services.gateways.rows import Reason, Trouble

_REASONS: dict[Reason, object] = {
    Reason.REFUSED_BY_CUSTOMER: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The customer refused on the phone. Ask again if that was a mistake, or let the customer"
        " pay another way.",
    ),
    Reason.NOT_APPROVED_IN_TIME: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The customer did not type the PIN in time. Let the customer hold the phone ready, then"
        " ask again.",
    ),
    Reason.WRONG_PIN: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "The customer typed a wrong PIN. Ask again."
    ),
    Reason.NOT_ENOUGH_MONEY: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The customer has not enough money in the wallet. Ask again after a top-up, or let the"
        " customer pay another way.",
    ),
    Reason.CUSTOMER_LIMIT: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The customer's limit at %1 is reached. Let the customer pay another way.",
    ),
    Reason.NUMBER_WITHOUT_WALLET: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "This number has no wallet at %1. Check the number and the network, then ask again.",
    ),
    Reason.WALLET_BLOCKED: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The customer's wallet is not active; the customer must ask %1. Let the customer pay"
        " another way.",
    ),
    Reason.AMOUNT_NOT_ALLOWED: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "%1 does not take this amount: too small or too large. Let the customer pay another way.",
    ),
    Reason.REFUSED_BY_NETWORK: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "%1 refused it (%2). Ask again once; if it is refused again, let the customer pay another"
        " way.",
    ),
    Reason.SHOP_ACCOUNT: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "%1 refused the shop, not the customer (%2). Tell the manager: the shop's account needs a"
        " call to the network. Take payments another way meanwhile.",
    ),
    Reason.NETWORK_TROUBLE: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "%1 had trouble of its own (%2). Ask again in a few minutes."
    ),
    Reason.OTHER: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "%1 gave a reason of its own: %2. Ask again once, or let the customer pay another way.",
    ),
}
_MOSTLY_NO_MONEY: object = QT_TRANSLATE_NOOP(
    "MobileMoneyReasons",
    "%1 refused it, mostly because the customer has not enough money, sometimes because the"
    " network has trouble. Let the customer look at the balance, then ask again.",
)
"""MTN says of INTERNAL_PROCESSING_ERROR: "predominantly insufficient customer funds"."""

_TROUBLES: dict[Trouble, object] = {
    Trouble.NO_ROUTE: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "There is no internet: check the cable or the Wi-Fi."
    ),
    Trouble.NAME_NOT_FOUND: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "The network is not found: check the internet connection."
    ),
    Trouble.CONNECTION_REFUSED: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "The network takes no calls at the moment; it is tried again."
    ),
    Trouble.TIMEOUT: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "The network does not answer in time; it is asked again."
    ),
    Trouble.CONNECTION_CUT: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "The connection broke before the answer came; it is asked again."
    ),
    Trouble.CERTIFICATE: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The connection cannot be trusted: check this computer's date and time, then the Wi-Fi.",
    ),
    Trouble.PROXY: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The shop's proxy lets nothing through. Tell the manager: it stands in the settings.",
    ),
    Trouble.WEB_PAGE: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "A web page came instead of an answer: open any web page and sign in to the Wi-Fi.",
    ),
    Trouble.REDIRECT: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The call was sent elsewhere: open any web page and sign in to the Wi-Fi.",
    ),
    Trouble.CREDENTIALS: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The network does not accept the shop's keys. Tell the manager: an admin enters them again"
        " under Settings, Channels.",
    ),
    Trouble.ADDRESS_NOT_ALLOWED: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The network does not let this shop's internet address in. Tell the manager: the network"
        " must register it.",
    ),
    Trouble.CONFIGURATION: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons",
        "The network does not accept the shop's settings. Tell the manager: an admin checks them"
        " under Settings, Channels.",
    ),
    Trouble.TOO_MANY_REQUESTS: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "The network was asked too often; it is asked again in a while."
    ),
    Trouble.SERVICE: QT_TRANSLATE_NOOP(
        "MobileMoneyReasons", "The network itself has trouble; it is asked again."
    ),
}


def reason_sentence(reason: Reason | None, code: str, gateway_name: str) -> str:
    """Return why a payment did not come, and what the cashier does next; empty without a reason.

    ``code`` is the network's own word.
    """
    if reason is None:
        return ""
    told = _MOSTLY_NO_MONEY if code == "INTERNAL_PROCESSING_ERROR" else _REASONS[reason]
    sentence = _word(told).replace("%1", gateway_name)
    return (
        sentence.replace("%2", code) if code else sentence.replace(" (%2)", "").replace(": %2", "")
    )


def trouble_sentence(trouble: Trouble | None) -> str:
    """Return what keeps the network from answering, and what to do; empty when it answers."""
    return "" if trouble is None else _word(_TROUBLES[trouble])


def _word(text: object) -> str:
    return QCoreApplication.translate("MobileMoneyReasons", str(text))
