"""The shop's mail account: filled in, saved, tried out, and what goes to customers by itself."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from core.services.gateways.rows import ConnectionCheck
from core.services.mail.settings import (
    MAX_REMINDER_DAYS,
    MAX_REMINDERS,
    USUAL_PORTS,
    MailForm,
    Security,
)
from ui.context import PageContext
from ui.pages.settings.connection_steps import ConnectionSteps
from ui.pages.settings.shop_form import Field, SavingForm, text_of
from ui.tasks import Progress
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import BusyButton
from ui.widgets.inputs import CountEdit


class MailAccountForm(SavingForm):
    """The account and the switches; the password is never shown, only whether there is one.

    Signals:
        test_requested: Test was pressed; it is busy until ``test.finish()``.
    """

    test_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.value = MailForm()
        self._texts: dict[str, Field] = {}
        self._counts: dict[str, CountEdit] = {}
        self._switches: dict[str, QCheckBox] = {}
        self.add_explanation(
            self.tr(
                "Invoices, receipts, refund notices and reminders go through the shop's own mail"
                " account. Your mail provider tells server, port and encryption."
            )
        )
        self._add_account()
        self._add_customs()
        self._add_test()
        self.show_value(self.value)

    def show_value(self, value: MailForm) -> None:
        """Fill the fields; the password stays empty."""
        self.value = value

        def put() -> None:
            for name, field in self._texts.items():
                if isinstance(field, QLineEdit):
                    field.setText(str(getattr(value.settings, name)))
                    field.setCursorPosition(0)
            for name, count in self._counts.items():
                count.setValue(int(getattr(value.settings, name)))
            for name, switch in self._switches.items():
                switch.setChecked(bool(getattr(value.settings, name)))
            self.security.setCurrentIndex(
                max(0, self.security.findData(value.settings.mail_security))
            )
            self.password.clear()
            self.password.setPlaceholderText(
                self.tr("set – type to replace it") if value.password_is_set else self.tr("not set")
            )

        self.fill(put)
        self._name_test()

    def typed(self) -> MailForm:
        """Return the form as typed; a password left empty stays as it is."""
        settings = self.value.settings
        changes: dict[str, object] = {name: text_of(f) for name, f in self._texts.items()}
        changes |= {name: count.value() for name, count in self._counts.items()}
        changes |= {name: switch.isChecked() for name, switch in self._switches.items()}
        changes["mail_security"] = str(self.security.currentData())
        return MailForm(
            replace(settings, **changes),  # type: ignore[arg-type]  # names and types are the form's
            self.password.text() or None,
        )

    def clear_messages(self) -> None:
        """Take away what was told, and the marks of wrong fields."""
        super().clear_messages()
        self.steps.clear()

    def show_checks(self, checks: tuple[ConnectionCheck, ...]) -> None:
        """Show what came of a test."""
        self.steps.show_checks(checks)

    def _add_account(self) -> None:
        self._add_text("mail_host", self.tr("Mail server"), hint="smtp.example.com")
        self.security = self.add_choice(
            "mail_security",
            self.tr("Encryption"),
            (
                (Security.STARTTLS.value, self.tr("STARTTLS (usually port 587)")),
                (Security.TLS.value, self.tr("TLS (usually port 465)")),
                (Security.NONE.value, self.tr("none – only for a server on this computer")),
            ),
        )
        self.security.activated.connect(self._on_security_chosen)
        self._add_count("mail_port", self.tr("Port"), least=1, most=65_535)
        self._add_text("mail_user", self.tr("User"), hint=self.tr("often the whole address"))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.textChanged.connect(self.note_edit)
        self.add_field("mail_password", self.tr("Password"), self.password)
        self._add_text("mail_from_address", self.tr("Sender's address"), hint="shop@example.com")
        self._add_text(
            "mail_from_name", self.tr("Sender's name"), hint=self.tr("empty: the shop's name")
        )
        self._add_text(
            "mail_reply_to", self.tr("Answers go to"), hint=self.tr("empty: the sender's address")
        )

    def _add_customs(self) -> None:
        self.form.addRow(PlainLabel(self.tr("Sent by itself"), look="heading"))
        for name, label in (
            ("mail_invoice_on_completion", self.tr("The invoice, when a payment is completed")),
            ("mail_receipt_on_completion", self.tr("The receipt, when a payment is completed")),
            ("mail_refund_notice", self.tr("The refund notice, when a refund is completed")),
        ):
            switch = QCheckBox(label)
            switch.setAccessibleName(label)
            switch.toggled.connect(self.note_edit)
            self.form.addRow(switch)
            self.keep_field(name, switch)
            self._switches[name] = switch
        self.form.addRow(
            PlainLabel(
                self.tr("Only to customers whose e-mail address is known, in their language."),
                look="muted",
                wrap=True,
            )
        )
        self.form.addRow(PlainLabel(self.tr("Reminders of one payment"), look="heading"))
        self._add_count(
            "mail_reminder_days", self.tr("Days apart"), least=1, most=MAX_REMINDER_DAYS
        )
        self._add_count("mail_reminders_most", self.tr("At most"), least=1, most=MAX_REMINDERS)

    def _add_test(self) -> None:
        self.form.addRow(PlainLabel(self.tr("Try it"), look="heading"))
        self.test_address = QLineEdit()
        self.test_address.setPlaceholderText(self.tr("empty: only sign in, send nothing"))
        self.test_address.textChanged.connect(self._name_test)
        self.add_field("address", self.tr("Test mail to"), self.test_address)
        self.test = BusyButton("", busy_text=self.tr("Testing…"), kind="")
        self.test.clicked.connect(self.test_requested)
        self.add_action(self.test)
        self.steps = ConnectionSteps(self)
        self.body.addWidget(self.steps)
        self.edited.connect(self._on_edited)

    def _add_text(self, name: str, label: str, *, hint: str = "") -> None:
        self._texts[name] = self.add_text(name, label, hint=hint)

    def _add_count(self, name: str, label: str, *, least: int, most: int) -> None:
        count = CountEdit(label, least=least, most=most)
        count.valueChanged.connect(self.note_edit)
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(count)
        across.addStretch(1)
        caption = PlainLabel(label)
        caption.setBuddy(count)
        self.form.addRow(caption, row)
        self.keep_field(name, count)
        self._counts[name] = count

    def _on_security_chosen(self) -> None:
        """Follow with the usual port, unless the shop's is an unusual one."""
        port = self._counts["mail_port"]
        if port.value() in USUAL_PORTS.values():
            port.setValue(USUAL_PORTS[Security(str(self.security.currentData()))])

    def _on_edited(self) -> None:
        # The steps were of the account as it was.
        self.steps.clear()
        self._name_test()

    def _name_test(self) -> None:
        sends = bool(self.test_address.text().strip())
        if self.has_edits:
            text = self.tr("Save and send a test mail") if sends else self.tr("Save and test")
        else:
            text = self.tr("Send a test mail") if sends else self.tr("Test connection")
        self.test.setText(text)


