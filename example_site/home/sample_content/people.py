"""Users of the demo. Each one's password is the username."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission, Page

ADMIN = ("wagtailadmin", "access_admin")
VIEW = ("wagtail_khalti", "view_khaltipayment")
VIEW_PERSONAL = ("wagtail_khalti", "view_personal_khaltipayment")
CHECK = ("wagtail_khalti", "check_khaltipayment")
REFUND = ("wagtail_khalti", "refund_khaltipayment")
EXPORT = ("wagtail_khalti", "export_khaltipayment")
VIEW_OF_OWN_PAGES = ("wagtail_khalti", "view_page_khaltipayment")
CHANGE_SETTINGS = ("wagtail_khalti", "change_khaltisettings")

GROUPS = {
    "Editors": [ADMIN, VIEW_OF_OWN_PAGES],
    "Cashiers": [ADMIN, VIEW, VIEW_PERSONAL, CHECK],
    "Accountants": [ADMIN, VIEW, VIEW_PERSONAL, EXPORT],
    "Managers": [ADMIN, VIEW, VIEW_PERSONAL, CHECK, REFUND, EXPORT, CHANGE_SETTINGS],
}
GROUP_OF = {"editor": "Editors", "cashier": "Cashiers", "accountant": "Accountants", "manager": "Managers"}
NAME_OF = {"editor": "Sunita", "cashier": "Bikash", "accountant": "Maya", "manager": "Prakash"}
"""Wagtail's account page, where the language is chosen, requires a first and a last name."""
LAST_NAME = "Gurung"
PAGE_PERMISSIONS = ["add_page", "change_page", "publish_page"]


def load_people() -> None:
    """Add missing users and groups; leave existing users alone."""
    for name, permissions in GROUPS.items():
        _group(name).permissions.add(*[_permission(*permission) for permission in permissions])
    _let_edit_pages(_group("Editors"))

    users = get_user_model().objects
    if not users.filter(username="admin").exists():
        users.create_superuser("admin", "admin@library.example", "admin", first_name="Anjali", last_name=LAST_NAME)
    for name, group in GROUP_OF.items():
        if not users.filter(username=name).exists():
            names = {"first_name": NAME_OF[name], "last_name": LAST_NAME}
            users.create_user(name, f"{name}@library.example", name, **names).groups.add(_group(group))


def _group(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _let_edit_pages(group: Group) -> None:
    root = Page.get_first_root_node()
    for codename in PAGE_PERMISSIONS:
        permission = _permission("wagtailcore", codename)
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
