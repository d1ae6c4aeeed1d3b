"""Files of the corpus whose expectation contradicts the file itself or the format's rules.

Name → reason. They are shown in a column of their own and never counted as right.
"""

from __future__ import annotations

_NO_SUCH_DAY = "it expects 30 February as the date, which no calendar has (ISO 15022: a valid date)"
_BATCH = (
    "it counts the rows that detail a batch in place of the booking above them; the sums are the"
    " same, and the running balance moves by the booking"
)
_LEFT_OUT = "it leaves a booking out that the file's running balance includes"
_PENDING = "it counts pending rows, which no balance holds yet"
_NO_CURRENCY = "its currency was given to the importer beside the file, which names none"
_UNSIGNED_BALANCE = (
    "it takes a balance without CdtDbtInd for a debit, and then opening + movements ≠ closing"
    " (it says so itself); as a credit they follow to the cent"
)

DISPUTED: dict[str, str] = {
    "mt940/wolph__mt940/february_30.sta": _NO_SUCH_DAY,
    "mt940/wolph__mt940/transaction_details_wrapped.sta": _NO_SUCH_DAY,
    "mt940/wolph__mt940/wrapped_timestamp.sta": _NO_SUCH_DAY,
    "mt940/railslove__cmxl/mt940-headers.txt": "it expects the date 2036-22-68, and a balance of 11"
    " where the field holds two numbers",
    "mt940/svenstaro__mt940-rs/unknown_tag.sta": "it must be refused, and is but for one digit of a"
    " date wolph__mt940/transaction_details_wrapped.sta, which must be read",
    "camt/Subite-eu__camt-to-coda/2024-03-07.xml": _UNSIGNED_BALANCE,
    "camt/Subite-eu__camt-to-coda/2024-04-02.xml": _UNSIGNED_BALANCE,
    "camt/Subite-eu__camt-to-coda/2024-08-12.xml": _UNSIGNED_BALANCE,
    "camt/Subite-eu__camt-to-coda/2024-09-30.xml": _UNSIGNED_BALANCE,
    "camt/newinnovations__camt053/example-camt053-b.xml": "it lists EUR beside USD for"
    " an entry that the balances only hold if it was booked in USD",
    **dict.fromkeys(
        (
            "csv/BananaAccounting__Switzerland/csv_akb_example_format1_20150713.csv",
            "csv/BananaAccounting__Switzerland/csv_lkb_example_format1_20080718.csv",
            "csv/BananaAccounting__Switzerland/csv_lkb_example_format1_2010092.csv",
            "csv/BananaAccounting__Switzerland/csv_zkb_example_format1_20090308.csv",
            "csv/BananaAccounting__Switzerland/csv_zkb_example_format2_20091105.csv",
            "csv/BananaAccounting__Switzerland/csv_zkb_example_format2_20121204.csv",
        ),
        _BATCH,
    ),
    **dict.fromkeys(
        (
            "csv/BananaAccounting__Switzerland/csv_ubs_example_format1_20160908.csv",
            "csv/BananaAccounting__Switzerland/csv_ubs_example_format1_20173006.csv",
            "csv/BananaAccounting__Switzerland/csv_ubs_example_format1_20180831.csv",
            "csv/BananaAccounting__Switzerland/csv_ubs_example_format1_20230905_03.csv",
        ),
        _LEFT_OUT,
    ),
    "csv/BananaAccounting__Switzerland/csv_swisscard_example_format2_en_20241015.csv": _PENDING,
    "csv/BananaAccounting__Switzerland/csv_swisscard_example_format2_it_20240916.csv": _PENDING,
    "csv/BananaAccounting__Switzerland/csv_migrosbank_example_formatCC1_en_20250625.csv": "it books"
    " what the holder of a card bought as money in",
    "csv/reubano__csv2ofx/default.csv": _NO_CURRENCY,
    "csv/reubano__csv2ofx/ingesp.csv": _NO_CURRENCY,
    "csv/reubano__csv2ofx/pcmastercard.csv": _NO_CURRENCY,
    "csv/reubano__csv2ofx/amazon.csv": "a list of orders, one of them cancelled, and no statement",
    "csv/reubano__csv2ofx/payoneer.csv": "nothing in it tells day from month, and it expects month"
    " first; a person is asked",
}
