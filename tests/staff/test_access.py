"""Who gets what, at every address there is."""

# ruff: noqa: F811 - fixtures are imported, and named as arguments

from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from wagtail.models import GroupSitePermission, ModelLogEntry, Page, Site

from tests.staff.conftest import CHECK, EXPORT, PERSONAL, REFUND, ROLES, VIEW, Seen, words_of
from tests.staff.made import make_paid, nameless, unconfirmed  # noqa: F401
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.staff.permissions import ACTIONS, policy

CHANGE_SETTINGS = "change_khaltisettings"
OF_MATTERS = "khalti_issues:resolve"
NOBODY = ("nobody", "member")
EVERYONE = ("nobody", *ROLES, "superuser")


@dataclass(frozen=True, kw_only=True)
class Address:
    """Who may come, by the permission that it takes, and what comes of a GET and of an empty POST then."""

    takes: str
    get: str = "200"
    post: str = "405"


# "login": sent to sign in; "denied": sent away by Wagtail; "back": to the page of the payment.
WHO_MAY = {
    "khalti_payments:index": Address(takes=VIEW),
    "khalti_payments:index_results": Address(takes=VIEW),
    "khalti_payments:inspect": Address(takes=VIEW),
    "khalti_payments:history": Address(takes=VIEW),
    "khalti_payments:history_results": Address(takes=VIEW),
    "khalti_payments:check": Address(takes=CHECK, get="405", post="back"),
    "khalti_payments:refresh": Address(takes=CHECK, get="405", post="/admin/khalti_payments/"),
    "khalti_payments:refund": Address(takes=REFUND, post="200"),
    "khalti_payments:record_refund": Address(takes=REFUND, post="back"),
    "khalti_payments:resolve_refund": Address(takes=REFUND, post="200"),
    "khalti_payments:enter_amount": Address(takes=REFUND, post="200"),
    "khalti_payments:receipt": Address(takes=CHECK, get="405", post="back"),
    "khalti_payments:note": Address(takes=CHECK, post="200"),
    "khalti_payments:redeliver": Address(takes=CHECK, get="405", post="back"),
    "khalti_payments:resend_webhook": Address(takes=CHECK, get="405", post="back"),
    "khalti_payments:export": Address(takes=EXPORT),
    "khalti_payments:export_payments": Address(takes=EXPORT),
    "khalti_payments:export_days": Address(takes=EXPORT),
    "khalti_issues:index": Address(takes=VIEW),
    "khalti_issues:index_results": Address(takes=VIEW),
    "khalti_issues:resolve": Address(takes=REFUND, post="200"),
    "khalti_reports:insights": Address(takes=VIEW),
    "khalti_pages:payments": Address(takes=VIEW),
    "khalti_pages:payments_results": Address(takes=VIEW),
    "khalti_pages:payments_file": Address(takes=EXPORT),
    "khalti_settings:connection": Address(takes=CHANGE_SETTINGS, post="200"),
}
"""Every address that this package has in Wagtail's admin."""


def addresses(patterns, namespace="", prefix="/"):
    """Each name with its pattern, found by where its view was written."""
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from addresses(pattern.url_patterns, inner, where)
        elif where.startswith(reverse("wagtailadmin_home")) and is_ours(pattern.callback):
            yield f"{namespace}:{pattern.name}", pattern


def is_ours(callback):
    return getattr(callback, "view_class", callback).__module__.startswith("wagtail_khalti.")


PATTERNS = dict(addresses(get_resolver().url_patterns))


@pytest.fixture
def address(paid, unconfirmed, nameless, webhook):
    """Of something that is there."""
    by_reference = {
        "khalti_payments:resolve_refund": unconfirmed.reference,
        "khalti_payments:enter_amount": nameless.reference,
    }
    open_issue(paid, KhaltiIssue.Kind.LATE_PAYMENT, {"was": "expired"})
    issue = KhaltiIssue.objects.get(payment=paid)

    def address(name):
        wanted = PATTERNS[name].pattern.converters
        if "site" in wanted:
            return reverse(name, args=[Site.objects.get(is_default_site=True).pk])
        if name.startswith("khalti_pages:"):
            return reverse(name, args=[Site.objects.get(is_default_site=True).root_page_id])
        if "reference" in wanted:
            return reverse(name, args=[by_reference[name]])
        keys = {OF_MATTERS: issue.pk, "khalti_payments:resend_webhook": webhook.pk}
        return reverse(name, args=[keys.get(name, paid.pk)] if wanted else [])

    return address


