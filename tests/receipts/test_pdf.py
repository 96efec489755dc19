"""The receipt as a PDF: its text is that of the page, row by row, in both languages, whatever people typed."""

import re
from dataclasses import asdict

import pypdfium2
import pytest
from django.utils import timezone, translation
from wagtail.models import Site

from wagtail_khalti.actions import check_payment, record_refund, send_receipt
from wagtail_khalti.gateway import BreakdownLine, Customer
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiMail, KhaltiPayment, KhaltiSettings
from wagtail_khalti.models.refund import Method
from wagtail_khalti.questions import Answer, QuestionKind
from wagtail_khalti.receipts import has_pdf, issue_original, pdf_name, pdf_of, receipt_of, refund_summary_of
from wagtail_khalti.receipts import pdf as pdf_module

pytestmark = pytest.mark.django_db

MARKUP = "*b* _i_ #panic() $x$ @a <b> [x] \\ // /* */ `c` = h + 1. ~ -- ... \"q\" 'q' #set page(width: 1cm)"
CONJUNCTS = "क्षितिज श्रेष्ठ, कि कक्षा ज्ञान द्वन्द्व"


@pytest.fixture
def make_paid(khalti, make_payment):
    def make(**options):
        site = Site.objects.get(is_default_site=True)
        KhaltiSettings.objects.get_or_create(site=site, receipt_text="New Road, Kathmandu\nPAN 301234567")
        customer = Customer(name=options.pop("name", "Sita Rai"), email="sita@example.com", phone="9800000001")
        payment = make_payment(customer=customer, site=site, **options)
        khalti.pay(payment)
        return check_payment(payment)

    return make


def receipt_for(payment, **options):
    site = payment.site
    return receipt_of(payment, KhaltiSettings.of(site), refund_summary_of(payment), **{"shows_payer": True, **options})


