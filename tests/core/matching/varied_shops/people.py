"""Customers of a Rwandan shop and how a statement writes their names and phones."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

_FAMILIES = """
Uwimana Mukamana Niyonzima Habimana Nshimiyimana Mugisha Ingabire Uwase Hakizimana
Ndayisaba Murekatete Kayitesi Gasana Rukundo Tuyishime Bizimana Nkurunziza Iradukunda
Umutoni Kalisa Munyaneza Nyirahabimana Twagirayezu Sebahire Kamanzi Mukeshimana
Nsengiyumva Byiringiro Umubyeyi Karangwa Ntawukuriryayo Mutesi Zaninka Gatete Rwigema
Bagirishya Cyuzuzo Dusabe
"""
FAMILIES = _FAMILIES.split()
_FIRST_NAMES = """
Jean-Baptiste Aline Éric Claudine Théogène Diane Emmanuel Josiane Patrick Solange Innocent
Béatrice Olivier Chantal Fidèle Grace Vestine Régis Clémence Pacifique Espérance Yves
Noëlla Augustin Immaculée Damascène Odette Prosper Francine Célestin Honorine Désiré
Angélique
"""
FIRST_NAMES = _FIRST_NAMES.split()
FIRMS = ("Simba", "Kivu", "Virunga", "Akagera", "Nyungwe", "Musanze", "Rubavu", "Huye", "Ineza")
TRADES = ("Trading Ltd", "Hardware Ltd", "Supermarket", "Coffee Coop", "Logistics SARL", "Pharmacy")


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who pays."""

    name: str
    phone: str
    account: str = ""


def make_customers(
    random: Random, count: int, *, families: int = 38, firms: bool = False
) -> list[Customer]:
    """Return customers; few ``families`` make namesakes, one phone in twenty is shared.

    The last is a stranger whose payments are in nobody's books.
    """
    customers: list[Customer] = []
    for number in range(count):
        name = f"{random.choice(FAMILIES[:families])} {random.choice(FIRST_NAMES)}"
        if firms and number % 3 == 0:
            name = f"{random.choice(FIRMS)} {random.choice(FAMILIES)} {random.choice(TRADES)}"
        phone = f"+2507{random.choice('8923')}{random.randrange(10_000_000):07}"
        if customers and random.random() < 0.05 and number < count - 1:
            phone = customers[-1].phone
        account = f"4{random.randrange(10**11):011}" if random.random() < 0.5 else ""
        customers.append(Customer(name, phone, account))
    return customers


def plain(text: str) -> str:
    """Return text in capitals without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)).upper()


def write_name(random: Random, name: str) -> str:
    """Return a name the way some statement writes it."""
    words = name.replace("-", " ").split()
    style = random.randrange(6)
    if style == 0:
        return plain(name)
    if style == 1:
        return plain(" ".join(reversed(words)))
    if style == 2:
        return plain(" ".join([words[0], *(w[0] for w in words[1:])]))
    if style == 3:
        return plain(" ".join(words))[: random.randrange(9, 15)].strip()
    if style == 4:
        return ", ".join([words[0], " ".join(words[1:])])
    return " ".join(words[1:] + words[:1])


def write_phone(random: Random, phone: str) -> str:
    """Return a phone as local, international, wallet account or masked digits."""
    digits = phone.removeprefix("+")
    return random.choice(
        (
            digits,
            f"+{digits}",
            f"0{digits[3:]}",
            digits[3:],
            f"{digits[:4]}****{digits[-3:]}",
            f"*********{digits[-3:]}",
            f"FRI:{digits}/MSISDN",
        )
    )


def could_be_name(written: str, name: str) -> bool:
    """Tell whether a written name may stand for a customer's name."""
    said = plain(written).replace(",", " ").replace("-", " ").split()
    own = plain(name).replace("-", " ").split()
    left = list(own)
    for place, word in enumerate(said):
        last = place == len(said) - 1
        fits = [w for w in left if w == word or ((last or len(word) == 1) and w.startswith(word))]
        if not fits:
            return False
        left.remove(fits[0])
    return any(word in own or len(word) > 4 for word in said)


def could_be_phone(written: str, phone: str) -> bool:
    """Tell whether a written phone, perhaps masked, may stand for a customer's phone."""
    said = "".join(c for c in written if c.isdigit() or c == "*")
    digits = phone.removeprefix("+")
    if "*" in said:
        head, tail = said.split("*")[0], said.split("*")[-1]
        return digits.startswith(head) and digits.endswith(tail)
    return digits.endswith(said.lstrip("0")) and len(said) >= 9


def is_full_phone(written: str) -> bool:
    """Tell whether all digits of a number are there."""
    return "*" not in written and sum(c.isdigit() for c in written) >= 9
