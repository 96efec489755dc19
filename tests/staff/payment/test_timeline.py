"""Where a payment came from, what it was for, what happened, and what is written down about it."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.mail_settings import mail_through
from tests.payments import Receiver, listening
from tests.shop.models import Order, Teaser
from tests.staff.conftest import last_event, url_of, words_of
from wagtail_khalti.actions import Source, add_note, check_payment, refund_payment, send_receipt, start_payment
from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment

BLOCK = "6b1dd3f4-0000-4000-8000-000000000001"
LONG = "W" * 200
NASTY = "<script>alert(1)</script>\u202e"


def link_to(page, words):
    return next((link["href"] for link in page.main.select("a[href]") if words_of(link) == words), None)


class TestWhereItCameFrom:
    @pytest.fixture
    def from_page(self, make_paid, shop_page):
        source = Source(owner=shop_page("Shop"), block_path=f"body.{BLOCK}.checkout")
        return make_paid(source=source)

    def test_leads_to_the_block_the_page_and_its_payments(self, colleague, from_page):
        page = colleague.get("inspect", from_page)

        source = from_page.source
        assert link_to(page, "Shop") == f"/admin/pages/{source.pk}/edit/#block-{BLOCK}-section"
        assert link_to(page, "View live") == source.get_url()
        wanted = f"{from_page.source_type_id}-{source.pk}&mode=simulator"
        assert link_to(page, "All payments of this page") == f"{url_of('index')}?source={wanted}"

    def test_is_named_for_who_may_not_edit_it(self, sign_in, from_page):
        page = sign_in("cashier").get("inspect", from_page)

        assert page.figures["Page"].startswith("Shop")
        assert link_to(page, "Shop") is None

    def test_is_named_when_it_is_unpublished_or_gone(self, colleague, from_page):
        from_page.source.unpublish()
        assert link_to(colleague.get("inspect", from_page), "View live") is None

        from_page.source.delete()

        page = colleague.get("inspect", from_page)
        assert page.figures["Page"] == "Shop (deleted) All payments of this page"

    def test_a_snippet_is_as_good(self, colleague, make_paid):
        teaser = Teaser.objects.create(name="Offer of the week")
        payment = make_paid(source=Source(owner=teaser, block_path="body"))

        page = colleague.get("inspect", payment)

        assert link_to(page, "Offer of the week") == f"/admin/snippets/shop/teaser/edit/{teaser.pk}/"

    def test_is_no_subject_where_code_began_it(self, colleague, paid):
        assert not {"Page", "Linked record"} & set(colleague.get("inspect", paid).figures)


class TestWhatItWasFor:
    def test_leads_to_what_can_be_edited(self, colleague, make_paid):
        teaser = Teaser.objects.create(name="A picture")

        page = colleague.get("inspect", make_paid(payable=teaser))

        assert link_to(page, f"Teaser {teaser.pk} · A picture") == f"/admin/snippets/shop/teaser/edit/{teaser.pk}/"

    def test_is_named_where_nothing_can_be_edited(self, colleague, make_paid):
        order = Order.objects.create(note="Ten chairs")

        assert (
            colleague.get("inspect", make_paid(payable=order)).figures["Linked record"]
            == f"Order {order.pk} · Ten chairs"
        )

    def test_says_no_more_than_the_number_to_who_may_see_no_names(self, sign_in, make_paid):
        order = Order.objects.create(note="For Sita Rai")

        page = sign_in("viewer").get("inspect", make_paid(payable=order))

        assert page.figures["Linked record"] == f"Order {order.pk}"

    def test_may_be_gone(self, colleague, make_paid):
        order = Order.objects.create()
        payment, number = make_paid(payable=order), order.pk
        order.delete()

        assert colleague.get("inspect", payment).figures["Linked record"] == f"Order {number} (deleted)"

    def test_may_be_of_a_kind_that_is_gone_or_has_other_keys(self, colleague, make_paid):
        payment = make_paid(payable=Order.objects.create())
        gone = ContentType.objects.create(app_label="shop", model="basket")
        KhaltiPayment.objects.update(payable_class=gone, source_type=gone, source_id="7", source_title="Old shop")

        page = colleague.get("inspect", payment)
        assert page.figures["Linked record"] == f"Basket {payment.payable_id} (deleted)"
        assert page.figures["Page"].startswith("Old shop (deleted)")

        KhaltiPayment.objects.update(payable_class=ContentType.objects.get_for_model(Order), payable_id="a-b-c")
        assert colleague.get("inspect", payment).figures["Linked record"] == "Order a-b-c (deleted)"


class TestTheFacts:
    def test_say_what_it_costs_and_what_remains(self, desk, paid):
        KhaltiPayment.objects.update(fee=4_500)

        assert (
            desk.get("inspect", paid).figures | {"Khalti fees": "Rs 45", "Net": "Rs 1,455"}
            == desk.get("inspect", paid).figures
        )

    def test_name_no_net_while_a_refund_is_in_doubt(self, desk, unconfirmed):
        KhaltiPayment.objects.update(fee=4_500)

        assert "Net" not in desk.get("inspect", unconfirmed.payment).figures

    def test_name_account_and_language(self, desk, paid):
        figures = desk.get("inspect", paid).figures

        assert figures | {"Khalti account": "default", "Language": "English"} == figures

    @pytest.mark.parametrize("language", ["", "xx", "x" * 20])
    def test_a_language_that_nobody_knows_is_no_trouble(self, desk, paid, language):
        KhaltiPayment.objects.update(language=language)

        assert desk.get("inspect", paid).figures.get("Language", "") == language

    def test_say_what_makes_up_the_amount(self, desk, make_paid):
        lines = [BreakdownLine(label="2 × Chair", amount=140_000), BreakdownLine(label="VAT", amount=10_000)]
        chair = Product(identity="c", name="Chair", quantity=2, unit_price=70_000, total_price=140_000)

        rows = desk.get("inspect", make_paid(breakdown=lines, products=[chair])).rows

        assert ["Chair", "2", "Rs 700", "Rs 1,400"] in rows
        assert ["Rs 1,400"] in rows
        assert ["Rs 100"] in rows

    def test_say_nothing_of_it_where_that_is_the_one_thing(self, desk, make_paid):
        payment = make_paid(breakdown=[BreakdownLine(label="Membership", amount=150_000)])

        assert "Subtotal" not in desk.get("inspect", payment).text

    def test_show_answers_of_any_kind(self, desk, make_paid):
        metadata = {"Size": "L", "Agreed": True, "Days": ["Sat", "Sun"], "Empty": None, "More": {"a": [1, {"b": "ख"}]}}

        page = desk.get("inspect", make_paid(metadata=metadata))

        answers = {words_of(row.th): words_of(row.td) for row in page.main.select(".khalti-details-list tr")}
        more = '{ "a": [ 1, { "b": "ख" } ] }'
        assert answers == {"Size": "L", "Agreed": "Yes", "Days": "Sat, Sun", "Empty": "–", "More": more}


class TestWhatHappened:
    def test_is_told_from_the_start_to_the_sites_code(self, desk, khalti, home):
        payment = start_payment(150_000, purpose="Membership", base_url="http://testserver", source=Source(offer="x"))
        khalti.pay(payment)
        desk.client.get(f"{payment.return_url}?pidx={payment.pidx}&status=Completed&mobile=98XXXXX001")

        assert desk.get("inspect", payment).timeline == [
            "Payment created",
            "Sent to Khalti",
            "Payment link created",
            "Visitor returned",
            "Checked with Khalti “Completed” · Rs 1,500",
            "Status changed Sent to Khalti → Completed",
            "Integration event delivered Payment completed",
        ]

    def test_names_the_visitor_for_who_may_know(self, sign_in, khalti, make_paid):
        payment = make_paid(source=Source(offer="x"))

        def first(role):
            return words_of(sign_in(role).get("inspect", payment).main.select_one(".khalti-timeline__who"))

        assert (first("cashier"), first("viewer")) == ("Sita Rai", "Visitor")

    def test_has_what_khalti_said_folded_away(self, desk, paid):
        page = desk.get("inspect", paid)

        details = page.main.select_one(".khalti-technical")
        assert not details.has_attr("open")
        [details] = [raw for raw in details.select("details") if "Checked with Khalti" in raw.summary.text]
        assert not details.has_attr("open")
        assert '"total_amount": 150000' in details.pre.text

    def test_tells_that_somebody_has_to_look(self, desk, paid_twice):
        assert "Issue opened Duplicate payment" in desk.get("inspect", paid_twice).timeline

    def test_tells_a_contradiction_once(self, desk, payment, khalti):
        khalti.pay(payment)
        khalti.trouble("lookup", "wrong_amount")
        check_payment(payment)

        timeline = desk.get("inspect", payment).timeline

        assert [line for line in timeline if "mismatch" in line] == [
            "Contradictory response from Khalti Amount mismatch"
        ]

    def test_bears_any_amount_that_khalti_names(self, desk, payment, khalti):
        for amount in [10**30, -5, True, None, "many", 1.5, [1]]:
            khalti.answer_lookup(payment, status="Completed", total_amount=amount)
            check_payment(payment)

        assert desk.get("inspect", payment).status == 200

    def test_of_very_many_events_the_last_are_told(self, desk, paid):
        note = KhaltiEvent.Kind.NOTE_ADDED
        KhaltiEvent.objects.bulk_create(
            KhaltiEvent.about(paid, note, data={"note": f"Call {number}"}) for number in range(250)
        )

        timeline = desk.get("inspect", paid).timeline

        assert (len(timeline), timeline[0], timeline[-1]) == (200, "Note “Call 50”", "Note “Call 249”")

    def test_costs_as_many_queries_with_150_events_as_with_5(self, desk, paid):
        def queries():
            with CaptureQueriesContext(connection) as queries:
                desk.get("inspect", paid)
            return len(queries)

        from django.contrib.auth import get_user_model

        people = [get_user_model().objects.create_user(f"colleague-{number}") for number in range(5)]
        queries()  # what is read once in each process
        few = queries()
        for number in range(150):
            add_note(paid, f"Call {number}", by=people[number % 5])

        assert queries() == few


class TestWhatPeopleType:
    def test_is_shown_as_words(self, desk, make_paid):
        payment = make_paid(
            name=NASTY, purpose=NASTY, metadata={NASTY: NASTY}, breakdown=[BreakdownLine(label=NASTY, amount=150_000)]
        )
        desk.post("note", payment, text=NASTY)

        page = desk.get("inspect", payment)

        assert "<script>alert(1)" not in page.html
        assert page.html.count("&lt;script&gt;alert(1)") >= 5

    def test_does_not_turn_what_stands_around_it(self, desk, make_paid):
        page = desk.get("inspect", make_paid(name=NASTY, purpose=NASTY))

        for found in page.main.find_all(string=lambda words: "\u202e" in words):
            around = [found.parent, *found.parents]
            assert any(tag.name in ("bdi", "pre") or tag.get("dir") == "auto" for tag in around), found

    def test_may_be_200_letters_without_a_space(self, desk, make_paid):
        assert LONG in desk.get("inspect", make_paid(name=LONG, purpose=LONG)).text


class TestNotes:
    def test_are_told_with_who_wrote_them(self, sign_in, paid):
        page = sign_in("cashier").post("note", paid, text="She comes on Sunday")

        assert (page.badges, page.messages) == (["success"], ["Note added."])
        assert page.timeline[-1] == "Note “She comes on Sunday”"
        assert words_of(page.main.select(".khalti-timeline__who")[-1]) == "Cashier Gurung"

    def test_keep_what_was_typed_where_it_was_too_much(self, desk, paid):
        page = desk.post("note", paid, text="x" * 1001)

        assert page.main.select_one("textarea").text.strip() == "x" * 1001
        assert page.errors
        assert last_event(paid).kind != "note_added"

    @pytest.mark.parametrize("text", ["", "   ", "\x00"])
    def test_need_words(self, desk, paid, text):
        page = desk.post("note", paid, text=text)

        assert len(page.errors) == 1
        assert last_event(paid).kind != "note_added"

    def test_have_a_page_of_their_own(self, desk, paid):
        page = desk.get("note", paid)

        assert desk.send(page.form, text="Seen").messages == ["Note added."]


class TestReceipts:
    @pytest.fixture
    def with_address(self, paid):
        KhaltiPayment.objects.update(customer_email="sita@example.com")
        return paid

    def test_go_to_the_visitor(self, sign_in, with_address, mailoutbox):
        desk = sign_in("cashier")
        assert desk.get("inspect", with_address).main.select_one("button[form=khalti-receipt]")

        page = desk.post("receipt", with_address)

        assert (page.badges, page.messages) == (["success"], ["Receipt sent to sita@example.com."])
        assert page.timeline[-1] == "Receipt sent by e-mail s…@example.com"
        assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]

    def test_are_not_sent_twice_by_two_presses(self, desk, with_address, mailoutbox):
        pages = [desk.post("receipt", with_address) for _press in range(2)]

        assert pages[1].messages == ["A receipt was sent a moment ago. Wait a minute before sending another one."]
        assert len(mailoutbox) == 1

    def test_are_not_offered_where_there_is_no_address_or_no_money(self, desk, paid, payment):
        KhaltiPayment.objects.filter(pk=payment.pk).update(customer_email="sita@example.com")

        for one in (paid, payment):
            assert "Send receipt" not in desk.get("inspect", one).text
        assert desk.post("receipt", paid).messages == [
            "The customer gave no e-mail address, so no receipt can be sent."
        ]
        assert desk.post("receipt", payment).messages == [
            "Khalti has not confirmed this payment, so there is no receipt to send."
        ]

    def test_that_the_mail_server_refuses_are_told_as_not_sent(self, desk, with_address, settings):
        mail_through(settings, "tests.receipts.test_send_receipt.BrokenBackend")

        page = desk.post("receipt", with_address)

        assert (page.badges, page.messages) == (
            ["error"],
            ["The mail server rejected the receipt. Try again later."],
        )
        assert page.timeline[-1] == "Receipt could not be sent s…@example.com · SMTPRecipientsRefused"
        assert not [line for line in page.timeline if line.startswith("Receipt sent")]

    def test_of_a_refund_are_told_as_sent_or_not(self, desk, with_address, settings, mailoutbox):
        desk.post("receipt", with_address)
        refund_payment(with_address, 10_000)
        send_mails()
        mail_through(settings, "tests.receipts.test_send_receipt.BrokenBackend")
        refund_payment(with_address, 20_000)
        send_mails()

        told = [line for line in desk.get("inspect", with_address).timeline if line.startswith("Refund notice")]

        assert told == [
            "Refund notice sent by e-mail s…@example.com",
            "Refund notice could not be sent s…@example.com · SMTPRecipientsRefused",
        ]

    def test_that_wait_are_told_with_their_next_attempt(self, desk, with_address, settings, mailoutbox, time_machine):
        desk.post("receipt", with_address)
        refund_payment(with_address, 10_000)

        def queued():
            return [line for line in desk.get("inspect", with_address).timeline if line.startswith("E-mail")]

        assert [line.split(" · ")[0] for line in queued()] == ["E-mail queued Refund notice"]

        mail_through(settings, "tests.receipts.test_send_receipt.BrokenBackend")
        send_mails()
        assert [line.split(" · ")[-1] for line in queued()] == ["SMTPRecipientsRefused"]

        time_machine.move_to(timezone.now() + timedelta(days=4))
        send_mails()
        assert queued() == ["E-mail given up Refund notice · SMTPRecipientsRefused"]

    def test_sent_by_code_are_told_too(self, desk, with_address, mailoutbox):
        with_address.refresh_from_db()
        send_receipt(with_address)

        assert desk.get("inspect", with_address).timeline[-1] == "Receipt sent by e-mail s…@example.com"


class TestWhatTheSiteHasHeard:
    def heard(self, page):
        return [words_of(line) for line in page.main.select(".khalti-deliveries li")]

    def test_is_listed(self, desk, paid):
        [line] = self.heard(desk.get("inspect", paid))

        assert line.startswith("Delivered Payment completed ")
        assert "Retry delivery" not in desk.get("inspect", paid).text

    def test_is_told_again_at_the_press_of_a_button(self, sign_in, make_paid):
        receiver = Receiver()
        with listening("completed", receiver):
            payment = make_paid()
            desk = sign_in("cashier")
            before = self.heard(desk.get("inspect", payment))
            receiver.is_broken = False

            page = desk.post("redeliver", payment)

        assert before[0].startswith("Failing Payment completed Attempts: 1 Last error: LookupError Next attempt: ")
        assert (page.badges, page.messages) == (["success"], ["Integration event “Payment completed” delivered."])
        assert self.heard(page)[0].startswith("Delivered Payment completed ")
        assert receiver.calls == 2

    def test_that_it_failed_again_is_said(self, desk, make_paid):
        with listening("completed", Receiver()):
            payment = make_paid()
            page = desk.post("redeliver", payment)

        assert page.badges == ["warning"]
        assert page.messages == ["Delivery of “Payment completed” failed: LookupError. It is retried automatically."]

    def test_is_never_told_twice(self, desk, paid):
        with listening("completed", receiver := Receiver()):
            page = desk.post("redeliver", paid)

        assert page.messages == ["All integration events are delivered already."]
        assert receiver.calls == 0


def test_a_moment_is_written_in_the_time_of_the_site(desk, paid):
    KhaltiPayment.objects.update(completed_at=timezone.now().replace(hour=0) - timedelta(days=2))

    moment = KhaltiPayment.objects.get().completed_at
    [exact] = [
        time["title"]
        for time in desk.get("inspect", paid).main.select(".khalti-facts time")
        if time["datetime"] == timezone.localtime(moment).isoformat()
    ]
    assert exact.endswith("+0545")