def what_came(response):
    if response.status_code != 302:
        return str(response.status_code)
    if response.url.startswith(reverse("wagtailadmin_login")):
        return "login"
    if response.url == reverse("wagtailadmin_home"):
        return "denied"
    return "back" if "/inspect/" in response.url else response.url


def test_the_table_has_every_address():
    assert set(WHO_MAY) == set(PATTERNS)


@pytest.mark.parametrize("role", EVERYONE)
def test_everybody_gets_what_the_table_says(sign_in, address, role):
    client = sign_in("" if role == "nobody" else role).client

    came = {name: (what_came(client.get(address(name))), what_came(client.post(address(name)))) for name in WHO_MAY}

    assert came == {name: expected(role, row) for name, row in WHO_MAY.items()}


def expected(role, row):
    if role in NOBODY:
        return ("login", "login")
    may = role == "superuser" or row.takes in ROLES[role]
    return (row.get, row.post) if may else ("denied", "denied")


@pytest.fixture
def of_another_site(sign_in):
    """Somebody who may do everything there is, for one other site."""
    page = Page.get_first_root_node().add_child(instance=Page(title="Elsewhere", slug="elsewhere"))
    site = Site.objects.create(hostname="elsewhere.example", root_page=page)
    group = Group.objects.create(name="Elsewhere")
    for codename in (VIEW, PERSONAL, CHECK, REFUND, EXPORT, CHANGE_SETTINGS):
        permission = Permission.objects.get(codename=codename)
        GroupSitePermission.objects.create(group=group, site=site, permission=permission)
    desk = sign_in("editor")
    get_user_model().objects.get(username="editor").groups.add(group)
    return desk.client


def test_who_works_for_another_site_finds_nothing_of_this_one(of_another_site, address, paid):
    before = everything()
    for name, row in WHO_MAY.items():
        came = of_another_site.get(address(name)), of_another_site.post(address(name))
        if PATTERNS[name].pattern.converters:
            assert {what_came(answer) for answer in came} <= {"404", "405", "denied"}, name
        else:
            assert what_came(came[0]) == row.get, name
            shown = b"".join(came[0]).decode()
            assert paid.reference not in shown, name
            assert paid.readable_reference not in shown, name
    assert everything()[:3] == before[:3]


def test_nothing_is_done_for_those_who_may_not(sign_in, khalti, paid, unconfirmed, nameless):
    asked = khalti.calls("refund"), khalti.calls("lookup")
    before = everything()
    refund = {"amount": "500", "key": "a-key-of-a-form", "refundable": "150000"}

    posts = {
        "refund": (paid.pk, refund),
        "record_refund": (paid.pk, {"amount": "500", "method": "cash", "refundable": "150000"}),
        "resolve_refund": (unconfirmed.reference, {"was_found": "no"}),
        "enter_amount": (nameless.reference, {"amount": "400"}),
    }
    for role in ("", "member", "editor", "viewer", "cashier"):
        client = sign_in(role).client
        besides = {"check": (paid.pk, {})} if role != "cashier" else {}
        for name, (arg, data) in (posts | besides).items():
            came = what_came(client.post(reverse(f"khalti_payments:{name}", args=[arg]), data))
            assert came in ("login", "denied"), (role, name)

    assert (khalti.calls("refund"), khalti.calls("lookup")) == asked
    assert everything() == before


def everything():
    rows = [list(model.objects.order_by("pk").values()) for model in (KhaltiPayment, KhaltiRefund)]
    return [*rows, KhaltiEvent.objects.count(), ModelLogEntry.objects.count()]


def test_there_is_no_address_to_change_a_payment(sign_in, paid):
    client = sign_in("superuser").client

    for verb in ["new", "add", "edit", "delete", "copy", "usage", "multiple/delete", "reorder"]:
        for path in (f"{verb}/", f"{verb}/{paid.pk}/", f"{paid.pk}/{verb}/"):
            address = f"/admin/khalti_payments/{path}"
            assert {client.get(address).status_code, client.post(address).status_code} == {404}, path
        with pytest.raises(NoReverseMatch):
            reverse(f"khalti_payments:{verb}", args=[paid.pk])


