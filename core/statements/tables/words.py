"""The words of statements in the languages they come in, after ``profile.plain``."""

from __future__ import annotations

import re

from core.statements.profile import Role, plain


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split("|"))


def _beginning(text: str) -> re.Pattern[str]:
    """Return a pattern for texts that begin with one of the phrases."""
    return re.compile(rf"(?:{text})\b")


EXACT: dict[Role, frozenset[str]] = {
    Role.DATE: _phrases(
        "date|book date|booking date|posting date|post date|posted date|entry date|txn date"
        "|tran date|trans date|transaction date|date time|datetime|timestamp|completion time"
        "|completed date|created|created at|creation date|creation date utc|date utc"
        "|transfer date|posted|posted on|buchungsdatum|buchungstag|erfassungsdatum|buchung|datum"
        "|tag|buchungszeit|transaktionsdatum|date operation|date d operation|date de l operation"
        "|date de comptabilisation|date comptable|date de transaction|date ope|date transaction"
        "|ecriture|date ecriture|data|data contabile|data registrazione|data di registrazione"
        "|data operazione|data transazione|data di contabilizzazione|data mov|data movimento"
        "|data contabilizzazione|fecha|fecha operacion|fecha de operacion|f operacion"
        "|fecha contable|fecha movimiento|data lancamento|data do lancamento|data movimentacao"
        "|dia|data operacao|boekdatum|boekingsdatum|transactiedatum|datum boeking"
        "|rentedatum boeking|dato|bokforingsdag|bogforingsdato|bokforingsdato|bokfort"
        "|bokforingsdatum|dato bogfort|data ksiegowania|data operacji|data transakcji"
        "|datum zauctovani|datum provedeni|datum uctovani|kirjauspaiva|kirjauspaivamaara|tarih"
        "|islem tarihi|tanggal|italiki|itariki|tarehe|transaction date and time"
        "|transaction date time|trx date|value dt txn|date posted|when|transaction time"
        "|initiation time|execution date|process date|processed date|tran dt|txn dt"
        "|settlement date|payment date|date of transaction|date and time|date heure|data e ora"
    ),
    Role.TRADE_DATE: _phrases(
        "trade date|abschlussdatum|abschluss|date de conclusion|data di chiusura|date d achat"
        "|data dell operazione|kaufdatum|purchase date|data valida|date of purchase|data acquisto"
    ),
    Role.VALUE_DATE: _phrases(
        "value date|val date|value dt|value|valuta|valuta date|valutadatum|wertstellung|wert"
        "|wertstellungsdatum|date de valeur|date valeur|valeur|data valuta|data di valuta"
        "|fecha valor|fecha de valor|f valor|data valor|interest date|rentedatum|rentedag|valor"
        "|data waluty|valuteringsdato|valuteringsdag|rentedato|valutadag|effective date|date val"
    ),
    Role.TIME: _phrases(
        "time|transaction time|trade time|abschlusszeit|uhrzeit|heure|heure de transaction|ora"
        "|ora dell operazione|hora|tijd|tid|umsatzzeit|txn time|heure operation|saat"
        "|transactietijd"
    ),
    Role.AMOUNT: _phrases(
        "amount|transaction amount|txn amount|tran amount|betrag|umsatz|montant"
        "|montant de l operation|montant de la transaction|transaktionsbetrag|importo"
        "|importo della transazione|importe|bedrag|belopp|belob|belop|valor|kwota|kwota operacji"
        "|castka|summa|suma|total amount|amt|net amount|transfer value|montant net"
        "|montant operation|ammontare|quantia|monto|cantidad|montante|tutar|jumlah|amafaranga"
        "|kiasi|maara|valeur|sum|trx amount|amount paid|net|total|value|movimento|movimiento"
        "|valore|importo movimento|betrag in kontowahrung|netamount"
    ),
    Role.CREDIT: _phrases(
        "credit|credits|cr|money in|paid in|deposit|deposits|lodgement|lodgements|credit amount"
        "|amount in|in|gutschrift|gutschriften|haben|accredito|accrediti|avere|entrate|entrata"
        "|abono|abonos|haber|ingreso|ingresos|credito|crediti|creditos|entradas|bij|inkomend"
        "|kredit|insattning|inn|indsat|inn pa konto|uznania|credit amt|received|receipts|depot"
        "|depots|recette|recettes|encaissement|entree|entrees|credited|amount credited|eingang"
        "|eingange|deposit amount|deposit amt|dare avere accredito|money received|paid in amount"
        "|vklad|alacak|ayinjiye|credit value|cr amount|zugang|withdrawal reversal|wplyw|uznanie"
        "|incoming|inflow"
    ),
    Role.DEBIT: _phrases(
        "debit|debits|dr|money out|paid out|withdrawal|withdrawals|withdrawn|debit amount"
        "|amount out|out|belastung|belastungen|lastschrift|lastschriften|soll|addebito|addebiti"
        "|dare|uscite|uscita|cargo|cargos|debe|gasto|gastos|debito|debiti|debitos|saidas|af"
        "|uitgaand|uttag|ut|haevet|ut fra konto|obciazenia|debit amt|spent|payments|paid|retrait"
        "|retraits|depense|depenses|decaissement|sortie|sorties|debited|amount debited|ausgang"
        "|ausgange|auszahlung|withdrawal amount|withdrawal amt|adeudo|adeudos|money sent"
        "|paid out amount|vyber|borc|ayasohotse|debit value|dr amount|abgang|wyplyw|obciazenie"
        "|outgoing|outflow|saida|debet"
    ),
    Role.INDICATOR: _phrases(
        "dr cr|cr dr|debit credit|credit debit|d c|c d|s h|h s|soll haben|af bij|entry type|dc"
        "|debit kredit|debito credito|addebito accredito|belastung gutschrift|sens|dare avere"
        "|drcr|crdr|transaction type|type|tran type|txn type|sign|direction|indicator"
        "|soll haben kz|debit or credit|debit credit indicator|credit debit indicator"
        "|kredit debet|debe haber|sollhabenkennzeichen|mouvement|sens de l operation|c d flag"
        "|dr cr flag|debit credit code|umsatz soll haben|soll haben kennzeichen|bij af|mark"
        "|dc mark|d c indicator|tipo|art"
    ),
    Role.FEE: _phrases(
        "fee|fees|charge|charges|fee amount|service fee|transaction fee|transaction charge|frais"
        "|gebuhr|gebuhren|commission|commissions|commissione|commissioni|spese|comision|tarif"
        "|fees commission|transaction fees|service charge|costs|kosten|charge amount|oplata"
    ),
    Role.BALANCE: _phrases(
        "balance|closing balance|running balance|book balance|post balance|balance after|saldo"
        "|solde|kontostand|available balance|account balance|ledger balance|new balance"
        "|float balance|saldo progressivo|saldo contabile|saldo disponible|saldo disponivel"
        "|saldo nach buchung|saldo na mutatie|balance amount|running bal|bal|saldo po operacji"
        "|zustatek|zustatek po|solde apres operation|saldo apos|stan konta|asigaye|salio|bakiye"
        "|currency balance|baki|balance after transaction|solde progressif|closing bal"
        "|saldo konta|saldo final|neuer saldo|saldo attuale|saldo contable|saldo resultante"
        "|main balance|current balance"
    ),
    Role.REFERENCE: _phrases(
        "reference|ref|ref number|ref no|reference no|reference number|txn ref"
        "|transaction reference|cheque no|cheque number|check number|instrument|instrument no"
        "|chq no|chq ref no|ref num|cheque|referenz|referenznummer|zahlungsreferenz"
        "|numero de reference|numero di riferimento|riferimento|referencia|referencia 1|num"
        "|kenmerk|betalingskenmerk|external id|bank reference|zkb referenz|auftragsnummer"
        "|customer reference|payment reference|ref chq no|your reference|kundenreferenz"
        "|kundenreferenz end to end|bank ref|tran ref|doc no|document no|piece|no piece|num piece"
        "|n piece|cheque ref|journal|voucher|voucher no|viite|ref nbr|refnum"
        "|external transaction id|external reference|end to end id|value ref"
    ),
    Role.TRANSACTION_ID: _phrases(
        "id|transaction id|transaction no|transaction number|tran id|txn id|receipt no|receipt"
        "|receipt number|financial transaction id|transfer id|unique id|transaktions nr|trx id"
        "|transaktionsnummer|n de transaction|no de transaction|n di transazione|tranid|txid"
        "|id transaction|id transaccion|id operazione|transactionid|trans id|transaction code"
        "|uuid|numero de transaction|transaction ref id|airtel money id|momo id|archive id"
        "|transactie id"
    ),
    Role.DESCRIPTION: _phrases(
        "description|descriptions|details|detail|narration|narrative|particulars|remarks|remark"
        "|memo|transaction details|transaction description|libelle|libelle operation|buchungstext"
        "|verwendungszweck|beschreibung|bezeichnung|descrizione|descripcion|concepto|descricao"
        "|historico|omschrijving|tekst|text|testo di registrazione|texte comptable|mitteilung"
        "|message|comunicazione|zahlungszweck|umsatztext|transactions|transaction|reason|note"
        "|notes|communication|mededelingen|mededeling|motif|nature|intitule|informations|causale"
        "|popis|tytul|opis operacji|beskrivelse|specifikation|meddelande|rubrik|label|detalle"
        "|movimentos|buchungsdetails|operation|payment details|activity name|desc|concept|causa"
        "|vermerk|additional description|transfer reason|payee note|payer message|payment message"
        "|comment|comments|purpose|observaciones|libelles|objet|wording|aciklama|keterangan"
        "|ibisobanuro|maelezo|details of transaction|service|service type|transaction type|type"
        "|vorgang|transaktionstyp|transfer subtype|activity type|tipo|art|merchant|merchant name"
        "|product|buchungsart|umsatzart|mutatiesoort|code|descrizione operazione"
        "|descripcion operacion"
    ),
    Role.COUNTERPARTY: _phrases(
        "counterparty|counterparty name|payee|payer|name|beneficiary|beneficiary name"
        "|partner name|name des partners|auftraggeber empfanger|beguenstigter zahlungspflichtiger"
        "|empfanger|begunstigter zahlungspflichtiger|auftraggeber|tegenpartij|naam tegenpartij"
        "|contrepartie|beneficiaire|ordenante|beneficiario|other party info|other party"
        "|other party name|sender|recipient|customer name|partner|nom|naam|naam omschrijving"
        "|gegenpartei|nom contrepartie|tiers|donneur d ordre|nome|odbiorca|nadawca"
        "|zahlungsbeteiligter|name zahlungsbeteiligter|name empfanger|sender name|receiver name"
        "|counter party|haendler|handler|customer|merchant name|handler name|subscriber name"
        "|nazev protiuctu|counteraccount name|sender recipient|zahlungsempfanger"
        "|zahlungspflichtiger|payee payer|name of counterparty"
    ),
    Role.COUNTERPARTY_ACCOUNT: _phrases(
        "counterparty account|counterparty iban|counterparty account number|partner iban|msisdn"
        "|second party account id|konto des partners|tegenrekening|gegenkonto|phone|phone number"
        "|tegenrekening iban bban|iban zahlungsbeteiligter|compte contrepartie"
        "|beneficiary account|other account|counter account|counteraccount|mobile number|mobile"
        "|kontonummer iban|account number of counterparty|compte du beneficiaire"
        "|iban contrepartie|sender account|receiver account|payer msisdn|sender msisdn|telephone"
        "|contra account|rekening tegenpartij|kontonummer zahlungsbeteiligter"
        "|iban des auftraggebers|opposite account|vastapuoli"
    ),
    Role.STATUS: _phrases(
        "status|state|transaction status|transfer status|statut|etat|stato|estado|state type"
        "|statustype|stan|payment status|result"
    ),
    Role.CURRENCY: _phrases(
        "currency|ccy|curr|cur|wahrung|waehrung|whg|whrg|devise|monnaie|monn|moneta|mon|moneda"
        "|divisa|valuta|munt|muntsoort|moeda|waluta|mena|amount currency|account currency"
        "|transaction currency|currency code|valuutta|para birimi|kontowahrung|buchungswahrung"
        "|devise du compte|ccy code|debit currency|credit currency"
    ),
    Role.ACCOUNT: _phrases(
        "account|account number|account no|account id|iban|iban no|konto|kontonummer|konto nr"
        "|konto no|conto|conto no|numero di conto|numero de compte|compte|no de compte|cuenta"
        "|conta|rekening|rekeningnummer|eigen rekening|iban auftragskonto|auftragskonto"
        "|product iban|account name|produkt|produit|prodotto|own account|wallet|n compte|a c no"
        "|account nr|iban bban|konto iban|numer konta|kontonr"
    ),
    Role.FROM_ACCOUNT: _phrases(
        "from|from account|from msisdn|sender msisdn|von konto|from number"
    ),
    Role.FROM_NAME: _phrases("from name|from handler name"),
    Role.TO_ACCOUNT: _phrases("to|to account|to msisdn|receiver msisdn|an konto|to number"),
    Role.TO_NAME: _phrases("to name|to handler name"),
}
"""Header names known as they stand. A name under several roles is settled by the column's cells."""

