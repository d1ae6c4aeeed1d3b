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
from sqlalchemy import select, text

from core.database.unit_of_work import Database
from core.errors import (
    ConflictError,
    InvalidInputError,
    KnownError,
    NotAllowedError,
    NotFoundError,
)
from core.model.journal import Change
from core.model.providers import AirtelMoneyProvider, Environment, MTNMobileMoneyProvider
from core.permissions import Actor
from core.services.audit.trail import AuditService
from core.services.providers.service import (
    AirtelProviderForm,
    BankProviderForm,
    MTNProviderForm,
    ProviderService,
    describe_for_customers,
)
from core.services.sealed_secrets import ciphertext
from core.services.secrets import KEY_FILE_NAME, SecretBox

SECRET = "s3cr3t-value"
LIVE, SANDBOX = Environment.LIVE, Environment.SANDBOX


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


@pytest.mark.sqlite
@pytest.mark.parametrize("environment", Environment)
def test_a_secret_is_stored_unreadable_and_never_shown_again(
    providers: ProviderService,
    database: Database,
    box: SecretBox,
    admin: Actor,
    caplog: pytest.LogCaptureFixture,
    environment: Environment,
) -> None:
    caplog.set_level(logging.DEBUG)
    form = MTNProviderForm(
        environment, base_url="https://momo.example.com", api_user="u", api_key=SECRET
    )
    saved = providers.save_mtn(admin, form)

    assert saved.api_key_is_set
    assert not saved.disbursement_subscription_key_is_set
    assert saved.api_key is None
    assert SECRET not in everything_stored(database)
    assert SECRET not in repr(form)
    assert SECRET not in caplog.text
    assert SECRET not in str(providers.list(admin)) + str(AuditService(database).page(admin))
    with database.read() as session:
        account = session.scalars(select(MTNMobileMoneyProvider)).one()
        assert box.decrypt(account.api_key_encrypted) == SECRET


def test_none_keeps_a_secret_and_empty_removes_it(
    providers: ProviderService, database: Database, box: SecretBox, admin: Actor
) -> None:
    providers.save_airtel(admin, AirtelProviderForm(client_secret=SECRET, callback_key="k"))
    kept = providers.save_airtel(admin, AirtelProviderForm(client_id="me", callback_key=""))
    assert (kept.client_secret_is_set, kept.callback_key_is_set) == (True, False)
    assert kept.client_id == "me"
    with database.read() as session:
        account = session.scalars(select(AirtelMoneyProvider)).one()
        assert box.decrypt(ciphertext(session, account.client_secret_encrypted)) == SECRET


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


def in_use(providers: ProviderService, actor: Actor) -> list[tuple[str, Environment | None]]:
    return [(row.kind, row.environment) for row in providers.list(actor) if row.is_active]


def test_live_and_sandbox_are_two_accounts_with_secrets_of_their_own(
    providers: ProviderService, admin: Actor
) -> None:
    providers.save_mtn(admin, MTNProviderForm(LIVE, merchant_id="L", api_key=SECRET))
    providers.save_mtn(admin, MTNProviderForm(SANDBOX, merchant_id="S", currency="EUR"))
    live, sandbox = providers.mtn(admin), providers.mtn(admin, SANDBOX)
    assert (live.merchant_id, live.currency, live.api_key_is_set) == ("L", "RWF", True)
    assert (sandbox.merchant_id, sandbox.currency, sandbox.api_key_is_set) == ("S", "EUR", False)
    assert [(row.environment, row.name) for row in providers.list(admin)] == [
        (LIVE, "MTN Mobile Money"),
        (SANDBOX, "MTN Mobile Money (sandbox)"),
    ]


def test_the_two_accounts_of_a_network_cannot_share_a_name(
    providers: ProviderService, admin: Actor
) -> None:
    providers.save_airtel(admin, AirtelProviderForm(LIVE, name="Airtel"))
    with pytest.raises(ConflictError, match="Airtel"):
        providers.save_airtel(admin, AirtelProviderForm(SANDBOX, name="Airtel"))


