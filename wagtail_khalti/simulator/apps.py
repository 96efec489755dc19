"""The simulator as a Django app, which refuses to be installed in live mode."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.simulator.conf import simulator_settings


class SimulatorConfig(AppConfig):
    name = "wagtail_khalti.simulator"
    label = "khalti_simulator"
    verbose_name = _("Khalti simulator")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        refuse_live_mode()
        simulator_settings()


def refuse_live_mode() -> None:
    if any(str(mode).casefold() == "live" for mode in _modes()):
        raise ImproperlyConfigured(
            'The Khalti simulator must not be installed where WAGTAIL_KHALTI has MODE "live": anyone could '
            'mark an order as paid. Remove "wagtail_khalti.simulator" from INSTALLED_APPS and from the urls.'
        )


def _modes() -> Iterator[Any]:
    site = getattr(settings, "WAGTAIL_KHALTI", None)
    if not isinstance(site, Mapping):
        return
    yield site.get("MODE")
    merchants = site.get("MERCHANTS")
    if isinstance(merchants, Mapping):
        yield from (merchant.get("MODE") for merchant in merchants.values() if isinstance(merchant, Mapping))