NEVER = _phrases(
    "original|foreign|fremd|fremdwahrung|estera|estero|detail|details|einzel|einzelbetrag"
    "|individual|singolo|sous|sub|exchange|rate|kurs|wechselkurs|taux|cours|cambio|tax"
    "|vat|tva|mwst|iva|price|prix|preis|quantity|unit|card|karte|kartennummer|carta|carte"
    "|tarjeta|limit|previous|requested|local|initial|ursprungsbetrag|ursprungs"
    "|auslagenersatz|points|cashback|tip|discount|shipping|refund|category|kategorie"
    "|kategorien|categoria|categorie|ytd|commision|commission|receiving|count|anzahl"
    "|number|nummer|of|zone|converted|equivalent|usd"
)
"""Words that mark a money column as something beside the booked amount."""

TOKENS: tuple[tuple[Role, frozenset[str]], ...] = (
    (Role.VALUE_DATE, _phrases("value|valuta|valeur|valor|wertstellung|waluty|valutadatum")),
    (Role.BALANCE, _phrases("balance|saldo|solde|kontostand|bal|zustatek|bakiye")),
    (
        Role.DEBIT,
        _phrases(
            "debit|debits|debito|debet|belastung|soll|addebito|withdrawal|withdrawals|withdrawn"
            "|uscite|cargo|debe|paidout|retrait|lastschrift|obciazenia|dr|ausgaben|sorties"
        ),
    ),
    (
        Role.CREDIT,
        _phrases(
            "credit|credits|credito|kredit|gutschrift|haben|accredito|deposit|deposits|entrate"
            "|abono|haber|lodgement|uznania|cr|einnahmen|entrees"
        ),
    ),
    (
        Role.AMOUNT,
        _phrases(
            "amount|betrag|montant|importo|importe|bedrag|belopp|belob|belop|kwota|castka|umsatz"
            "|monto|amt|ammontare"
        ),
    ),
    (Role.DATE, _phrases("date|datum|data|fecha|dato|tarih|dag|kirjauspaiva")),
    (Role.FEE, _phrases("fee|fees|charge|charges|frais|gebuhr")),
    (
        Role.DESCRIPTION,
        _phrases(
            "description|beschreibung|descrizione|descripcion|libelle|details|narration"
            "|buchungstext|verwendungszweck|vwz|omschrijving|particulars|memo|text|narrative"
            "|remarks|concepto"
        ),
    ),
    (Role.REFERENCE, _phrases("reference|ref|referenz|referencia|riferimento|cheque")),
    (Role.STATUS, _phrases("status")),
)
"""Single words that tell a column's meaning when its whole name is not known, first hit wins."""

