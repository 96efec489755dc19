from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from booking.models import Booking, Slot


@login_required
def slots(request):
    return render(request, "booking/slots.html", {"slots": Slot.objects.exclude(booking__is_confirmed=True)})


@login_required
@require_POST
def book(request, pk):
    booking, _ = Booking.objects.get_or_create(slot=get_object_or_404(Slot, pk=pk), customer=request.user)
    return JsonResponse({"type": "booking.booking", "id": str(booking.pk)})
