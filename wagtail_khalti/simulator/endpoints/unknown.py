"""Every address that Khalti and the simulator don't have."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.common import no_append_slash
from django.views.decorators.csrf import csrf_exempt

from wagtail_khalti.simulator.decorators import simulator_view


@simulator_view
@csrf_exempt
@no_append_slash
def not_here(request: HttpRequest) -> HttpResponse:
    """Not in JSON, which would read as "this payment isn't found".

    Simulator's own: what Khalti says here was never recorded.
    """
    return HttpResponseNotFound("<!doctype html><title>Not Found</title><h1>Not Found</h1>")
