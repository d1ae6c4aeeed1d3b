"""A small file of payments to import, in the form other programs send."""

from __future__ import annotations

import json
import random
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import iso_utc, shop_time
from core.demo.people import Clientele
from core.model.payments import PaymentMethod
from core.money import DEFAULT_CURRENCY
from core.services.payments.service import GATEWAY_NAMES

_AMOUNTS_MAJOR = ("15000.00", "7500.00", "42000.00", "3500.00")
_FIRST_ORDER = 90_001


def write_sample_import(
    folder: Path, rng: random.Random, clientele: Clientele, now: datetime
) -> Path:
    """Write payments of the web shop that are not in the books yet; return the file."""
    documents = []
    for number, amount in enumerate(_AMOUNTS_MAJOR):
        created = now - timedelta(hours=26 + 3 * number)
        customer = clientele.pick(clientele.mtn)
        documents.append(
            {
                "payment_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
                "order_id": _FIRST_ORDER + number,
                "payment_method": PaymentMethod.MTN_MOBILE_MONEY.value,
                "payment_type": "order_payment",
                "amount": amount,
                "currency": DEFAULT_CURRENCY,
                "status": "completed",
                "transaction_id": f"WEB{rng.randrange(10**9, 10**10)}",
                "transaction_reference": f"WEB-{shop_time(created):%Y-%m-%d}-{number + 1:03d}",
                "phone_number": customer.phone,
                "customer_name": customer.name,
                "gateway_name": GATEWAY_NAMES[PaymentMethod.MTN_MOBILE_MONEY],
                "reconciled": False,
                "created_at": iso_utc(created),
                "paid_at": iso_utc(created + timedelta(minutes=2)),
            }
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "payments.json"
    path.write_text(json.dumps(documents, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
