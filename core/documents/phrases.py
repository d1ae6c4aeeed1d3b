"""Every word on a paper, in the languages of the shop's customers: English, French, Kinyarwanda.

A paper is never called a fiscal receipt: only the revenue authority's EBM issues one.
Numbers are grouped by :func:`core.money.grouped` in every language: a narrow space can never be
read as a decimal mark, as the dot of Kinyarwanda could.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.clock import shop_time
from core.money import grouped

DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one language; a name in braces is filled in by :meth:`str.format`."""

    language: str
    months: tuple[str, ...]
    first_of_month: str
    """How the first day is written: "1" or "1er"."""

    invoice: str
    receipt: str
    credit_note: str
    copy: str
    void: str
    paid: str
    refunded: str

    issued: str
    due: str
    for_invoice: str
    of_order: str
    bill_to: str
    payment: str
    credit_to: str
    refund: str
    reason: str
    notes: str
    bank_details: str
    walk_in: str
    paid_on: str
    to_be_paid: str
    to_be_paid_by: str
    refunded_on: str
    not_refunded_yet: str
    void_since: str
    reference: str
    payment_id: str
    served_by: str

    sale: str
    order: str
    part_of_order: str
    part_of_price: str
    subscription: str

    description: str
    quantity: str
    unit_price: str
    tax: str
    amount: str
    carried_over: str
    brought_forward: str
    prices_include_vat: str
    tax_classes: Mapping[str, str]
    """Rwanda Revenue Authority's tax types of a sale line (EBM specification)."""

    subtotal: str
    vat_in_price: str
    total: str
    given_back: str
    to_give_back: str
    cash_received: str
    change: str
    tax_class: str
    with_vat: str
    without_vat: str
    vat: str

    scan: str
    page: str
    not_fiscal: str
    fiscal_number: str
    fiscal_signature: str
    methods: Mapping[str, str]
    one_point: str
    points: str

    def long_date(self, day: date) -> str:
        """Return the day in words: "16 January 2026", "1er janvier 2026", "16 Mutarama 2026"."""
        number = self.first_of_month if day.day == 1 else str(day.day)
        return f"{number} {self.months[day.month - 1]} {day.year}"

    def moment(self, when: datetime) -> str:
        """Return an aware moment as the shop's clock shows it: "16 January 2026, 14:05"."""
        local = shop_time(when)
        return f"{self.long_date(local.date())}, {local:%H:%M}"

    def paid_with_points(self, points: int) -> str:
        """Return how a payment made with points is called: "Paid with 1 200 points"."""
        return self.one_point if points == 1 else self.points.format(points=grouped(points))

    def method(self, method: str) -> str:
        """Return how a payment method is called on paper; one unknown here by its own name."""
        return self.methods.get(method) or method.replace("_", " ").capitalize()


ENGLISH = Phrases(
    language="en",
    months=(
        "January", "February", "March", "April", "May", "June", "July",
        "August", "September", "October", "November", "December",
    ),
    first_of_month="1",
    invoice="Invoice",
    receipt="Receipt",
    credit_note="Credit note",
    copy="Copy",
    void="Void",
    paid="Paid",
    refunded="Refunded",
    issued="Issued {date}",
    due="Due {date}",
    for_invoice="For invoice {number} of {date}",
    of_order="Order {number}",
    bill_to="Bill to",
    payment="Payment",
    credit_to="Credit to",
    refund="Refund",
    reason="Reason",
    notes="Notes",
    bank_details="Bank details",
    walk_in="Walk-in customer",
    paid_on="Paid on {date}",
    to_be_paid="To be paid",
    to_be_paid_by="To be paid by {date}",
    refunded_on="Refunded on {date}",
    not_refunded_yet="Not refunded yet",
    void_since="Cancelled on {date}: nothing is owed",
    reference="Reference {reference}",
    payment_id="Payment {payment_id}",
    served_by="Served by {name}",
    sale="Sale",
    order="Order {number}",
    part_of_order="Order {number}, part of the price",
    part_of_price="Refund of part of the price",
    subscription="Subscription",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    tax="Tax",
    amount="Amount",
    carried_over="Carried over",
    brought_forward="Brought forward",
    prices_include_vat="Prices include VAT.",
    tax_classes={
        "A": "exempt from VAT",
        "B": "VAT {rate} %",
        "C": "zero-rated",
        "D": "outside VAT",
    },
    subtotal="Subtotal without VAT",
    vat_in_price="VAT {rate} % (in the price)",
    total="Total",
    given_back="Given back",
    to_give_back="To give back",
    cash_received="Cash received",
    change="Change",
    tax_class="Tax class",
    with_vat="With VAT",
    without_vat="Without VAT",
    vat="VAT",
    scan="Scan to find this payment",
    page="Page {page} of {pages}",
    not_fiscal="This is not a fiscal receipt.",
    fiscal_number="Fiscal (EBM) receipt no.",
    fiscal_signature="EBM signature",
    methods={
        "cash": "Cash",
        "cash_on_delivery": "Cash on delivery",
        "card": "Card",
        "bank_transfer": "Bank transfer",
        "mtn_mobile_money": "MTN Mobile Money",
        "airtel_money": "Airtel Money",
        "loyalty_points": "Loyalty points",
    },
    one_point="Paid with 1 point",
    points="Paid with {points} points",
)  # fmt: skip

