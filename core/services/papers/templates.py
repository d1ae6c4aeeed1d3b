"""Paper templates: several named ways to write papers, one of them the default.

What a template leaves empty comes from the shop's settings. Issued papers keep the letterhead
they were issued with, whatever happens to the template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.journal import Topic
from core.model.papers import PaperTemplate
from core.permissions import Actor, Permission
from core.services.session import KeyedCommand, once
from core.services.settings import LANGUAGES

MAX_DUE_DAYS = 365
MAX_LOGO_BYTES = 10_000_000
_MAX_LENGTHS = {"name": 80, "shop_name": 200, "phone": 60, "email": 200}
_MAX_TEXT = 2000
_TEXTS = (
    "name", "shop_name", "tin", "address", "phone", "email", "bank_details", "footer",
    "accent_colour",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template as it is kept; ``logo`` is a PNG or empty, colours are "#rrggbb" or empty."""

    template_id: str
    name: str
    shop_name: str
    tin: str
    address: str
    phone: str
    email: str
    bank_details: str
    footer: str
    accent_colour: str
    language: str
    due_days: int
    logo: bytes
    is_default: bool
    version: int


@dataclass(frozen=True, slots=True)
class SaveTemplate(KeyedCommand):
    """A template as typed. Without ``template_id`` it is new.

    ``logo`` is a PNG or JPEG picture; None leaves the one there is, b"" takes it away.
    ``version`` is the one the form was opened with.
    """

    name: str
    shop_name: str = ""
    tin: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    bank_details: str = ""
    footer: str = ""
    accent_colour: str = ""
    language: str = "en"
    due_days: int = 0
    logo: bytes | None = field(default=None, repr=False)
    template_id: str = ""
    version: int | None = None


