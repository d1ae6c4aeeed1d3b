"""The shop's mail account: where mail is handed in, as whom, and which mails go by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address

from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.errors import InvalidInputError, KnownError
from core.gateways.mail_server import MailServer, Security, ServerTroubleError
from core.model.journal import Topic
from core.model.mail import MailChannel, MailTrouble
from core.permissions import Actor, Permission
from core.services.mail.addresses import usable_address
from core.services.sealed_secrets import ciphertext
from core.services.secrets import SecretBox
from core.services.setting_values import load_values, save_values
from core.services.settings import load_settings

__all__ = ["MailAccount", "MailForm", "MailSettings", "MailSettingsService", "Security"]

USUAL_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
CHANNEL_ID = 1
MAX_REMINDER_DAYS = 90
MAX_REMINDERS = 20
_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail account without its password, and what the shop sends by itself.

    Reminders of one payment are ``mail_reminder_days`` apart and ``mail_reminders_most`` in all.
    """

    mail_host: str = ""
    mail_port: int = 587
    mail_security: str = Security.STARTTLS.value
    mail_user: str = ""
    mail_from_address: str = ""
    mail_from_name: str = ""
    mail_reply_to: str = ""
    mail_invoice_on_completion: bool = False
    mail_receipt_on_completion: bool = False
    mail_refund_notice: bool = False
    mail_reminder_days: int = 3
    mail_reminders_most: int = 3

    @property
    def is_ready(self) -> bool:
        """Tell whether mail can be written: where it goes and whom it is from is known."""
        return bool(self.mail_host and self.mail_from_address)


@dataclass(frozen=True, slots=True)
class _Password:
    mail_password_encrypted: str = ""


@dataclass(frozen=True, slots=True)
class MailForm:
    """The mail account as a form shows and saves it; a password of None stays as it is."""

    settings: MailSettings = MailSettings()
    password: str | None = field(default=None, repr=False)
    password_is_set: bool = False


@dataclass(frozen=True, slots=True)
class MailAccount:
    """What sending needs: the server, and the names in a mail's head."""

    server: MailServer
    from_name: str
    from_address: str
    reply_to: str


class MailSettingsService:
    """Shows, changes and tells the shop's mail account."""

    def __init__(self, database: Database, secrets: SecretBox) -> None:
        self._database = database
        self._secrets = secrets

    def load(self) -> MailSettings:
        """Return the settings without the password; what was never set has its default."""
        with self._database.read() as session:
            return load_values(session, MailSettings)

    def form(self, actor: Actor) -> MailForm:
        """Return what the form shows; never the password itself."""
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        with self._database.read() as session:
            return _form(session)

    def save(self, actor: Actor, form: MailForm) -> MailForm:
        """Keep the account and let waiting mails be tried with it at once.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: a value cannot be used; its field is on the error.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        checked = checked_settings(form.settings)
        with self._database.write(actor) as unit:
            is_new = save_values(unit, checked, subject="mail")
            if form.password is not None:
                password = _Password(self._secrets.encrypt(form.password))
                secret = frozenset({"mail_password_encrypted"})
                is_new |= save_values(unit, password, subject="mail", secret=secret)
            if is_new:
                channel = unit.session.get(MailChannel, CHANNEL_ID)
                if channel is not None:
                    channel.next_try_at = unit.now
                    channel.failures = 0
                unit.changed(Topic.MAIL)
                unit.session.flush()
            saved = _form(unit.session)
            unit.commit()
            return saved

    def account(self) -> MailAccount:
        """Return what sending needs.

        Raises:
            ServerTroubleError: the account is not set up, or its password cannot be read.

        """
        with self._database.read() as session:
            settings = load_values(session, MailSettings)
            kept = load_values(session, _Password).mail_password_encrypted
            encrypted = ciphertext(session, kept)
            shop_name = load_settings(session).shop_name
        if not settings.is_ready:
            told = "The shop's mail account is not set up: an admin does it under Settings, Mail."
            raise ServerTroubleError(MailTrouble.NOT_SET_UP, told)
        try:
            password = self._secrets.decrypt(encrypted)
        except KnownError as error:
            told = (
                "The password of the shop's mail account cannot be read on this computer: an admin"
                " enters it again under Settings, Mail."
            )
            raise ServerTroubleError(MailTrouble.NOT_SET_UP, told, error.message) from error
        return MailAccount(
            server=MailServer(
                settings.mail_host,
                settings.mail_port,
                Security(settings.mail_security),
                settings.mail_user,
                password,
            ),
            from_name=settings.mail_from_name or shop_name,
            from_address=settings.mail_from_address,
            reply_to=settings.mail_reply_to,
        )


def checked_settings(settings: MailSettings) -> MailSettings:
    """Return settings in the form they are kept.

    Raises:
        InvalidInputError: a value cannot be used; its field is on the error.

    """
    trimmed = {
        one.name: value.strip()
        for one in fields(settings)
        if isinstance(value := getattr(settings, one.name), str)
    }
    for name, text in trimmed.items():
        if len(text) > _MAX_LENGTH or not text.isprintable():
            _refuse(f"This text has a line break or more than {_MAX_LENGTH} characters.", name)
    settings = replace(settings, **trimmed)  # type: ignore[arg-type]  # the texts among the fields
    _check_way(settings)
    from_address, reply_to = settings.mail_from_address, settings.mail_reply_to
    if from_address or settings.mail_host:
        from_address = usable_address(from_address, field="mail_from_address")
    if reply_to:
        reply_to = usable_address(reply_to, field="mail_reply_to")
    _check_range(settings.mail_reminder_days, 1, MAX_REMINDER_DAYS, "mail_reminder_days")
    _check_range(settings.mail_reminders_most, 1, MAX_REMINDERS, "mail_reminders_most")
    goes_by_itself = (
        settings.mail_invoice_on_completion
        or settings.mail_receipt_on_completion
        or settings.mail_refund_notice
    )
    if goes_by_itself and not settings.mail_host:
        _refuse("Mail goes by itself only once its server is set.", "mail_host")
    return replace(settings, mail_from_address=from_address, mail_reply_to=reply_to)


def _check_way(settings: MailSettings) -> None:
    host = settings.mail_host
    if settings.mail_security not in set(Security):
        _refuse("The encryption is starttls, tls or none.", "mail_security")
    _check_range(settings.mail_port, 1, 65_535, "mail_port")
    if any(char in host for char in " /:@") and not _is_ip(host):
        _refuse("Type the server's name alone, such as smtp.example.com.", "mail_host")
    if settings.mail_security == Security.NONE and host and not is_this_computer(host):
        _refuse(
            "Without encryption, mail and password go only to this computer itself: choose STARTTLS"
            " or TLS.",
            "mail_security",
        )


def _check_range(value: int, least: int, most: int, name: str) -> None:
    if not least <= value <= most:
        _refuse(f"Type a number from {least} to {most}.", name)


def _refuse(sentence: str, name: str) -> None:
    raise InvalidInputError(f"Nothing was changed. {sentence}", field=name)


def is_this_computer(host: str) -> bool:
    """Tell whether a host is this computer, which no network lies between."""
    return host.lower() == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _form(session: Session) -> MailForm:
    encrypted = load_values(session, _Password).mail_password_encrypted
    return MailForm(load_values(session, MailSettings), password_is_set=bool(encrypted))
