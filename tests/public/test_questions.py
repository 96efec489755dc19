"""An editor's own questions on the checkout page, in the payment and on the receipt."""

import pytest
from django.core import mail
from wagtail.models import Page

from tests.public.conftest import GOOD_ANSWERS
from tests.shop.models import ShopPage
from wagtail_khalti.actions import send_receipt
from wagtail_khalti.models import KhaltiPayment

ROLL = "11111111-0000-4000-8000-000000000001"
CLASS = "11111111-0000-4000-8000-000000000002"
BORN = "11111111-0000-4000-8000-000000000003"
TERMS = "11111111-0000-4000-8000-000000000004"
MESSAGE = "11111111-0000-4000-8000-000000000005"
THREE = "Class 1\nClass 2\nClass 3"


def block(kind, pk, label, **value):
    return {"type": kind, "id": pk, "value": {"label": label, "required": True, **value}}


SCHOOL = [
    block("number", ROLL, "Roll number", help_text="On the school card", on_receipt=True),
    block("choice", CLASS, "Class", choices=THREE, on_receipt=True),
    block("date", BORN, "Date of birth", required=False, on_receipt=True),
    block("checkbox", TERMS, "I accept the terms"),
    block("long_text", MESSAGE, "Message", required=False, on_receipt=True),
]
GOOD = {ROLL: "१२", CLASS: "Class 2", BORN: "2083-08-13", TERMS: "on", MESSAGE: "Thank\r\nyou"}


def name_of(pk):
    return f"question-{pk}"


@pytest.fixture
def school(shop_page):
    return shop_page(fields=["name"], questions=SCHOOL)


def change_questions(shop, questions):
    """As an editor does: the change is published."""
    shop = ShopPage.objects.get(pk=shop.pk)
    block = shop.body[0].block.child_blocks["questions"]
    shop.body[0].value["questions"] = block.to_python(questions)
    shop.save_revision().publish()


def shown(visitor):
    """Names of the fields that a person sees, in their order."""
    fields = visitor.page.select("form input:not([type=hidden]), form select, form textarea")
    return list(dict.fromkeys(field["name"] for field in fields))


def hidden(visitor):
    return {
        field["name"]: field["value"]
        for field in visitor.page.select("form input[type=hidden]")
        if field["name"] != "csrfmiddlewaretoken"
    }


def pay(visitor, **changes):
    """The form with good answers; ``changes`` by the name of the field or the ID of the question; None: not sent."""
    answers = {name_of(pk): text for pk, text in GOOD.items()} | {"name": "Sita Rai"}
    answers |= {name if name in GOOD_ANSWERS else name_of(name): text for name, text in changes.items()}
    return visitor.send(hidden(visitor) | {name: text for name, text in answers.items() if text is not None})


def field(visitor, pk):
    return visitor.page.select_one(f"#id_{name_of(pk)}")


def values(payment):
    return {answer["name"]: answer["value"] for answer in payment.answers}


def test_asks_after_the_contact_fields_in_the_editors_order(visitor, school):
    visitor.choose(school)

    assert shown(visitor) == ["name", *(name_of(pk) for pk in (ROLL, CLASS, BORN, TERMS, MESSAGE))]


def test_answers_are_stored_in_the_words_of_that_time(visitor, school, the_payment):
    pay(visitor.choose(school))
    assert visitor.response.status_code == 302, visitor.errors
    change_questions(school, [])

    payment = the_payment()
    assert [answer["label"] for answer in payment.answers] == [one["value"]["label"] for one in SCHOOL]
    assert values(payment) == {ROLL: "12", CLASS: "Class 2", BORN: "2026-11-29", TERMS: True, MESSAGE: "Thank\nyou"}
    assert [answer["on_receipt"] for answer in payment.answers] == [True, True, True, False, True]


