"""One provider beside the list: what it is, how it does, and the way to its form."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.permissions import Actor, Permission
from core.services.providers.standings import ProviderStanding
from ui.badges import badge_for
from ui.pages.providers.words import METHODS, missing_text, provider_facts
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, Card, PlainLabel, SelectableLabel
from ui.widgets.buttons import button
from ui.widgets.facts import KeyValueList


class ProviderPane(Card):
    """Shows one provider, never its secrets.

    Signals:
        edit_wanted: open the provider's form.
        failures_wanted: show the calls that failed.
    """

    edit_wanted = Signal()
    failures_wanted = Signal()

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._may_edit = actor.may(Permission.MANAGE_PROVIDERS)
        self.standing: ProviderStanding | None = None
        self.setAccessibleName(self.tr("Provider"))
        self.name = PlainLabel(look="heading", wrap=True)
        self.body.addWidget(self.name)
        badges = QHBoxLayout()
        badges.setSpacing(gap(self))
        self.active, self.method, self.environment = BadgeLabel(), BadgeLabel(), BadgeLabel()
        for badge in (self.active, self.method, self.environment):
            badges.addWidget(badge)
        badges.addStretch(1)
        self.body.addLayout(badges)
        self.trouble = SelectableLabel(look="wrong")
        self.body.addWidget(self.trouble)
        self.body.addLayout(self._make_buttons())
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName(self.tr("The provider chosen"))
        self.area.setWidgetResizable(True)
        content = QWidget()
        set_look(content, look="page")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, gap(self), 0)
        self._column.setSpacing(gap(self, 1.2))
        self._facts = KeyValueList()
        self._column.addWidget(self._facts)
        self._column.addWidget(self._make_note())
        self._column.addStretch(1)
        self.area.setWidget(content)
        self.body.addWidget(self.area, 1)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 56)

    def show_standing(self, standing: ProviderStanding) -> None:
        """Show a provider."""
        self.standing = standing
        row = standing.provider
        self.name.setText(row.name)
        self.active.set_badge(badge_for("active", row.is_active))
        self.method.set_badge(badge_for("method", METHODS[row.kind]))
        environment = row.environment
        self.environment.set_badge(
            None if environment is None else badge_for("environment", environment)
        )
        told = standing.told or missing_text(standing)
        self.trouble.setText(told)
        self.trouble.setVisible(bool(told))
        facts, copyable = provider_facts(standing)
        if tuple(facts) != self._facts.facts:
            shown = KeyValueList(facts, copyable=copyable)
            self._column.replaceWidget(self._facts, shown)
            self._facts.hide()
            self._facts.deleteLater()
            self._facts = shown
        calls = standing.answered is not None
        self.failures_button.setVisible(calls)
        self.failures_button.setEnabled(bool(standing.failed))
        self.note.setVisible(calls)

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self, 0.8))
        self.edit_button = button(self.tr("Edit in Settings"), kind="primary")
        self.edit_button.setToolTip("Ctrl+E")
        self.edit_button.clicked.connect(self.edit_wanted)
        self.edit_button.setVisible(self._may_edit)
        self.failures_button = button(self.tr("Failed calls"))
        self.failures_button.setToolTip("Ctrl+L")
        self.failures_button.clicked.connect(self.failures_wanted)
        row.addWidget(self.edit_button)
        row.addWidget(self.failures_button)
        row.addStretch(1)
        return row

    def _make_note(self) -> QWidget:
        self.note = PlainLabel(
            self.tr("A customer's refusal counts as failed, though no fault of the network."),
            look="small",
            wrap=True,
        )
        return self.note
