"""The words of column headers in the languages statements come in, after ``profile.plain``."""

from __future__ import annotations

import re

from core.statements.profile import Role
from core.statements.tables.words import phrases

EXACT: dict[Role, frozenset[str]] = {
    Role.DATE: phrases(
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
    Role.TRADE_DATE: phrases(
        "trade date|abschlussdatum|abschluss|date de conclusion|data di chiusura|date d achat"
        "|data dell operazione|kaufdatum|purchase date|data valida|date of purchase|data acquisto"
    ),
    Role.VALUE_DATE: phrases(
        "value date|val date|value dt|value|valuta|valuta date|valutadatum|wertstellung|wert"
        "|wertstellungsdatum|date de valeur|date valeur|valeur|data valuta|data di valuta"
        "|fecha valor|fecha de valor|f valor|data valor|interest date|rentedatum|rentedag|valor"
        "|data waluty|valuteringsdato|valuteringsdag|rentedato|valutadag|effective date|date val"
    ),
    Role.TIME: phrases(
        "time|transaction time|trade time|abschlusszeit|uhrzeit|heure|heure de transaction|ora"
        "|ora dell operazione|hora|tijd|tid|umsatzzeit|txn time|heure operation|saat"
        "|transactietijd"
    ),
    Role.AMOUNT: phrases(
        "mouvement|amount|transaction amount|txn amount|tran amount|betrag|umsatz|montant"
        "|montant de l operation|montant de la transaction|transaktionsbetrag|importo"
        "|importo della transazione|importe|bedrag|belopp|belob|belop|valor|kwota|kwota operacji"
        "|castka|summa|suma|total amount|amt|net amount|transfer value|montant net"
        "|montant operation|ammontare|quantia|monto|cantidad|montante|tutar|jumlah|amafaranga"
        "|kiasi|maara|valeur|sum|trx amount|amount paid|net|total|value|movimento|movimiento"
        "|valore|importo movimento|betrag in kontowahrung|netamount"
    ),
    Role.CREDIT: phrases(
        "credit|credits|cr|money in|paid in|deposit|deposits|lodgement|lodgements|credit amount"
        "|amount in|in|gutschrift|gutschriften|haben|accredito|accrediti|avere|entrate|entrata"
        "|abono|abonos|haber|ingreso|ingresos|credito|crediti|creditos|entradas|bij|inkomend"
        "|kredit|insattning|inn|indsat|inn pa konto|uznania|credit amt|received|receipts|depot"
        "|depots|recette|recettes|encaissement|entree|entrees|credited|amount credited|eingang"
        "|eingange|deposit amount|deposit amt|dare avere accredito|money received|paid in amount"
        "|vklad|alacak|ayinjiye|credit value|cr amount|zugang|withdrawal reversal|wplyw|uznanie"
        "|incoming|inflow"
    ),
    Role.DEBIT: phrases(
        "debit|debits|dr|money out|paid out|withdrawal|withdrawals|withdrawn|debit amount"
        "|amount out|out|belastung|belastungen|lastschrift|lastschriften|soll|addebito|addebiti"
        "|dare|uscite|uscita|cargo|cargos|debe|gasto|gastos|debito|debiti|debitos|saidas|af"
        "|uitgaand|uttag|ut|haevet|ut fra konto|obciazenia|debit amt|spent|payments|paid|retrait"
        "|retraits|depense|depenses|decaissement|sortie|sorties|debited|amount debited|ausgang"
        "|ausgange|auszahlung|withdrawal amount|withdrawal amt|adeudo|adeudos|money sent"
        "|paid out amount|vyber|borc|ayasohotse|debit value|dr amount|abgang|wyplyw|obciazenie"
        "|outgoing|outflow|saida|debet"
    ),
    Role.INDICATOR: phrases(
        "dr cr|cr dr|debit credit|credit debit|d c|c d|s h|h s|soll haben|af bij|entry type|dc"
        "|debit kredit|debito credito|addebito accredito|belastung gutschrift|sens|dare avere"
        "|drcr|crdr|transaction type|type|tran type|txn type|sign|direction|indicator"
        "|soll haben kz|debit or credit|debit credit indicator|credit debit indicator"
        "|kredit debet|debe haber|sollhabenkennzeichen|mouvement|sens de l operation|c d flag"
        "|dr cr flag|debit credit code|umsatz soll haben|soll haben kennzeichen|bij af|mark"
        "|dc mark|d c indicator|tipo|art"
    ),
    Role.FEE: phrases(
        "fee|fees|charge|charges|fee amount|service fee|transaction fee|transaction charge|frais"
        "|gebuhr|gebuhren|commission|commissions|commissione|commissioni|spese|comision|tarif"
        "|fees commission|transaction fees|service charge|costs|kosten|charge amount|oplata"
    ),
    Role.BALANCE: phrases(
        "balance|closing balance|running balance|book balance|post balance|balance after|saldo"
        "|solde|kontostand|available balance|account balance|ledger balance|new balance"
        "|float balance|saldo progressivo|saldo contabile|saldo disponible|saldo disponivel"
        "|saldo nach buchung|saldo na mutatie|balance amount|running bal|bal|saldo po operacji"
        "|zustatek|zustatek po|solde apres operation|saldo apos|stan konta|asigaye|salio|bakiye"
        "|currency balance|baki|balance after transaction|solde progressif|closing bal"
        "|saldo konta|saldo final|neuer saldo|saldo attuale|saldo contable|saldo resultante"
        "|main balance|current balance|disponible"
    ),
    Role.REFERENCE: phrases(
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
    Role.TRANSACTION_ID: phrases(
        "id|transaction id|transaction no|transaction number|tran id|txn id|receipt no|receipt"
        "|receipt number|financial transaction id|transfer id|unique id|transaktions nr|trx id"
        "|transaktionsnummer|n de transaction|no de transaction|n di transazione|tranid|txid"
        "|id transaction|id transaccion|id operazione|transactionid|trans id|transaction code"
        "|uuid|numero de transaction|transaction ref id|airtel money id|momo id|archive id"
        "|transactie id"
    ),
    Role.DESCRIPTION: phrases(
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
    Role.COUNTERPARTY: phrases(
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
    Role.COUNTERPARTY_ACCOUNT: phrases(
        "counterparty account|counterparty iban|counterparty account number|partner iban|msisdn"
        "|second party account id|konto des partners|tegenrekening|gegenkonto|phone|phone number"
        "|tegenrekening iban bban|iban zahlungsbeteiligter|compte contrepartie"
        "|beneficiary account|other account|counter account|counteraccount|mobile number|mobile"
        "|kontonummer iban|account number of counterparty|compte du beneficiaire"
        "|iban contrepartie|sender account|receiver account|payer msisdn|sender msisdn|telephone"
        "|contra account|rekening tegenpartij|kontonummer zahlungsbeteiligter"
        "|iban des auftraggebers|opposite account|vastapuoli"
    ),
    Role.STATUS: phrases(
        "status|state|transaction status|transfer status|statut|etat|stato|estado|state type"
        "|statustype|stan|payment status|result"
    ),
    Role.CURRENCY: phrases(
        "currency|ccy|curr|cur|wahrung|waehrung|whg|whrg|devise|monnaie|monn|moneta|mon|moneda"
        "|divisa|valuta|munt|muntsoort|moeda|waluta|mena|amount currency|account currency"
        "|transaction currency|currency code|valuutta|para birimi|kontowahrung|buchungswahrung"
        "|devise du compte|ccy code|debit currency|credit currency|div"
    ),
    Role.ACCOUNT: phrases(
        "account|account number|account no|account id|iban|iban no|konto|kontonummer|konto nr"
        "|konto no|conto|conto no|numero di conto|numero de compte|compte|no de compte|cuenta"
        "|conta|rekening|rekeningnummer|eigen rekening|iban auftragskonto|auftragskonto"
        "|product iban|account name|produkt|produit|prodotto|own account|wallet|n compte|a c no"
        "|account nr|iban bban|konto iban|numer konta|kontonr"
    ),
    Role.FROM_ACCOUNT: phrases("from|from account|from msisdn|sender msisdn|von konto|from number"),
    Role.FROM_NAME: phrases("from name|from handler name"),
    Role.TO_ACCOUNT: phrases("to|to account|to msisdn|receiver msisdn|an konto|to number"),
    Role.TO_NAME: phrases("to name|to handler name"),
}
"""Header names known as they stand. A name under several roles is settled by the column's cells."""

NEVER = re.compile(
    r"original|foreign|fremd|\bester[ao]\b|detail|einzel|individual|singolo|\bsous\b|\bsub\b"
    r"|exchange|\brate\b|kurs\b|\btaux\b|\bcours\b|cambio|\btax|\bvat\b|\btva\b|mwst|\biva\b|\bprice"
    r"|\bprix\b|preis|quantity|\bunit|\bcards?\b|karte|\bcarta\b|\bcarte\b|tarjeta|limit|previous"
    r"|requested|\blocal\b|initial|ursprung|auslagenersatz|points|cashback|\btips?\b|discount|shipping"
    r"|refund|categor|kategor|\bytd\b|commis?sion|receiving|\bcount\b|anzahl|\bnumber\b|\bnummer\b"
    r"|\bof\b|\bzone\b|converted|equivalent|\busd\b|puvodni|oorspr|disputed|\bgift\b"
)
"""What marks a money column as something beside the booked amount."""

_DEBIT = (
    r"debit(?!or)\w*|debet\w*|belast\w*|soll|lastschrift\w*|abbuch\w*|addebit\w*|withdraw\w*|uscit[ae]"
    r"|cargos?|debe|paidout|retrait\w*|retiros?|obciaz\w*|dr|ausgaben?|sorties?|saidas?|ausgehend\w*"
    r"|outgoing|outflows?|terheles\w*|vydaje?|debitare|debitari|isplat\w*|vydej"
)
_CREDIT = (
    r"credit(?!or)\w*|kredit(?!or)\w*|gutschrift\w*|haben|accredit\w*|deposit\w*|entrat[ae]|abonos?|haber"
    r"|lodge?ment\w*|uznani\w*|cr|einnahmen?|entrees?|entradas?|eingehend\w*|incoming|inflows?"
    r"|jovairas\w*|prijmy?|creditare|creditari|uplat\w*|versements?|encaissements?"
)
_AMOUNT = (
    r"amounts?|\w*betrag|montants?|importos?|importes?|bedrag|belopp|belob|belop|kwota|castka|suma|summa"
    r"|umsatz|monto|amt|ammontare|osszege?|iznos|jumlah"
)
_FEE = r"fees?|charges?|frais|gebuhr(?:en)?|poplatek|oplata"
_BALANCE = (
    r"balance|\w*saldo|solde|kontostand|guthaben|bal|zustatek|zostatok|bakiye|egyenleg|sold|stanje"
)
_CURRENCY = (
    r"currency|ccy|\w*wahrung|waehrung|devises?|monnaie|munt|muntsoort|mena|moneda|divisa|waluta"
    r"|deviza\w*|moneta|valuutta"
)
_TEXT = (
    r"description|beschreibung|descrizione|descripcion|libelle|details|narration|buchungstext"
    r"|verwendungszweck|vwz|omschrijving|particulars|memo|text|texte|narrative|remarks|concepto|kozlemeny"
    r"|opis|selgitus|popis|beskrivelse|transaktionsbeschreibung"
)
_DATE = (
    r"dates?|\w*datum|data|fecha|dato|datuma|tarih|tarihi|dag|buchungstag|kirjauspaiva|kuupaev"
    r"|datumi"
)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


TOKENS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.VALUE_DATE, _words(r"value|valuta|valeur|valor|wertstellung|waluty|valuta\w+|erteknap")),
    (Role.BALANCE, _words(_BALANCE)),
    (Role.DEBIT, _words(_DEBIT)),
    (Role.CREDIT, _words(_CREDIT)),
    (Role.AMOUNT, _words(_AMOUNT)),
    (Role.DATE, _words(_DATE)),
    (Role.FEE, _words(_FEE)),
    (Role.CURRENCY, _words(_CURRENCY)),
    (Role.DESCRIPTION, _words(_TEXT)),
    (Role.REFERENCE, _words(r"reference|ref|referenz|referencia|riferimento|cheque")),
    (Role.STATUS, _words(r"status")),
)
"""Words that tell a column's meaning when its whole name is not known, first hit wins."""
