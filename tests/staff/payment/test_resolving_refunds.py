"""A person says what became of a refund in doubt. Neither button sends anything to Khalti."""

import pytest

from tests.staff.conftest import KNOWN, stored, url_of
from wagtail_khalti.actions import check_payment, refund_payment, resolve_refund
from wagtail_khalti.models import KhaltiEvent


class TestDeciding:
    BUTTONS = {"yes": "Refund found: Rs 500 was refunded", "no": "No refund found: nothing was refunded"}
    TOLD = {
        "yes": "Refund of Rs 500 confirmed. Nothing was sent to Khalti.",
        "no": "No refund of Rs 500 found. Nothing was sent to Khalti; you can refund it again.",
    }

    def press(self, desk, refund, said, **typed):
        form = desk.get("resolve_refund", refund.reference).form
        return desk.send(form, button=form.buttons[self.BUTTONS[said]], **typed)

    def test_is_offered_at_the_top_of_the_payment(self, desk, unconfirmed):
        page = desk.get("inspect", unconfirmed.payment)

        assert page.main.select_one(f'.help-warning a[href="{url_of("resolve_refund", unconfirmed.reference)}"]')

    def test_offers_two_buttons_that_say_what_they_say(self, desk, unconfirmed, nothing_sent):
        page = desk.get("resolve_refund", unconfirmed.reference)

        assert list(page.form.buttons) == list(self.BUTTONS.values())
        assert page.form.element.select_one("[name=csrfmiddlewaretoken]")
        assert "Neither button sends anything to Khalti." in page.text
        assert page.figures | {"Unconfirmed refunds": "Rs 500", "Refundable balance": "Rs 800"} == page.figures

    @pytest.mark.parametrize(
        ("said", "state", "figures"),
        [
            ("yes", "Succeeded", {"Refunded": "Rs 700", "Refundable balance": "Rs 800"}),
            ("no", "Failed", {"Refunded": "Rs 200", "Refundable balance": "Rs 1,300"}),
        ],
    )
    def test_settles_it(self, desk, unconfirmed, nothing_sent, said, state, figures):
        page = self.press(desk, unconfirmed, said, note="Looked at 3 pm")

        assert (page.badges, page.messages) == (["success"], [self.TOLD[said]])
        assert page.rows[-1][2].startswith(state)
        assert page.figures | figures == page.figures
        assert "Unconfirmed refunds" not in page.figures
        assert page.issues == []
        assert not unconfirmed.payment.issues.open().exists()

    @pytest.mark.parametrize(("said", "line"), [("yes", "Refund succeeded"), ("no", "Refund failed")])
    def test_is_told_in_the_history_with_who_said_it(self, desk, unconfirmed, said, line):
        page = self.press(desk, unconfirmed, said, note="Seen <b>there")

        [told] = [words for words in page.timeline if words.endswith("“Seen <b>there”")]
        assert told.startswith(f"{line} Rs 500")
        assert "<b>there" not in page.html
        assert unconfirmed.payment.events.filter(user__username="manager", data__note="Seen <b>there").exists()
        assert unconfirmed.payment.issues.get().resolved_by.username == "manager"

    def test_that_it_was_not_sent_lets_it_be_made_again(self, desk, unconfirmed, confirm, khalti):
        self.press(desk, unconfirmed, "no")

        page = desk.send(confirm(unconfirmed.payment, amount="500").form)

        assert page.messages == ["Refunded Rs 500. Refundable balance: Rs 800."]

    @pytest.mark.parametrize("first", ["yes", "no"])
    @pytest.mark.parametrize("second", ["yes", "no"])
    def test_is_done_once_also_by_two_people(self, desk, colleague, unconfirmed, nothing_sent, first, second):
        form = colleague.get("resolve_refund", unconfirmed.reference).form
        self.press(desk, unconfirmed, first)
        state, events = stored(unconfirmed).state, KhaltiEvent.objects.count()

        page = colleague.send(form, button=form.buttons[self.BUTTONS[second]])

        assert (page.badges, page.messages) == (["error"], [KNOWN])
        assert (stored(unconfirmed).state, KhaltiEvent.objects.count()) == (state, events)
        assert page.path == url_of("inspect", unconfirmed.payment)

    def test_pressed_twice_is_done_once(self, desk, unconfirmed, nothing_sent):
        form = desk.get("resolve_refund", unconfirmed.reference).form
        pages = [desk.send(form, button=form.buttons[self.BUTTONS["yes"]]) for _press in range(2)]

        assert [page.messages for page in pages] == [[self.TOLD["yes"]], [KNOWN]]
        assert unconfirmed.payment.events.filter(data__trigger="found_by_person").count() == 1

    def test_comes_too_late_where_khalti_told_meanwhile(self, desk, unconfirmed, khalti):
        form = desk.get("resolve_refund", unconfirmed.reference).form
        khalti.refund_in_dashboard(unconfirmed.payment)
        check_payment(unconfirmed.payment)

        page = desk.send(form, button=form.buttons[self.BUTTONS["no"]])

        assert page.messages == [KNOWN]
        assert (stored(unconfirmed).state, page.figures["Refundable balance"]) == ("succeeded", "Rs 0")

    @pytest.mark.parametrize("was_found", [True, False])
    def test_is_no_page_any_more_for_what_is_decided(self, desk, unconfirmed, was_found):
        resolve_refund(unconfirmed, was_found=was_found)

        assert desk.get("resolve_refund", unconfirmed.reference).messages == [KNOWN]

    def test_comes_too_early_for_what_is_just_being_sent(self, desk, paid, killed):
        killed("refund", paid, minutes=1)
        [refund] = paid.refunds.all()

        opened = desk.get("resolve_refund", refund.reference)
        pressed = desk.post("resolve_refund", refund.reference, was_found="no", note="")

        assert (
            opened.messages
            == pressed.messages
            == ["The refund of Rs 500 is being processed. Reload this page in a moment."]
        )
        assert stored(refund).state == "processing"

    def test_is_for_what_a_killed_process_left(self, desk, paid, killed):
        killed("refund", paid)
        [refund] = paid.refunds.all()

        page = self.press(desk, refund, "no")

        assert page.messages == [self.TOLD["no"]]
        assert stored(refund).state == "failed"

    @pytest.mark.parametrize("was_found", ["yes", "no"])
    def test_is_not_for_what_was_never_in_doubt(self, desk, paid, nameless, was_found):
        made = refund_payment(paid, 50_000)

        for refund in (made, nameless):
            assert desk.post("resolve_refund", refund.reference, was_found=was_found).messages == [KNOWN]
            assert stored(refund).state == refund.state

    def test_keeps_the_note_where_it_has_to_be_shorter(self, desk, unconfirmed):
        page = self.press(desk, unconfirmed, "yes", note="n" * 256)

        assert page.messages == ["Please correct the errors below."]
        assert page.form.data["note"] == "n" * 256
        assert list(page.form.buttons) == list(self.BUTTONS.values())
