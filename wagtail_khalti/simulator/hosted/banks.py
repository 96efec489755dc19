"""The list of banks, which anybody may read: https://docs.khalti.com/checkout/diy-banking/"""

from itertools import starmap
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from wagtail_khalti.simulator import responses
from wagtail_khalti.simulator.identifiers import id_from

# Simulator's own: the banks. Khalti lists real ones.
BANKS = (("Simulated Bank Limited", "SIMBNPKA", True, False), ("Mobile Bank of Nowhere", "MOBNNPKA", True, True))
WANTED = {"ebanking": "has_ebanking", "mobilecheckout": "has_mobile_checkout"}


@login_not_required
@csrf_exempt
def banks(request: HttpRequest) -> HttpResponse:
    if request.method != "GET":
        return responses.not_allowed(request.method or "").response()
    member = WANTED.get(request.GET.get("payment_type", ""))
    records = [bank for bank in starmap(_record, BANKS) if member is None or bank[member]]
    return JsonResponse(
        {
            "total_pages": 1,
            "total_records": len(records),
            "next": None,
            "previous": None,
            "record_range": [1, len(records)],
            "current_page": 1,
            "records": records,
        }
    )


def _record(name: str, swift_code: str, has_ebanking: bool, has_mobile_checkout: bool) -> dict[str, Any]:
    return {
        "idx": id_from(f"bank:{swift_code}"),
        "name": name,
        "short_name": name.split()[0],
        "logo": "",
        "swift_code": swift_code,
        "has_cardpayment": False,
        "address": "Kathmandu",
        "ebanking_url": "",
        "has_ebanking": has_ebanking,
        "has_mobile_checkout": has_mobile_checkout,
        "has_direct_withdraw": False,
        "has_nchl": False,
        "has_mobile_banking": False,
        "play_store": "",
        "app_store": "",
        "branches": [],
    }
