"""The payments of a page as its organiser reads them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from tests.staff.conftest import words_of
from tests.staff.many import make_many
from tests.staff.page_payments.conftest import VIEW_PAGE, answer, headings, source_of, url_of
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.page_payments import page as page_module
from wagtail_khalti.testing.factories import RefundFactory

FIXED = ["Started", "Customer", "Amount", "Status", "Description"]
FIRST_ANSWER = len(FIXED)


class TestARow:
    @pytest.mark.every_database
    def test_says_who_paid_how_much_and_what_they_answered(self, look, shop, pay):
        pay(shop, answer("Class", "7"), answer("Roll number", "17"), answer("Terms", True, kind="checkbox"))

        page = look(shop)

        assert headings(page) == [*FIXED, "Class", "Roll number", "Terms"]
        assert page.rows == [["Just now", "Sita Rai", "Rs 1,500", "Completed", "Membership", "7", "17", "Yes"]]

    def test_keeps_answers_whose_question_was_renamed_or_deleted(self, look, shop, pay):
        pay(shop, answer("Grade", "6", name="class"), answer("House", "Blue"))
        pay(shop, answer("Class", "7", name="class"))

        page = look(shop)

        assert headings(page)[FIRST_ANSWER:] == ["Class", "Grade", "House"]
        assert [row[FIRST_ANSWER:] for row in page.rows] == [["7", "–", "–"], ["–", "6", "Blue"]]

    def test_tells_two_questions_of_one_label_apart(self, look, shop, pay):
        pay(shop, answer("Name", "Sita", name="parent"), answer("Name", "Maya", name="child"))

        assert headings(look(shop))[FIRST_ANSWER:] == ["Name", "Name (2)"]

    def test_has_so_many_columns_and_one_for_all_other_answers(self, look, shop, pay):
        pay(shop, *[answer(f"Question {number}", str(number)) for number in range(500)])

        page = look(shop)

        assert headings(page)[-2:] == ["Question 9", "Other answers"]
        assert len(headings(page)) == len(FIXED) + page_module.MAX_ANSWER_COLUMNS + 1
        assert page.rows[0][-1].startswith("Question 10: 10; Question 11: 11;")
        assert page.rows[0][-1].endswith("Question 499: 499")

    def test_shows_what_was_typed_as_it_was_typed(self, look, shop, pay):
        pay(shop, answer("<b>Class</b>", "<script>alert(1)</script>"), answer("Note", "{{ 7|add:7 }}\u202e"))

        page = look(shop)

        assert headings(page)[FIRST_ANSWER] == "<b>Class</b>"
        assert page.rows[0][FIRST_ANSWER] == "<script>alert(1)</script>"
        assert "alert(1)</script>" not in page.html.replace("&lt;/script&gt;", "")
        assert "<b>Class" not in page.html

    @pytest.mark.parametrize(
        "stored", [{"a": 1}, "text", 7, [None], ["x"], [{}], [{"label": None}], [{"name": [], "value": {"a": [1]}}]]
    )
    @pytest.mark.every_database
    def test_bears_answers_that_are_none(self, look, shop, pay, stored):
        pay(shop)
        KhaltiPayment.objects.update(answers=stored)

        assert look(shop).rows[0][1] == "Sita Rai"


@pytest.mark.every_database
class TestTheTotals:
    def test_are_those_of_the_page_in_this_mode(self, look, shop, pay):
        pay(shop, fee=4_500)
        refunded = pay(shop, amount=50_000, fee=0)
        RefundFactory(payment=refunded, amount=20_000)
        RefundFactory(unconfirmed=True, payment=refunded, amount=10_000)
        pay(shop, scenario="initiated")
        pay(shop, scenario="expired")
        pay(shop, mode="live")

        assert look(shop).figures == {
            "Paid": "2 Paid",
            "Gross": "Rs 2,000",
            "Khalti fees": "Rs 45",
            "Refunded": "Rs 200",
            "Net": "Rs 1,755",
            "In progress": "1 In progress",
        }
        assert look(shop, mode="live").figures["Gross"] == "Rs 1,500"

    def test_say_where_it_is_not_known_what_went_back(self, look, shop, pay):
        RefundFactory(nameless=True, payment=pay(shop, fee=0))

        figures = look(shop).figures

        assert (figures["Refunded"], figures["Net"]) == ("not known yet", "less than Rs 1,500")

    def test_are_the_same_whatever_the_list_shows(self, look, shop, pay):
        pay(shop)
        pay(shop, scenario="expired")

        page = look(shop, status="expired")

        assert [row[3] for row in page.rows] == ["Expired"]
        assert page.figures["Gross"] == "Rs 1,500"

    def test_lead_to_the_payments_that_make_them(self, look, shop, pay, organiser):
        pay(shop)
        pay(shop, scenario="expired")

        link = look(shop).main.select_one(".khalti-page-totals a")["href"]

        assert link == f"{url_of(shop)}?mode=simulator&status=paid"
        assert len(look(shop, status="paid").rows) == 1

    def test_are_zero_where_nobody_paid(self, look, shop):
        page = look(shop)

        assert (page.figures["Paid"], page.figures["Net"]) == ("0 Paid", "Rs 0")
        assert "on this page. For that, the page needs a Khalti block." in page.text


@pytest.mark.every_database
class TestFinding:
    @pytest.mark.parametrize("text", ["Rana", "rana", "  Gita ", "\u200eGita"])
    def test_by_name(self, look, shop, pay, text):
        pay(shop), pay(shop, customer_name="Gita Rana")

        assert [row[1] for row in look(shop, q=text).rows] == ["Gita Rana"]

    def test_by_a_name_in_nepali(self, look, shop, pay):
        pay(shop), pay(shop, customer_name="सीता राई")

        assert [row[1] for row in look(shop, q="सीता").rows] == ["सीता राई"]

    def test_by_reference_as_it_is_read_out(self, look, shop, pay):
        payment = pay(shop)
        pay(shop, customer_name="Gita Rana")

        assert len(look(shop, q=payment.readable_reference.lower()).rows) == 1
        assert len(look(shop, q=payment.reference[:6]).rows) == 1

    @pytest.mark.parametrize("text", ["sita.rai@example.com", "9800000001", "x\x00y", "%", "_", "x" * 5000, "💸", "--"])
    def test_finds_nothing_by_what_may_not_be_seen(self, look, shop, pay, text):
        pay(shop)

        page = look(shop, q=text)

        assert page.rows == []
        assert "No payments match your search." in page.text

    def test_finds_no_name_that_may_not_be_seen(self, look, shop, pay, sign_in):
        payment = pay(shop)
        viewer = sign_in("viewer")

        assert look(shop, viewer, q="Sita").rows == []
        assert len(look(shop, viewer, q=payment.reference).rows) == 1


@pytest.mark.every_database
class TestManyPayments:
    @pytest.fixture
    def count(self, organiser, shop):
        def count(**query):
            with CaptureQueriesContext(connection) as queries:
                assert organiser.client.get(url_of(shop), query).status_code == 200
            return len(queries)

        return count

    @pytest.mark.parametrize("query", [{}, {"q": "Sita"}, {"status": "initiated"}, {"p": "2"}, {"ordering": "amount"}])
    def test_cost_as_many_queries_as_few(self, count, shop, query):
        columns = {"customer_name": "Sita Rai", "answers": [answer("Class", "7")], **source_of(shop)}
        make_many(60, **columns)
        few = count(**query)
        make_many(1000, first=1001, **columns)

        assert count(**query) == few

    def test_are_paged_newest_first(self, look, shop):
        make_many(60, **source_of(shop))

        assert look(shop).rows[0][4] == "Seat 1"
        assert len(look(shop).rows) == 50
        assert [row[4] for row in look(shop, p="2").rows] == [f"Seat {number}" for number in range(51, 61)]

    def test_are_sorted_by_amount_if_asked(self, look, shop):
        make_many(3, **source_of(shop))

        assert [row[4] for row in look(shop, ordering="-amount").rows] == ["Seat 3", "Seat 2", "Seat 1"]


class TestTranslations:
    @pytest.fixture
    def nepali(self, shop, home):
        ne = Locale.objects.get_or_create(language_code="ne")[0]
        home.copy_for_translation(ne)
        return shop.copy_for_translation(ne)

    def test_have_lists_of_their_own_with_a_link(self, person, shop, nepali, home, pay, look):
        pay(nepali, customer_name="Hari Thapa")
        root = home.get_parent()
        desk = person(VIEW_PAGE, pages=[root])

        page = look(shop, desk)

        [link] = page.main.select(f'a[href^="{url_of(nepali)}"]')
        assert page.rows == []
        assert words_of(link) == "नेपाली"
        assert [row[1] for row in look(nepali, desk).rows] == ["Hari Thapa"]

    def test_have_no_link_for_who_may_not_edit_them(self, look, shop, nepali):
        page = look(shop)

        assert "Payments in other languages of this page: नेपाली" in page.text
        assert page.main.select(f'a[href^="{url_of(nepali)}"]') == []


class TestTheMarkup:
    def test_has_a_table_with_headings_that_the_keyboard_can_scroll(self, look, shop, pay):
        pay(shop, answer("Class", "7"))

        region = look(shop).main.select_one(".khalti-scroll")

        assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "Payments")
        assert region.select_one("thead th.khalti-answer[scope=col]:last-child").text.strip() == "Class"
        assert region.select_one("td.khalti-state").text.strip() == "Completed"

    def test_leads_from_the_page_and_back(self, look, shop, home):
        page = look(shop)

        trail = [link["href"] for link in page.soup.select(".w-breadcrumbs a")]
        assert f"/admin/pages/{shop.pk}/" in trail
        assert page.soup.title.text.strip().startswith("Payments: Shop")

    def test_has_search_and_filters_without_a_script(self, look, shop):
        form = look(shop).soup.select_one("noscript form")

        assert form["action"] == url_of(shop)
        assert {field["name"] for field in form.select("input")} == {"q", "mode", "status"}

    def test_says_which_mode_it_is_and_leads_to_the_others(self, look, shop):
        links = {
            words_of(link): link["href"] for link in look(shop, status="paid", p="3").main.select(".khalti-modes a")
        }

        assert links["Live"] == f"{url_of(shop)}?status=paid&mode=live"

    def test_is_refreshed_while_somebody_types(self, look, shop, pay):
        pay(shop), pay(shop, customer_name="Gita Rana")

        page = look(shop, name="payments_results", q="Gita", _w_filter_fragment="1")

        assert [row[1] for row in page.rows] == ["Gita Rana"]
        assert f"{url_of(shop, 'payments_file')}?q=Gita&amp;format=csv" in page.html
