from __future__ import annotations

import pytest

from ui.mobile_money.message_id import transaction_id_in

RECEIVED = (
    "You have received 2000 RWF from NAME (*********013) on your mobile money account at"
    " 2024-05-10 16:30:51. Message from sender: . Your new balance:2000 RWF. Financial Transaction"
    " Id: 76662021700."
)
PAID = (
    "TxId: 73214484437. Your payment of 1,000 RWF to NAME 12845 has been completed at 2024-05-10"
    " 16:31:39. Your new balance: 1,000 RWF. Fee was 0 RWF."
)
DIRECT = (
    "*164*S*Y'ello,A transaction of 25000 RWF by DIRECT PAYMENT LTD on your MOMO account was"
    " successfully completed at 2024-06-02 10:10:10. Message from debit receiver: . Your new"
    " balance: 300 RWF. Fee was 0 RWF. Financial Transaction Id: 14098463509. External Transaction"
    " Id: 999-888."
)
EXTERNAL_FIRST = "External Transaction Id: 111222333. Financial Transaction Id: 444555666."
DEPOSIT = (
    "*113*R*A bank deposit of 40000 RWF has been added to your mobile money account at 2024-05-11"
    " 18:43:49. Your NEW BALANCE :40400 RWF. Cash Deposit::CASH::::0::250795963036."
)
AIRTEL = "Paid RWF 5000 to INZOZI LTD, Trans ID MP210603.1234.L06941. Balance RWF 120."


@pytest.mark.parametrize(
    ("text", "transaction_id"),
    [
        (RECEIVED, "76662021700"),
        (PAID, "73214484437"),
        (DIRECT, "14098463509"),
        (EXTERNAL_FIRST, "444555666"),
        (DEPOSIT, "250795963036"),
        (AIRTEL, "MP210603.1234.L06941"),
        ("Trans. ID: CI210104.1549.C00029", "CI210104.1549.C00029"),
        ("Txn of RWF 500. TID: AB12345678", "AB12345678"),
        (RECEIVED.replace("Transaction Id: ", "Transaction\n Id:"), "76662021700"),
    ],
)
def test_the_id_is_found_in_a_whole_message(text, transaction_id):
    assert transaction_id_in(text) == transaction_id


@pytest.mark.parametrize("typed", ["76662021700", " 76662021700. ", "MP210603.1234.L06941"])
def test_an_id_typed_alone_is_taken_as_it_is(typed):
    assert transaction_id_in(typed) == typed.strip(" .")


@pytest.mark.parametrize(
    "text", ["", "  ", "I paid you 5000 RWF at 10:30", "External Transaction Id: 111222333."]
)
def test_a_message_without_the_networks_id_gives_none(text):
    assert transaction_id_in(text) == ""