def test_the_first_live_account_is_in_use_unless_another_is(
    providers: ProviderService, admin: Actor
) -> None:
    providers.save_mtn(admin, MTNProviderForm(SANDBOX))
    assert in_use(providers, admin) == []
    providers.save_mtn(admin, MTNProviderForm(LIVE))
    assert in_use(providers, admin) == [("mtn", LIVE)]

    providers.save_airtel(admin, AirtelProviderForm(SANDBOX))
    providers.use(admin, "airtel", SANDBOX)
    providers.save_airtel(admin, AirtelProviderForm(LIVE))
    assert in_use(providers, admin) == [("mtn", LIVE), ("airtel", SANDBOX)]


def test_saving_an_account_again_leaves_what_is_in_use(
    providers: ProviderService, admin: Actor
) -> None:
    providers.save_mtn(admin, MTNProviderForm(LIVE))
    providers.use(admin, "mtn", None)
    assert not providers.save_mtn(admin, MTNProviderForm(LIVE, is_active=True)).is_active
    providers.save_mtn(admin, MTNProviderForm(SANDBOX, is_active=True))
    assert in_use(providers, admin) == []


def test_switching_leaves_at_most_one_in_use_and_is_told(
    providers: ProviderService, database: Database, admin: Actor
) -> None:
    providers.save_mtn(admin, MTNProviderForm(LIVE))
    providers.save_mtn(admin, MTNProviderForm(SANDBOX))
    for environment in (SANDBOX, LIVE, None, SANDBOX, SANDBOX):
        providers.use(admin, "mtn", environment)
        wanted = [] if environment is None else [("mtn", environment)]
        assert in_use(providers, admin) == wanted
    used = [
        row.details
        for row in AuditService(database).page(admin).rows
        if row.action == "provider:used"
    ]
    assert used == [
        '{"after": "sandbox", "before": "none"}',
        '{"after": "none", "before": "live"}',
        '{"after": "live", "before": "sandbox"}',
        '{"after": "sandbox", "before": "live"}',
    ]
    with database.read() as session:
        assert len(session.scalars(select(Change).where(Change.subject_id == "mtn")).all()) == 6


def test_an_account_never_saved_cannot_be_used(providers: ProviderService, admin: Actor) -> None:
    providers.save_mtn(admin, MTNProviderForm(LIVE))
    with pytest.raises(NotFoundError, match="no sandbox account"):
        providers.use(admin, "mtn", SANDBOX)
    assert in_use(providers, admin) == [("mtn", LIVE)]


@pytest.mark.parametrize(
    ("environment", "mtn", "airtel"),
    [
        (
            LIVE,
            ("https://proxy.momoapi.mtn.co.rw", "mtnrwanda", "RWF"),
            ("https://openapi.airtel.co.rw", "RW", "RWF"),
        ),
        (
            SANDBOX,
            ("https://sandbox.momodeveloper.mtn.com", "sandbox", "EUR"),
            ("https://openapiuat.airtel.co.rw", "RW", "RWF"),
        ),
    ],
)
def test_a_new_account_begins_with_the_network_s_own_addresses(
    providers: ProviderService,
    admin: Actor,
    environment: Environment,
    mtn: tuple[str, ...],
    airtel: tuple[str, ...],
) -> None:
    offered = providers.mtn(admin, environment)
    assert (offered.base_url, offered.target_environment, offered.currency) == mtn
    providers.set_values(
        admin, "mtn", {"merchant_id": "M"}, from_file=False, environment=environment
    )
    kept = providers.mtn(admin, environment)
    assert (kept.base_url, kept.target_environment, kept.currency) == mtn
    other = providers.airtel(admin, environment)
    assert (other.base_url, other.country, other.currency) == airtel


def test_a_value_given_wins_over_what_is_offered_and_stays(
    providers: ProviderService, admin: Actor
) -> None:
    given = {"base_url": "http://localhost:8099", "currency": "RWF"}
    providers.set_values(admin, "mtn", given, from_file=False, environment=SANDBOX)
    providers.set_values(admin, "mtn", {"merchant_id": "M"}, from_file=False, environment=SANDBOX)
    form = providers.mtn(admin, SANDBOX)
    assert (form.base_url, form.currency) == ("http://localhost:8099", "RWF")
    providers.set_values(admin, "mtn", {"base_url": ""}, from_file=False)
    assert providers.mtn(admin).base_url == ""


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
        lambda: providers.use(manager, "mtn", None),
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