def test_what_is_missing_is_told_on_top_and_at_the_field(visitor, school):
    pay(visitor.choose(school), **{ROLL: "NaN", CLASS: None, BORN: "2083-02-33", TERMS: None})

    links = {link["href"]: link.get_text() for link in visitor.page.select("#errors a")}
    assert list(links) == [
        f"#id_{name_of(ROLL)}",
        f"#id_{name_of(CLASS)}_0",
        f"#id_{name_of(BORN)}",
        f"#id_{name_of(TERMS)}",
    ]
    for address, text in links.items():
        target = visitor.page.select_one(address.replace("#", "[id='") + "']")
        group = target.find_parent("fieldset") or target
        described_by = group["aria-describedby"].split()
        assert text in [visitor.page.find(id=one).get_text(strip=True) for one in described_by]
    assert not KhaltiPayment.objects.exists()


def test_what_was_typed_is_kept_beside_an_error(visitor, school):
    pay(visitor.choose(school), **{ROLL: "x<script>"})

    assert field(visitor, ROLL)["value"] == "x<script>"
    assert visitor.page.select_one(f"[name={name_of(CLASS)}][checked]")["value"] == "Class 2"
    assert field(visitor, BORN)["value"] == "2083-08-13"
    assert field(visitor, TERMS).has_attr("checked")
    assert field(visitor, MESSAGE).get_text().strip() == "Thank\r\nyou".replace("\r\n", "\n")
    assert b"<script>" not in visitor.response.content.replace(b"<script src", b"")


def test_labels_help_and_groups_are_tied_to_their_fields(visitor, school):
    page = visitor.choose(school).page

    for label in page.select("form label"):
        assert page.find(id=label["for"])
    number = field(visitor, ROLL)
    assert page.find(id=number["aria-describedby"]).get_text() == "On the school card"
    group = page.select_one(f"[name={name_of(CLASS)}]").find_parent("fieldset")
    assert group.legend.get_text(strip=True) == "Class"
    optional = page.select_one(f"label[for=id_{name_of(MESSAGE)}]")
    assert optional.get_text(" ", strip=True) == "Message (optional)"


def test_many_choices_become_a_list(visitor, shop_page):
    choices = "\n".join(f"Class {number}" for number in range(1, 11))
    visitor.choose(shop_page(questions=[block("choice", CLASS, "Class", choices=choices)]))

    options = [option.get_text() for option in field(visitor, CLASS).select("option")]
    assert options[:2] == ["Choose an option", "Class 1"]
    assert len(options) == 11


def test_terms_open_in_a_new_tab(visitor, shop_page, home):
    terms = home.add_child(instance=Page(title="Terms", slug="terms"))
    by_page = block("checkbox", TERMS, "I accept", link_page=terms.pk)
    by_address = block("checkbox", ROLL, "I have read it", link_url="https://example.com/rules/")

    visitor.choose(shop_page(questions=[by_page, by_address]))

    first, second = visitor.page.select("form a[target=_blank]")
    assert first["href"] == terms.url
    assert first.get_text() == "More about “I accept” (opens in a new tab)"
    assert second["href"] == "https://example.com/rules/"


def test_unpublished_terms_are_not_linked(visitor, shop_page, home):
    terms = home.add_child(instance=Page(title="Terms", slug="terms", live=False))

    visitor.choose(shop_page(questions=[block("checkbox", TERMS, "I accept", link_page=terms.pk)]))

    assert not visitor.page.select("form a[target=_blank]")


