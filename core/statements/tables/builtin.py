"""Layouts known by name: what shops in Rwanda receive, and two common neighbours."""

from __future__ import annotations

from core.statements.profile import ColumnProfile, Role, SignRule

_R = Role

MTN_RWANDA = ColumnProfile(
    name="MTN MoMo Rwanda",
    signature=("Date", "Type", "From", "To", "Amount", "Balance"),
    columns=(
        (_R.DATE, ("Date",)),
        (_R.TRANSACTION_ID, ("Id",)),
        (_R.REFERENCE, ("External id",)),
        (_R.STATUS, ("Status",)),
        (_R.DESCRIPTION, ("Type", "Payer message", "Payee note", "Message", "Note", "Reason")),
        (_R.FROM_ACCOUNT, ("From",)),
        (_R.FROM_NAME, ("From name", "From handler name")),
        (_R.TO_ACCOUNT, ("To",)),
        (_R.TO_NAME, ("To name", "To handler name")),
        (_R.AMOUNT, ("Amount",)),
        (_R.CURRENCY, ("Currency",)),
        (_R.FEE, ("Fee",)),
        (_R.BALANCE, ("Balance", "Currency balance")),
    ),
)
"""Ericsson Wallet Platform export: the sign, or the own side of From and To, says in or out."""

AIRTEL_RWANDA = ColumnProfile(
    name="Airtel Money Rwanda",
    signature=("transfer_date", "transfer_id", "entry_type", "transfer_value"),
    sign_rule=SignRule.INDICATOR,
    columns=(
        (_R.DATE, ("transfer_date",)),
        (_R.TRANSACTION_ID, ("transfer_id",)),
        (_R.INDICATOR, ("entry_type",)),
        (_R.DESCRIPTION, ("service_type", "transfer_subtype", "transaction_type")),
        (_R.ACCOUNT, ("account_id",)),
        (_R.COUNTERPARTY_ACCOUNT, ("second_party_account_id",)),
        (_R.AMOUNT, ("transfer_value",)),
        (_R.BALANCE, ("post_balance",)),
        (_R.STATUS, ("transfer_status",)),
        (_R.REFERENCE, ("attr_1_value",)),
    ),
)
"""Comviva Mobiquity extract."""

BANK_OF_KIGALI_ACCOUNT = ColumnProfile(
    name="Bank of Kigali (account statement)",
    signature=("Book Date", "Value Date", "Reference", "Narration", "Debit", "Credit", "Balance"),
    columns=(
        (_R.DATE, ("Book Date",)),
        (_R.VALUE_DATE, ("Value Date",)),
        (_R.REFERENCE, ("Reference",)),
        (_R.DESCRIPTION, ("Narration",)),
        (_R.DEBIT, ("Debit",)),
        (_R.CREDIT, ("Credit",)),
        (_R.BALANCE, ("Balance",)),
    ),
)

BANK_OF_KIGALI_BRANCH = ColumnProfile(
    name="Bank of Kigali (branch)",
    signature=(
        "Book Date",
        "Reference",
        "Description",
        "Narration",
        "Debit",
        "Credit",
        "Closing Balance",
    ),
    columns=(
        (_R.DATE, ("Book Date",)),
        (_R.VALUE_DATE, ("Value Date",)),
        (_R.REFERENCE, ("Reference",)),
        (_R.DESCRIPTION, ("Description", "Narration")),
        (_R.DEBIT, ("Debit",)),
        (_R.CREDIT, ("Credit",)),
        (_R.BALANCE, ("Closing Balance",)),
    ),
)

BANK_OF_KIGALI_INTERNET = ColumnProfile(
    name="Bank of Kigali (internet banking)",
    signature=("Date", "Narration", "Ref Number", "Money In", "Money Out", "Balance"),
    columns=(
        (_R.DATE, ("Date",)),
        (_R.DESCRIPTION, ("Narration",)),
        (_R.REFERENCE, ("Ref Number",)),
        (_R.CREDIT, ("Money In",)),
        (_R.DEBIT, ("Money Out",)),
        (_R.BALANCE, ("Balance",)),
    ),
)

MPESA = ColumnProfile(
    name="M-Pesa",
    signature=("Receipt No.", "Completion Time", "Details", "Paid In", "Withdrawn", "Balance"),
    columns=(
        (_R.DATE, ("Completion Time",)),
        (_R.TRADE_DATE, ("Initiation Time",)),
        (_R.TRANSACTION_ID, ("Receipt No.",)),
        (_R.REFERENCE, ("A/C No.", "Account No.", "Linked Transaction ID")),
        (_R.DESCRIPTION, ("Details", "Reason Type")),
        (_R.COUNTERPARTY, ("Other Party Info",)),
        (_R.STATUS, ("Transaction Status",)),
        (_R.CREDIT, ("Paid In",)),
        (_R.DEBIT, ("Withdrawn",)),
        (_R.BALANCE, ("Balance",)),
        (_R.CURRENCY, ("Currency",)),
    ),
)

