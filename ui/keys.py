"""Every key of the program, by what it is for."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

Keys = tuple[tuple[str, object], ...]
Group = tuple[object, Keys]

_EVERYWHERE: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Everywhere"),
    (
        ("Alt+1 … Alt+[", QT_TRANSLATE_NOOP("KeysSheet", "Go to a page")),
        ("Ctrl+F", QT_TRANSLATE_NOOP("KeysSheet", "Search")),
        ("F5", QT_TRANSLATE_NOOP("KeysSheet", "Read the page again")),
        ("F8", QT_TRANSLATE_NOOP("KeysSheet", "Lock the screen")),
        ("Ctrl+Shift+W", QT_TRANSLATE_NOOP("KeysSheet", "Your password, who is here")),
        ("Ctrl+Shift+D", QT_TRANSLATE_NOOP("KeysSheet", "Dark or light")),
        ("Ctrl+Shift+Q", QT_TRANSLATE_NOOP("KeysSheet", "Sign out")),
        ("Ctrl+Shift+L", QT_TRANSLATE_NOOP("KeysSheet", "Server away: look again, close")),
        ("Ctrl+Q", QT_TRANSLATE_NOOP("KeysSheet", "Quit")),
        ("F12", QT_TRANSLATE_NOOP("KeysSheet", "Do what a form asks")),
        ("Esc", QT_TRANSLATE_NOOP("KeysSheet", "Close, or go back")),
    ),
)
_TABLES: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Lists and tables"),
    (
        ("Enter", QT_TRANSLATE_NOOP("KeysSheet", "Open")),
        ("Space", QT_TRANSLATE_NOOP("KeysSheet", "Select, or unselect")),
        ("Ctrl+C", QT_TRANSLATE_NOOP("KeysSheet", "Copy the rows")),
        ("Ctrl+Shift+C", QT_TRANSLATE_NOOP("KeysSheet", "Copy the cell")),
        ("F7", QT_TRANSLATE_NOOP("KeysSheet", "Sort by this column")),
        ("Ctrl+Shift+S", QT_TRANSLATE_NOOP("KeysSheet", "Saved filters")),
        ("Ctrl+Shift+O", QT_TRANSLATE_NOOP("KeysSheet", "Choose columns")),
    ),
)
_CASHIER: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Cashier"),
    (
        ("F2", QT_TRANSLATE_NOOP("KeysSheet", "New payment")),
        ("F3", QT_TRANSLATE_NOOP("KeysSheet", "Pick an open order")),
        ("F4", QT_TRANSLATE_NOOP("KeysSheet", "Take the rest of the order")),
        ("Ctrl+1 … Ctrl+7", QT_TRANSLATE_NOOP("KeysSheet", "Cash, MTN, Airtel, bank, …")),
        ("+", QT_TRANSLATE_NOOP("KeysSheet", "In an amount: add 000")),
        ("−", QT_TRANSLATE_NOOP("KeysSheet", "In an amount: empty it")),
        ("=", QT_TRANSLATE_NOOP("KeysSheet", "Customer gave it exactly")),
        ("Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "Add a sale line")),
        ("Enter", QT_TRANSLATE_NOOP("KeysSheet", "Next field")),
        ("F12", QT_TRANSLATE_NOOP("KeysSheet", "Confirm the payment")),
        ("Ctrl+P", QT_TRANSLATE_NOOP("KeysSheet", "Print the last receipt")),
        ("Ctrl+Shift+P", QT_TRANSLATE_NOOP("KeysSheet", "Choose its paper, or PDF")),
        ("Ctrl+O", QT_TRANSLATE_NOOP("KeysSheet", "Open the last invoice")),
        ("Ctrl+R", QT_TRANSLATE_NOOP("KeysSheet", "Ask for a refund")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the waiting list, back")),
        ("Enter  F  C", QT_TRANSLATE_NOOP("KeysSheet", "There: confirm, fail, call off")),
        ("F9", QT_TRANSLATE_NOOP("KeysSheet", "Ask the network now")),
        ("Ctrl+M", QT_TRANSLATE_NOOP("KeysSheet", "Customer shows an SMS")),
        ("Ctrl+G", QT_TRANSLATE_NOOP("KeysSheet", "Ask the customer again")),
    ),
)
_SETTINGS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Settings"),
    (
        ("Ctrl+S", QT_TRANSLATE_NOOP("KeysSheet", "Save")),
        ("Ctrl+N", QT_TRANSLATE_NOOP("KeysSheet", "Add a person")),
        ("Ctrl+Shift+N", QT_TRANSLATE_NOOP("KeysSheet", "New paper template")),
        ("Ctrl+Shift+B", QT_TRANSLATE_NOOP("KeysSheet", "Back up now")),
        ("Ctrl+Shift+L", QT_TRANSLATE_NOOP("KeysSheet", "Look into a backup")),
        ("Ctrl+Shift+Z", QT_TRANSLATE_NOOP("KeysSheet", "Take back what was typed")),
        ("Ctrl+T", QT_TRANSLATE_NOOP("KeysSheet", "Print a test page")),
    ),
)
_PREVIEW: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "A paper on screen"),
    (
        ("Ctrl++  Ctrl+−", QT_TRANSLATE_NOOP("KeysSheet", "Larger, smaller")),
        ("Ctrl+0", QT_TRANSLATE_NOOP("KeysSheet", "As wide as the window")),
        ("Ctrl+P  Ctrl+S", QT_TRANSLATE_NOOP("KeysSheet", "Print, save as PDF")),
    ),
)
_PAYMENTS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Payments"),
    (
        ("F12", QT_TRANSLATE_NOOP("KeysSheet", "Complete")),
        ("Ctrl+Shift+F", QT_TRANSLATE_NOOP("KeysSheet", "Mark as failed")),
        ("Ctrl+Shift+X", QT_TRANSLATE_NOOP("KeysSheet", "Cancel")),
        ("Ctrl+Shift+H", QT_TRANSLATE_NOOP("KeysSheet", "Show it in the audit trail")),
        ("Ctrl+R", QT_TRANSLATE_NOOP("KeysSheet", "Ask for a refund")),
        ("Ctrl+P", QT_TRANSLATE_NOOP("KeysSheet", "Open the invoice")),
        ("Ctrl+Shift+P", QT_TRANSLATE_NOOP("KeysSheet", "Look at the invoice")),
        ("Ctrl+M", QT_TRANSLATE_NOOP("KeysSheet", "Send by mail")),
        ("Ctrl+1 … Ctrl+5", QT_TRANSLATE_NOOP("KeysSheet", "Act on the selection")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Export")),
        ("Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "Its calls to the gateway")),
        ("F9", QT_TRANSLATE_NOOP("KeysSheet", "Ask the network now")),
        ("Ctrl+U", QT_TRANSLATE_NOOP("KeysSheet", "Needs a person")),
        ("Ctrl+I", QT_TRANSLATE_NOOP("KeysSheet", "Import payments")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the payment, back")),
        ("Esc", QT_TRANSLATE_NOOP("KeysSheet", "All payments again")),
    ),
)
_REFUNDS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Refunds"),
    (
        ("A", QT_TRANSLATE_NOOP("KeysSheet", "Approve")),
        ("J", QT_TRANSLATE_NOOP("KeysSheet", "Reject")),
        ("S", QT_TRANSLATE_NOOP("KeysSheet", "A manager decides here")),
        ("O", QT_TRANSLATE_NOOP("KeysSheet", "Pass on to the owner")),
        ("W", QT_TRANSLATE_NOOP("KeysSheet", "Withdraw")),
        ("L", QT_TRANSLATE_NOOP("KeysSheet", "List of reasons")),
        ("P", QT_TRANSLATE_NOOP("KeysSheet", "Carry out")),
        ("Ctrl+1  Ctrl+2", QT_TRANSLATE_NOOP("KeysSheet", "By network, by hand")),
        ("F9", QT_TRANSLATE_NOOP("KeysSheet", "Ask the network now")),
        ("D", QT_TRANSLATE_NOOP("KeysSheet", "Went back or not?")),
        ("Ctrl+P", QT_TRANSLATE_NOOP("KeysSheet", "Credit note")),
        ("Ctrl+J", QT_TRANSLATE_NOOP("KeysSheet", "Go to the payment")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "Tabs, filters, list, refund")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Export")),
    ),
)
_INVOICES: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Invoices"),
    (
        ("Enter", QT_TRANSLATE_NOOP("KeysSheet", "Look at the paper")),
        ("Ctrl+P", QT_TRANSLATE_NOOP("KeysSheet", "Print it")),
        ("Ctrl+Shift+P", QT_TRANSLATE_NOOP("KeysSheet", "Print the receipt")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "Filters, list, paper")),
        ("Ctrl+S", QT_TRANSLATE_NOOP("KeysSheet", "Save it as PDF")),
        ("Ctrl+O", QT_TRANSLATE_NOOP("KeysSheet", "Open the PDF")),
        ("Ctrl+B", QT_TRANSLATE_NOOP("KeysSheet", "Fiscal number")),
        ("Ctrl+M", QT_TRANSLATE_NOOP("KeysSheet", "Send by mail")),
        ("Ctrl+Shift+M", QT_TRANSLATE_NOOP("KeysSheet", "Draw a month")),
        ("Ctrl+J", QT_TRANSLATE_NOOP("KeysSheet", "Go to the payment")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Export")),
    ),
)
_TRANSACTIONS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Transactions"),
    (
        ("Enter  Ctrl+J", QT_TRANSLATE_NOOP("KeysSheet", "Go to the payment")),
        ("Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "All calls about the payment")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the call, back")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Export")),
    ),
)
_PROVIDERS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Providers"),
    (
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Edit it in Settings")),
        ("Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "Its failed calls")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the provider, back")),
    ),
)
_JSON: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Requests and responses"),
    (
        ("←  →  Enter", QT_TRANSLATE_NOOP("KeysSheet", "Fold, unfold")),
        ("*", QT_TRANSLATE_NOOP("KeysSheet", "Unfold all below")),
        ("F3  Shift+F3", QT_TRANSLATE_NOOP("KeysSheet", "Find, find the one before")),
        ("Ctrl+C", QT_TRANSLATE_NOOP("KeysSheet", "Copy the value")),
        ("Ctrl+Shift+C", QT_TRANSLATE_NOOP("KeysSheet", "Copy all of it")),
    ),
)
_MAIL: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Mail"),
    (
        ("Ctrl+T", QT_TRANSLATE_NOOP("KeysSheet", "Try now")),
        ("Ctrl+Shift+T", QT_TRANSLATE_NOOP("KeysSheet", "Try all waiting now")),
        ("Ctrl+Shift+X", QT_TRANSLATE_NOOP("KeysSheet", "Call off")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the mail, back")),
        ("Ctrl+J", QT_TRANSLATE_NOOP("KeysSheet", "Go to the payment")),
    ),
)
_CUSTOMERS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Customers"),
    (
        ("Ctrl+N", QT_TRANSLATE_NOOP("KeysSheet", "New customer")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Edit the customer")),
        ("Ctrl+O", QT_TRANSLATE_NOOP("KeysSheet", "New order")),
        ("Ctrl+T", QT_TRANSLATE_NOOP("KeysSheet", "Take payment of the order")),
        ("Ctrl+P", QT_TRANSLATE_NOOP("KeysSheet", "Statement of account")),
        ("Ctrl+K", QT_TRANSLATE_NOOP("KeysSheet", "Correct the points")),
        ("Ctrl+Shift+X", QT_TRANSLATE_NOOP("KeysSheet", "Cancel the order")),
        ("Ctrl+Shift+M", QT_TRANSLATE_NOOP("KeysSheet", "Merge with another")),
        ("Ctrl+Shift+R", QT_TRANSLATE_NOOP("KeysSheet", "Retire, or bring back")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the customer's lists, back")),
        ("Ctrl+J", QT_TRANSLATE_NOOP("KeysSheet", "Go to the payment")),
    ),
)
_SUBSCRIPTIONS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Subscriptions"),
    (
        ("Ctrl+N  Ctrl+D", QT_TRANSLATE_NOOP("KeysSheet", "Start one, renew now")),
        ("Ctrl+L  Ctrl+K", QT_TRANSLATE_NOOP("KeysSheet", "Plans, rules")),
        ("Ctrl+U", QT_TRANSLATE_NOOP("KeysSheet", "Needs a look")),
        ("P  R  X  K", QT_TRANSLATE_NOOP("KeysSheet", "Pause, go on, end, keep")),
        ("E  C  W", QT_TRANSLATE_NOOP("KeysSheet", "Change, charge, waive")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the charges, back")),
    ),
)
_STATEMENTS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Receive a statement"),
    (
        ("Ctrl+O", QT_TRANSLATE_NOOP("KeysSheet", "Choose a statement")),
        ("Ctrl+V", QT_TRANSLATE_NOOP("KeysSheet", "Paste messages")),
        ("Ctrl+R  Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "What is remembered, learned")),
        ("Space  P", QT_TRANSLATE_NOOP("KeysSheet", "Account: import or leave, sender")),
        ("D  M", QT_TRANSLATE_NOOP("KeysSheet", "Day first, month first")),
        ("B", QT_TRANSLATE_NOOP("KeysSheet", "Where the balance breaks")),
        ("Ctrl+M", QT_TRANSLATE_NOOP("KeysSheet", "Map its columns")),
        ("Ctrl+G", QT_TRANSLATE_NOOP("KeysSheet", "There: show the wrong row")),
        ("Ctrl+K", QT_TRANSLATE_NOOP("KeysSheet", "Skip this file")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Export")),
    ),
)
_LINES: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Reconcile"),
    (
        ("Ctrl+1 … Ctrl+7", QT_TRANSLATE_NOOP("KeysSheet", "Show all, certain, …")),
        ("Ctrl+8", QT_TRANSLATE_NOOP("KeysSheet", "Unmatched payments")),
        ("Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "Find a line")),
        ("Ctrl+Shift+F", QT_TRANSLATE_NOOP("KeysSheet", "Find an unmatched payment")),
        ("Enter", QT_TRANSLATE_NOOP("KeysSheet", "Approve the first match")),
        ("1 … 9", QT_TRANSLATE_NOOP("KeysSheet", "Approve that match")),
        ("A", QT_TRANSLATE_NOOP("KeysSheet", "Approve all certain")),
        ("D", QT_TRANSLATE_NOOP("KeysSheet", "Not this match")),
        ("Ctrl+Alt+1 … 9", QT_TRANSLATE_NOOP("KeysSheet", "Not that one alone")),
        ("Space  Enter", QT_TRANSLATE_NOOP("KeysSheet", "Payments: tick, match the ticked")),
        ("S", QT_TRANSLATE_NOOP("KeysSheet", "Split: put several together")),
        ("F", QT_TRANSLATE_NOOP("KeysSheet", "The rest, or the line, is a fee")),
        ("W", QT_TRANSLATE_NOOP("KeysSheet", "Write off a difference")),
        ("I", QT_TRANSLATE_NOOP("KeysSheet", "Set the line aside, with a reason")),
        ("B", QT_TRANSLATE_NOOP("KeysSheet", "Set aside as before")),
        ("U", QT_TRANSLATE_NOOP("KeysSheet", "Undo the match")),
        ("Ctrl+Z", QT_TRANSLATE_NOOP("KeysSheet", "Take back the last act")),
        ("Ctrl+Shift+Z", QT_TRANSLATE_NOOP("KeysSheet", "Undo all matches")),
        ("L", QT_TRANSLATE_NOOP("KeysSheet", "Look again")),
        ("T", QT_TRANSLATE_NOOP("KeysSheet", "Report")),
        ("V  Ctrl+S", QT_TRANSLATE_NOOP("KeysSheet", "Open the file, save a copy")),
        ("P", QT_TRANSLATE_NOOP("KeysSheet", "Problems of the file")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "Next pane")),
        ("F12", QT_TRANSLATE_NOOP("KeysSheet", "Close the statement")),
        ("R  O", QT_TRANSLATE_NOOP("KeysSheet", "Resolve a discrepancy, reopen")),
    ),
)

_REPORTS: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Reports"),
    (
        ("Ctrl+1 … Ctrl+7", QT_TRANSLATE_NOOP("KeysSheet", "Choose a report")),
        ("Ctrl+PgUp", QT_TRANSLATE_NOOP("KeysSheet", "Earlier days")),
        ("Ctrl+PgDown", QT_TRANSLATE_NOOP("KeysSheet", "Later days")),
        ("←  →", QT_TRANSLATE_NOOP("KeysSheet", "Figures of a chart")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Export")),
        ("Ctrl+P", QT_TRANSLATE_NOOP("KeysSheet", "Print it")),
        ("Ctrl+O", QT_TRANSLATE_NOOP("KeysSheet", "Open as PDF")),
    ),
)

_AUDIT: Group = (
    QT_TRANSLATE_NOOP("KeysSheet", "Audit trail"),
    (
        ("Enter  Ctrl+J", QT_TRANSLATE_NOOP("KeysSheet", "Show what it is about")),
        ("Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "All entries about it")),
        ("Ctrl+E", QT_TRANSLATE_NOOP("KeysSheet", "Export")),
        ("F12", QT_TRANSLATE_NOOP("KeysSheet", "Check that nothing was changed")),
        ("F6", QT_TRANSLATE_NOOP("KeysSheet", "Next pane")),
    ),
)

ALWAYS: tuple[Group, ...] = (_EVERYWHERE, _TABLES, _JSON, _PREVIEW)
"""What holds on every page."""

PAGES: dict[str, Group] = {
    "cashier": _CASHIER,
    "payments": _PAYMENTS,
    "refunds": _REFUNDS,
    "reconcile": _LINES,
    "invoices": _INVOICES,
    "customers": _CUSTOMERS,
    "subscriptions": _SUBSCRIPTIONS,
    "mail": _MAIL,
    "reports": _REPORTS,
    "transactions": _TRANSACTIONS,
    "audit": _AUDIT,
    "providers": _PROVIDERS,
    "settings": _SETTINGS,
}
"""The keys of each page that has its own, under the page's key in the navigation."""

FURTHER: dict[str, tuple[Group, ...]] = {"reconcile": (_STATEMENTS,)}
"""What a page has beside its own keys, as a list that follows them."""
