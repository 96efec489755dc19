"""Pages of the list: each payment once, and no page dearer than the first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.staff.many import make_many, purposes
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.listing import page as listing
from wagtail_khalti.staff.listing import paging
from wagtail_khalti.staff.listing.paging import CappedPaginator
from wagtail_khalti.staff.listing.plans import of_mode

pytestmark = pytest.mark.every_database


@pytest.fixture
def viewer(sign_in):
    return sign_in("viewer")


@pytest.fixture
def cap(monkeypatch):
    monkeypatch.setattr(paging, "CAP", 30)
    monkeypatch.setattr(listing, "CAP", 30)


def in_order():
    return KhaltiPayment.objects.filter(mode="simulator").order_by("-created_at", "-pk")


class TestPages:
    def test_show_each_payment_once(self, viewer, db):
        make_many(45)

        seen = [purpose for number in (1, 2, 3) for purpose in purposes(viewer.get("index", p=number))]

        assert seen == [f"Seat {number}" for number in range(1, 46)]

    @pytest.mark.parametrize(
        ("asked", "first"), [("0", 41), ("-1", 41), ("99", 41), ("abc", 1), ("9" * 5000, 1), ("\x00", 1)]
    )
    def test_that_are_not_there_are_the_nearest_one(self, viewer, db, asked, first):
        make_many(45)

        assert purposes(viewer.get("index", p=asked))[0] == f"Seat {first}"

    def test_say_how_many_there_are(self, viewer, db):
        make_many(45)

        page = viewer.get("index")

        assert "Page 1 of 3" in page.text
        assert "45 payments" in page.text
        assert "narrow the list by date" not in page.text


class TestOfMoreThanCanBePagedThrough:
    def test_the_first_ones_are_there_and_how_to_see_others(self, viewer, db, cap):
        make_many(45)

        page = viewer.get("index", p=2)

        assert purposes(page) == [f"Seat {number}" for number in range(21, 31)]
        assert "Page 2 of 2" in page.text
        assert "30+ payments" in page.text
        assert "These are the first 30. To see others, narrow the list by date." in page.text

    def test_that_is_said_of_what_matches_too(self, viewer, db, cap):
        make_many(45)

        assert "More than 30 payments match." in viewer.get("index", status="initiated").text

    def test_as_many_as_that_are_all(self, viewer, db, cap):
        make_many(30)

        page = viewer.get("index")

        assert "30 payments" in page.text
        assert "To see others" not in page.text

    def test_nothing_is_counted_beyond(self, db, cap):
        make_many(45)

        with CaptureQueriesContext(connection) as queries:
            paginator = CappedPaginator(in_order(), 20)
            count = paginator.count, paginator.is_capped, paginator.num_pages

        assert count == (30, True, 2)
        assert len(queries) == 1
        assert "LIMIT 31" in queries[0]["sql"]


class TestPartsOfAList:
    """As of a list by when it was paid, in which unpaid payments come last."""

    def pages(self, sizes, per_page):
        """The numbers of the payments on each page of so many parts, which are listed one after the other."""
        rows, parts = in_order(), []
        for number, size in enumerate(sizes):
            made = make_many(size, first=100 * number + 1)
            parts.append(rows.filter(pk__in=[row.pk for row in made]))
        paginator = CappedPaginator(rows, per_page, parts=parts)
        return [[row.purpose for row in paginator.page(number).object_list] for number in paginator.page_range]

    @pytest.mark.parametrize("sizes", [(5, 4), (3, 6), (6, 3), (9, 0), (0, 9), (1, 7, 1)], ids=str)
    def test_is_each_payment_once(self, db, sizes):
        pages = self.pages(sizes, per_page=3)

        expected = [f"Seat {100 * part + number}" for part, size in enumerate(sizes) for number in range(1, size + 1)]
        assert [len(page) for page in pages] == [3, 3, 3]
        assert [purpose for page in pages for purpose in page] == expected


class TestAFarPage:
    def test_reads_its_rows_by_their_keys(self, db):
        make_many(200)
        paginator = CappedPaginator(in_order(), 20)
        assert paginator.count == 200

        with CaptureQueriesContext(connection) as queries:
            page = paginator.page(10)

        keys, rows = (query["sql"] for query in queries)
        assert [row.purpose for row in page.object_list] == [f"Seat {number}" for number in range(181, 201)]
        assert "OFFSET 180" in keys
        assert "purpose" not in keys
        assert "OFFSET" not in rows

    def test_is_not_gone_through_for_the_few_whose_keys_are_known(self, db):
        """SQLite would: it takes a mode for ten payments."""
        if connection.vendor != "sqlite":
            pytest.skip("other databases know how many there are of a mode")
        payments = KhaltiPayment.objects.filter(pk__in=[payment.pk for payment in make_many(3)[:2]])

        def plan(asked):
            found = (
                of_mode(payments, "simulator", asked).order_by("-created_at", "-pk").values_list("pk", flat=True)[:20]
            )
            return len(found), found.explain()

        assert plan({"q": "ORDER"})[0] == 2
        assert "khalti_payment_started" not in plan({"q": "ORDER"})[1]
        assert "khalti_payment_started" in plan({})[1]

    def test_finds_its_keys_in_the_index_alone(self, db):
        if connection.vendor != "sqlite":
            pytest.skip("other databases choose by how many rows there are")
        make_many(50)

        for rows, index in [
            (in_order(), "khalti_payment_started"),
            (in_order().filter(status="initiated"), "khalti_payment_status"),
            (in_order().order_by("-completed_at", "-pk"), "khalti_payment_paid"),
            (in_order().filter(completed_at=None).order_by("-pk"), "khalti_payment_paid"),
            (in_order().order_by("amount", "pk"), "khalti_payment_amount"),
        ]:
            plan = rows.values_list("pk")[30:50].explain()

            assert f"USING COVERING INDEX {index}" in plan
            assert "TEMP B-TREE" not in plan