AIRTEL_CUSTOMER = ColumnProfile(
    name="Airtel Money (customer)",
    signature=("Transaction ID", "Transaction Date", "Description", "Status", "Transaction Amount"),
    columns=(
        (_R.DATE, ("Transaction Date",)),
        (_R.TRANSACTION_ID, ("Transaction ID",)),
        (_R.DESCRIPTION, ("Description",)),
        (_R.STATUS, ("Status",)),
        (_R.AMOUNT, ("Transaction Amount",)),
        (_R.INDICATOR, ("Credit/Debit",)),
        (_R.FEE, ("Fee",)),
        (_R.BALANCE, ("Balance",)),
    ),
)
"""What a customer downloads; without a column Credit/Debit the amount has a sign."""

MTN_UGANDA = ColumnProfile(
    name="MTN MoMo Uganda",
    signature=("Date / Time", "Transaction ID", "From Account", "To Account", "Float Balance"),
    columns=(
        (_R.DATE, ("Date / Time",)),
        (_R.TRANSACTION_ID, ("Transaction ID",)),
        (_R.DESCRIPTION, ("Transaction Type",)),
        (_R.FROM_ACCOUNT, ("From Account",)),
        (_R.TO_ACCOUNT, ("To Account",)),
        (_R.AMOUNT, ("Amount",)),
        (_R.FEE, ("Fee",)),
        (_R.STATUS, ("Status",)),
        (_R.BALANCE, ("Float Balance",)),
    ),
)
"""The neighbour's layout, met on old XLS files; commission is another wallet's money."""

EQUITY = ColumnProfile(
    name="Equity",
    columns=(
        (_R.DATE, ("Transaction Date", "Trans Date", "Date")),
        (_R.VALUE_DATE, ("Value Date",)),
        (_R.DESCRIPTION, ("Transaction Details", "Narrative", "Narration", "Description")),
        (
            _R.REFERENCE,
            ("Transaction Reference", "Payment Reference", "Reference", "Customer Reference"),
        ),
        (_R.DEBIT, ("Debit", "Money Out")),
        (_R.CREDIT, ("Credit", "Money In")),
        (_R.BALANCE, ("Running Balance", "Balance")),
    ),
)

IM_BANK = ColumnProfile(
    name="I&M Bank",
    columns=(
        (_R.DATE, ("Tran Date", "Transaction Date", "Post Date", "Date")),
        (_R.VALUE_DATE, ("Value Date",)),
        (_R.DESCRIPTION, ("Particulars", "Tran Particulars", "Narration", "Description")),
        (_R.REFERENCE, ("Tran Id", "Instrument Id", "Instrument No", "Reference", "Cheque No")),
        (_R.DEBIT, ("Debit", "Withdrawals", "Withdrawal", "Dr Amount")),
        (_R.CREDIT, ("Credit", "Deposits", "Deposit", "Cr Amount")),
        (_R.BALANCE, ("Balance", "Running Balance", "Closing Balance")),
    ),
)
"""The words of its core system, Finacle; no statement of the bank has been published."""

ECOBANK = ColumnProfile(
    name="Ecobank",
    columns=(
        (_R.DATE, ("Transaction Date", "Trn Date", "Book Date", "Date")),
        (_R.VALUE_DATE, ("Value Date",)),
        (_R.DESCRIPTION, ("Description", "Narration", "Transaction Details")),
        (_R.REFERENCE, ("Transaction Reference", "Reference", "Trn Ref No", "Ref No")),
        (_R.DEBIT, ("Debit", "Debit Amount", "Withdrawal")),
        (_R.CREDIT, ("Credit", "Credit Amount", "Lodgement", "Deposit")),
        (_R.BALANCE, ("Balance", "Running Balance", "Book Balance")),
    ),
)
"""The words of its core system, Flexcube; no statement of the bank has been published."""

GENERIC = ColumnProfile(name="By the words of the header")
"""No column named: every header is looked for among the synonyms of all roles."""

BUILTIN_PROFILES = (
    MTN_RWANDA,
    AIRTEL_RWANDA,
    AIRTEL_CUSTOMER,
    MTN_UGANDA,
    BANK_OF_KIGALI_ACCOUNT,
    BANK_OF_KIGALI_BRANCH,
    BANK_OF_KIGALI_INTERNET,
    MPESA,
)
"""Tried in this order on every table; each is known by all headers of its signature."""

NAMED_PROFILES = (*BUILTIN_PROFILES, EQUITY, IM_BANK, ECOBANK, GENERIC)
"""What a person may choose by name; some banks' headers are too common to be a signature."""
