"""The pages of the library, an appeal that several pages show, and the members."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.fields import StreamField
from wagtail.models import Page, PreviewableMixin, TranslatableMixin
from wagtail.snippets.models import register_snippet

from example_site.home.blocks import BodyBlock
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.models import KhaltiPayment


class LibraryPage(Page):
    """Base of all pages: a body, and the menu."""

    body = StreamField(BodyBlock(), blank=True)

    content_panels = [*Page.content_panels, "body"]

    class Meta:
        abstract = True

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return "home/page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        home = HomePage.objects.ancestor_of(self, inclusive=True).first()
        return {
            **super().get_context(request, *args, **kwargs),
            "home": home,
            "menu": home.get_children().live().in_menu() if home else [],
            "translations": self.get_translations().live(),
        }


class HomePage(LibraryPage):
    """The home page of each language."""

    parent_page_types = ["wagtailcore.Page"]


class StandardPage(LibraryPage):
    """Any other page, such as an event or a thank-you page."""

    parent_page_types = ["home.HomePage", "home.StandardPage", "home.MembershipPage"]


class MembershipPage(LibraryPage):
    """A payment on this page makes the customer a member: see ``receivers``."""

    parent_page_types = ["home.HomePage"]


@register_snippet
class Appeal(PreviewableMixin, TranslatableMixin, models.Model):
    """A fundraiser, edited once and shown on several pages."""

    name = models.CharField(max_length=100)
    body = StreamField([("checkout", KhaltiCheckoutBlock())])

    panels = ["name", "body"]

    class Meta(TranslatableMixin.Meta):
        pass

    def __str__(self) -> str:
        return self.name

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "home/appeal_preview.html"


class Membership(models.Model):
    """One year of membership, created when the payment is completed."""

    payment = models.OneToOneField(KhaltiPayment, on_delete=models.PROTECT, related_name="membership")
    name = models.CharField(max_length=255)
    email = models.EmailField(blank=True)
    phone = models.CharField("mobile number", max_length=20, blank=True)
    begins_on = models.DateField()

    class Meta:
        ordering = ["-begins_on", "-pk"]

    def __str__(self) -> str:
        return self.name
