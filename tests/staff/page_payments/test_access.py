"""Who may see the payments of a page, how much of them, and nothing of other pages."""

import pytest
from wagtail.models import GroupPagePermission, Page, Site

from tests.shop.models import ShopPage, Teaser
from tests.staff.conftest import CHECK, EXPORT, PERSONAL, VIEW
from tests.staff.page_payments.conftest import VIEW_PAGE, answer, url_of
from wagtail_khalti.models import KhaltiPayment

NAME, ROLL, EMAIL = "Sita Rai", "Roll 17", "sita.rai@example.com"


@pytest.fixture
def paid(pay, shop):
    return pay(shop, answer("Roll number", ROLL), site=Site.objects.get(is_default_site=True))


@pytest.fixture
def branch(home):
    page = home.add_sibling(instance=Page(title="Branch", slug="branch"))
    yield Site.objects.create(hostname="branch.example", root_page=page)
    Site.clear_site_root_paths_cache()


def seen_by(desk, page):
    """What the list and the file tell; None where the person was sent away."""
    listed = desk.client.get(url_of(page))
    if listed.status_code == 302:
        return None
    return listed.content.decode()


class TestWhoMayLook:
    def test_an_editor_of_the_page_with_the_permission(self, organiser, shop, paid):
        seen = seen_by(organiser, shop)

        assert NAME in seen
        assert ROLL in seen
        assert EMAIL not in seen
        assert "9800000001" not in seen

    def test_an_editor_without_the_permission_may_not(self, person, shop, paid):
        assert seen_by(person(pages=[shop]), shop) is None

    def test_who_has_the_permission_and_edits_no_page_may_not(self, person, shop, paid):
        assert seen_by(person(VIEW_PAGE), shop) is None

    def test_an_editor_of_another_page_may_not(self, person, shop, home, paid):
        other = home.add_child(instance=ShopPage(title="Fair", body=[]))

        desk = person(VIEW_PAGE, pages=[other])

        assert seen_by(desk, other) is not None
        assert seen_by(desk, shop) is None

    def test_who_may_edit_the_pages_above_may(self, person, shop, home, paid):
        assert NAME in seen_by(person(VIEW_PAGE, pages=[home]), shop)

    def test_who_has_lost_the_right_to_edit_may_no_more(self, organiser, shop, paid):
        GroupPagePermission.objects.filter(page=shop).delete()

        assert seen_by(organiser, shop) is None

    def test_a_viewer_of_all_sites_sees_no_names_and_no_answers(self, person, shop, paid):
        seen = seen_by(person(VIEW), shop)

        assert paid.masked_phone in seen
        assert NAME not in seen
        assert ROLL not in seen
        assert "Names and answers are hidden" in seen

    def test_a_cashier_of_all_sites_sees_names_and_answers(self, person, shop, paid):
        seen = seen_by(person(VIEW, PERSONAL, CHECK), shop)

        assert NAME in seen
        assert ROLL in seen

    def test_a_cashier_of_the_pages_site_may(self, person, shop, paid, branch):
        site = Site.objects.get(is_default_site=True)

        assert NAME in seen_by(person(VIEW, PERSONAL, sites=[site]), shop)

    def test_a_cashier_of_another_site_may_not(self, person, shop, paid, branch):
        assert seen_by(person(VIEW, PERSONAL, sites=[branch]), shop) is None

    def test_a_cashier_of_one_site_sees_nothing_of_another(self, person, shop, pay, paid, branch):
        pay(shop, customer_name="Hari Thapa", site=branch)

        seen = seen_by(person(VIEW, PERSONAL, sites=[Site.objects.get(is_default_site=True)]), shop)

        assert NAME in seen
        assert "Hari Thapa" not in seen

    def test_a_superuser_may(self, sign_in, shop, paid):
        assert NAME in seen_by(sign_in("superuser"), shop)

    def test_the_permission_alone_shows_no_payment_elsewhere(self, organiser, shop, paid):
        for address in (
            "/admin/khalti_payments/",
            f"/admin/khalti_payments/inspect/{paid.pk}/",
            "/admin/khalti_issues/",
        ):
            assert organiser.client.get(address).url == "/admin/"


