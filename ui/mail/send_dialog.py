"""The form that mails a customer a paper: to whom, in which language, and how it will read."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from core.errors import ConflictError, InvalidInputError, KnownError
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailDraft, MailKind, MailRow
from ui.context import PageContext
from ui.mail.words import kind_text, language_choices
from ui.pages.page import Page
from ui.theme import set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.form_dialog import FormDialog
from ui.words import moment_text

_CHARACTERS = 96
"""The form's width: a line of the text as a mail program would show it."""

Done = Callable[[str], object]
"""Called with a sentence for the person once the mail is queued."""


class SendMailDialog(FormDialog):
    """Shows a mail as it will be and queues it; the address is kept with the customer."""

    def __init__(
        self,
        context: PageContext,
        kinds: tuple[MailKind, ...],
        draft: MailDraft,
        on_done: Done,
        parent: QWidget,
    ) -> None:
        super().__init__(
            self.tr("Send by mail"),
            self.tr("Send (F12)"),
            parent,
            explanation=self.tr(
                "It is sent by itself, at once or as soon as the mail server takes it."
            ),
        )
        self._context = context
        self._draft = draft
        self._on_done = on_done
        self._key = str(uuid.uuid4())
        self.kind = QComboBox()
        for kind in kinds:
            self.kind.addItem(kind_text(kind), kind.value)
        self.kind.setCurrentIndex(max(0, self.kind.findData(draft.kind.value)))
        self.address = QLineEdit(draft.address)
        self.address.setPlaceholderText(self.tr("name@example.com – kept with the customer"))
        self.language = QComboBox()
        for code, name in language_choices():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(0, self.language.findData(draft.language)))
        self.add_field(self.tr("What"), self.kind)
        self.add_field(self.tr("To"), self.address)
        self.add_field(self.tr("Language"), self.language)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _CHARACTERS)
        self.subject = PlainLabel(wrap=True)
        self.subject.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self.subject.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.subject.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.add_field(self.tr("Subject"), self.subject)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 12)
        self.add_field(self.tr("Text"), self.text)
        self.attachment = PlainLabel()
        self.add_field(self.tr("Attachment"), self.attachment)
        self.before = PlainLabel(look="small", wrap=True)
        self.form.addRow("", self.before)
        self._show_draft(draft)
        self.kind.currentIndexChanged.connect(self._ask_draft)
        self.language.currentIndexChanged.connect(self._ask_draft)
        self.address.textChanged.connect(lambda: set_look(self.address, invalid="false"))
        self.submitted.connect(self._on_submitted)
        self.address.setFocus()

    @property
    def draft(self) -> MailDraft:
        """The mail as it is shown."""
        return self._draft

    def fail(self, error: KnownError) -> None:
        """Show why nothing was queued, and mark a wrong address."""
        super().fail(error)
        if isinstance(error, InvalidInputError) and error.field == "address":
            set_look(self.address, invalid="true")
            self.address.setFocus()

    def _ask_draft(self) -> None:
        queue, actor, shown = self._context.app.mail_queue, self._context.actor, self._draft
        kind, language = MailKind(self.kind.currentData()), str(self.language.currentData())
        refund_id = shown.refund_id if kind is MailKind.REFUND_NOTICE else ""
        self._context.tasks.query(
            self,
            lambda: queue.draft(
                actor, kind, shown.payment_id, refund_id=refund_id, language=language
            ),
            on_success=self._show_draft,
            on_known_error=self.fail,
            latest="draft",
        )

    def _show_draft(self, draft: MailDraft) -> None:
        self._draft = draft
        self.subject.setText(draft.subject)
        self.text.setPlainText(draft.body)
        self.attachment.setText(draft.attachment_name or self.tr("none"))
        self.before.setText(self._sent_before(draft))
        self.before.setVisible(bool(draft.sent_before))
        self.submit_button.setEnabled(not draft.refusal)
        if draft.refusal:
            self.message.show_message(draft.refusal, level="warning")
        else:
            self.message.clear()

    def _sent_before(self, draft: MailDraft) -> str:
        if not draft.sent_before:
            return ""
        now = self._context.app.configuration.clock()
        last = draft.sent_before[0]
        told = self.tr("Sent before: %1 to %2. It would go once more.")
        when = moment_text(last.sent_at or last.created_at, now)
        return told.replace("%1", when).replace("%2", last.recipient_address)

    def _on_submitted(self) -> None:
        draft = self._draft
        if draft.refusal:
            self.fail(ConflictError(self.tr("Nothing was sent. %1").replace("%1", draft.refusal)))
            return
        command = QueueMail(
            key=self._key,
            kind=draft.kind,
            payment_id=draft.payment_id,
            address=self.address.text(),
            refund_id=draft.refund_id,
            language=draft.language,
        )
        queue, actor = self._context.app.mail_queue, self._context.actor
        self.run(self._context.tasks, lambda: queue.queue(actor, command), self._on_queued)

    def _on_queued(self, mail: MailRow) -> None:
        told = self.tr("%1 to %2 is on its way: see Mail")
        told = told.replace("%2", mail.recipient_address)
        self._on_done(told.replace("%1", kind_text(mail.kind)))


def open_mail_form(
    page: Page,
    payment_id: str,
    kinds: tuple[MailKind, ...],
    *,
    on_known_error: Callable[[KnownError], object],
) -> None:
    """Read a mail's draft and open its form over a page."""
    context = page.context
    queue, actor = context.app.mail_queue, context.actor
    context.tasks.query(
        page,
        lambda: queue.draft(actor, kinds[0], payment_id),
        on_success=lambda draft: page.open_form(
            SendMailDialog(context, kinds, draft, page.notice_raised.emit, page)
        ),
        on_known_error=on_known_error,
        latest="mail",
    )
