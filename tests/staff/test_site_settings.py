"""What the people of one site choose for it, and what the page tells them."""

# ruff: noqa: F401, F811 - “museum” is a fixture

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupSitePermission, ModelLogEntry, Page, Site

from tests.staff.conftest import Form, Seen, words_of
from tests.staff.sites import KEY, MUSEUMS_KEY, SIMULATED, TWO, keeper_of, museum, settings_url
from wagtail_khalti.conf import configuration
from wagtail_khalti.models import KhaltiSettings

LIVE = {"MODE": "live", "SECRET_KEY": KEY}
EMPTY = {
    "merchant": "",
    "thank_you_page": "",
    "return_page": "",
    "vat_rate": "13.00",
    "checkout_message": "",
    "contact": "",
    "receipt_text": "",
    "notification_recipients": "",
    "unavailable_message": "",
    "sale_recipients": "",
    "sale_mail_frequency": "never",
}


@pytest.fixture
def site(db):
    return Site.objects.get()


@pytest.fixture
def keeper(site):
    """May change the settings of all sites, and nothing else."""
    return keeper_of()


@pytest.fixture
def save(keeper, site):
    """What the page says to this input; the rest stays empty."""
    return lambda **typed: Seen(keeper.post(settings_url(site), EMPTY | typed, follow=True))


def chosen(site):
    return KhaltiSettings.objects.get(site=site)


def ribbon_of(page):
    return words_of(page.soup.select_one(".khalti-mode-bar"))


class TestThePage:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (SIMULATED, "Test (simulator) No money moves."),
            ({"MODE": "sandbox", "SECRET_KEY": KEY}, "Test (sandbox) No money moves."),
            (LIVE, "Live Real money."),
            ({"MODE": "live", "SECRET_KEY": ""}, "Not set up Visitors can't pay."),
            ({"MERCHANTS": {"museum": LIVE}}, "Not set up Visitors can't pay."),
            ({"MODE": "production"}, "Not set up Visitors can't pay."),
        ],
    )
    def test_says_first_whether_money_moves(self, keeper, site, settings, options, words):
        settings.WAGTAIL_KHALTI = options

        page = Seen(keeper.get(settings_url(site)))

        assert ribbon_of(page) == words

    def test_goes_by_the_account_of_its_site(self, keeper, site, museum, settings):
        settings.WAGTAIL_KHALTI = {**SIMULATED, "MERCHANTS": {"museum": LIVE}}
        KhaltiSettings.objects.create(site=museum, merchant="museum")

        assert ribbon_of(Seen(keeper.get(settings_url(museum)))) == "Live Real money."
        assert ribbon_of(Seen(keeper.get(settings_url(site)))) == "Test (simulator) No money moves."

    def test_shows_each_accounts_host_and_fingerprint_never_a_key(self, keeper, site, settings):
        settings.WAGTAIL_KHALTI = TWO

        page = Seen(keeper.get(settings_url(site)))

        accounts = [words_of(section) for section in page.main.select(".khalti-accounts section")]
        assert accounts[0].startswith("default used by this site")
        assert accounts[1].startswith("museum Mode")
        for words, name in zip(accounts, ("default", "museum"), strict=True):
            merchant = configuration().merchants[name]
            assert merchant.api_url in words
            assert merchant.key_fingerprint in words
        assert KEY not in page.html
        assert MUSEUMS_KEY not in page.html
        assert "server's environment" in page.text

    def test_shows_another_fingerprint_once_the_key_is_another(self, keeper, site, settings, payment):
        settings.WAGTAIL_KHALTI = {**SIMULATED, "SECRET_KEY": "another-key-for-tests"}

        page = Seen(keeper.get(settings_url(site)))

        assert payment.key_fingerprint not in page.html
        assert configuration().merchant().key_fingerprint in page.html

    def test_leads_to_the_check_of_the_connection(self, keeper, site):
        page = Seen(keeper.get(settings_url(site)))

        [link] = page.main.select("a.button")
        assert keeper.get(link["href"]).status_code == 200

    def test_is_in_the_menu_of_those_who_may_change_it(self, keeper, sign_in, site):
        home = reverse("wagtailadmin_home")

        assert "khaltisettings" in keeper.get(home).content.decode()
        assert "khaltisettings" not in sign_in("manager").client.get(home).content.decode()


