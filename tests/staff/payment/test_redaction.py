"""Names, numbers and answers are for those who may see them; payments of other sites for nobody else."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupSitePermission, ModelLogEntry, Site

from tests.staff.conftest import CHECK, PERSONAL, REFUND, VIEW, Desk, url_of
from wagtail_khalti.actions import add_note, check_payment, refund_payment, start_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRefund

SITA = Customer(name="Sita Rai", email="sita.rai@example.com", phone="9800000001")
PRIVATE = ("Sita", "sita.rai@", "9800000001", "9811111111", "Large T-shirt", "member-77")
REFUND_PAGES = ("refund", "record_refund")
WRITTEN = [
    "+9779800000001",
    "9779800000001",
    "09800000001",
    "980-0000001",
    "98000 00001",
    "९८०००००००१",
    9800000001,
    "Sita  Rai",
    "sita.rai@example.com",
]


@pytest.fixture
def make_personal(khalti, home):
    """A payment with all that is known of a person, of a site."""

    def make(site=None):
        payment = start_payment(
            150_000,
            purpose="Membership",
            base_url="http://testserver",
            customer=SITA,
            site=site,
            metadata={"Size": "Large T-shirt"},
            merchant_extra={"member": "member-77"},
        )
        khalti.pay(payment, bank=True)
        return check_payment(payment)

    return make


@pytest.fixture
def personal(make_personal, django_user_model):
    payment = make_personal()
    person = django_user_model.objects.create_user("colleague")
    add_note(payment, "Called Sita Rai, 9811111111, SITA.RAI@example.com", by=person)
    refund_payment(payment, 20_000, mobile="9811111111", reason="Sita Rai said so, 9811111111")
    data = {"hints": {"mobile": "9800000001", "status": "Completed"}}
    KhaltiEvent.about(payment, KhaltiEvent.Kind.RETURNED, data=data).save()
    return payment


@pytest.fixture
def person_with(db):
    """Somebody in a group with these rights: everywhere, or on one site."""

    def person_with(*rights, site=None):
        user = get_user_model().objects.create_user("limited")
        group = Group.objects.create(name="limited")
        user.groups.add(group)
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        for right in Permission.objects.filter(codename__in=rights):
            if site:
                GroupSitePermission.objects.create(group=group, site=site, permission=right)
            else:
                group.permissions.add(right)
        client = Client()
        client.force_login(user)
        return Desk(client)

    return person_with


class TestWhoLacksTheRight:
    def test_sees_no_name_no_address_no_number_and_no_answer(self, person_with, personal):
        desk = person_with(VIEW, CHECK, REFUND)

        for name in ("inspect", "history", "note", *REFUND_PAGES):
            page = desk.get(name, personal)
            assert page.status == 200
            assert [word for word in PRIVATE if word.lower() in page.html.lower()] == [], name

    def test_recognises_whom_they_have_on_the_phone(self, person_with, personal):
        page = person_with(VIEW, CHECK).get("inspect", personal)

        assert page.figures["Mobile number"] == "98XXXXX001"
        assert "Send receipt to s…@example.com" in page.text

    def test_reads_nothing_that_staff_wrote_which_may_name_somebody(self, person_with, personal):
        page = person_with(VIEW, CHECK).get("inspect", personal)

        assert "“Hidden”" in " ".join(page.timeline)
        assert "Called" not in page.html
        assert "said so" not in page.html

    def test_sees_no_number_and_no_name_however_khalti_writes_it(self, person_with, personal):
        for written in WRITTEN:
            KhaltiEvent.about(personal, KhaltiEvent.Kind.LOOKED_UP, data={"status": "x", "detail": written}).save()

        html = person_with(VIEW).get("inspect", personal).html

        assert [written for written in WRITTEN if str(written) in html] == []

    def test_refunds_to_the_account_that_paid_without_seeing_a_name(self, person_with, personal):
        desk = person_with(VIEW, REFUND)

        page = desk.post("refund", personal, amount="100")

        assert list(page.form.buttons) == ["Refund Rs 100 to the Khalti account that paid"]
        assert "Sita" not in page.html

    def test_is_told_nothing_by_messages(self, person_with, personal, mailoutbox):
        page = person_with(VIEW, CHECK).post("receipt", personal)

        assert page.messages == ["Receipt sent to s…@example.com."]
        assert mailoutbox[0].to == ["sita.rai@example.com"]

    def test_is_offered_no_search_for_the_person(self, person_with, personal):
        assert "All payments of this customer" not in person_with(VIEW).get("inspect", personal).text


class TestWhoHasTheRight:
    def test_sees_them(self, person_with, personal):
        page = person_with(VIEW, PERSONAL).get("inspect", personal)

        assert page.figures | {"Name": "Sita Rai", "Mobile number": "9800000001"} == page.figures
        assert page.figures["E-mail"] == "sita.rai@example.com"
        for words in ("Large T-shirt", "member-77", "9811111111"):
            assert words in page.text

    def test_finds_all_payments_of_this_customer(self, person_with, personal):
        page = person_with(VIEW, PERSONAL).get("inspect", personal)

        [link] = [link for link in page.main.select("a") if link.text == "All payments of this customer"]
        assert link["href"] == f"{url_of('index')}?q=sita.rai%40example.com&mode=simulator"


class TestOneSite:
    @pytest.fixture
    def site(self, home):
        return Site.objects.get(is_default_site=True)

    @pytest.fixture
    def other_site(self, home):
        return Site.objects.create(hostname="other.example", root_page=home)

    @pytest.fixture
    def limited(self, person_with, site):
        """May do everything, for one site."""
        return person_with(VIEW, PERSONAL, CHECK, REFUND, site=site)

    @pytest.fixture
    def elsewhere(self, khalti, make_personal, other_site):
        """A payment of the other site, with a refund in doubt and one of unknown amount."""
        payment = make_personal(other_site)
        refund_payment(payment, 20_000, mobile="9811111111")
        khalti.trouble("refund", "reset_before")
        refund_payment(payment, 50_000, mobile="9811111111")
        return payment

    def addresses(self, payment):
        named = (
            "inspect",
            "history",
            "history_results",
            "check",
            "refund",
            "record_refund",
            "receipt",
            "note",
            "redeliver",
        )
        refund = payment.refunds.last()
        return [
            *(url_of(name, payment) for name in named),
            *(
                reverse(f"khalti_payments:{name}", args=[refund.reference])
                for name in ("resolve_refund", "enter_amount")
            ),
        ]

    def test_of_its_payments_all_is_there(self, limited, make_personal, site):
        payment = make_personal(site)

        page = limited.get("inspect", payment)

        assert page.status == 200
        assert {"Refund", "Refresh status from Khalti", "Add note"} <= {
            " ".join(button.get_text(" ").split()) for button in page.main.select("a.button, button")
        }
        assert limited.post("check", payment).messages == ["Status refreshed. Khalti reports “Completed”."]

    def test_payments_of_another_site_are_not_there_nor_changed(self, limited, elsewhere, khalti, mailoutbox):
        data = {
            "amount": "1",
            "text": "x",
            "was_found": "yes",
            "method": "cash",
            "refundable": str(elsewhere.refundable),
        }
        asked = khalti.calls("lookup"), khalti.calls("refund")
        before = everything()

        for address in self.addresses(elsewhere):
            answers = [limited.client.get(address).status_code, limited.client.post(address, data).status_code]
            assert answers[1] == 404, address
            assert answers[0] in (404, 405), address

        assert (khalti.calls("lookup"), khalti.calls("refund")) == asked
        assert everything() == before
        assert mailoutbox == []

    def test_a_payment_of_no_site_is_not_there_either(self, limited, make_personal):
        payment = make_personal()
        KhaltiPayment.objects.update(site=None)

        assert limited.get("inspect", payment).status == 404

    def test_a_right_for_one_site_is_none_for_another_visible_one(
        self, person_with, make_personal, site, other_site, khalti
    ):
        desk = person_with(VIEW)
        group = Group.objects.get(name="limited")
        for codename in (CHECK, REFUND):
            right = Permission.objects.get(codename=codename)
            GroupSitePermission.objects.create(group=group, site=site, permission=right)
        elsewhere = make_personal(other_site)
        before, asked = everything(), khalti.calls("lookup")

        page = desk.get("inspect", elsewhere)
        assert page.status == 200
        assert page.forms == []
        assert not page.main.select("a.button")
        for name in ("check", "refund", "record_refund", "receipt", "note", "redeliver"):
            answer = desk.client.post(url_of(name, elsewhere), {"amount": "1", "text": "x"})
            assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_home")), name

        assert (everything(), khalti.calls("lookup")) == (before, asked)


def everything():
    rows = [list(model.objects.order_by("pk").values()) for model in (KhaltiPayment, KhaltiRefund)]
    return [*rows, KhaltiEvent.objects.count(), ModelLogEntry.objects.count()]
