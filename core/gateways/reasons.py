"""The networks' codes in the few kinds a cashier acts on, and sentences for the books."""

from __future__ import annotations

from core.gateways.contract import Reason, Trouble

_MTN: dict[str, Reason] = {
    "APPROVAL_REJECTED": Reason.REFUSED_BY_CUSTOMER,
    "PAYMENT_NOT_APPROVED": Reason.REFUSED_BY_CUSTOMER,
    "PAYER_REJECTION": Reason.REFUSED_BY_CUSTOMER,
    "TRANSACTION_CANCELED": Reason.REFUSED_BY_CUSTOMER,
    "EXPIRED": Reason.NOT_APPROVED_IN_TIME,
    "COULD_NOT_PERFORM_TRANSACTION": Reason.NOT_APPROVED_IN_TIME,
    "PAYER_DELAYED": Reason.NOT_APPROVED_IN_TIME,
    "NOT_ENOUGH_FUNDS": Reason.NOT_ENOUGH_MONEY,
    "PAYER_LIMIT_REACHED": Reason.CUSTOMER_LIMIT,
    "PAYER_NOT_FOUND": Reason.NUMBER_WITHOUT_WALLET,
    "SENDER_ACCOUNT_NOT_ACTIVE": Reason.WALLET_BLOCKED,
    "INTERNAL_PROCESSING_ERROR": Reason.REFUSED_BY_NETWORK,
    "SERVICE_UNAVAILABLE": Reason.NETWORK_TROUBLE,
    "PAYEE_NOT_FOUND": Reason.SHOP_ACCOUNT,
    "PAYEE_LIMIT_REACHED": Reason.SHOP_ACCOUNT,
    "PAYEE_NOT_ALLOWED_TO_RECEIVE": Reason.SHOP_ACCOUNT,
    "NOT_ALLOWED": Reason.SHOP_ACCOUNT,
    "NOT_ALLOWED_TARGET_ENVIRONMENT": Reason.SHOP_ACCOUNT,
    "INVALID_CALLBACK_URL_HOST": Reason.SHOP_ACCOUNT,
    "INVALID_CURRENCY": Reason.SHOP_ACCOUNT,
    "TRANSFER_TYPE_UNKNOWN": Reason.SHOP_ACCOUNT,
}
_MTN_REFUND: dict[str, Reason] = {
    "PAYEE_NOT_FOUND": Reason.NUMBER_WITHOUT_WALLET,
    "PAYEE_LIMIT_REACHED": Reason.CUSTOMER_LIMIT,
    "PAYEE_NOT_ALLOWED_TO_RECEIVE": Reason.WALLET_BLOCKED,
    "PAYER_NOT_FOUND": Reason.SHOP_ACCOUNT,
    "PAYER_LIMIT_REACHED": Reason.SHOP_ACCOUNT,
    "SENDER_ACCOUNT_NOT_ACTIVE": Reason.SHOP_ACCOUNT,
}
"""Where a refund turns it round: there the shop pays and the customer is the payee."""

_AIRTEL: dict[str, Reason] = {
    "DP00800001002": Reason.WRONG_PIN,
    "DP00800001003": Reason.CUSTOMER_LIMIT,
    "DP00800001004": Reason.AMOUNT_NOT_ALLOWED,
    "DP00800001005": Reason.NOT_APPROVED_IN_TIME,
    "DP00800001007": Reason.NOT_ENOUGH_MONEY,
    "DP00800001008": Reason.REFUSED_BY_NETWORK,
    "DP00800001009": Reason.REFUSED_BY_NETWORK,
    "DP00800001010": Reason.REFUSED_BY_NETWORK,
    "DP00800001024": Reason.NOT_APPROVED_IN_TIME,
    "DP00800001026": Reason.SHOP_ACCOUNT,
    "DP00800001028": Reason.SHOP_ACCOUNT,
    "DP00800001029": Reason.NOT_APPROVED_IN_TIME,
    "DP00900001003": Reason.CUSTOMER_LIMIT,
    "DP00900001004": Reason.AMOUNT_NOT_ALLOWED,
    "DP00900001005": Reason.REFUSED_BY_NETWORK,
    "DP00900001007": Reason.NOT_ENOUGH_MONEY,
    "DP00900001009": Reason.SHOP_ACCOUNT,
    "DP00900001010": Reason.REFUSED_BY_NETWORK,
    "DP00900001012": Reason.NUMBER_WITHOUT_WALLET,
    "DP00900001013": Reason.REFUSED_BY_NETWORK,
    "DP00900001016": Reason.SHOP_ACCOUNT,
    "ESB000001": Reason.NETWORK_TROUBLE,
    "ESB000004": Reason.NETWORK_TROUBLE,
    "ESB000011": Reason.REFUSED_BY_NETWORK,
    "ESB000014": Reason.NETWORK_TROUBLE,
    "ESB000033": Reason.NUMBER_WITHOUT_WALLET,
    "ESB000034": Reason.SHOP_ACCOUNT,
    "ESB000035": Reason.SHOP_ACCOUNT,
    "ESB000036": Reason.NUMBER_WITHOUT_WALLET,
    "ESB000039": Reason.SHOP_ACCOUNT,
}

