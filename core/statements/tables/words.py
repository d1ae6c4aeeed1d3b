"""The words of rows and of the lines above a table, after ``profile.plain``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.statements.profile import plain


def phrases(text: str) -> frozenset[str]:
    """Return the phrases of a text that has them apart by "|"."""
    return frozenset(phrase.strip() for phrase in text.split("|"))


def _beginning(text: str) -> re.Pattern[str]:
    """Return a pattern for texts that begin with one of the phrases."""
    return re.compile(rf"(?:{text})\b")


CREDIT_WORDS = phrases(
    "c|cr|payin|credit|credits|k|kr|kredit|haben|h|gutschrift|accredito|avere|bij|in|deposit|credito"
    "|abono|haber|entrada|money in|paid in|credited|entree|af pa|received|incoming|ingreso"
    "|uznanie|plus|credit transfer|in wards|eingang|recu"
)
DEBIT_WORDS = phrases(
    "d|dr|payout|db|dt|debit|debits|debet|soll|s|belastung|addebito|dare|af|out|withdrawal|debito|cargo"
    "|debe|saida|money out|paid out|debited|sortie|lastschrift|sent|outgoing|gasto|obciazenie"
    "|minus|debit transfer|ausgang|envoye"
)

NOT_DONE = re.compile(
    r"fail|pending|cancel|reject|declin|rever[st]|expired|abort|refus|annul|echou|attente|sospeso"
    r"|pendient|pendent|storn|void|^tf$|^ti$|^ta$|in progress|processing|initiated|error|unsuccess"
    r"|unpaid|incomplete|vorgemerkt|ausstehend|fehlgeschl|abgelehnt|rejet|en cours|blocked|hold"
    r"|reserv|not (?:complet|process|success|paid|approv)|timed? ?out|fallid|rechaz|offen"
    r"|planned|scheduled|echec|mislukt|geweiger|afgewezen|in behandeling|\bventer\b|afvent|vantande"
    r"|avvis|odottaa|odrzuc|oczekuj|anulow|niezreal|zamitn|zrusen|falh|recusad|negad|denegad"
    r"|em (?:andamento|processamento)|en (?:tramite|proceso)|in attesa|rifiut|non contabil"
    r"|imeshind|imekata|inasubiri|imefutwa|byanze|ntibyakunze|ntiyakunze|bitegereje"
)
STATES = phrases(
    "booked|pending|completed|complete|cleared|posted|settled|success|successful|failed|reversed"
    "|cancelled|declined|gebucht|vorgemerkt|umsatz gebucht|umsatz vorgemerkt|comptabilise"
    "|en attente|contabilizzato|in attesa|liquidado|pendiente|bokfort|reserverad|geboekt"
)
"""What a column that says what became of a booking holds, and none other."""

THANKS = re.compile(
    r"thank ?you|payment received|payments? - thank|your payment|ihre zahlung|zahlung dank"
    r"|votre paiement|paiement recu|vostro pagamento|uw betaling|su pago|autopay",
    re.IGNORECASE,
)
"""How statements of any kind word what the holder of a card paid in."""
PAYMENT = re.compile(rf"{THANKS.pattern}|\bpayment\b|\bzahlung|paiement|pagamento", re.IGNORECASE)
"""How a card statement does."""

OPENING = _beginning(
    "opening balance|open balance|opening bal|open bal|opening ledger balance"
    "|opening book balance|opening account balance|opening available balance"
    "|opening cleared balance|opening statement balance|beginning balance|starting balance"
    "|start balance|previous balance|initial balance|balance at period start|balance at start"
    "|balance at beginning|balance as at start|balance brought forward|balance brought fwd"
    "|balance b f|balance bf|balance b fwd|balance forward|bal b f|bal bf|bal brought forward|b f$"
    "|b fwd|bfwd|brought forward|forward balance|solde initial|solde precedent|solde d ouverture"
    "|solde de depart|solde reporte|solde debut|solde anterieur|solde en debut|solde au debut"
    "|ancien solde|report a nouveau|anfangssaldo|eroffnungssaldo|anfangsbestand|startsaldo"
    "|saldovortrag|alter saldo|alter kontostand|kontostand am anfang|kontostand zu beginn"
    "|saldo vortrag|saldo alt|saldo iniziale|saldo inicial|saldo anterior|saldo precedente"
    "|saldo di apertura|saldo apertura|beginsaldo|vorig saldo|ingaende saldo|saldo poczatkowe"
    "|pocatecni zustatek"
)
CLOSING = _beginning(
    "closing balance|close balance|closing bal|ending balance|end balance|final balance"
    "|closing ledger balance|closing book balance|closing account balance"
    "|closing available balance|closing cleared balance|closing statement balance"
    "|balance at period end|balance at end|balance as at end|balance carried forward"
    "|balance carried fwd|balance c f|balance cf|bal c f|c f$|c fwd|cfwd|carried forward"
    "|solde final|solde de cloture|solde nouveau|solde de fin|solde fin|solde en fin"
    "|nouveau solde|endsaldo|schlusssaldo|schlussaldo|abschlusssaldo|endbestand|neuer saldo"
    "|neuer kontostand|saldo neu|saldo finale|saldo final|saldo actual|saldo nuovo|saldo chiusura"
    "|saldo di chiusura|saldo cierre|saldo attuale|eindsaldo|nieuw saldo|utgaende saldo"
    "|saldo koncowe|konecny zustatek"
)
BALANCE_AT = re.compile(
    r"(?:outstanding |available |current |ledger |book |uncleared |cleared )?"
    r"(?:balance|saldo|solde|kontostand|salio|asigaye)"
    r"(?: (?:at|as at|as of|on|am|per|zum|au|en date du|al|a|op|del|dia|vom|of))*(?: [\d ]+)?"
)
"""A balance that does not say whether it is the first or the last, with or without its day."""
_BALANCE_HINT = re.compile(
    r"bal|sald|sold|sali|asig|tot[ae]|sum|som|for?wa?r?d|vortrag|report|kontost|bestand|turnover|gesamt"
    r"|z[ůu]st|b\W?f|c\W?f|period|suma"
)
"""What every opening, closing or total row contains, casefolded: most rows are passed by this.

