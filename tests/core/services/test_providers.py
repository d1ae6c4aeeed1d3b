from __future__ import annotations

import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from sqlalchemy import text

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, KnownError, NotAllowedError
from core.permissions import Actor
from core.services.providers import (
    AirtelProviderForm,
    BankProviderForm,
    MTNProviderForm,
    ProviderService,
    describe_for_customers,
)
from core.services.secrets import KEY_FILE_NAME, SecretBox

SECRET = "s3cr3t-value"


@pytest.fixture
def box(tmp_path: Path) -> SecretBox:
    return SecretBox(tmp_path, use_keyring=False)


@pytest.fixture
def providers(database: Database, box: SecretBox) -> ProviderService:
    return ProviderService(database, box)


def everything_stored(database: Database) -> str:
    with database.read() as session:
        tables = session.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'table'")
        ).scalars()
        return "".join(
            str(row)
            for table in tables
            for row in session.execute(text(f'SELECT * FROM "{table}"'))
        )


def test_a_secret_is_stored_unreadable_and_never_shown_again(
    providers: ProviderService, database: Database, admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    form = MTNProviderForm(base_url="https://momo.example.com", api_user="u", api_key=SECRET)
    saved = providers.save_mtn(admin, form)

    assert saved.api_key_is_set
    assert not saved.disbursement_subscription_key_is_set
    assert saved.api_key is None
    assert SECRET not in everything_stored(database)
    assert SECRET not in repr(form)
    assert SECRET not in caplog.text
    with_secrets = providers.mtn_with_secrets()
    assert with_secrets is not None
    assert with_secrets.api_key == SECRET


def test_none_keeps_a_secret_and_empty_removes_it(providers: ProviderService, admin: Actor) -> None:
    providers.save_airtel(admin, AirtelProviderForm(client_secret=SECRET, callback_key="k"))
    kept = providers.save_airtel(admin, AirtelProviderForm(client_id="me", callback_key=""))
    assert (kept.client_secret_is_set, kept.callback_key_is_set) == (True, False)
    assert kept.client_id == "me"
    with_secrets = providers.airtel_with_secrets()
    assert with_secrets is not None
    assert with_secrets.client_secret == SECRET


def test_the_list_says_what_a_provider_still_needs(
    providers: ProviderService, admin: Actor, cashier: Actor
) -> None:
    providers.save_bank(admin, BankProviderForm(bank_name="BK", account_number="00040"))
    providers.save_mtn(admin, MTNProviderForm(base_url="https://momo.example.com", api_key="x"))
    mtn, bank = providers.list(cashier)
    assert (mtn.kind, bank.kind) == ("mtn", "bank")
    assert mtn.missing == ("target_environment", "collection_subscription_key", "api_user")
    assert bank.missing == ()
    assert bank.account == "00040"


@pytest.mark.parametrize(
    "url",
    [
        "http://momo.example.com",
        "ftp://momo.example.com",
        "momo.example.com",
        "https://",
        "https://user:word@momo.example.com",
        "http://localhost.example.com",
        "http://[::1",
        "https://momo.example.com:99999",
    ],
)
def test_an_address_that_is_not_https_is_refused(
    url: str, providers: ProviderService, admin: Actor
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        providers.save_mtn(admin, MTNProviderForm(base_url=url))
    assert caught.value.field == "base_url"
    assert providers.list(admin) == ()


@pytest.mark.parametrize("url", ["http://localhost:8099/mtn", "http://127.0.0.1:8099", ""])
def test_plain_http_goes_to_this_computer_only(
    url: str, providers: ProviderService, admin: Actor
) -> None:
    assert providers.save_mtn(admin, MTNProviderForm(base_url=url)).base_url == url


def test_values_are_set_by_their_names_and_the_others_stay(
    providers: ProviderService, admin: Actor
) -> None:
    values = {"base_url": "https://a.example.com", "callback_url": "https://b.example.com"}
    providers.set_values(admin, "airtel", values, from_file=False)
    providers.set_values(
        admin, "airtel", {"client_secret": SECRET, "signed": "yes"}, from_file=True
    )
    form = providers.airtel(admin)
    assert form.base_url == "https://a.example.com"
    assert form.webhook_url == "https://b.example.com"
    assert form.signed
    assert form.client_secret_is_set


def test_a_secret_as_a_word_of_a_command_is_refused(
    providers: ProviderService, admin: Actor
) -> None:
    with pytest.raises(InvalidInputError, match="--from") as caught:
        providers.set_values(admin, "mtn", {"api_key": SECRET}, from_file=False)
    assert SECRET not in caught.value.message
    assert not providers.mtn(admin).api_key_is_set


def test_an_unknown_key_names_the_known_ones(providers: ProviderService, admin: Actor) -> None:
    with pytest.raises(InvalidInputError, match="collection_subscription_key"):
        providers.set_values(admin, "mtn", {"apikey": "x"}, from_file=True)
    with pytest.raises(InvalidInputError, match="true"):
        providers.set_values(admin, "airtel", {"signed": "maybe"}, from_file=True)


def test_a_bank_is_found_by_its_number_or_is_the_only_one(
    providers: ProviderService, admin: Actor
) -> None:
    first = {"bank_name": "BK", "account_number": "1"}
    providers.set_values(admin, "bank", first, from_file=False)
    providers.set_values(admin, "bank", {"branch": "Remera"}, from_file=False)
    second = {"bank_name": "Equity", "account_number": "2"}
    providers.set_values(admin, "bank", second, from_file=False)
    providers.set_values(admin, "bank", first | {"branch": "Kimironko"}, from_file=False)
    assert [(b.account_number, b.branch) for b in providers.banks(admin)] == [
        ("1", "Kimironko"),
        ("2", ""),
    ]
    with pytest.raises(InvalidInputError, match="several"):
        providers.set_values(admin, "bank", {"branch": "?"}, from_file=False)


def test_two_bank_accounts_do_not_share_a_name(providers: ProviderService, admin: Actor) -> None:
    providers.save_bank(admin, BankProviderForm(name="Main", bank_name="BK", account_number="1"))
    with pytest.raises(ConflictError):
        providers.save_bank(
            admin, BankProviderForm(name="Main", bank_name="BK", account_number="2")
        )
    with pytest.raises(InvalidInputError):
        providers.save_bank(admin, BankProviderForm(bank_name="BK"))


def test_customers_are_told_where_to_transfer_to() -> None:
    bank = BankProviderForm(
        bank_name="BK", account_name="Isoko Ltd", account_number="00040",
        customer_instructions="Write the order number.",
    )  # fmt: skip
    assert describe_for_customers(bank) == (
        "Bank: BK\nAccount name: Isoko Ltd\nAccount number: 00040\nWrite the order number."
    )


def test_only_an_admin_sees_and_changes_accounts(
    providers: ProviderService, manager: Actor, cashier: Actor
) -> None:
    for act in (
        lambda: providers.save_mtn(manager, MTNProviderForm()),
        lambda: providers.mtn(cashier),
        lambda: providers.airtel(manager),
        lambda: providers.set_values(cashier, "bank", {}, from_file=True),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_the_key_is_a_file_only_its_owner_reads_and_describes_itself(
    tmp_path: Path, box: SecretBox
) -> None:
    assert "will be the file" in box.describe()
    hidden = box.encrypt(SECRET)
    key_file = tmp_path / KEY_FILE_NAME
    if sys.platform != "win32":
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert str(key_file) in box.describe()
    assert SecretBox(tmp_path, use_keyring=False).decrypt(hidden) == SECRET
    assert box.encrypt("") == box.decrypt("") == ""


def test_a_secret_of_another_computer_says_what_to_do(tmp_path: Path, box: SecretBox) -> None:
    hidden = box.encrypt(SECRET)
    (tmp_path / "other").mkdir()
    with pytest.raises(KnownError, match="enter them again"):
        SecretBox(tmp_path / "other", use_keyring=False).decrypt(hidden)


def test_a_spoilt_key_file_is_a_known_error(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE_NAME).write_text("nonsense")
    with pytest.raises(KnownError, match="cannot be read"):
        SecretBox(tmp_path, use_keyring=False).encrypt(SECRET)


class MemoryKeyring(KeyringBackend):
    """A keyring like a system's, but in memory; it can be locked."""

    priority = 5  # type: ignore[assignment]
    name = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("locked")
        self.kept[service, username] = password


@pytest.fixture
def system_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


def test_where_the_system_has_a_keyring_no_key_lies_in_the_folder(
    tmp_path: Path, system_keyring: MemoryKeyring
) -> None:
    hidden = SecretBox(tmp_path).encrypt(SECRET)
    (key,) = system_keyring.kept.values()
    assert not any(key in path.read_text() for path in tmp_path.iterdir())
    assert SecretBox(tmp_path).decrypt(hidden) == SECRET
    assert "keyring (memory)" in SecretBox(tmp_path).describe()


def test_a_keyring_that_is_locked_later_makes_no_second_key(
    tmp_path: Path, system_keyring: MemoryKeyring
) -> None:
    hidden = SecretBox(tmp_path).encrypt(SECRET)
    system_keyring.locked = True
    with pytest.raises(KnownError, match="unlock"):
        SecretBox(tmp_path).decrypt(hidden)
    with pytest.raises(KnownError, match="unlock"):
        SecretBox(tmp_path).encrypt("another")
    assert not (tmp_path / KEY_FILE_NAME).exists()


def test_a_keyring_that_is_locked_at_first_is_replaced_by_a_file(
    tmp_path: Path, system_keyring: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    system_keyring.locked = True
    hidden = SecretBox(tmp_path).encrypt(SECRET)
    assert "so a file is used" in caplog.text
    system_keyring.locked = False
    assert (tmp_path / KEY_FILE_NAME).exists()
    assert SecretBox(tmp_path).decrypt(hidden) == SECRET
