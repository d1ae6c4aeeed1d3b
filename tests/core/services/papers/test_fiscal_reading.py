"""What a scanner or a clipboard gives of a fiscal receipt is understood as far as it can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.services.papers.fiscal import FiscalMark, read_fiscal

ADDRESS = "https://myrra.rra.gov.rw/common/link/ebm/receipt/indexEbmReceiptData?Data="
SIGNATURE = "TE68-SLA2-34J5-EAV3"
PRINTED = """SDC INFORMATION
Date: 16/1/2026 Time: 12:30
SDC ID: SDC010001234
RECEIPT NUMBER: 1234/1300 NS
Internal Data:
PPQP-4RRC-6K5N-L5XX-VF2A-2TRA-SQ
Receipt Signature:
TE68-SLA2-34J5-EAV3"""


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (f"{ADDRESS}10293847500TE68SLA234J5EAV3", FiscalMark("", SIGNATURE, "102938475")),
        (
            f"  {ADDRESS.lower()}10293847500te68sla234j5eav3\r\n",
            FiscalMark("", SIGNATURE, "102938475"),
        ),
        ("TE68-SLA2-34J5-EAV3", FiscalMark("", SIGNATURE)),
        ("te68 sla2 34j5 eav3", FiscalMark("", SIGNATURE)),
        ("1234/1300 NS", FiscalMark("1234/1300 NS")),
        ("1234 / 1300 ns", FiscalMark("1234/1300 NS")),
        ("1234", FiscalMark("1234")),
        (PRINTED, FiscalMark("1234/1300 NS", SIGNATURE)),
        ("Facture no 12/45NS TE68SLA234J5EAV3", FiscalMark("12/45NS", SIGNATURE)),
        ("", FiscalMark()),
        ("SANDUKU|INV-20260116-00001|7f3c|7000|RWF", FiscalMark()),
        ("1234567890123456", FiscalMark("1234567890123456")),
        ("Murakoze cyane", FiscalMark()),
    ],
)
def test_a_scan_is_read(text: str, mark: FiscalMark) -> None:
    assert read_fiscal(text) == mark


@given(st.text(max_size=300))
def test_no_text_stops_the_reading(text: str) -> None:
    mark = read_fiscal(text)
    assert len(mark.signature) <= 29
    assert mark.tin == "" or len(mark.tin) == 9