Without case one search is ten times as fast: only its first letters are stopped at.
"""
_SUM = (
    r"(?:total|totals|totaux|totale|totali|totaal|summe|gesamt|somme|subtotal|suma|soma|sum"
    r"|gesamtsumme|zwischensumme|umsatztotal|periodensumme|umsatzsumme|turnover)"
)
_OF_WHAT = (
    r"(?: (?:for|of|du|de|der|des|the|all|per|period|page|month|amounts?|debits?|credits?|dr|cr"
    r"|transactions?|in|out|paid|movements?|mouvements?|withdrawals?|deposits?|money|fees?"
    r"|charges?|fur|eur|chf|rwf|usd|umsatze|soll|haben|generale?|and|et|value|count|mois|periode"
    r"|movimenti|movimientos|importe|spalte|spalten|columns?|colonnes?)\b)*"
)
TOTAL = re.compile(rf"^(?:(?:grand|sub|page|period|net|umsatz|zwischen) ?)?{_SUM}{_OF_WHAT}$")
"""A row that sums others. The whole text must be such words: "Total Rwanda fuel" is a purchase."""

ACCOUNT_LABEL = re.compile(
    r"^(?:account|acct|a c|iban|konto|conto|compte|cuenta|conta|rekening|wallet|msisdn|mobile"
    r"|phone|customer msisdn|kontonummer|rekeningnummer|accountnumber|kontonr)"
    r"(?: (?:number|no|num|nr|nummer|iban|id|msisdn|n))*$"
    r"|^(?:n|no|numero|num) (?:de |di |du |del )?(?:compte|conto|cuenta|conta)$"
)
CURRENCY_LABEL = re.compile(
    r"^(?:currency|ccy|curr|account currency|wahrung|waehrung|kontowahrung|devise|monnaie|moneta"
    r"|moneda|divisa|munt|moeda|waluta|valued in|bewertet in|evaluation en|valutazione in"
    r"|currency code)$"
)
_TOTAL_OF = (
    r"(?:total|sum|summe|totale|somme|suma)(?: (?:of|amount|de|des|der|all|value|paid|money))*"
)
TOTAL_CREDIT = re.compile(
    rf"{_TOTAL_OF} (?:credits?|deposits?|lodge?ments?|money in|paid in|in|cr|inflows?|haben"
    r"|gutschriften|accrediti|abonos|entrees?|received|credit amount|versements?)"
)
TOTAL_DEBIT = re.compile(
    rf"{_TOTAL_OF} (?:debits?|withdrawals?|money out|paid out|out|dr|outflows?|soll"
    r"|belastungen|addebiti|cargos|sorties?|sent|debit amount|retraits?|withdrawn)"
)
PERIOD_START = re.compile(
    r"^(?:from|from date|start date|date from|period from|von|du|dal|desde|de|zeitraum von"
    r"|kontoauszug von|statement from|releve de compte de|estratto conto da|begin date"
    r"|period start|vanaf|start)$"
)
PERIOD_END = re.compile(
    r"^(?:to|to date|end date|date to|until|period to|bis|au|al|hasta|a|zeitraum bis"
    r"|kontoauszug bis|statement to|releve de compte jusqu au|estratto conto fino|period end"
    r"|tot|end)$"
)
PERIOD = re.compile(
    r"^(?:statement |account statement )?(?:period|periode|periodo|zeitraum|date range)\b"
)


def indicator_of(text: str) -> str:
    """Return "C" for a word that says money in, "D" for money out, "" for anything else."""
    sign = text.strip()
    if sign in ("+", "-"):
        return "C" if sign == "+" else "D"
    word = plain(text)
    if word in CREDIT_WORDS:
        return "C"
    return "D" if word in DEBIT_WORDS else ""


def hints_at_balance(text: str) -> bool:
    """Tell whether a text has a piece of a word that states a balance or a total."""
    return _BALANCE_HINT.search(text.casefold()) is not None


def states_balance(row: Sequence[str]) -> bool:
    """Tell whether a row may state a balance or a total and not a movement."""
    if not hints_at_balance(" ".join(row)):
        return False
    texts = [plain(cell) for cell in row if cell and any(c.isalpha() for c in cell)]
    return any(
        OPENING.match(text)
        or CLOSING.match(text)
        or TOTAL.search(text)
        or BALANCE_AT.fullmatch(text)
        for text in texts
    )