CREDIT_WORDS = _phrases(
    "c|cr|payin|credit|credits|k|kr|kredit|haben|h|gutschrift|accredito|avere|bij|in|deposit|credito"
    "|abono|haber|entrada|money in|paid in|credited|entree|af pa|received|incoming|ingreso"
    "|uznanie|plus|credit transfer|in wards|eingang|recu"
)
DEBIT_WORDS = _phrases(
    "d|dr|payout|db|dt|debit|debits|debet|soll|s|belastung|addebito|dare|af|out|withdrawal|debito|cargo"
    "|debe|saida|money out|paid out|debited|sortie|lastschrift|sent|outgoing|gasto|obciazenie"
    "|minus|debit transfer|ausgang|envoye"
)

NOT_DONE = re.compile(
    r"fail|pending|cancel|reject|declin|revers|expired|abort|refus|annul|echou|attente|sospeso"
    r"|pendient|pendent|storn|void|^tf$|^ti$|^ta$|in progress|processing|initiated|error|unsuccess"
    r"|unpaid|incomplete|vorgemerkt|ausstehend|fehlgeschl|abgelehnt|rejet|en cours|blocked|hold"
    r"|reserv|not (?:complet|process|success|paid|approv)|timed? ?out|fallid|rechaz|offen"
    r"|planned|scheduled"
)

