from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from example_site.home.models import Membership


class MembershipViewSet(ModelViewSet):
    model = Membership
    icon = "user"
    menu_label = "Members"
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["name", "phone", "begins_on"]
    form_fields = ["name", "email", "phone", "begins_on"]
    ordering = ["-begins_on", "-pk"]


@hooks.register("register_admin_viewset")
def members() -> MembershipViewSet:
    return MembershipViewSet("members")
