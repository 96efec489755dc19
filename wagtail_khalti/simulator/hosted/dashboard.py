"""What Khalti's merchant dashboard is to a merchant: all payments, and a way to refund one from outside."""

from functools import wraps

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from wagtail_khalti.simulator.conf import simulator_settings
from wagtail_khalti.simulator.decorators import View, simulator_view
from wagtail_khalti.simulator.hosted.forms import RefundForm
from wagtail_khalti.simulator.hosted.pages import go_to, page
from wagtail_khalti.simulator.models import SimulatedPayment

PAGE = 50


def dashboard_page(view: View) -> View:
    @simulator_view
    @csrf_protect
    @wraps(view)
    def found(request: HttpRequest, **where: str) -> HttpResponseBase:
        if not simulator_settings().dashboard:
            raise Http404("KHALTI_SIMULATOR has no DASHBOARD")
        return view(request, **where)

    return found


@dashboard_page
@require_safe
def all_payments(request: HttpRequest) -> HttpResponse:
    """Of all merchants: who comes here has said no key."""
    newest_first = SimulatedPayment.objects.order_by("-pk")
    shown = Paginator(newest_first, PAGE).get_page(request.GET.get("page"))
    return page(request, "dashboard", shown=shown, merchant_name=simulator_settings().merchant_name)


@dashboard_page
@require_http_methods(["GET", "HEAD", "POST"])
def one_payment(request: HttpRequest, pidx: str) -> HttpResponse:
    payment = get_object_or_404(SimulatedPayment, pidx=pidx)
    if request.method == "POST":
        return _refund(request, payment)
    is_done = "done" in request.GET and payment.refunded_amount > 0
    return page(request, "dashboard_payment", payment, form=RefundForm(left=payment.refundable), is_done=is_done)


def _refund(request: HttpRequest, payment: SimulatedPayment) -> HttpResponse:
    """All or a part of what the form showed as left; nothing if it is not so any more, as after a second click."""
    is_whole = request.POST.get("refund") == "all"
    form = RefundForm(None if is_whole else request.POST, left=payment.refundable)
    has_changed = request.POST.get("left") != str(payment.refundable)
    if not has_changed and (is_whole or form.is_valid()):
        amount = None if is_whole else form.cleaned_data["amount"]
        if payment.refund(amount, only_if_refundable=payment.refundable):
            return go_to(f"{reverse('khalti_simulator:dashboard_payment', args=[payment.pidx])}?done")
        has_changed = True

    if has_changed:
        form = RefundForm(left=payment.refundable)
    status = 409 if has_changed else 200
    return page(request, "dashboard_payment", payment, status=status, form=form, has_changed=has_changed)