class TestTheLinkToAPayment:
    def test_is_there_for_who_may_see_its_page(self, sign_in, shop, paid):
        assert f"/admin/khalti_payments/inspect/{paid.pk}/" in seen_by(sign_in("viewer"), shop)

    def test_is_not_there_for_an_organiser(self, organiser, shop, paid):
        assert "/inspect/" not in seen_by(organiser, shop)


class TestContacts:
    def test_are_shown_with_the_permission_for_personal_data(self, person, shop, pay):
        pay(shop, customer_name="")

        assert EMAIL in seen_by(person(VIEW_PAGE, PERSONAL, pages=[shop]), shop)

    def test_are_masked_without_it(self, organiser, shop, pay):
        pay(shop, customer_name="")

        seen = seen_by(organiser, shop)

        assert "98XXXXX001" in seen
        assert EMAIL not in seen


class TestOtherPages:
    """The organiser of the shop may edit these, too: each page still shows its own payments only."""

    @pytest.fixture
    def organiser(self, person, home):
        return person(VIEW_PAGE, pages=[home])

    def look_at(self, organiser, shop):
        return seen_by(organiser, shop), b"".join(organiser.client.get(url_of(shop, "payments_file"))).decode()

    def test_show_their_own(self, organiser, shop, home, pay):
        other = home.add_child(instance=ShopPage(title="Shop", slug="fair", body=[]))
        pay(other, customer_name="Hari Thapa")

        for seen in self.look_at(organiser, shop):
            assert "Hari Thapa" not in seen

    def test_of_the_same_name_under_another_parent_too(self, organiser, shop, home, pay):
        parent = home.add_child(instance=Page(title="Branch", slug="branch"))
        other = parent.add_child(instance=ShopPage(title=shop.title, slug=shop.slug, body=[]))
        pay(other, customer_name="Hari Thapa")

        for seen in self.look_at(organiser, shop):
            assert "Hari Thapa" not in seen

    def test_a_snippet_with_the_same_key_is_none_of_it(self, organiser, shop, pay):
        pay(Teaser.objects.create(pk=shop.pk, name="Teaser"), customer_name="Hari Thapa")

        for seen in self.look_at(organiser, shop):
            assert "Hari Thapa" not in seen

    def test_a_key_that_begins_alike_is_none_of_it(self, organiser, shop, pay):
        pay(shop, customer_name="Hari Thapa")
        KhaltiPayment.objects.update(source_id=f"{shop.pk}0")

        for seen in self.look_at(organiser, shop):
            assert "Hari Thapa" not in seen

    def test_all_blocks_of_the_page_count(self, organiser, shop, pay):
        pay(shop, customer_name="Hari Thapa", block_path="body.one.checkout")
        pay(shop, customer_name="Gita Rana", block_path="sidebar.two")

        for seen in self.look_at(organiser, shop):
            assert "Hari Thapa" in seen
            assert "Gita Rana" in seen


class TestWhoMayDownload:
    @pytest.mark.parametrize(
        ("codenames", "may"),
        [((VIEW,), False), ((VIEW, PERSONAL), False), ((EXPORT,), True), ((EXPORT, PERSONAL), True)],
    )
    def test_needs_the_export_for_the_site_without_the_page(self, person, shop, paid, codenames, may):
        desk = person(*codenames)

        response = desk.client.get(url_of(shop, "payments_file"))

        assert response.status_code == (200 if may else 302)
        assert ("Download (CSV)" in seen_by(desk, shop)) is may
        response.close()

    def test_an_organiser_needs_no_other_permission(self, organiser, shop, paid):
        assert "Download (CSV)" in seen_by(organiser, shop)
        assert organiser.client.get(url_of(shop, "payments_file")).status_code == 200
