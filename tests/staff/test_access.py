"""Who gets what, at every address there is."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.models import ModelLogEntry

from tests.staff.conftest import Seen, words_of
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRefund
from wagtail_khalti.staff.permissions import DEEDS, policy
from wagtail_khalti.staff.viewset import PaymentViewSet

PATTERNS = {pattern.name: pattern for pattern in PaymentViewSet().get_urlpatterns()}
NOBODY = ("nobody", "member")
EVERYONE = (*NOBODY, "editor", "viewer", "cashier", "manager", "superuser")

# "login": sent to sign in; "denied": sent away by Wagtail; "back": to the page of the payment.
WHO_MAY = {
    "index": ("viewer", "200", "405"),
    "index_results": ("viewer", "200", "405"),
    "inspect": ("viewer", "200", "405"),
    "history": ("viewer", "200", "405"),
    "history_results": ("viewer", "200", "405"),
    "check": ("cashier", "405", "back"),
    "refund": ("manager", "200", "200"),
    "record": ("manager", "200", "back"),
    "decide": ("manager", "200", "200"),
    "amount": ("manager", "200", "200"),
}
"""By address: from whom on, and what comes of a GET and of an empty POST. Who
comes later may do what earlier ones may."""

DEEDS_BY_POST = ("check", "refund", "record", "decide", "amount")


@pytest.fixture
def address(paid, in_doubt, nameless):
    """Of something that is there."""
    references = {"decide": in_doubt.reference, "amount": nameless.reference}

    def address(name):
        wanted = PATTERNS[name].pattern.converters
        args = [references[name]] if "reference" in wanted else [paid.pk] if wanted else []
        return reverse(f"khalti_payments:{name}", args=args)

    return address


def what_came(response):
    if response.status_code != 302:
        return str(response.status_code)
    if response.url.startswith(reverse("wagtailadmin_login")):
        return "login"
    return (
        "denied"
        if response.url == reverse("wagtailadmin_home")
        else "back"
        if "/inspect/" in response.url
        else response.url
    )


def test_the_table_has_every_address():
    assert set(WHO_MAY) == set(PATTERNS)


@pytest.mark.parametrize("role", EVERYONE)
def test_everybody_gets_what_the_table_says(sign_in, address, role):
    client = sign_in("" if role == "nobody" else role).client

    came = {name: (what_came(client.get(address(name))), what_came(client.post(address(name)))) for name in WHO_MAY}

    assert came == {name: expected(role, *row) for name, row in WHO_MAY.items()}


def expected(role, from_whom, *allowed):
    if role in NOBODY:
        return ("login", "login")
    return ("denied", "denied") if EVERYONE.index(role) < EVERYONE.index(from_whom) else allowed


@pytest.mark.parametrize("role", ["nobody", "member", "editor", "viewer", "cashier"])
def test_nothing_is_done_for_those_who_may_not(sign_in, khalti, paid, in_doubt, nameless, role):
    client = sign_in("" if role == "nobody" else role).client
    asked = khalti.calls("refund"), khalti.calls("lookup")
    before = everything()
    refund = {"amount": "500", "key": "a-key-of-a-form", "remaining": "150000"}

    posts = {
        "refund": (paid.pk, refund),
        "record": (paid.pk, {"amount": "500", "way": "cash", "remaining": "150000"}),
        "decide": (in_doubt.reference, {"was_sent": "no"}),
        "amount": (nameless.reference, {"amount": "400"}),
    }
    if role != "cashier":
        posts["check"] = (paid.pk, {})
    for name, (arg, data) in posts.items():
        assert what_came(client.post(reverse(f"khalti_payments:{name}", args=[arg]), data)) in ("login", "denied")

    assert (khalti.calls("refund"), khalti.calls("lookup")) == asked
    assert everything() == before


def everything():
    rows = [list(model.objects.order_by("pk").values()) for model in (KhaltiPayment, KhaltiRefund)]
    return [*rows, KhaltiEvent.objects.count(), ModelLogEntry.objects.count()]


@pytest.mark.parametrize("verb", ["new", "add", "edit", "delete", "copy", "usage", "multiple/delete", "reorder"])
def test_there_is_no_address_to_change_a_payment(sign_in, paid, verb):
    client = sign_in("superuser").client

    for path in (f"{verb}/", f"{verb}/{paid.pk}/", f"{paid.pk}/{verb}/"):
        address = f"/admin/khalti_payments/{path}"
        assert {client.get(address).status_code, client.post(address).status_code} == {404}, path
    with pytest.raises(NoReverseMatch):
        reverse(f"khalti_payments:{verb}", args=[paid.pk])


@pytest.mark.parametrize("deed", ["add", "change", "delete", "publish"])
def test_not_even_a_superuser_may_change_payments(sign_in, paid, deed):
    sign_in("superuser")
    superuser = get_user_model().objects.get()

    assert not policy.user_has_permission(superuser, deed)
    assert not policy.user_has_any_permission(superuser, [deed])
    assert not policy.user_has_permission_for_instance(superuser, deed, paid)
    assert not policy.users_with_permission(deed).exists()
    assert not policy.instances_user_has_permission_for(superuser, deed).exists()
    assert policy.user_has_permission(superuser, "refund")


def test_nobody_who_was_dismissed_may_anything(sign_in, paid):
    desk = sign_in("superuser")
    get_user_model().objects.update(is_active=False)

    assert not any(policy.user_has_permission(get_user_model().objects.get(), deed) for deed in DEEDS)
    assert what_came(desk.client.get(reverse("khalti_payments:index"))) == "login"


@pytest.mark.parametrize("deed", ["check", "refund"])
def test_who_may_do_something_with_a_payment_may_look_at_it(sign_in, paid, deed):
    from django.contrib.auth.models import Permission

    sign_in("editor")
    editor = get_user_model().objects.get()
    editor.user_permissions.add(Permission.objects.get(codename=f"{deed}_khaltipayment"))
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
    assert words_of(payment) == "Payment Custom permissions Can check payment with Khalti Can refund Can view"
    assert len(payment.select("input[type=checkbox]")) == 3


def test_what_another_site_makes_a_browser_send_is_refused(sign_in, khalti, address):
    sent, before = khalti.calls("refund"), everything()
    client = sign_in("manager", enforce_csrf_checks=True).client
    data = {"amount": "500", "key": "k", "remaining": "150000", "was_sent": "yes", "way": "cash"}

    assert {client.post(address(name), data).status_code for name in DEEDS_BY_POST} == {403}
    assert khalti.calls("refund") == sent
    assert everything() == before


def test_no_page_is_kept_by_a_cache(sign_in, address):
    client = sign_in("manager").client

    for name in PATTERNS:
        answer = client.post(address(name)) if name == "check" else client.get(address(name))
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", ")), name


@pytest.mark.parametrize("number", ["0", "404", "9223372036854775808", "9" * 25, "9" * 5000])
def test_a_payment_that_is_not_there_is_not_found(desk, paid, number):
    for name in (name for name, pattern in PATTERNS.items() if "pk" in pattern.pattern.converters):
        address = reverse(f"khalti_payments:{name}", args=[12345]).replace("12345", number)

        answers = [desk.client.get(address).status_code, desk.client.post(address).status_code]
        assert answers == [405 if name == "check" and len(number) < 5000 else 404, 404], name


@pytest.mark.parametrize("reference", ["NOSUCHREFERENCE", "%00", "ABC%00DEF", "x" * 300, "%F0%9F%92%B8", "%E2%80%AE"])
def test_a_refund_that_is_not_there_is_not_found(desk, in_doubt, reference):
    for name in ("decide", "amount"):
        address = f"/admin/khalti_payments/refunds/{reference}/{name}/"
        assert desk.client.get(address).status_code == 404
        assert desk.client.post(address, {"was_sent": "yes", "amount": "1"}).status_code == 404


def test_a_zero_byte_in_a_reference_is_not_looked_past(desk, in_doubt):
    with_zero = f"{in_doubt.reference[:4]}%00{in_doubt.reference[4:]}"

    assert desk.client.get(f"/admin/khalti_payments/refunds/{with_zero}/decide/").status_code == 404


def test_a_visitor_of_the_site_needs_no_right_to_see_his_own_payment(paid):
    assert Client().get(paid.get_absolute_url()).status_code == 200
