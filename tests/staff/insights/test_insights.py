"""Insights: figures that are right, can be followed, and belong to who may see them."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from wagtail.models import GroupSitePermission, Page, Site
from wagtail.users.models import UserProfile

from tests.staff.conftest import Seen, make_person, words_of
from tests.staff.past import past_opening, past_payment, past_refund, save
from wagtail_khalti.models import Status
from wagtail_khalti.staff.insights.form import InsightsForm

TODAY = date(2026, 11, 21)  # a Saturday, 2083-08-05
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def afternoon(time_machine, db):
    time_machine.move_to(datetime(2026, 11, 21, 15, tzinfo=get_default_timezone()), tick=False)


@pytest.fixture
def look(sign_in):
    """At the insights, as somebody of this role."""

    def look(role="accountant", **query):
        return Insights(sign_in(role).client.get(address(), query, follow=True))

    return look


@pytest.fixture
def week(db):
    """Rs 1,500 today, of which Rs 500 went back; Rs 1,23,456 yesterday; others that came to nothing."""
    first, *_others = save(
        [
            past_payment(TODAY),
            past_payment(YESTERDAY, 12_345_600),
            past_payment(YESTERDAY, status=Status.CANCELED),
            past_payment(YESTERDAY, status=Status.EXPIRED),
            past_payment(TODAY, status=Status.FAILED),
            past_payment(TODAY, status=Status.INITIATED),
            past_payment(TODAY, status=Status.CREATED),
        ]
    )
    past_refund(first, TODAY, 50_000)
    past_opening(YESTERDAY, 20)


@pytest.fixture
def branch(home):
    """A second site."""
    page = home.get_parent().add_child(instance=Page(title="Branch", slug="branch"))
    return Site.objects.create(hostname="branch.example", site_name="Branch", root_page=page)


@pytest.fixture
def branch_clerk(branch):
    """Sees the payments of that site alone."""
    clerk = make_person("editor")
    group = Group.objects.create(name="Branch")
    permission = Permission.objects.get(codename="view_khaltipayment")
    GroupSitePermission.objects.create(group=group, site=branch, permission=permission)
    clerk.groups.add(group)
    return clerk


def address():
    return reverse("khalti_reports:insights")


class Insights(Seen):
    """What stands on the page."""

    @property
    def tiles(self):
        return {
            words_of(tile.dt): [words_of(line) for line in tile.select("dd")]
            for tile in self.main.select(".khalti-tiles > div")
        }

    @property
    def links(self):
        """Of the figures on top."""
        return {words_of(tile.dt): tile.a["href"] for tile in self.main.select(".khalti-tiles > div") if tile.a}

    @property
    def period(self):
        return words_of(self.main.select_one(".khalti-period"))

    def table(self, heading):
        """Its rows, by what stands at their beginning."""
        table = self.main.select_one(f"section[aria-labelledby={heading}]").select("table")
        return {
            words_of(row.th): [words_of(cell) for cell in row.select("td")]
            for part in table
            for row in part.select("tr:has(th[scope=row])")
        }

    def follow(self, client, url):
        return Seen(client.get(url, follow=True))


class TestWhoMaySee:
    @pytest.mark.parametrize("role", ["viewer", "accountant", "superuser"])
    def test_those_who_may_see_payments(self, look, sign_in, week, role):
        page = look(role)

        assert page.path == address()
        assert page.tiles["Gross"][0] == "Rs 1,24,956"
        assert "Payment insights" in menu_of(sign_in(role))

    def test_nobody_else(self, look, sign_in, week):
        for role in ("", "member", "editor"):
            answer = sign_in(role).client.get(address())

            assert answer.status_code in (302, 403)
            assert "1,24,956" not in look(role).html
        assert "Payment insights" not in menu_of(sign_in("editor"))

    def test_of_one_site_those_who_may_see_only_that(self, sign_in, branch, branch_clerk, week):
        save(
            [
                past_payment(TODAY, 70_000, site=branch, title="Tea"),
                past_payment(TODAY, 90_000, site=Site.objects.get(is_default_site=True)),
            ]
        )
        past_opening(TODAY, 3, site=branch, title="Tea")

        page = Insights(sign_in("editor").client.get(address()))

        assert page.tiles["Gross"] == ["Rs 700", "1 payment"]
        assert next(iter(page.table("funnel").values()))[0] == "3"
        assert page.main.select_one("[name=site]") is None
        assert "Shop" not in page.text

    @pytest.mark.parametrize("site", ["1", "x"])
    def test_of_other_sites_nothing_whatever_is_in_the_address(self, sign_in, branch, branch_clerk, site):
        default = Site.objects.get(is_default_site=True)
        save([past_payment(TODAY, 90_000, site=default), past_payment(TODAY, 70_000, site=branch)])

        page = Insights(sign_in("editor").client.get(address(), {"site": default.pk if site == "1" else site}))

        assert page.errors == ["Choose an option from the list."]
        assert page.tiles["Gross"][0] == "Rs 700"

    def test_it_is_only_looked_at(self, sign_in):
        assert sign_in("manager").client.post(address()).status_code == 405


class TestTheFigures:
    def test_say_what_came_in_what_it_cost_and_what_is_left(self, look, week):
        assert look().tiles == {
            "Gross": ["Rs 1,24,956", "2 payments"],
            "Khalti fees": ["Rs 2,499.12"],
            "Refunded": ["Rs 500", "1 refund"],
            "Net": ["Rs 1,21,956.88", "After fees and refunds"],
            "Success rate": ["29 %", "2 of 7 started payments were paid"],
            "Median time to pay": ["4 minutes", "From start to confirmed payment"],
        }

    def test_are_those_of_each_day_and_of_all_together(self, look, week):
        rows = look().table("money")

        assert len(rows) == 31
        assert rows["19 November 2026 3 Mangsir 2083 BS"] == ["0", "Rs 0", "Rs 0", "Rs 0", "Rs 0", "0", "–"]
        assert rows["20 November 2026 4 Mangsir 2083 BS"] == [
            "1", "Rs 1,23,456", "Rs 2,469.12", "Rs 0", "Rs 1,20,986.88", "3", "33 %",
        ]  # fmt: skip
        assert rows["21 November 2026 * 5 Mangsir 2083 BS"][:5] == ["1", "Rs 1,500", "Rs 30", "Rs 500", "Rs 970"]
        assert rows["Total"][:5] == ["2", "Rs 1,24,956", "Rs 2,499.12", "Rs 500", "Rs 1,21,956.88"]

    def test_say_that_today_is_not_over(self, look, week):
        assert "* Today's figures are not final yet." in look().text
        assert "not over yet" not in look(last=YESTERDAY).text

    def test_say_where_visitors_drop_out(self, look, week):
        page = look()

        assert list(page.table("funnel").values()) == [
            ["20", "–", "–"],
            ["7", "35 %", "13"],
            ["6", "86 %", "1"],
            ["2", "33 %", "4"],
            ["1", "14 %"],
            ["1", "14 %"],
            ["1", "14 %"],
            ["2", "29 %"],
        ]
        assert "The largest drop-off is between “Checkout opened” and “Started”: 13." in page.text

    def test_tell_no_share_of_a_checkout_page_that_code_went_past(self, look):
        save([past_payment(TODAY), past_payment(TODAY)])
        past_opening(TODAY, 1)

        assert list(look().table("funnel").values())[:2] == [["1", "–", "–"], ["2", "–", "–"]]

    def test_are_told_by_page_the_largest_first(self, look, week):
        save(
            [past_payment(TODAY, 99_999_900, title="Dinner", source="8"), past_payment(TODAY, 100, title="", source="")]
        )

        rows = look().table("pages")

        assert list(rows) == ["Dinner", "Shop", "No page"]
        assert rows["Shop"] == ["20", "2", "Rs 1,24,956", "Rs 2,499.12", "Rs 500", "Rs 1,21,956.88", "7", "29 %"]

    def test_tell_the_blocks_of_one_page_apart(self, look):
        blocks = ["body.6b1dd3f4-0000-4000-8000-000000000001", "body.77777777-0000-4000-8000-000000000001"]
        save([past_payment(TODAY, 200, block_path=blocks[0]), past_payment(TODAY, 100, block_path=blocks[1])])

        assert list(look().table("pages")) == ["Shop Block body · 6b1dd3f4", "Shop Block body · 77777777"]

    def test_of_many_pages_are_told_for_the_largest_and_the_rest(self, look):
        save(
            [
                past_payment(TODAY, (number + 1) * 100, title=f"Page {number}", source=str(number))
                for number in range(53)
            ]
        )

        rows = look().table("pages")

        assert len(rows) == 51
        assert rows["3 other pages and blocks"][:3] == ["0", "3", "Rs 6"]

    def test_never_mix_live_and_test_payments(self, look, week):
        save([past_payment(TODAY, 33_300, mode="live"), past_payment(TODAY, 44_400, mode="sandbox")])

        assert look().tiles["Gross"][0] == "Rs 1,24,956"
        assert look(mode="live").tiles["Gross"][0] == "Rs 333"
        assert look(mode="sandbox").tiles["Gross"][0] == "Rs 444"

    def test_say_plainly_that_no_money_moves(self, look, week):
        assert "Test (simulator) No money moves." in look().text
        assert "Test mode" not in look(mode="live").text

    def test_can_be_those_of_one_account_or_of_one_site(self, look, settings, branch, week):
        settings.WAGTAIL_KHALTI = {
            **settings.WAGTAIL_KHALTI,
            "MERCHANTS": {"cafe": {"SECRET_KEY": "another", "API_URL": "http://khalti.test/khalti-simulator"}},
        }
        save([past_payment(TODAY, 33_300, merchant="cafe"), past_payment(TODAY, 44_400, site=branch)])

        assert look(merchant="cafe").tiles["Gross"][0] == "Rs 333"
        assert look(site=branch.pk).tiles["Gross"][0] == "Rs 444"
        assert [option["value"] for option in look().main.select("[name=merchant] option")] == ["", "default", "cafe"]

    def test_ask_for_no_account_or_site_where_there_is_one(self, look, week):
        assert look().main.select("[name=merchant], [name=site]") == []

    def test_that_are_none_say_what_will_be_there(self, look):
        page = look()

        assert "No payments in this period. A payment is counted as soon as" in page.text
        assert page.main.select("table, canvas, figure") == []
        assert "chart.umd.min.js" not in page.html


class TestTheWayToThePayments:
    def test_each_total_leads_to_the_payments_that_make_it(self, look, sign_in, week):
        page, client = look(), sign_in("accountant").client

        counts = {name: len(page.follow(client, url).rows) for name, url in page.links.items()}

        assert counts == {"Gross": 2, "Refunded": 1, "Success rate": 7}

    def test_so_do_the_steps_and_ends(self, look, sign_in, week):
        page, client = look(), sign_in("accountant").client

        for link in page.main.select("section[aria-labelledby=funnel] td a"):
            assert len(page.follow(client, link["href"]).rows) == int(words_of(link)), link

    def test_so_do_each_day_and_each_page(self, look, sign_in, week):
        save([past_payment(TODAY, 100, title="Dinner", source="8")])
        page, client = look(), sign_in("accountant").client

        for name in ("money", "pages"):
            links = page.main.select(f"section[aria-labelledby={name}] td a")
            assert links
            for link in links:
                is_money = "Rs" in words_of(link)
                assert len(page.follow(client, link["href"]).rows) == (1 if is_money else int(words_of(link))), link

    def test_a_page_leads_to_all_its_payments(self, look, sign_in, week):
        save([past_payment(TODAY, 100, title="Dinner", source="8")])
        page, client = look(), sign_in("accountant").client
        link = page.main.select_one("section[aria-labelledby=pages] th a")

        assert words_of(link) == "Shop"
        assert len(page.follow(client, link["href"]).rows) == 7

    def test_stays_with_the_account_and_mode_that_are_shown(self, look, branch):
        save([past_payment(TODAY, mode="live", site=branch), past_payment(TODAY, mode="live")])

        links = look(mode="live", site=branch.pk, first=YESTERDAY).links.values()

        assert all(f"mode=live&site={branch.pk}" in url for url in links)


class TestThePeriod:
    def test_is_the_last_thirty_days_where_none_is_chosen(self, look):
        assert look().period == "23 October 2026 – 21 November 2026 6 Kartik 2083 – 5 Mangsir 2083 BS"

    @pytest.mark.parametrize(
        ("first", "last"), [("2026-11-20", "2026-11-21"), ("2083-08-04", "2083-08-05"), ("२०८३-८-४", "२०२६-११-२१")]
    )
    def test_is_typed_in_either_calendar_and_kept_as_it_was_typed(self, look, week, first, last):
        page = look(first=first, last=last)

        assert page.period == "20 November 2026 – 21 November 2026 4 Mangsir 2083 – 5 Mangsir 2083 BS"
        assert len(page.table("money")) == 3
        assert [page.main.select_one(f"[name={name}]")["value"] for name in ("first", "last")] == [first, last]

    def test_needs_only_one_end(self, look):
        assert look(first="2026-11-01", last="").period.startswith("1 November 2026 – 21 November 2026")
        assert look(first="", last="2026-10-30").period.startswith("1 October 2026 – 30 October 2026")

    def test_is_one_of_those_that_are_often_wanted(self, look, sign_in, week):
        page = look()
        links = {words_of(link): link["href"] for link in page.main.select(".khalti-periods a")}

        assert words_of(page.main.select_one("[aria-current=true]")) == "Last 30 days"
        for label, url in links.items():
            shown = Insights(sign_in("accountant").client.get(address() + url))
            assert words_of(shown.main.select_one("[aria-current=true]")) == label
            assert bool(shown.tiles) == (label not in ("Last month (BS)", "Fiscal year 2082/83"))

    def test_ends_with_today_in_the_tables_where_it_goes_on(self, look, week):
        page = look(first="2083-04-01", last="2084-03-31")

        assert page.period == "17 July 2026 – 16 July 2027 1 Shrawan 2083 – 31 Ashadh 2084 BS"
        assert [*page.table("money")][-2].startswith("17 November 2026 – 21 November 2026 *")

    def test_that_is_still_to_come_has_no_figures(self, look, week):
        page = look(first="2026-11-22", last="2026-12-31")

        assert "This period is in the future." in page.text
        assert page.tiles == {}

    @pytest.mark.parametrize(
        ("by", "rows"),
        [
            ("day", 128),
            ("week", 19),
            ("month", 5),
            ("bs_month", 5),
        ],
    )
    def test_is_shown_as_one_likes(self, look, week, by, rows):
        assert len(look(first="2026-07-17", last="2026-11-21", by=by).table("money")) == rows + 1

    def test_of_many_rows_is_folded(self, look, week):
        page = look(first="2026-07-17", last="2026-11-21", by="day")

        assert words_of(page.main.select_one("details summary")) == "Show the table (128 rows)"
        assert look().main.select("details") == []


LIST, DAY = (
    "Choose an option from the list.",
    "Enter a valid date, such as 2026-11-21, or 2083-08-05 in Bikram Sambat.",
)
SENSELESS = [
    ({"first": "2026-02-30"}, [DAY]),
    ({"first": "2083-13-01"}, [DAY]),
    ({"last": "2083-04-32"}, [DAY]),
    ({"first": "0001-01-01"}, [DAY]),
    ({"last": "9999-12-31"}, [DAY]),
    ({"first": "'; DROP TABLE"}, [DAY]),
    ({"first": "<script>"}, [DAY]),
    ({"first": "x" * 10_000}, ["Ensure this value has at most 30 characters (it has 10000)."]),
    ({"first": "\x00"}, ["Null characters are not allowed."]),
    ({"first": "2026-11-21", "last": "2026-11-20"}, ["The end date is before the start date."]),
    ({"first": "1976-11-21", "last": "2026-11-21"}, ["A period can't be longer than ten years."]),
    ({"first": "1976-11-21", "last": ""}, ["A period can't be longer than ten years."]),
    ({"by": "hour"}, [LIST]),
    (
        {"by": "day", "first": "2020-01-01"},
        ["These are too many rows. Group by week or month, or choose fewer days."],
    ),
    ({"mode": "real"}, [LIST]),
    ({"mode": "x" * 10_000}, [LIST]),
    ({"merchant": "nobody"}, [LIST]),
    ({"merchant": "\x00%_'\""}, [LIST]),
    ({"site": "999999"}, [LIST]),
    ({"site": "9" * 10_000}, [LIST]),
    ({"first": "x", "by": "y", "mode": "z"}, [DAY, LIST, LIST]),
]


class TestWhatCantBeMeant:
    @pytest.mark.parametrize(("query", "errors"), SENSELESS)
    def test_is_told_at_the_field_and_the_usual_is_shown(self, query, errors):
        form = InsightsForm(query, sites={})

        question = form.query()

        assert [error for field in form.visible_fields() for error in field.errors] == errors
        if {"first", "last"} & form.errors.keys():
            assert (question.first, question.last) == (TODAY - timedelta(days=29), TODAY)
        assert (question.mode, question.merchant, question.site) == ("simulator", "", None)

    @pytest.mark.parametrize(
        ("query", "errors"),
        [({"first": "<script>"}, [DAY]), ({"merchant": "\x00%_'\""}, [LIST]), ({"site": "9" * 10_000}, [LIST])],
    )
    def test_is_told_on_the_page(self, look, week, query, errors):
        page = look(**query)

        assert page.status == 200
        assert page.errors == errors
        assert page.tiles["Gross"][0] == "Rs 1,24,956"
        assert "<script>" not in str(page.main)

    def test_shows_the_usual_days_if_only_one_of_both_is_right(self, look):
        assert look(first="x", last="2026-10-30").period.startswith("23 October 2026 – 21 November 2026")

    def test_at_the_ends_of_what_is_known_breaks_nothing(self, look):
        for typed in ["1944-01-01", "2069-12-31", "2070-01-01"]:
            assert look(first=typed, last=typed).status == 200
        for query in ({"first": "1944-01-20", "last": ""}, {"first": "", "last": "1944-01-01"}):
            assert look(**query).status == 200


class TestInNepali:
    @pytest.fixture
    def page(self, sign_in, week):
        desk = sign_in("accountant")
        UserProfile.objects.create(user_id=desk.client.session["_auth_user_id"], preferred_language="ne")
        return Insights(desk.client.get(address()))

    def test_days_amounts_and_numbers_are_in_its_digits(self, page):
        assert page.period.startswith("२३ अक्टोबर २०२६ – २१ नोभेम्बर २०२६")
        assert "रु १,२४,९५६" in page.text
        figures = [cell.get_text() for cell in page.main.select("table td, dl dd")]
        assert figures
        assert not any(character.isascii() and character.isdigit() for text in figures for character in text)

    def test_the_charts_are_too(self, page):
        written = page.soup.select_one("#khalti-charts").string

        assert '"digits": "\\u0966' in written
        assert "\\u0930\\u0941\\u00a0\\u0967,\\u0968\\u0969,\\u096a\\u096b\\u096c" in written


class TestThePage:
    def test_has_a_table_for_each_chart_and_names_it(self, look, week):
        page = look()

        for canvas in page.main.select("canvas"):
            assert canvas["role"] == "img"
            assert "table below" in canvas["aria-label"]
            assert canvas.find_parent("section").select_one("table caption")
        assert [canvas["data-khalti-chart"] for canvas in page.main.select("canvas")] == ["money", "paying", "funnel"]

    def test_has_tables_that_can_be_heard(self, look, week):
        for table in look().main.select("table"):
            assert table.caption
            assert all(cell["scope"] == "col" for cell in table.select("thead th"))
            assert all(row.th["scope"] == "row" for row in table.select("tbody tr"))

    def test_has_nothing_inline(self, look, week):
        main = look().main

        assert main.select("[style], style, [onclick], [onchange]") == []
        assert [script["type"] for script in main.select("script")] == ["application/json"]

    def test_breaks_out_of_nothing(self, look):
        title = "</script><script>alert(1)</script>\u202e" + "x" * 200
        save([past_payment(TODAY, title=title)])

        page = look()

        assert "<script>alert" not in page.html
        assert title.replace("\u202e", "")[:20] in page.text

    def test_is_kept_by_nobody(self, look, week):
        assert "no-store" in look().response["Cache-Control"]

    def test_asks_the_database_as_often_for_twenty_pages_as_for_one(self, look, sign_in):
        days = [TODAY - timedelta(days=number) for number in range(30)]
        save([past_payment(days[-1], title="One", source="1")])
        few = queries_of(sign_in("accountant").client)
        save(
            [past_payment(day, title=f"Page {number}", source=str(number)) for day in days[:-1] for number in range(20)]
        )

        many = queries_of(sign_in("accountant").client)

        assert many == few


def queries_of(client):
    client.get(address())  # what is only looked up once
    with CaptureQueriesContext(connection) as asked:
        client.get(address())
    return len(asked)


def menu_of(desk):
    return desk.client.get(reverse("wagtailadmin_home"), follow=True).content.decode()