class TestChangedWhileTheFormWasOpen:
    NOTICE = "The questions have changed. Please check your answers and press the button again."

    def test_a_deleted_question_is_gone_and_the_rest_is_kept(self, visitor, school, the_payment):
        visitor.choose(school)
        change_questions(school, SCHOOL[1:])
        pay(visitor)

        assert visitor.errors == [self.NOTICE]
        assert name_of(ROLL) not in shown(visitor)
        assert field(visitor, BORN)["value"] == "2083-08-13"
        pay(visitor)
        assert ROLL not in values(the_payment())

    def test_a_deleted_choice_is_told(self, visitor, school):
        visitor.choose(school)
        change_questions(school, [SCHOOL[0], block("choice", CLASS, "Class", choices="Class 1\nClass 3")])
        pay(visitor)

        assert "Choose an option for “Class”." in visitor.errors
        assert field(visitor, ROLL)["value"] == "१२"
        assert not KhaltiPayment.objects.exists()

    def test_other_terms_are_seen_before_they_are_accepted(self, visitor, school, the_payment):
        visitor.choose(school)
        change_questions(school, [*SCHOOL[:3], block("checkbox", TERMS, "I accept everything")])
        pay(visitor)

        assert visitor.errors == [self.NOTICE]
        assert not KhaltiPayment.objects.exists()
        pay(visitor)
        assert the_payment().answers[-1]["label"] == "I accept everything"

    def test_an_optional_question_that_is_new_is_shown(self, visitor, shop_page):
        shop = shop_page()
        visitor.choose(shop)
        change_questions(shop, [SCHOOL[4]])
        visitor.press_pay()

        assert visitor.errors == [self.NOTICE]
        assert shown(visitor) == [name_of(MESSAGE)]


def test_the_same_form_sent_twice_is_one_payment(visitor, school):
    visitor.choose(school)
    form = hidden(visitor)
    pay(visitor)
    visitor.send(form | {name_of(pk): text for pk, text in GOOD.items()} | {"name": "Sita Rai"})

    assert KhaltiPayment.objects.count() == 1


def test_other_answers_are_another_payment(visitor, school):
    pay(visitor.choose(school))
    pay(visitor.choose(school), **{ROLL: "13"})
    pay(visitor.choose(school), **{ROLL: "13"})

    assert sorted(values(payment)[ROLL] for payment in KhaltiPayment.objects.all()) == ["12", "13"]


def test_a_repeated_parameter_is_harmless(visitor, school, the_payment):
    pay(visitor.choose(school), **{ROLL: ["1", "2"], CLASS: ["Class 1", "Class 3"]})

    assert (values(the_payment())[ROLL], values(the_payment())[CLASS]) == ("2", "Class 3")


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "सीता राई " * 20, "x\u202egpj.exe", "\u200f\u0000a"])
def test_odd_texts_are_stored_without_what_cannot_be_seen(visitor, shop_page, the_payment, typed):
    visitor.choose(shop_page(questions=[block("text", ROLL, "Text <b>", on_receipt=True)]))
    visitor.send(hidden(visitor) | {name_of(ROLL): typed})

    stored = values(the_payment())[ROLL]
    assert stored == " ".join(typed.replace("\u202e", "").replace("\u200f", "").replace("\0", " ").split())


def test_bytes_of_a_broken_encoding_are_no_error(visitor, shop_page, the_payment):
    visitor.choose(shop_page(questions=[block("text", ROLL, "Text")]))
    form = "&".join(f"{name}={text}" for name, text in hidden(visitor).items())
    visitor.response = visitor.client.post(
        visitor.address,
        f"{form}&{name_of(ROLL)}=a%ED%A0%80",
        content_type="application/x-www-form-urlencoded",
    )

    assert values(the_payment())[ROLL].startswith("a")


def test_three_hundred_letters_are_told(visitor, shop_page):
    visitor.choose(shop_page(questions=[block("text", ROLL, "Text")]))
    visitor.send(hidden(visitor) | {name_of(ROLL): "क" * 300})

    assert visitor.errors == ["“Text” can have at most 255 characters."]
    assert field(visitor, ROLL)["value"] == "क" * 300


def test_twenty_long_answers_are_taken(visitor, shop_page, the_payment):
    questions = [block("long_text", f"q{number}", "ल" * 140 + str(number)) for number in range(20)]
    visitor.choose(shop_page(questions=questions))
    visitor.send(hidden(visitor) | {name_of(f"q{number}"): "क" * 2000 for number in range(20)})

    assert visitor.response.url == the_payment().payment_url
    assert set(values(the_payment()).values()) == {"क" * 2000}


