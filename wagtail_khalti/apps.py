"""Wiring at start."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class WagtailKhaltiConfig(AppConfig):
    name = "wagtail_khalti"
    label = "wagtail_khalti"
    verbose_name = _("Khalti payments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail_khalti.checks import payables, settings, site, visitors, webhooks, work
        from wagtail_khalti.public.headless import give_blocks_their_page

        register(settings.check_configuration, self.label)
        register(site.check_addresses, self.label)
        register(site.check_settings_page, self.label)
        register(work.check_time_zone, self.label)
        register(settings.check_test_money, self.label, deploy=True)
        register(site.check_allowed_hosts, self.label, deploy=True)
        register(site.check_site_address, self.label, Tags.database)
        register(site.check_blocks, self.label)
        register(payables.check_payables, self.label)
        register(visitors.check_visitors, self.label)
        register(webhooks.check_webhooks, self.label)
        register(work.check_database, self.label)
        register(work.check_schedule, Tags.database)  # the doctor says it as a finding of its own
        give_blocks_their_page()