class MailAccountDesk(QObject):
    """Reads, saves and tries the account of a form."""

    def __init__(self, context: PageContext, form: MailAccountForm) -> None:
        super().__init__(form)
        self._context = context
        self._form = form
        form.save_requested.connect(lambda: self._keep(then_test=False))
        form.test_requested.connect(self._on_test)

    def refresh(self) -> None:
        """Read the account again, unless it is being edited."""
        service, actor = self._context.app.mail_settings, self._context.actor
        self._context.tasks.query(
            self, lambda: service.form(actor), on_success=self._on_read, latest="mail"
        )

    def _on_read(self, value: MailForm) -> None:
        if not self._form.has_edits:
            self._form.show_value(value)

    def _on_test(self) -> None:
        self._form.clear_messages()
        if self._form.has_edits:
            self._form.save.start()
            self._keep(then_test=True)
        else:
            self._test()

    def _keep(self, *, then_test: bool) -> None:
        form, typed = self._form, self._form.typed()
        service, actor = self._context.app.mail_settings, self._context.actor

        def on_success(value: MailForm) -> None:
            form.show_value(value)
            form.tell_saved()
            if then_test:
                self._test()

        def on_finished() -> None:
            form.finish()
            form.test.finish()

        self._context.tasks.operation(
            form,
            lambda: service.save(actor, typed),
            on_success=on_success,
            on_known_error=form.fail,
            on_finished=on_finished,
        )

    def _test(self) -> None:
        form, trial, actor = self._form, self._context.app.mail_trial, self._context.actor
        address = form.test_address.text()
        form.test.start()

        def work(_progress: Progress) -> tuple[ConnectionCheck, ...]:
            return trial.run(actor, address)

        # A server may take half a minute to answer: the shop's own work must not wait for it.
        self._context.tasks.slow(
            form,
            work,
            on_success=form.show_checks,
            on_known_error=form.fail,
            on_finished=form.test.finish,
        )