class TestWhoMayChangeThem:
    @pytest.mark.parametrize("role", ["editor", "viewer", "cashier", "accountant", "manager"])
    def test_nobody_by_the_rights_for_payments(self, sign_in, site, role):
        client = sign_in(role).client

        for answer in (client.get(settings_url(site)), client.post(settings_url(site), EMPTY | {"contact": "me"})):
            assert answer.url == reverse("wagtailadmin_home")
        assert not KhaltiSettings.objects.exists()

    def test_of_one_site_not_those_of_another(self, site, museum):
        client = keeper_of(museum)

        assert client.get(settings_url(museum)).status_code == 200
        for answer in (client.get(settings_url(site)), client.post(settings_url(site), EMPTY | {"contact": "me"})):
            assert answer.url == reverse("wagtailadmin_home")
        assert not KhaltiSettings.objects.filter(site=site).exists()


class TestWhatIsChosen:
    def test_is_kept_for_its_site_and_lands_in_the_log(self, save, site, museum, settings, home):
        settings.WAGTAIL_KHALTI = TWO
        typed = {
            "merchant": "museum",
            "thank_you_page": home.pk,
            "return_page": home.pk,
            "checkout_message": "No refunds on <script>alert(1)</script>.",
            "contact": "9800000000",
            "sends_receipts": "on",
            "receipt_text": "PAN 123456789",
            "notification_recipients": "sita@example.com\r\n\r\n  hari@example.com \r\nsita@example.com",
            "sends_reminders": "on",
            "sale_recipients": " office@example.com\r\noffice@example.com",
            "sale_mail_frequency": "daily",
        }

        page = save(**typed)

        assert page.messages == ["Khalti settings updated."]
        assert KhaltiSettings.objects.get() == chosen(site)
        assert (chosen(site).merchant, chosen(site).thank_you_page.pk, chosen(site).return_page.pk) == (
            "museum",
            home.pk,
            home.pk,
        )
        assert chosen(site).recipients == ["sita@example.com", "hari@example.com"]
        assert (chosen(site).sends_reminders, chosen(site).sends_links) == (True, False)
        assert (chosen(site).sale_addresses, chosen(site).sale_mail_frequency) == (["office@example.com"], "daily")
        assert "<script>alert" not in page.html
        entry = ModelLogEntry.objects.filter(action="wagtail.edit").get()
        assert (entry.content_type.model, entry.user.username) == ("khaltisettings", "keeper")

    def test_offers_each_account_with_its_mode_and_fingerprint(self, keeper, site, settings):
        settings.WAGTAIL_KHALTI = TWO
        marks = {name: merchant.key_fingerprint for name, merchant in configuration().merchants.items()}

        page = Seen(keeper.get(settings_url(site)))

        assert {option["value"]: words_of(option) for option in page.main.select("[name=merchant] option")} == {
            "": f"Default: default · Test (simulator) · API key {marks['default']}",
            "museum": f"museum · Test (simulator) · API key {marks['museum']}",
        }

    def test_an_account_that_was_never_set_up_is_refused(self, save, site, settings):
        settings.WAGTAIL_KHALTI = TWO

        for name in ["theatre", "MUSEUM", "<script>", "x" * 10_240]:
            page = save(merchant=name)

            assert len(page.errors) == 1, name[:20]
            assert chosen(site).merchant == ""
            assert "<script> is not" not in page.html

    def test_a_missing_account_is_named_and_kept_until_changed(self, save, keeper, site, settings):
        settings.WAGTAIL_KHALTI = TWO
        save(merchant="museum")
        settings.WAGTAIL_KHALTI = SIMULATED

        page = Seen(keeper.get(settings_url(site)))
        assert ribbon_of(page) == "Not set up Visitors can't pay."
        assert "The Khalti account “museum” was chosen for this site, but is no longer set up" in page.text
        [selected] = page.main.select("[name=merchant] option[selected]")
        assert words_of(selected) == "museum (no longer set up)"

        save(merchant="museum", contact="9800000000")
        assert (chosen(site).merchant, chosen(site).contact) == ("museum", "9800000000")
        save(merchant="")
        assert chosen(site).merchant == ""
        assert len(save(merchant="museum").errors) == 1

    @pytest.mark.parametrize(
        ("typed", "bad"),
        [
            ("nobody", "nobody"),
            ("sita@example.com\nhari", "hari"),
            ("sita@example.com, hari@example.com", "sita@example.com, hari@example.com"),
            ("sita@example.com;hari@example.com", "sita@example.com;hari@example.com"),
            ("Sita <sita@example.com>", "Sita <sita@example.com>"),
            ("sita@example.com\rBcc: all@example.com", "Bcc: all@example.com"),
            ("x" * 100, "x" * 60 + "…"),
        ],
    )
    def test_the_error_names_the_line_that_is_no_address(self, save, site, typed, bad):
        page = save(notification_recipients=typed)

        assert page.errors == [f"“{bad}” is not a valid e-mail address. Enter one address per line."]
        assert chosen(site).notification_recipients == ""
        assert (
            page.main.select_one("[name=notification_recipients]").get_text().strip().splitlines() == typed.splitlines()
        )

    @pytest.mark.parametrize(("frequency", "errors"), [("never", 0), ("each", 1), ("daily", 1)])
    def test_mails_about_sales_need_somebody_who_gets_them(self, save, frequency, errors):
        page = save(sale_mail_frequency=frequency)

        assert page.errors == ["Enter at least one e-mail address, or choose “Never”."] * errors

    def test_each_bad_line_has_its_error(self, save):
        errors = " ".join(save(notification_recipients="one\nsita@example.com\ntwo").errors)

        assert "“one” is not" in errors
        assert "“two” is not" in errors
        assert "sita" not in errors

    @pytest.mark.parametrize(
        "name",
        [
            "notification_recipients",
            "sale_recipients",
            "checkout_message",
            "unavailable_message",
            "receipt_text",
            "contact",
        ],
    )
    @pytest.mark.parametrize("typed", ["x" * 10_240, "a\x00b"])
    def test_what_can_be_no_text_is_refused(self, save, site, name, typed):
        page = save(**{name: typed})

        assert len(page.errors) == 1
        assert getattr(chosen(site), name) == ""

    @pytest.mark.parametrize("name", ["checkout_message", "unavailable_message", "contact", "receipt_text"])
    def test_what_the_database_does_not_keep_is_refused(self, save, site, monkeypatch, name):
        monkeypatch.setattr("wagtail_khalti.database.characters._is_narrow", lambda: True)

        page = save(**{name: "Namaste 🎂"})

        assert page.errors == ["Remove these characters, which can't be saved: 🎂"]

    @pytest.mark.parametrize("rate", ["0", "12.5", "99.99"])
    def test_a_rate_of_vat_is_kept(self, save, site, rate):
        save(vat_rate=rate)

        assert chosen(site).vat_rate == Decimal(rate)

    @pytest.mark.parametrize("rate", ["", "-1", "100", "13.555", "1e1000", "NaN", "thirteen"])
    def test_a_rate_that_can_not_be_is_refused(self, save, site, rate):
        page = save(vat_rate=rate)

        assert len(page.errors) == 1
        assert chosen(site).vat_rate == 13

    def test_more_addresses_than_can_be_meant_are_refused(self, save):
        page = save(notification_recipients="\n".join(f"p{number}@example.com" for number in range(21)))

        assert page.errors == ["Enter at most 20 addresses."]

    @pytest.mark.parametrize("name", ["thank_you_page", "return_page"])
    def test_a_page_that_visitors_can_not_see_is_refused(self, save, site, home, name):
        draft = home.add_child(instance=Page(title="Draft", slug="draft", live=False))

        page = save(**{name: draft.pk})

        assert page.errors == ["This page is not published, so visitors can't open it."]
        assert getattr(chosen(site), name) is None

    def test_a_page_of_another_site_may_be_chosen(self, save, site, museum):
        save(thank_you_page=museum.root_page.pk)

        assert chosen(site).thank_you_page == museum.root_page

    def test_a_page_that_is_deleted_is_chosen_no_more(self, save, site, home):
        page = home.add_child(instance=Page(title="Thanks", slug="thanks"))
        save(thank_you_page=page.pk)

        page.delete()

        assert chosen(site).thank_you_page is None