OPENING = _beginning(
    "opening balance|open balance|opening bal|open bal|opening ledger balance"
    "|opening book balance|opening account balance|opening available balance"
    "|opening cleared balance|opening statement balance|beginning balance|starting balance"
    "|start balance|previous balance|initial balance|balance at period start|balance at start"
    "|balance at beginning|balance as at start|balance brought forward|balance brought fwd"
    "|balance b f|balance bf|balance b fwd|balance forward|bal b f|bal bf|bal brought forward|b f"
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
    "|balance carried fwd|balance c f|balance cf|bal c f|c f|c fwd|cfwd|carried forward"
    "|solde final|solde de cloture|solde nouveau|solde de fin|solde fin|solde en fin"
    "|nouveau solde|endsaldo|schlusssaldo|schlussaldo|abschlusssaldo|endbestand|neuer saldo"
    "|neuer kontostand|saldo neu|saldo finale|saldo final|saldo actual|saldo nuovo|saldo chiusura"
    "|saldo di chiusura|saldo cierre|saldo attuale|eindsaldo|nieuw saldo|utgaende saldo"
    "|saldo koncowe|konecny zustatek"
)
BALANCE_HINT = re.compile(
    r"bal|sald|sold|tot[ae]|sum|som|for?wa?r?d|vortrag|report|kontost|bestand|turnover|gesamt"
    r"|z[ůu]st|b\W?f|c\W?f|period|suma",
    re.IGNORECASE,
)
"""What every opening, closing or total row contains: most rows are passed by this alone."""
_SUM = (
    r"(?:total|totals|totaux|totale|totali|totaal|summe|gesamt|somme|subtotal|suma|soma|sum"
    r"|gesamtsumme|zwischensumme|umsatztotal|periodensumme|umsatzsumme|turnover)"
)
_OF_WHAT = (
    r"(?: (?:for|of|du|de|der|des|the|all|per|period|page|month|amounts?|debits?|credits?|dr|cr"
    r"|transactions?|in|out|paid|movements?|mouvements?|withdrawals?|deposits?|money|fees?"
    r"|charges?|fur|eur|chf|rwf|usd|umsatze|soll|haben|generale?|and|et|value|count|mois|periode"
    r"|movimenti|movimientos|importe)\b)*"
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
