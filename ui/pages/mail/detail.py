"""One mail beside the list: where it stands, its text, its tries, and what may be done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.permissions import Actor, Permission
from core.services.mail.rows import MailDetail, MailRow, MailStatus
from ui.badges import badge_for
from ui.mail.words import mail_facts, state_sentence
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, Card, PlainLabel, SelectableLabel
from ui.widgets.buttons import button
from ui.widgets.facts import KeyValueList

_TEXT_LINES = 14


class MailAct(StrEnum):
    """One thing a person may do with a mail."""

    RETRY = "retry"
    CANCEL = "cancel"
    SHOW_PAYMENT = "show_payment"


KEYS = {
    MailAct.RETRY: "Ctrl+T",
    MailAct.CANCEL: "Ctrl+Shift+X",
    MailAct.SHOW_PAYMENT: "Ctrl+J",
}
"""The key of each act on the mail shown."""

_OPEN = frozenset({MailStatus.WAITING, MailStatus.REFUSED})


class MailPane(Card):
    """Shows one mail.

    Signals:
        act_wanted(act): a button was pressed.
    """

    act_wanted = Signal(object)

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._actor = actor
        self._row: MailRow | None = None
        self.setAccessibleName(self.tr("Mail"))
        head = QHBoxLayout()
        self.subject = PlainLabel(look="heading", wrap=True)
        self.state = BadgeLabel()
        head.addWidget(self.subject, 1)
        head.addWidget(self.state)
        self.body.addLayout(head)
        self.sentence = SelectableLabel()
        self.body.addWidget(self.sentence)
        self.body.addLayout(self._make_buttons())
        self.area = QScrollArea()
        self.area.setAccessibleName(self.tr("The mail chosen"))
        self.area.setWidgetResizable(True)
        content = QWidget()
        set_look(content, look="page")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, gap(self), 0)
        column.setSpacing(gap(self, 1.2))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Text"))
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * _TEXT_LINES)
        self.facts = KeyValueList(copyable=frozenset({self.tr("Payment")}))
        column.addWidget(self.text)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.area.setWidget(content)
        self.body.addWidget(self.area, 1)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 74)

    @property
    def row(self) -> MailRow | None:
        """The mail shown."""
        return self._row

    def show_row(self, row: MailRow, now: datetime) -> None:
        """Show where a mail stands; its text comes with :meth:`show_detail`."""
        if self._row is None or self._row.mail_id != row.mail_id:
            self.text.clear()
        self._row = row
        self.subject.setText(row.subject)
        self.state.set_badge(badge_for("mail", row.status))
        set_look(self.sentence, look="wrong" if row.status is MailStatus.REFUSED else "")
        self.facts.set_facts(mail_facts(row, now))
        self.show_age(now)
        for act, made in self.buttons.items():
            reason = self.reason_against(act)
            made.setEnabled(not reason)
            made.setToolTip(reason or KEYS[act])
            made.setAccessibleDescription(reason or KEYS[act])
        usual = row.status is MailStatus.REFUSED and self.buttons[MailAct.RETRY].isEnabled()
        set_look(self.buttons[MailAct.RETRY], kind="primary" if usual else "")

    def show_detail(self, detail: MailDetail, now: datetime) -> None:
        """Show a mail with its text."""
        self.show_row(detail.row, now)
        if self.text.toPlainText() != detail.body:
            self.text.setPlainText(detail.body)

    def show_age(self, now: datetime) -> None:
        """Say anew what follows, as time goes by."""
        if self._row is not None:
            told = state_sentence(self._row, now)
            if told != self.sentence.text():  # a text marked for copying stays marked
                self.sentence.setText(told)

    def reason_against(self, act: MailAct) -> str:
        """Return why an act is not possible for the mail shown; empty when it is."""
        if self._row is None:
            return self.tr("Choose a mail first.")
        if act is MailAct.SHOW_PAYMENT:
            return ""
        if not self._actor.may(Permission.SEND_MAIL):
            return self.tr("%1 may not do this.").replace(
                "%1", self._actor.role.with_article.capitalize()
            )
        status = self._row.status
        if status in _OPEN:
            return ""
        return {
            MailStatus.SENDING: self.tr("It is being sent at this moment."),
            MailStatus.SENT: self.tr("It was sent already."),
            MailStatus.CANCELLED: self.tr("It was called off; send it anew from its payment."),
        }[status]

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self, 0.8))
        texts = {
            MailAct.RETRY: self.tr("Try now"),
            MailAct.CANCEL: self.tr("Call off"),
            MailAct.SHOW_PAYMENT: self.tr("Show payment"),
        }
        self.buttons: dict[MailAct, QPushButton] = {}
        for act, text in texts.items():
            self.buttons[act] = button(text)
            self.buttons[act].clicked.connect(lambda _=False, act=act: self.act_wanted.emit(act))
            row.addWidget(self.buttons[act])
        return row