_TOLD: dict[Reason, str] = {
    Reason.REFUSED_BY_CUSTOMER: "The customer refused the payment on the phone.",
    Reason.NOT_APPROVED_IN_TIME: "The customer did not approve in time: ask again.",
    Reason.WRONG_PIN: "The customer typed a wrong PIN.",
    Reason.NOT_ENOUGH_MONEY: "The customer has not enough money in the wallet.",
    Reason.CUSTOMER_LIMIT: "The customer's limit is reached.",
    Reason.NUMBER_WITHOUT_WALLET: "The number has no mobile-money wallet: check the number.",
    Reason.WALLET_BLOCKED: "The customer's wallet is not active: the network can help.",
    Reason.AMOUNT_NOT_ALLOWED: "The network does not allow this amount.",
    Reason.REFUSED_BY_NETWORK: "The network refused it.",
    Reason.SHOP_ACCOUNT: "There is a problem with the shop's account: call the network.",
    Reason.NETWORK_TROUBLE: "The network had a problem: try again later.",
    Reason.OTHER: "The network gave a reason of its own.",
}
_TOLD_REFUND: dict[Reason, str] = {
    Reason.REFUSED_BY_CUSTOMER: "It was refused or called off.",
    Reason.NOT_APPROVED_IN_TIME: "The network did not carry it out in time.",
    Reason.WRONG_PIN: "The network did not accept the shop's PIN.",
    Reason.NOT_ENOUGH_MONEY: "The shop's wallet has not enough money.",
}


def mtn_reason(code: str, *, refund: bool = False) -> Reason:
    """Return what an MTN reason code means; OTHER where it is not known."""
    known = _MTN | _MTN_REFUND if refund else _MTN
    return known.get(code, Reason.OTHER)


def airtel_reason(*codes: str) -> Reason:
    """Return what the first known of Airtel's codes means; OTHER where none is known."""
    for code in codes:
        if code in _AIRTEL:
            return _AIRTEL[code]
        if code.startswith("ROUTER"):
            return Reason.SHOP_ACCOUNT
    return Reason.OTHER


def explain(reason: Reason, code: str = "", *, refund: bool = False) -> str:
    """Return why a payment (or refund) failed, for the books, the money fact first."""
    fact = "Nothing was sent back." if refund else "Nothing was charged."
    told = (_TOLD | _TOLD_REFUND if refund else _TOLD)[reason]
    if code == "INTERNAL_PROCESSING_ERROR":
        told = (
            "It was refused by MTN, mostly because there is not enough money"
            " and sometimes because its platform had a problem."
        )
    elif reason is Reason.OTHER and code:
        told = f"The network's reason: {code}."
    return f"{fact} {told}"


def explain_trouble(trouble: Trouble, host: str) -> str:
    """Return what keeps ``host`` from answering and what to do. It says nothing about money."""
    told = {
        Trouble.NO_ROUTE: "There is no way to {host}: check this computer's internet connection.",
        Trouble.NAME_NOT_FOUND: "The address {host} was not found: check the internet connection,"
        " then the address in the settings.",
        Trouble.CONNECTION_REFUSED: "{host} refuses connections: check the address in the"
        " settings, or try again later.",
        Trouble.TIMEOUT: "{host} did not answer in time: the internet is slow or the network is"
        " busy. Try again later.",
        Trouble.CONNECTION_CUT: "The connection to {host} was cut: check the internet connection.",
        Trouble.CERTIFICATE: "{host} cannot be trusted: its certificate is not valid, or this"
        " computer's date is wrong. Check the date and time, then the Wi-Fi.",
        Trouble.PROXY: "The proxy did not let the call to {host} through: check the proxy in the"
        " settings.",
        Trouble.WEB_PAGE: "A web page came instead of an answer from {host}: open any web page and"
        " sign in to the Wi-Fi. If that is not it, a firewall stands between or the address is"
        " wrong.",
        Trouble.REDIRECT: "{host} sent the call elsewhere: open any web page and sign in to the"
        " Wi-Fi, then check the address in the settings.",
        Trouble.CREDENTIALS: "{host} does not accept the shop's keys: enter them again in the"
        " settings.",
        Trouble.ADDRESS_NOT_ALLOWED: "{host} does not let this shop's internet address in: ask the"
        " network to register it.",
        Trouble.CONFIGURATION: "{host} does not accept the account's settings: check address,"
        " environment, country, currency and callback address.",
        Trouble.TOO_MANY_REQUESTS: "{host} was asked too often: wait a little.",
        Trouble.SERVICE: "{host} is down or answers nonsense: try again later.",
    }[trouble]
    return told.format(host=host)