FRENCH = Phrases(
    language="fr",
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
        "août", "septembre", "octobre", "novembre", "décembre",
    ),
    first_of_month="1er",
    invoice="Facture",
    receipt="Reçu",
    credit_note="Avoir",
    copy="Copie",
    void="Annulée",
    paid="Payé",
    refunded="Remboursé",
    issued="Date d’émission : {date}",
    due="Échéance le {date}",
    for_invoice="Sur la facture {number} du {date}",
    of_order="Commande {number}",
    bill_to="Facturé à",
    payment="Paiement",
    credit_to="En faveur de",
    refund="Remboursement",
    reason="Motif",
    notes="Remarques",
    bank_details="Coordonnées bancaires",
    walk_in="Client de passage",
    paid_on="Payé le {date}",
    to_be_paid="À payer",
    to_be_paid_by="À payer au plus tard le {date}",
    refunded_on="Remboursé le {date}",
    not_refunded_yet="Pas encore remboursé",
    void_since="Annulée le {date} : rien n’est dû",
    reference="Référence {reference}",
    payment_id="Paiement {payment_id}",
    served_by="Servi par {name}",
    sale="Vente",
    order="Commande {number}",
    part_of_order="Commande {number}, partie du prix",
    part_of_price="Remboursement d’une partie du prix",
    subscription="Abonnement",
    description="Désignation",
    quantity="Quantité",
    unit_price="Prix unitaire",
    tax="Taxe",
    amount="Montant",
    carried_over="À reporter",
    brought_forward="Report",
    prices_include_vat="Prix TVA comprise.",
    tax_classes={
        "A": "exonéré de TVA",
        "B": "TVA {rate} %",
        "C": "taux zéro",
        "D": "hors TVA",
    },
    subtotal="Sous-total hors TVA",
    vat_in_price="TVA {rate} % (comprise)",
    total="Total",
    given_back="Montant rendu",
    to_give_back="Montant à rendre",
    cash_received="Espèces reçues",
    change="Monnaie rendue",
    tax_class="Catégorie de taxe",
    with_vat="TVA comprise",
    without_vat="Hors TVA",
    vat="TVA",
    scan="Scannez pour retrouver ce paiement",
    page="Page {page} sur {pages}",
    not_fiscal="Ceci n’est pas un reçu fiscal.",
    fiscal_number="Reçu fiscal (EBM) no",
    fiscal_signature="Signature EBM",
    methods={
        "cash": "Espèces",
        "cash_on_delivery": "Espèces à la livraison",
        "card": "Carte bancaire",
        "bank_transfer": "Virement bancaire",
        "mtn_mobile_money": "MTN Mobile Money",
        "airtel_money": "Airtel Money",
        "loyalty_points": "Points de fidélité",
    },
    one_point="Payé avec 1 point",
    points="Payé avec {points} points",
)  # fmt: skip

