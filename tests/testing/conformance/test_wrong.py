"""The suite says of each wrong receiver what is wrong, and where."""

import re

import pytest
from django.db import connection

from tests.testing.conformance import receivers
from tests.testing.conformance.conftest import failing, trace_of


def wrong(name, *checks, **site):
    return pytest.param(site, set(checks), id=name)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("receivers_of_site", "checks"),
    [
        wrong("mails at once", "redelivery", "kill", completed=receivers.mails_at_once),
        wrong("remembers", "redelivery", "kill", completed=receivers.Remembers()),
        wrong(
            "refuses late money",
            "late_payment",
            "deleted_payable",
            completed=receivers.refuses_late_money,
            ended=receivers.release,
        ),
        wrong(
            "overlooks late money",
            "late_payment",
            "deleted_payable",
            completed=receivers.overlooks_late_money,
            ended=receivers.release,
        ),
        wrong(
            "sells on every signal",
            "duplicate_payment",
            completed=receivers.mark_paid,
            needs_attention=receivers.mark_paid,
        ),
        wrong(
            "takes a part for the whole",
            "partial_refund",
            completed=receivers.sell,
            refunded=receivers.sees_every_refund_as_full,
        ),
        wrong(
            "overlooks the last part",
            "partial_refund",
            completed=receivers.sell,
            refunded=receivers.sees_only_a_single_full_refund,
        ),
        wrong("needs its payable", "deleted_payable", completed=receivers.needs_its_payable),
        wrong("takes test money", "test_money", completed=receivers.takes_test_money),
        wrong("knows no other arguments", "connections", completed=receivers.knows_no_other_arguments),
        wrong("is not connected", "connections", "delivery"),
    ],
)
def test_a_wrong_receiver_fails(site, receivers_of_site, checks):
    site(**receivers_of_site)

    assert failing() == checks


@pytest.mark.parametrize(
    "receiver",
    [
        receivers.texts_the_customer,
        receivers.asks_khalti_again,
        receivers.swallows_a_database_error,
        receivers.hangs,
        receivers.recurses,
        receivers.fails_after_the_commit,
    ],
)
def test_what_never_works_is_said_once(site, receiver):
    site(completed=receiver)

    assert failing(checks=["delivery", "called_once", "kill"]) == {"delivery"}


def test_receivers_whose_work_cannot_be_seen_fail(site):
    site(completed=lambda **kwargs: None)

    assert failing(checks=["delivery", "kill", "late_payment", "test_money"]) == {"delivery"}


class TestTraces:
    """What a developer reads."""

    def test_a_mail_that_no_rollback_brings_back(self, site):
        site(completed=receivers.mails_at_once)

        assert without_keys(trace_of("kill")) == (
            "A delivery whose process was killed is made again, and ends like one that was not interrupted.\n"
            "\n"
            "  1  start          Rs\xa01,500 for shop.Order N, real money\n"
            "  2  pay            at Khalti; the site doesn't know yet\n"
            "  3  deliver        payment_completed → tests.testing.conformance.receivers.mails_at_once\n"
            "                    the process was killed before the commit: all of it is rolled back\n"
            "                    + mail “Thank you” to sita@example.com\n"
            "\n"
            "Expected: nothing is left of a delivery that was rolled back\n"
            "Found:    + mail “Thank you” to sita@example.com\n"
            "\n"
            "What can't be rolled back belongs in transaction.on_commit(): a mail, a task, a file. See “Work\n"
            "outside the database” in the manual."
        )

    def test_what_was_not_done_again(self, site):
        site(completed=receivers.Remembers())

        trace = trace_of("redelivery")

        assert trace.count("another receiver failed: all of it is rolled back") == 2
        assert "Found:    shop.Order: 0 changed instead of 1\n" in trace

    def test_what_was_done_twice(self, site):
        site(completed=receivers.mark_paid, needs_attention=receivers.mark_paid)

        assert "Found:    ~ shop.Order N  times_paid: 1 → 2\n" in without_keys(trace_of("duplicate_payment"))

    def test_what_a_payment_in_time_would_have_done(self, site):
        site(completed=receivers.overlooks_late_money, ended=receivers.release)

        trace = without_keys(trace_of("late_payment"))

        assert "~ shop.Order N  note: '' → 'released'\n" in trace
        assert "A payment in time did this:\n  ~ shop.Order N  times_paid: 0 → 1\n" in trace

    def test_what_two_halves_left_as_it_was(self, site):
        site(completed=receivers.sell, refunded=receivers.sees_only_a_single_full_refund)

        trace = trace_of("partial_refund")

        assert trace.count("refund Rs\xa0750") == 2
        assert "Found:    shop.Order.note as before\n          shop.Order.times_paid as before\n" in trace

    @pytest.mark.parametrize(
        ("receiver", "line", "advice"),
        [
            (receivers.hangs, "TookTooLong: still running after 0.5 s\n", "A visitor waits for receivers"),
            (receivers.recurses, "RecursionError: maximum recursion depth exceeded", "leads to itself"),
            (receivers.swallows_a_database_error, "TransactionManagementError: ", "caught a database error"),
            (receivers.texts_the_customer, "POST https://sms.example/send was called inside", "in transaction.on_c"),
            (receivers.asks_khalti_again, "check_payment() was called inside the transaction", "in transaction.on_c"),
            (receivers.fails_after_the_commit, "ZeroDivisionError: division by zero\n", ""),
        ],
    )
    def test_an_error_is_shown_where_it_was_raised(self, site, receiver, line, advice):
        site(completed=receiver)

        trace = trace_of("delivery")

        assert line in trace
        assert advice in trace.rpartition("Expected: ")[2]
        assert "wagtail_khalti/" not in trace, "frames that are not the site's"

    def test_the_line_of_the_sites_code_is_shown(self, site):
        site(completed=receivers.needs_its_payable)

        assert "needs_its_payable: payment.payable.times_paid += 1\n" in trace_of("deleted_payable")

    @pytest.mark.skipif(connection.vendor == "mysql", reason="it checks foreign keys at once")
    def test_what_only_the_commit_would_find(self, site):
        site(completed=receivers.leaves_a_key_of_nothing)

        assert "✗ IntegrityError: " in trace_of("delivery")


class TestConnections:
    def test_a_module_that_was_run_twice(self, site):
        code = compile("def sell(*, payment, **kwargs): pass", "shop/receivers.py", "exec")
        once, again = {"__name__": "shop.receivers"}, {"__name__": "site.shop.receivers"}
        exec(code, once)
        exec(code, again)
        site(completed=once["sell"])
        assert trace_of("connections") == "", "the control"
        site(ended=again["sell"])
        assert trace_of("connections") == "", "for another signal it is another connection"

        again["connect"] = site
        exec("connect(completed=sell)", again)

        assert "payment_completed: shop.receivers.sell and site.shop.receivers.sell are the same function" in trace_of(
            "connections"
        )

    def test_two_of_one_kind_are_no_mistake(self, site):
        site(completed=receivers.Remembers())
        site(completed=receivers.Remembers())
        for name in ("a", "b"):
            site(completed=lambda name=name, **kwargs: name)

        assert trace_of("connections") == ""

    def test_one_without_kwargs(self, site):
        site(completed=receivers.knows_no_other_arguments)

        assert "receivers.knows_no_other_arguments has no **kwargs" in trace_of("connections")

    def test_none_at_all(self, site):
        assert "import their module in the ready() of your AppConfig" in trace_of("connections")


def without_keys(trace):
    return re.sub(r"(shop\.Order) \d+", r"\1 N", trace)