class PaperTemplates:
    """The verbs of a template; each method is one unit of work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, actor: Actor) -> tuple[TemplateRow, ...]:
        """Return the templates in use, the default first, then by name."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            templates = session.scalars(
                select(PaperTemplate)
                .where(PaperTemplate.retired_at.is_(None))
                .order_by(PaperTemplate.is_default.desc(), PaperTemplate.name)
            )
            return tuple(_row(template) for template in templates)

    def save(self, actor: Actor, command: SaveTemplate) -> TemplateRow:
        """Keep a template, new or changed; the first one is the default.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: a field cannot be used; its name is on the error.
            ConflictError: the name is taken, or somebody changed the template meanwhile.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        checked = _checked(command)
        logo = _checked_logo(command.logo)
        with self._database.write(actor) as unit:

            def act() -> str:
                template = self._to_save(unit, checked)
                before = _facts(template)
                for name in (*_TEXTS, "language", "due_days"):
                    setattr(template, name, getattr(checked, name))
                if logo is not None:
                    template.logo = logo
                unit.session.flush()
                _note(unit, template, "template:saved", before=before, after=_facts(template))
                return template.template_id

            template_id, _ = once(unit, "template:save", command, act)
            row = _row(_find(unit.session, template_id))
            unit.commit()
            return row

    def set_default(self, actor: Actor, template_id: str) -> TemplateRow:
        """Write new papers by this template from now on.

        Raises:
            NotFoundError: there is no such template, or it is retired.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        with self._database.write(actor) as unit:
            template = _find(unit.session, template_id)
            if not template.is_default:
                unit.session.execute(
                    update(PaperTemplate)
                    .where(PaperTemplate.is_default)
                    .values(is_default=False, version=PaperTemplate.version + 1)
                )
                template.is_default = True
                unit.session.flush()
                _note(unit, template, "template:default")
                unit.commit()
            return _row(template)

    def retire(self, actor: Actor, template_id: str) -> None:
        """Take a template out of use; papers written by it stay as they are.

        Raises:
            NotFoundError: there is no such template, or it is retired already.
            ConflictError: it is the default and there are others.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        with self._database.write(actor) as unit:
            template = _find(unit.session, template_id)
            others = select(PaperTemplate.id).where(
                PaperTemplate.retired_at.is_(None), PaperTemplate.id != template.id
            )
            if template.is_default and unit.session.scalar(others.limit(1)) is not None:
                raise ConflictError(
                    f"Nothing was changed. “{template.name}” is the default; make another template"
                    " the default first."
                )
            template.is_default = False
            template.retired_at = unit.now
            _note(unit, template, "template:retired")
            unit.commit()

    @staticmethod
    def _to_save(unit: UnitOfWork, command: SaveTemplate) -> PaperTemplate:
        session = unit.session
        same_name = session.scalar(
            select(PaperTemplate.template_id).where(
                PaperTemplate.retired_at.is_(None), PaperTemplate.name == command.name
            )
        )
        if same_name not in {None, command.template_id}:
            raise InvalidInputError(
                f"Nothing was changed. There is a template “{command.name}” already.", field="name"
            )
        if command.template_id:
            template = _find(session, command.template_id)
            if command.version is not None and template.version != command.version:
                raise ConflictError(
                    "Nothing was changed. This template was changed since you opened it; look"
                    " again."
                )
            return template
        has_default = session.scalar(select(PaperTemplate.id).where(PaperTemplate.is_default))
        template = PaperTemplate(
            name=command.name, logo=b"", is_default=has_default is None, retired_at=None
        )
        session.add(template)
        return template


def _find(session: Session, template_id: str) -> PaperTemplate:
    template = session.scalar(
        select(PaperTemplate).where(
            PaperTemplate.template_id == template_id, PaperTemplate.retired_at.is_(None)
        )
    )
    if template is None:
        raise NotFoundError("Nothing was changed. There is no such template in use.")
    return template


def _note(unit: UnitOfWork, template: PaperTemplate, action: str, **details: object) -> None:
    unit.audit(action, "template", template.template_id, name=template.name, **details)
    unit.changed(Topic.SETTINGS)


def _facts(template: PaperTemplate) -> dict[str, object]:
    """Return what the audit trail keeps of a template; of the logo, its size."""
    facts = {name: getattr(template, name) for name in (*_TEXTS, "language", "due_days")}
    return {name: value for name, value in facts.items() if value} | {
        "logo_bytes": len(template.logo or b"")
    }


def _row(template: PaperTemplate) -> TemplateRow:
    return TemplateRow(**{each.name: getattr(template, each.name) for each in fields(TemplateRow)})


def _checked(command: SaveTemplate) -> SaveTemplate:
    texts = {name: getattr(command, name).strip() for name in _TEXTS}
    if not texts["name"]:
        raise _refusal("Give the template a name.", "name")
    for name, text in texts.items():
        if len(text) > _MAX_LENGTHS.get(name, _MAX_TEXT):
            longest = _MAX_LENGTHS.get(name, _MAX_TEXT)
            raise _refusal(f"This text is longer than {longest} characters.", name)
    # Rwanda Revenue Authority: a taxpayer identification number has nine digits.
    if texts["tin"] and not re.fullmatch(r"\d{9}", texts["tin"]):
        raise _refusal("A TIN has nine digits.", "tin")
    if texts["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", texts["email"]):
        raise _refusal(f"“{texts['email']}” is not an e-mail address.", "email")
    colour = texts["accent_colour"].lower()
    if colour and not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise _refusal(f"“{colour}” is not a colour such as #0a5560.", "accent_colour")
    if command.language not in LANGUAGES:
        raise _refusal(f"“{command.language}” is not a language of the papers.", "language")
    if not 0 <= command.due_days <= MAX_DUE_DAYS:
        raise _refusal(f"An invoice is due within 0 to {MAX_DUE_DAYS} days.", "due_days")
    return replace(command, **(texts | {"accent_colour": colour}))


def _checked_logo(logo: bytes | None) -> bytes | None:
    from core.documents.pictures import small_picture  # noqa: PLC0415 - not owed at start

    if not logo:
        return logo
    if len(logo) > MAX_LOGO_BYTES:
        raise _refusal("The logo is larger than 10 MB; take a smaller picture.", "logo")
    try:
        return small_picture(logo)
    except OSError as error:
        raise _refusal("The logo is no PNG or JPEG picture that can be read.", "logo") from error


def _refusal(sentence: str, field_name: str) -> InvalidInputError:
    return InvalidInputError(f"Nothing was changed. {sentence}", field=field_name)