def text_of(pdf):
    """As PDFium, the engine of Chromium, copies it; lines are broken where the page is full."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return flat(" ".join(pages))


def flat(text):
    """Without breaks, and without the marks that PDFium writes where a word is divided."""
    return re.sub(r"[\s\u200b\ufffe\x02]+", "", text)


def rows_of(receipt):
    return flat("".join(f"{row.label}{row.value}{''.join(row.notes)}" for row in receipt.rows))


class TestTheText:
    @pytest.mark.parametrize("language", ["en", "ne"])
    def test_is_that_of_the_page_row_by_row(self, make_paid, language):
        lines = [BreakdownLine(label="२ टिकट", amount=130_000), BreakdownLine(label="VAT", amount=20_000)]
        payment = make_paid(name=CONJUNCTS, purpose="कक्षा ५ को शुल्क / Class 5 fee", breakdown=lines)
        record_refund(payment, 30_000, method=Method.CASH)
        with translation.override(language):
            receipt = receipt_for(payment)
            text = text_of(pdf_of(asdict(receipt)))

        assert len(receipt.rows) == 13
        assert rows_of(receipt) in text
        assert text.startswith(flat(f"{receipt.test_note}{receipt.title}"))
        assert text.endswith(flat(receipt.footnote))

    @pytest.mark.parametrize(
        "name",
        [
            MARKUP,
            "सीता " * 60,
            "W" * 255,
            "क" * 255,
            "\u202eSita\u2066 Rai\u200f",
            "Zoë Łukasz Ñandú",
            "Сита",
            "#" * 255,
        ],
        ids=[
            "markup",
            "300 letters",
            "one long word",
            "one long word in Nepali",
            "directions",
            "accents",
            "Cyrillic",
            "#",
        ],
    )
    def test_of_a_name_is_what_was_typed(self, make_paid, name):
        payment = make_paid()
        payment.customer_name = name
        receipt = receipt_for(payment)

        text = text_of(pdf_of(asdict(receipt)))

        [paid_by] = [row.value for row in receipt.rows if row.label == "Paid by"]
        assert flat(paid_by) in text
        assert rows_of(receipt) in text
        assert not set("\u202e\u2066\u200f") & set(text)

    @pytest.mark.parametrize("name", ["سيتا راي", "西塔", "👩‍🎓 Sita", "\U0001d54a"])
    def test_of_scripts_without_a_font_leaves_the_rest_alone(self, make_paid, name):
        payment = make_paid()
        payment.customer_name = name
        receipt = receipt_for(payment)

        text = text_of(pdf_of(asdict(receipt)))

        after = rows_of(receipt)[rows_of(receipt).index("Mobilenumber") :]
        assert after in text

    def test_names_the_language_and_the_title(self, make_paid):
        with translation.override("ne"):
            receipt = receipt_for(make_paid())
            document = pypdfium2.PdfDocument(pdf_of(asdict(receipt)))

        assert document.get_metadata_value("Title") == receipt.title
        document.close()

    def test_is_drawn_with_the_font_that_has_conjuncts(self, make_paid):
        with translation.override("ne"):
            pdf = pdf_of(asdict(receipt_for(make_paid(name=CONJUNCTS))))

        assert b"NotoSansDevanagari" in pdf


class TestTheOriginal:
    def test_is_the_first_of_several(self, make_paid):
        payment = make_paid()
        others = [KhaltiPayment.objects.get(pk=payment.pk) for _time in range(2)]

        assert [issue_original(each) for each in (payment, *others)] == [True, False, False]

    def test_says_nothing_and_a_copy_says_when_it_was_issued(self, make_paid, time_machine):
        time_machine.move_to("2026-11-29T04:18:00Z")
        payment = make_paid()
        assert receipt_for(payment).copy_note == ""

        issue_original(payment)

        note = "Copy. The original was issued on 29 Nov 2026, 10:03, Nepal Time."
        assert receipt_for(payment).copy_note == note
        assert receipt_for(payment, is_original=True).copy_note == ""
        assert flat(note) in text_of(pdf_of(asdict(receipt_for(payment))))

    def test_has_the_name_of_the_payer(self, make_paid):
        assert receipt_for(make_paid(), shows_payer=False).copy_note == "Copy without the payer's name."


class TestTheMail:
    def test_has_it_attached_once_as_the_original(self, make_paid, mailoutbox, time_machine):
        payment = make_paid()
        send_receipt(payment)
        time_machine.move_to(timezone.now() + timezone.timedelta(minutes=2))
        send_receipt(payment)

        first, second = [text_of(content) for sent in mailoutbox for _name, content, _kind in sent.attachments]
        assert [(name, kind) for name, _content, kind in mailoutbox[0].attachments] == [
            (pdf_name(payment), "application/pdf")
        ]
        assert "Copy." not in first
        assert "Copy." in second
        assert "Copy. The original was issued on" not in mailoutbox[0].body
        assert "Copy. The original was issued on" in mailoutbox[1].body

    def test_goes_out_where_the_extra_is_missing(self, make_paid, mailoutbox, monkeypatch):
        monkeypatch.setattr(pdf_module, "has_pdf", lambda: False)

        send_receipt(make_paid())

        assert mailoutbox[0].attachments == []

    def test_goes_out_where_typst_fails(self, make_paid, mailoutbox, monkeypatch, caplog):
        monkeypatch.setattr(pdf_module, "TEMPLATE", pdf_module.TEMPLATE.with_name("content.py"))

        send_receipt(make_paid())

        assert mailoutbox[0].attachments == []
        assert "could not be made as a PDF" in caplog.text
        assert "Sita" not in caplog.text


@pytest.fixture
def syllable(make_paid):
    """A payment on whose PDF Typst panics: not with an ``Exception``."""
    answer = Answer(name="q", label="Message", kind=QuestionKind.LONG_TEXT, value="क" + "ि" * 300, on_receipt=True)
    return make_paid(answers=[answer])


class TestASyllableWithoutEnd:
    def test_ends_no_worker(self, syllable, client, caplog):
        response = client.get(f"{syllable.get_receipt_url()}pdf/")

        assert (response.status_code, response["Location"]) == (302, syllable.get_receipt_url())
        assert "A receipt could not be made as a PDF" in caplog.text
        syllable.refresh_from_db()
        assert syllable.receipt_issued_at is None, "nobody has an original"

    def test_keeps_no_mail_of_others(self, syllable, make_paid, mailoutbox):
        KhaltiSettings.objects.update(sends_receipts=True)
        other = make_paid()
        for payment in (syllable, other):
            KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.RECEIPT)])

        send_mails()

        assert [len(mail.attachments) for mail in mailoutbox] == [0, 1]


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_a_process_that_is_to_end_ends(make_paid, monkeypatch, end):
    def stop(data):
        raise end

    monkeypatch.setattr(pdf_module, "_compile", stop)

    with pytest.raises(end):
        pdf_of(asdict(receipt_for(make_paid())))


def test_the_extra_is_installed_where_the_tests_run():
    """Otherwise those above would show nothing."""
    assert has_pdf()
