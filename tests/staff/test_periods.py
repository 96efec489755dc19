"""From which day to which: what is typed, and what is offered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from wagtail_khalti.dates.days import beginning_of, today
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.periods import MAX_LENGTH, PeriodForm, quick_ranges, time_bounds

NO_SUCH_DAY = "Enter a valid date, such as 2026-11-21, or 2083-08-05 in Bikram Sambat."
TOO_LONG_A_TEXT = "Ensure this value has at most 30 characters (it has {})."
SATURDAY = date(2026, 11, 21)  # 2083-08-05


def form_of(first="", last=""):
    form = PeriodForm({"first": first, "last": last})
    form.is_valid()
    return form


class TestTheForm:
    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2026-11-15", "2026-11-21"),
            ("2083-07-29", "2083-08-05"),
            ("2083-07-29", "2026-11-21"),
            ("२०८३-०७-२९", "२०८३/०८/०५"),
            ("\u200e2026-11-15\u200f", " 2083.8.5 "),
        ],
    )
    def test_takes_either_calendar_in_either_field(self, first, last):
        form = form_of(first, last)

        assert form.cleaned_data == {"first": date(2026, 11, 15), "last": SATURDAY}

    def test_takes_one_day_alone_and_none_at_all(self):
        assert form_of("2026-11-21", "2026-11-21").is_valid()
        assert form_of().cleaned_data == {"first": None, "last": None}
        assert form_of("2026-11-21").cleaned_data == {"first": SATURDAY, "last": None}

    @pytest.mark.parametrize(
        "typed",
        ["2026-02-30", "2026-13-01", "2083-04-32", "2083-13-01", "2083-1-33", "9999-99-99", "0001-01-01", "x", "--"],
    )
    def test_says_that_there_is_no_such_day(self, typed):
        assert form_of(typed, "2026-11-21").errors == {"first": [NO_SUCH_DAY]}
        assert form_of("2026-11-21", typed).errors == {"last": [NO_SUCH_DAY]}

    def test_keeps_what_was_typed(self):
        assert form_of("2083-08-99")["first"].value() == "2083-08-99"

    @pytest.mark.parametrize("typed", ["1" * 10_000, "2026-11-21" * 4])
    def test_reads_no_novels(self, typed):
        assert form_of(typed).errors["first"] == [TOO_LONG_A_TEXT.format(len(typed))]

    def test_takes_no_null_character(self):
        assert form_of("2026-11-21\x00").errors["first"] == ["Null characters are not allowed."]

    @pytest.mark.parametrize(("first", "last"), [("2026-11-21", "2026-11-20"), ("2083-08-05", "2083-08-04")])
    def test_says_that_a_range_is_reversed(self, first, last):
        assert form_of(first, last).errors == {"last": ["The end date is before the start date."]}

    def test_says_that_fifty_years_are_too_many(self):
        for first, last in [("1976-11-21", "2026-11-21"), ("2033-08-05", "2083-08-05")]:
            assert form_of("1976-11-21", "2083-08-05").errors == {
                "first": ["A period can't be longer than ten years."]
            }, (first, last)

    def test_takes_ten_years_and_not_a_day_more(self):
        longest = SATURDAY - timedelta(days=MAX_LENGTH - 1)

        assert form_of(longest.isoformat(), "2026-11-21").is_valid()
        assert not form_of((longest - timedelta(days=1)).isoformat(), "2026-11-21").is_valid()


class TestTheChoices:
    def test_are_days_months_and_fiscal_years_around_today(self):
        offered = {choice.label: (choice.first, choice.last) for choice in quick_ranges(SATURDAY)}

        assert offered == {
            "Today": (SATURDAY, SATURDAY),
            "Last 7 days": (date(2026, 11, 15), SATURDAY),
            "Last 30 days": (date(2026, 10, 23), SATURDAY),
            "This month (BS)": (date(2026, 11, 17), date(2026, 12, 15)),
            "Last month (BS)": (date(2026, 10, 18), date(2026, 11, 16)),
            "Fiscal year 2083/84": (date(2026, 7, 17), date(2027, 7, 16)),
            "Fiscal year 2082/83": (date(2025, 7, 17), date(2026, 7, 16)),
        }

    def test_change_with_the_last_day_of_ashadh(self):
        by_label = {choice.label: choice for choice in quick_ranges(date(2026, 7, 16))}

        assert by_label["This month (BS)"].last == date(2026, 7, 16)
        assert by_label["Fiscal year 2082/83"].last == date(2026, 7, 16)

    def test_are_in_the_digits_of_the_language(self):
        with translation.override("ne"):
            labels = " ".join(choice.label for choice in quick_ranges(SATURDAY))

        assert "२०८३/८४" in labels
        assert "2083" not in labels

    @pytest.mark.parametrize("day", [date(1943, 1, 1), date(1944, 1, 1), date(2042, 12, 31), date(2043, 1, 1)])
    def test_are_fewer_where_bikram_sambat_is_not_known(self, day):
        labels = [choice.label for choice in quick_ranges(day)]

        assert labels[:3] == ["Today", "Last 7 days", "Last 30 days"]

    def test_can_all_be_asked_for(self):
        for choice in quick_ranges(SATURDAY):
            assert form_of(choice.first.isoformat(), choice.last.isoformat()).is_valid()


class TestMoments:
    def test_hold_both_days_whole(self):
        found = time_bounds(SATURDAY, SATURDAY)

        assert found["gte"].isoformat() == "2026-11-21T00:00:00+05:45"
        assert found["lt"].isoformat() == "2026-11-22T00:00:00+05:45"

    def test_are_only_there_for_the_days_that_are(self):
        assert time_bounds(None, None) == {}
        assert set(time_bounds(SATURDAY, None)) == {"gte"}
        assert set(time_bounds(None, SATURDAY)) == {"lt"}

    def test_of_the_earliest_and_latest_days_can_be_queried(self, db):
        form = form_of("1944-01-01", "2069-12-31")
        said = time_bounds(form.cleaned_data.get("first") or date(1944, 1, 1), date(2069, 12, 31))

        assert not KhaltiPayment.objects.filter(created_at__gte=said["gte"], created_at__lt=said["lt"]).exists()

    def test_are_naive_where_the_site_has_no_time_zones(self, settings):
        settings.USE_TZ = False

        assert beginning_of(SATURDAY) == datetime(2026, 11, 21)  # noqa: DTZ001


class TestToday:
    def test_is_that_of_the_site_wherever_the_user_is(self, time_machine):
        time_machine.move_to(datetime(2026, 11, 20, 18, 20, tzinfo=UTC))  # 00:05 on Saturday in Kathmandu

        with timezone.override("America/New_York"):
            assert today() == SATURDAY

    def test_is_that_of_the_clock_where_the_site_has_no_time_zones(self, settings):
        settings.USE_TZ = False

        assert today() == datetime.now().date()  # noqa: DTZ005