def test_questions_without_ids_of_their_own_are_told_apart(visitor, shop_page, the_payment):
    twins = [block("text", ROLL, "First"), block("text", ROLL, "Second"), block("text", None, "Third")]
    visitor.choose(shop_page(questions=twins))
    visitor.send(hidden(visitor) | {name_of(str(number)): f"answer {number}" for number in (1, 2, 3)})

    assert [answer["value"] for answer in the_payment().answers] == ["answer 1", "answer 2", "answer 3"]


class TestPayingAgain:
    @pytest.fixture
    def again(self, visitor, school, the_payment, khalti):
        pay(visitor.choose(school))
        khalti.cancel(the_payment())
        visitor.come_back(khalti, the_payment())
        return visitor.page.find("a", string="Pay again")["href"]

    def test_answers_are_filled_in(self, visitor, again):
        visitor.visit(again)

        assert field(visitor, ROLL)["value"] == "12"
        assert visitor.page.select_one(f"[name={name_of(CLASS)}][checked]")["value"] == "Class 2"
        assert field(visitor, BORN)["value"] == "2026-11-29"
        assert not field(visitor, TERMS).has_attr("checked"), "terms are accepted each time"
        assert field(visitor, MESSAGE).get_text().strip() == "Thank\nyou"

    def test_only_in_the_browser_that_gave_them(self, stranger, again):
        stranger.visit(again)

        assert stranger.response.status_code == 200
        assert not field(stranger, ROLL).get("value")
        assert not stranger.page.select("form [checked]")


class TestReceipt:
    @pytest.fixture
    def paid(self, visitor, school, the_payment, khalti):
        pay(visitor.choose(school), **{MESSAGE: "<b>long</b> " * 150})
        KhaltiPayment.objects.update(customer_email="sita@example.com")
        khalti.pay(the_payment())
        visitor.come_back(khalti, the_payment())
        return the_payment()

    def rows(self, page):
        rows = page.select(".khalti-summary > div, table tr")
        return {
            row.select_one("dt, th").get_text(strip=True): row.select_one("dd, td").get_text(strip=True) for row in rows
        }

    def test_shows_what_the_editor_chose(self, visitor, paid):
        rows = self.rows(visitor.page)

        assert rows["Roll number"] == "12"
        assert rows["Class"] == "Class 2"
        assert rows["Date of birth"] == "29 Nov 2026 (2083-08-13 BS)"
        assert rows["Message"] == " ".join(["<b>long</b>"] * 150)
        assert "I accept the terms" not in rows

    def test_is_in_the_numerals_of_the_language(self, visitor, paid):
        KhaltiPayment.objects.update(language="ne")
        visitor.visit(paid.get_absolute_url())

        rows = self.rows(visitor.page)
        assert rows["Roll number"] == "१२"
        assert "२०८३-०८-१३" in rows["Date of birth"]
        assert rows["Class"] == "Class 2"

    def test_a_stranger_with_the_address_reads_no_answer(self, stranger, paid):
        stranger.visit(paid.get_absolute_url())

        assert stranger.response.status_code == 200
        assert not {"Roll number", "Class", "Message"} & set(self.rows(stranger.page))

    def test_the_mail_has_the_same(self, paid, settings):
        send_receipt(paid)

        [message] = mail.outbox
        assert "Roll number: 12\n" in message.body
        assert "Class: Class 2\n" in message.body
        assert "&lt;b&gt;long&lt;/b&gt;" in message.alternatives[0][0]

    def test_what_was_left_empty_has_no_row(self, visitor, school, khalti):
        pay(visitor.choose(school), **{BORN: "", MESSAGE: ""})
        payment = KhaltiPayment.objects.get()
        khalti.pay(payment)
        visitor.come_back(khalti, payment)

        assert not {"Date of birth", "Message"} & set(self.rows(visitor.page))


def test_without_questions_the_form_has_no_trace_of_them(visitor, shop_page):
    visitor.choose(shop_page())

    assert "questions_seen" not in hidden(visitor)
