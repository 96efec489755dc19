"""Permissions of a group for the payments of single sites, as a panel on Wagtail's page of the group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupSitePermission, Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.permissions import CHECK, EXPORT, PERSONAL, REFUND, VIEW

ACTIONS = (
    (VIEW, _("View payments")),
    (PERSONAL, _("View customer data")),
    (CHECK, _("Refresh status from Khalti")),
    (REFUND, _("Refund")),
    (EXPORT, _("Export")),
)


class SitePermissionsForm(forms.Form):
    """A row of checkboxes for each site. Hidden if there is only one site."""

    def __init__(self, *args: Any, instance: Group | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "khalti_payments_of_sites")
        super().__init__(*args, **kwargs)
        self.group = instance
        sites = list(Site.objects.order_by("-is_default_site", "hostname", "port"))
        self.sites = sites if len(sites) > 1 else []
        given = self._given()
        for site in self.sites:
            self.fields[str(site.pk)] = forms.MultipleChoiceField(
                label=str(site),
                choices=ACTIONS,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[action for site_id, action in given if site_id == site.pk],
            )

    def as_admin_panel(self) -> str:
        """Called by Wagtail."""
        return render_to_string("wagtail_khalti/staff/site_permissions.html", {"form": self}) if self.sites else ""

    def save(self) -> None:
        """Once the group is saved."""
        permissions = _permissions()
        given = self._given()
        wanted = {(site.pk, action) for site in self.sites for action in self.cleaned_data[str(site.pk)]}
        for site_id, action in wanted - given.keys():
            GroupSitePermission.objects.get_or_create(
                group=self.group, site_id=site_id, permission_id=permissions[action]
            )
        shown = {site.pk for site in self.sites}
        dropped = [
            pk for (site_id, action), pk in given.items() if site_id in shown and (site_id, action) not in wanted
        ]
        GroupSitePermission.objects.filter(pk__in=dropped).delete()

    def _given(self) -> dict[tuple[int, str], int]:
        """The row of each permission that the group has, by site and action."""
        if self.group is None or self.group.pk is None:
            return {}
        actions = {pk: action for action, pk in _permissions().items()}
        rows = GroupSitePermission.objects.filter(group=self.group, permission__in=actions)
        found = rows.values_list("site_id", "permission_id", "pk")
        return {(site_id, actions[permission_id]): pk for site_id, permission_id, pk in found}


def _permissions() -> dict[str, int]:
    """The key of the permission for each action."""
    names = {get_permission_codename(action, KhaltiPayment._meta): action for action, _label in ACTIONS}
    of_payments = ContentType.objects.get_for_model(KhaltiPayment)
    found = Permission.objects.filter(content_type=of_payments, codename__in=names)
    return {names[codename]: pk for codename, pk in found.values_list("codename", "pk")}
