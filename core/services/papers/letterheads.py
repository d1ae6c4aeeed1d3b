"""Which letterhead a paper bears: the template's facts, the shop's where it is silent, for ever.

The whole block, logo included, is kept once under the digest of its content; the paper points at
it. What settings say afterwards reaches new papers only.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.configuration import DATABASE_FILE
from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.model.papers import Letterhead, PaperTemplate
from core.services.settings import LANGUAGES, ShopSettings, load_settings

logger = logging.getLogger(__name__)

_MEMO = "paper_style"


@dataclass(frozen=True, slots=True)
class PaperStyle:
    """How a paper is written now: its letterhead, its language, the days until it is due."""

    letterhead_sha256: str
    template_id: str
    language: str
    due_days: int


def paper_style(unit: UnitOfWork, template_id: str = "") -> PaperStyle:
    """Return the style of a template, or of the default one; its letterhead is kept from now on.

    A retired or unknown template gives way to the default one, and without one the shop's
    settings stand alone.
    """
    known: dict[str, PaperStyle] = unit.session.info.setdefault(_MEMO, {})
    if template_id not in known:
        known[template_id] = _style(unit, _template(unit.session, template_id))
    return known[template_id]


def papers_language(session: Session) -> str:
    """Return the language of the shop's papers, for a customer whose own is not known."""
    template = _template(session, "")
    return template.language if template else load_settings(session).language


def current_letterhead(session: Session) -> Letterhead:
    """Return the letterhead a paper of the default template bears now; it is not kept."""
    return _letterhead(session, _template(session, ""), load_settings(session))


def _template(session: Session, template_id: str) -> PaperTemplate | None:
    standing = select(PaperTemplate).where(PaperTemplate.retired_at.is_(None))
    chosen = None
    if template_id:
        chosen = session.scalar(standing.where(PaperTemplate.template_id == template_id))
    return chosen or session.scalar(standing.where(PaperTemplate.is_default))


def _style(unit: UnitOfWork, template: PaperTemplate | None) -> PaperStyle:
    shop = load_settings(unit.session)
    letterhead = _letterhead(unit.session, template, shop)
    letterhead.first_used_at = unit.now
    if unit.session.get(Letterhead, letterhead.sha256) is None:
        unit.lock(Lock.LETTERHEAD, letterhead.sha256)
        if unit.session.get(Letterhead, letterhead.sha256) is None:
            unit.session.add(letterhead)
    language = template.language if template else shop.language
    return PaperStyle(
        letterhead_sha256=letterhead.sha256,
        template_id=template.template_id if template else "",
        language=language if language in LANGUAGES else LANGUAGES[0],
        due_days=template.due_days if template else 0,
    )


def _letterhead(session: Session, template: PaperTemplate | None, shop: ShopSettings) -> Letterhead:
    return letterhead_of(template, shop, logo=_shop_logo(session, shop.logo_file))


def letterhead_of(template: PaperTemplate | None, shop: ShopSettings, *, logo: bytes) -> Letterhead:
    """Return the letterhead of a template over the shop's settings, under its content's digest.

    ``logo`` is the shop's own, for a template that has none.
    """
    own = template or PaperTemplate(
        shop_name="", tin="", address="", phone="", email="", bank_details="", footer="",
        accent_colour="", logo=b"",
    )  # fmt: skip
    texts = (
        own.shop_name or shop.shop_name,
        own.tin or shop.tin,
        own.address or shop.address,
        own.phone or shop.phone,
        own.email or shop.email,
        own.bank_details or shop.bank_details,
        own.footer or shop.invoice_footer,
        own.accent_colour,
    )
    logo = own.logo or logo
    logo_sha256 = hashlib.sha256(logo).hexdigest() if logo else ""
    said = json.dumps([*texts, logo_sha256], ensure_ascii=False, separators=(",", ":"))
    name, tin, address, phone, email, bank_details, footer, accent_colour = texts
    return Letterhead(
        sha256=hashlib.sha256(said.encode()).hexdigest(),
        shop_name=name,
        tin=tin,
        address=address,
        phone=phone,
        email=email,
        bank_details=bank_details,
        footer=footer,
        accent_colour=accent_colour,
        logo=logo,
    )


def _shop_logo(session: Session, name: str) -> bytes:
    """Return the picture the shop's settings name; one that cannot be read stops no sale."""
    if not name:
        return b""
    database = session.get_bind().engine.url.database or DATABASE_FILE
    file = Path(database)
    folder = file.parent if file.name == DATABASE_FILE else file.with_name(f"{file.name}.files")
    try:
        path = folder / name
        return _small_picture(path, path.stat().st_mtime_ns)
    except OSError as error:
        logger.warning("The logo cannot be read; papers are issued without it: %s", error)
        return b""


@lru_cache(maxsize=2)
def _small_picture(path: Path, _modified_ns: int) -> bytes:
    from core.documents.pictures import small_picture  # noqa: PLC0415 - not owed at start

    return small_picture(path.read_bytes())