def as_shown(response):
    """The form of a group, with no box ticked."""
    page = Seen(response)
    element = next(form for form in page.soup.select("form") if form.select_one("[name=name]"))
    boxes = {box.get("name") for box in element.select("input[type=checkbox]")}
    return {name: value for name, value in Form(element, page.path).data.items() if name not in boxes}


class TestThePaymentsOfSingleSites:
    @pytest.fixture
    def group(self, db):
        return Group.objects.create(name="Museum desk")

    @pytest.fixture
    def send(self, sign_in, group):
        """The page of the group as it is shown, with these boxes ticked."""

        def send(more=None, **ticked):
            client = sign_in("superuser").client
            address = reverse("wagtailusers_groups:edit", args=[group.pk])
            data = as_shown(client.get(address))
            data |= {f"khalti_payments_of_sites-{name}": actions for name, actions in ticked.items()} | (more or {})
            return Seen(client.post(address, data, follow=True))

        return send

    def given(self, group):
        rows = GroupSitePermission.objects.filter(group=group)
        return set(rows.values_list("site__hostname", "permission__codename"))

    def test_are_not_spoken_of_where_there_is_one_site(self, sign_in, group):
        page = Seen(sign_in("superuser").client.get(reverse("wagtailusers_groups:edit", args=[group.pk])))

        assert page.status == 200
        assert "Payments by site" not in page.text

    def test_are_given_and_taken_for_each_site(self, send, group, site, museum):
        page = send(**{str(museum.pk): ["view", "refund"], str(site.pk): ["export"]})

        assert page.messages == ["Group 'Museum desk' updated. Edit"]
        assert self.given(group) == {
            ("museum.example", "view_khaltipayment"),
            ("museum.example", "refund_khaltipayment"),
            ("localhost", "export_khaltipayment"),
        }

        send(**{str(museum.pk): ["view"]})

        assert self.given(group) == {("museum.example", "view_khaltipayment")}

    def test_are_ticked_as_they_were_given(self, send, sign_in, group, museum):
        send(**{str(museum.pk): ["check", "view_personal"]})

        page = Seen(sign_in("superuser").client.get(reverse("wagtailusers_groups:edit", args=[group.pk])))

        name = f"khalti_payments_of_sites-{museum.pk}"
        assert {box["value"] for box in page.soup.select(f"[name='{name}'][checked]")} == {"check", "view_personal"}

    def test_are_left_alone_where_the_panel_was_not_shown(self, send, group, site, museum):
        send(**{str(site.pk): ["view"]})
        museum.delete()

        send()

        assert self.given(group) == {("localhost", "view_khaltipayment")}

    def test_do_not_touch_other_rights_of_the_group(self, send, group, museum):
        change = Permission.objects.get(codename="change_khaltisettings")
        send(**{str(museum.pk): ["view"]})
        GroupSitePermission.objects.create(group=group, site=museum, permission=change)
        more = {"wagtail_khalti_khaltisettings_site_permissions-sites": [museum.pk]}

        send(**{str(museum.pk): ["nonsense"]}, more=more)
        assert ("museum.example", "view_khaltipayment") in self.given(group), "what is nonsense changes nothing"
        send(more=more)

        assert self.given(group) == {("museum.example", "change_khaltisettings")}

    def test_of_a_new_group(self, sign_in, museum):
        client = sign_in("superuser").client
        address = reverse("wagtailusers_groups:add")
        data = as_shown(client.get(address))
        data |= {"name": "Desk", f"khalti_payments_of_sites-{museum.pk}": ["view"]}

        client.post(address, data)

        assert self.given(Group.objects.get(name="Desk")) == {("museum.example", "view_khaltipayment")}
