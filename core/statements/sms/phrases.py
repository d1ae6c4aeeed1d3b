"""The words by which the networks say that money moved: English, Kinyarwanda and French.

``{A}`` stands for an amount with its currency. A space stands for any white space, `` ?`` for
none as well.
"""

from __future__ import annotations

FROM = (
    r"from|kuva\s+(?:kwa|ku|kuri)|(?:avuye|aturutse)\s+(?:kwa|kuri|ku)|by"
    r"|de(?:\s+la\s+part\s+de)?"
)
"""Words before the name of who paid."""
TO = r"to|kwa|kuri|ku|à|pour"
"""Words before the name of who was paid."""
AGENT = r"via\s+agent\s*:?|from|at|kwa|chez|by"

_DONE = r"(?:has been |was )?"

RECEIVED = (
    r"\byou(?:'ve)?(?: have)? received (?:a payment of )?{A}",
    r"\b(?:payment|money|cash) received ?:? ?(?:of )?{A}",
    r"\breceived {A} from",
    r"\b(?:payment|transfer) of {A} (?:has been )?(?:received )?from",
    r"\b(?:m?wakiriye|[um]+aze kwakira|yahawe|m?wahawe) (?:amafaranga )?{A}",
    r"\bvous avez re[çc]u (?:un paiement de )?{A}",
    r"\bpaiement re[çc]u ?:? ?(?:de )?{A}",
)
DEPOSITED = (
    r"\bdeposit of {A} has been added",
    r"\b(?:cash )?(?:deposit|cash[ -]?in) of {A}",
    rf"{{A}} {_DONE}(?:deposited|credited|added) (?:in)?to your",
    rf"\byour (?:[a-z]+ )?(?:[a-z]+ )?(?:account|wallet) {_DONE}credited with {{A}}",
    r"\byou have deposited {A}",
    r"\b(?:m?wabikije|[um]+aze kubitsa) (?:amafaranga )?{A}",
    r"\bd[ée]p[ôo]t de {A}",
)
PAID = (
    r"\byour payment of {A}",
    r"\byou(?: have)?(?: successfully)? paid {A}",
    r"\bpayment of {A} to",
    r"\b(?:m?wishyuye|[um]+aze kwishyura) (?:amafaranga )?{A}",
    r"\b(?:votre paiement de|vous avez pay[ée]) {A}",
)
SENT = (
    rf"{{A}} {_DONE}(?:transferred|sent) to",
    r"\byou(?: have)?(?: successfully)? (?:transferred|sent) {A}",
    r"\b(?:your )?transfer of {A} to",
    r"\b(?:m?wohereje|[um]+aze kohereza) (?:amafaranga )?{A}",
    r"\bvous avez (?:envoy[ée]|transf[ée]r[ée]) {A}",
)
WITHDRAWN = (
    r"\bwithdrawn {A}",
    r"\b(?:cash )?withdrawal of {A}",
    r"\bcash[ -]?out of {A}",
    r"\b(?:m?wabikuje|[um]+aze kubikuza) (?:amafaranga )?{A}",
    r"\b(?:vous avez retir[ée]|retrait de) {A}",
)
DEBITED = (r"\btransaction of {A} by",)
"""A merchant took it: MTN's debit by consent."""
_BOUGHT = r"\byou(?: have)?(?: successfully)? (?:bought|recharged|topped up)"
AIRTIME = (rf"{_BOUGHT}(?: airtime(?: of| worth| for)?)? {{A}}",)
BUNDLES = (
    r"\bpurchased .{0,60}? for {A}",
    r"\b(?:umaze kugura|waguze) .{0,80}?igura {A}",
    r"\b(?:umaze kugura|waguze) {A}",
)
"""Bought in airtime as often as in money: the balances around it must say which."""
BANK_PUSH = (
    r"\byou have transferred {A} to .{1,80}? from your mobile money account \d+ [a-z]+\.bank",
)
"""Leaves a bank account that is linked to the phone, mostly for the phone's own wallet."""

NOT_DONE = (
    r"failed|failure|unsuccessful|insufficient|declined|rejected|cancell?ed|expired|pending"
    r"|not (?:been )?(?:successful|completed|processed|sent)|could not|has been initiated"
    r"|is being processed|to (?:approve|confirm)|ntibyakunze|ntibyashobotse|yanze|[ée]chou[ée]"
    r"|[ée]chec|refus[ée]e?|annul[ée]e?|en attente"
)
OPENING = (
    r"\*\d{2,4}\*|y'?ello\b|you\b|your\b|tx ?id\b|tid\b|txn|trans|dear\b|confirmed\b|payment\b"
    r"|money\b|cash\b|received\b|a \w+ deposit|[\d,. ]{1,15}\s*(?:rwf|frw)|(?:rwf|frw)\s*\d"
    r"|m?w[aio][a-z]+\b|[um]+aze\b|yahawe|vous\b|votre\b|paiement\b|d[ée]p[ôo]t\b|retrait\b"
    r"|ref\b|airtel|mtn|hello"
)
"""How the networks' messages begin; a cell of a table may hold a sentence, and begins otherwise."""