KINYARWANDA = Phrases(
    language="rw",
    months=(
        "Mutarama", "Gashyantare", "Werurwe", "Mata", "Gicurasi", "Kamena", "Nyakanga",
        "Kanama", "Nzeri", "Ukwakira", "Ugushyingo", "Ukuboza",
    ),
    first_of_month="1",
    invoice="Inyemezabuguzi",
    receipt="Inyemezabwishyu",
    credit_note="Icyemezo cyo gusubizwa",
    copy="Kopi",
    void="Impfabusa",
    paid="Yishyuwe",
    refunded="Yasubijwe",
    issued="Yatanzwe ku wa {date}",
    due="Kwishyura bitarenze ku wa {date}",
    for_invoice="Ku nyemezabuguzi {number} yo ku wa {date}",
    of_order="Komande {number}",
    bill_to="Umuguzi",
    payment="Ubwishyu",
    credit_to="Usubizwa",
    refund="Isubizwa ry’amafaranga",
    reason="Impamvu",
    notes="Icyitonderwa",
    bank_details="Konti ya banki",
    walk_in="Umukiriya utanditse",
    paid_on="Yishyuwe ku wa {date}",
    to_be_paid="Igomba kwishyurwa",
    to_be_paid_by="Igomba kwishyurwa bitarenze ku wa {date}",
    refunded_on="Yasubijwe ku wa {date}",
    not_refunded_yet="Ntarasubizwa",
    void_since="Yateshejwe agaciro ku wa {date}: nta kigomba kwishyurwa",
    reference="Nimero ndangabwishyu {reference}",
    payment_id="Ubwishyu {payment_id}",
    served_by="Wakiriwe na {name}",
    sale="Ibyaguzwe",
    order="Komande {number}",
    part_of_order="Komande {number}, igice cy’igiciro",
    part_of_price="Isubizwa ry’igice cy’igiciro",
    subscription="Ifatabuguzi",
    description="Igicuruzwa",
    quantity="Umubare",
    unit_price="Igiciro cya kimwe",
    tax="Umusoro",
    amount="Amafaranga",
    carried_over="Ibyimuriwe ku rupapuro rukurikira",
    brought_forward="Ibivuye ku rupapuro rubanza",
    prices_include_vat="Ibiciro birimo TVA.",
    tax_classes={
        "A": "bisonewe TVA",
        "B": "TVA {rate} %",
        "C": "TVA 0 %",
        "D": "bitarebwa na TVA",
    },
    subtotal="Igiteranyo hatarimo TVA",
    vat_in_price="TVA {rate} % (iri mu giciro)",
    total="Yose hamwe",
    given_back="Ayasubijwe",
    to_give_back="Agomba gusubizwa",
    cash_received="Ayatanzwe mu ntoki",
    change="Ayagaruwe",
    tax_class="Icyiciro cy’umusoro",
    with_vat="Harimo TVA",
    without_vat="Hatarimo TVA",
    vat="TVA",
    scan="Skana ubone ubu bwishyu",
    page="Urupapuro {page} kuri {pages}",
    not_fiscal="Iyi si inyemezabuguzi ya EBM.",
    fiscal_number="Nimero y’inyemezabuguzi ya EBM",
    fiscal_signature="Umukono wa EBM",
    methods={
        "cash": "Amafaranga mu ntoki",
        "cash_on_delivery": "Kwishyura ibicuruzwa bigejejwe",
        "card": "Ikarita ya banki",
        "bank_transfer": "Kohereza kuri konti ya banki",
        "mtn_mobile_money": "MTN Mobile Money",
        "airtel_money": "Airtel Money",
        "loyalty_points": "Amanota y’umukiriya",
    },
    one_point="Byishyuwe n’inota 1",
    points="Byishyuwe n’amanota {points}",
)  # fmt: skip

_LANGUAGES = {phrases.language: phrases for phrases in (ENGLISH, FRENCH, KINYARWANDA)}


def phrases_in(language: str) -> Phrases:
    """Return the words of a language such as "fr" or "fr_RW"; English for one without words."""
    return _LANGUAGES.get(language[:2].lower(), ENGLISH)
