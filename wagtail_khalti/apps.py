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
        from wagtail_khalti import checks, checks_of_visitors, checks_of_work

        register(checks.check_configuration, self.label)
        register(checks.check_addresses, self.label)
        register(checks.check_settings_page, self.label)
        register(checks_of_work.check_time_zone, self.label)
        register(checks.check_test_money, self.label, deploy=True)
        register(checks.check_site_address, self.label, Tags.database)
        register(checks.check_blocks, self.label)
        register(checks_of_visitors.check_visitors, self.label)
        register(checks_of_work.check_database, self.label)
        register(checks_of_work.check_schedule, Tags.database)  # the doctor says it as a finding of its own
