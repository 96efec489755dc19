from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import activate
from wagtail.fields import StreamField
from wagtail.models import Page

from wagtail_khalti.blocks import KhaltiDonationBlock


class Supporter(AbstractUser):
    phone = models.CharField(max_length=10, blank=True)


class AppealPage(Page):
    body = StreamField([("donation", KhaltiDonationBlock())], blank=True)

    content_panels = [*Page.content_panels, "body"]

    def serve(self, request, *args, **kwargs):
        activate(self.locale.language_code)  # also that of the checkout
        return super().serve(request, *args, **kwargs)