@pytest.mark.parametrize("action", ["add", "change", "delete", "publish"])
def test_not_even_a_superuser_may_change_payments(sign_in, paid, action):
    sign_in("superuser")
    superuser = get_user_model().objects.get()

    assert not policy.user_has_permission(superuser, action)
    assert not policy.user_has_any_permission(superuser, [action])
    assert not policy.user_has_permission_for_instance(superuser, action, paid)
    assert not policy.users_with_permission(action).exists()
    assert not policy.instances_user_has_permission_for(superuser, action).exists()
    assert policy.user_has_permission(superuser, "refund")


def test_nobody_who_was_dismissed_may_anything(sign_in, paid):
    desk = sign_in("superuser")
    get_user_model().objects.update(is_active=False)

    assert not any(policy.user_has_permission(get_user_model().objects.get(), action) for action in ACTIONS)
    assert what_came(desk.client.get(reverse("khalti_payments:index"))) == "login"


@pytest.mark.parametrize("action", ["check", "refund"])
def test_who_may_do_something_with_a_payment_may_look_at_it(sign_in, paid, action):
    sign_in("editor")
    editor = get_user_model().objects.get()
    editor.user_permissions.add(Permission.objects.get(codename=f"{action}_khaltipayment"))
    client = sign_in("editor").client

    assert client.get(reverse("khalti_payments:inspect", args=[paid.pk])).status_code == 200
    assert policy.users_with_permission("view").get() == editor


@pytest.mark.parametrize(("role", "is_shown"), [("editor", False), ("viewer", True), ("manager", True)])
def test_the_menu_leads_there_who_may_look(sign_in, role, is_shown):
    home = sign_in(role).client.get(reverse("wagtailadmin_home")).content.decode()

    assert ('"/admin/khalti_payments/"' in home) == is_shown


def test_groups_can_be_given_each_right(sign_in):
    page = Seen(sign_in("superuser").client.get(reverse("wagtailusers_groups:add")))

    [payment] = [row for row in page.soup.select("tr") if words_of(row).startswith("Payment ")]
    # Wagtail leaves the model's name out where it comes last: "Can refund payment", "Can view payment".
    assert words_of(payment) == (
        "Payment Custom permissions Can check payment with Khalti Can export Can refund Can view "
        "Can view payments of own pages Can view personal data"
    )
    assert len(payment.select("input[type=checkbox]")) == 6


def test_what_another_site_makes_a_browser_send_is_refused(sign_in, khalti, address):
    sent, before = khalti.calls("refund"), everything()
    client = sign_in("manager", enforce_csrf_checks=True).client
    data = {"amount": "500", "key": "k", "refundable": "150000", "was_found": "yes", "method": "cash"}

    assert {client.post(address(name), data).status_code for name, row in WHO_MAY.items() if row.post != "405"} == {403}
    assert khalti.calls("refund") == sent
    assert everything() == before


def test_no_page_is_kept_by_a_cache(sign_in, address):
    client = sign_in("manager").client

    for name, row in WHO_MAY.items():
        answer = client.post(address(name)) if row.get == "405" else client.get(address(name))
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", ")), name


@pytest.mark.parametrize("number", ["404", "9223372036854775808", "9" * 5000])
def test_a_payment_that_is_not_there_is_not_found(desk, paid, number):
    for name in (name for name, pattern in PATTERNS.items() if "pk" in pattern.pattern.converters):
        address = reverse(name, args=[12345]).replace("12345", number)

        answers = [desk.client.get(address).status_code, desk.client.post(address).status_code]
        only_post = WHO_MAY[name].get == "405" and len(number) < 5000
        assert answers == [405 if only_post else 404, 404], name


@pytest.mark.parametrize("name", ["resolve_refund", "enter_amount"])
def test_a_refund_that_is_not_there_is_not_found(desk, unconfirmed, name):
    for reference in ["NOSUCHREFERENCE", "%00", "ABC%00DEF", "x" * 300, "%F0%9F%92%B8", "%E2%80%AE"]:
        address = f"/admin/khalti_payments/refunds/{reference}/{name}/"
        assert desk.client.get(address).status_code == 404, reference
        assert desk.client.post(address, {"was_found": "yes", "amount": "1"}).status_code == 404, reference


def test_a_zero_byte_in_a_reference_is_not_looked_past(desk, unconfirmed):
    with_zero = f"{unconfirmed.reference[:4]}%00{unconfirmed.reference[4:]}"

    assert desk.client.get(f"/admin/khalti_payments/refunds/{with_zero}/decide/").status_code == 404


def test_a_visitor_needs_no_right_to_see_their_own_payment(paid):
    assert Client().get(paid.get_absolute_url()).status_code == 200
