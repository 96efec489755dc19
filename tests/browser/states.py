"""Every page of ours in every state, each as a way to get there."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from tests.shop.models import Invoice, Order, ShopPage
from wagtail_khalti.actions import Reservation, check_payment, record_refund, refund_payment, start_payment
from wagtail_khalti.actions.start import Source
from wagtail_khalti.gateway import BreakdownLine
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.inventory import inventory_key
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.refund import Method
from wagtail_khalti.public.offers import open_offer
from wagtail_khalti.simulator import control

WORDS = {
    "en": {
        "heading": "Become a member",
        "text": "Your yearly membership keeps the library open.",
        "item_name": "Membership 2026",
        "name": "Sita Rai",
        "two": "2",
        "class": "Class",
    },
    "ne": {
        "heading": "सदस्य बन्नुहोस्",
        "text": "तपाईंको वार्षिक सदस्यताले पुस्तकालय खुला राख्छ।",
        "item_name": "वार्षिक सदस्यता २०८३",
        "name": "सीता राई",
        "two": "२",
        "class": "कक्षा",
    },
}
EVERYTHING = ["name", "email", "phone"]
DOWN = {"status": 503, "body": "<html>Down for maintenance</html>", "content_type": "text/html"}
REFUSED = {"status": 401, "body": {"detail": "Invalid token."}}


@dataclass
class States:
    page: object
    make_shop: object
    language: str = "en"
    shops: dict = field(default_factory=dict)

    @property
    def words(self):
        return WORDS[self.language]

    def shop(self, **changes):
        words = {name: self.words[name] for name in ("heading", "text", "item_name")}
        number = len(self.shops) + 1
        shop = self.shops[number] = self.make_shop(title=f"Shop {number}", **{**words, **changes})
        return shop

    def open_checkout(self, **changes):
        shop = self.shop(**changes)
        self.page.goto(shop.url)
        self.page.locator("a.khalti-button").click()
        return shop

    def send(self):
        self.page.locator("form button[type=submit]").click()

    # The block

    def block(self):
        self.page.goto(self.shop().url)

    def block_that_cannot_be_bought(self):
        self.page.goto(self.shop(amount=None).url)

    def block_with_few_left(self):
        self.page.goto(self.shop(limit={"units": 3, "shows_available": True}).url)

    def block_that_is_sold_out(self):
        shop = self.shop(limit={"units": 1})
        self.sell_all(shop)
        cache.clear()
        self.page.reload()

    def sell_all(self, shop):
        """To somebody who is paying now. Returns the address of the checkout."""
        self.page.goto(shop.url)
        address = self.page.locator("a.khalti-button").get_attribute("href")
        offer = open_offer(address.split("/")[-2])
        last = Reservation(key=inventory_key(offer.owner, offer.block_path), limit=1)
        start_payment(150_000, purpose="Seat", base_url="http://localhost", reservation=last)
        return address

    # Before paying

    def checkout(self):
        self.open_checkout()

    def checkout_with_everything(self):
        self.open_checkout(fields=EVERYTHING, max_quantity=10)

    def checkout_with_errors(self):
        self.open_checkout(fields=EVERYTHING, max_quantity=10)
        self.page.locator("[name=quantity]").fill("11")
        self.page.locator("[name=email]").fill("sita@")
        self.send()
        self.page.locator("#errors").wait_for()

    def checkout_with_questions(self):
        self.open_checkout(fields=["name"], questions=self.questions())

    def checkout_with_unanswered_questions(self):
        self.open_checkout(questions=self.questions())
        self.send()
        self.page.locator("#errors").wait_for()

    def questions(self):
        """One of each kind, and a list of many choices."""
        few, many = ("\n".join(f"{self.words['class']} {number}" for number in range(1, end)) for end in (4, 13))
        given = [
            ("text", {"label": self.words["name"]}),
            ("long_text", {"label": self.words["heading"], "help_text": self.words["text"]}),
            ("number", {"label": "Membershipnumber" * 6}),
            ("choice", {"label": self.words["class"], "choices": few, "help_text": self.words["text"]}),
            ("choice", {"label": self.words["item_name"], "choices": many}),
            ("date", {"label": self.words["two"]}),
            ("checkbox", {"label": self.words["text"], "link_url": "https://example.com/terms/"}),
        ]
        return [
            {"type": kind, "id": f"q{number}", "value": {"required": True, **value}}
            for number, (kind, value) in enumerate(given)
        ]

    def checkout_with_a_new_total(self):
        shop = self.open_checkout(fields=["name"])
        self.page.locator("[name=name]").fill(self.words["name"])
        change_price(shop, "1750.00")
        self.send()
        self.page.locator("#new-total").wait_for()

    def checkout_while_khalti_is_down(self):
        self.open_checkout()
        control.answer_with("initiate", **DOWN)
        self.send()
        self.page.locator("#errors").wait_for()

    def checkout_with_few_left(self):
        self.open_checkout(limit={"units": 3}, max_quantity=10)

    def checkout_with_too_few_left(self):
        shop = self.open_checkout(limit={"units": 3}, max_quantity=10)
        shop = ShopPage.objects.get(pk=shop.pk)
        shop.body[0].value["limit"]["units"] = 2
        shop.save()
        self.page.locator("[name=quantity]").fill("3")
        self.send()
        self.page.locator("#new-total, #errors").wait_for()
        self.send()
        self.page.locator("#errors").wait_for()

    def sold_out(self):
        self.page.goto(self.sell_all(self.shop(limit={"units": 1})))

    def before_the_sale(self):
        shop = self.shop()
        self.page.goto(shop.url)
        address = self.page.locator("a.khalti-button").get_attribute("href")
        shop.body[0].value["limit"] = {"sale_from": timezone.now() + timedelta(days=1)}
        shop.save()
        self.page.goto(address)

    def unavailable(self):
        self.page.goto(reverse("wagtail_khalti:checkout", args=["p.forged"]))

    def unavailable_with_a_way_back(self):
        shop = self.shop()
        self.page.goto(shop.url)
        address = self.page.locator("a.khalti-button").get_attribute("href")
        ShopPage.objects.filter(pk=shop.pk).update(body=[])
        self.page.goto(address)

    # After the checkout

    def payment(self, payable=None, **options):
        shop = self.shop()
        self.page.goto(shop.url)
        offer = self.page.locator("a.khalti-button").get_attribute("href").split("/")[-2]
        with translation.override(self.language):
            return start_payment(
                300_000,
                purpose=self.words["item_name"],
                breakdown=[BreakdownLine(label=f"{self.words['item_name']} × {self.words['two']}", amount=300_000)],
                base_url="http://localhost",
                payable=payable,
                source=Source(owner=shop, offer=offer),
                **options,
            )

    def unsent(self):
        payment = self.payment()
        changes = {"status": "created", "pidx": None, "payment_url": "", "reference": new_reference()}
        KhaltiPayment.objects.filter(pk=payment.pk).update(**changes)
        payment.refresh_from_db()
        return payment

    def show(self, payment):
        self.page.goto(payment.get_absolute_url())

    def sending(self):
        payment = self.unsent()
        KhaltiPayment.objects.filter(pk=payment.pk).update(initiating_at=timezone.now())
        self.page.goto(reverse("wagtail_khalti:continue", args=[payment.reference]))

    def not_sent(self):
        payment = self.unsent()
        control.answer_with("initiate", **DOWN)
        self.page.goto(reverse("wagtail_khalti:continue", args=[payment.reference]))

    def not_possible(self):
        payment = self.unsent()
        control.answer_with("initiate", **REFUSED)
        self.page.goto(reverse("wagtail_khalti:continue", args=[payment.reference]))

    def waiting(self):
        self.show(self.payment())

    def completed(self):
        payment = self.payment()
        control.pay(payment.pidx)
        self.show(payment)

    def completed_with_a_page_to_go_on_to(self):
        payment = self.payment(success_url="/thank-you/")
        control.pay(payment.pidx)
        self.show(payment)

    def receipt_of_the_payer(self):
        payment = self.payment(success_url="/thank-you/")
        control.pay(payment.pidx)
        self.page.goto(payment.get_receipt_url())

    def no_receipt(self):
        self.page.goto("/khalti/receipt/")

    def find_receipt(self):
        self.page.goto("/khalti/receipt/find/")

    def find_receipt_with_errors(self):
        self.find_receipt()
        self.page.locator("form button[type=submit]").click()
        self.page.wait_for_selector("#errors")

    def receipt_asked_for_again(self):
        self.find_receipt()
        self.page.fill("[name=quoted]", "ABCD-2345-EFGH-6789")
        self.page.fill("[name=contact]", "sita@example.com")
        self.page.locator("form button[type=submit]").click()
        self.page.wait_for_selector("#asked")

    def canceled(self):
        payment = self.payment()
        control.cancel(payment.pidx)
        self.show(payment)

    def expired(self):
        payment = self.payment()
        control.expire(payment.pidx)
        self.show(payment)

    def failed(self):
        payment = self.payment()
        control.fail(payment.pidx)
        self.show(payment)

    def unclear(self):
        payment = self.payment()
        body = {"pidx": payment.pidx, "status": "Completed", "total_amount": payment.amount - 1}
        control.answer_with("lookup", body=body, pidx=payment.pidx)
        self.show(payment)

    def partially_refunded(self):
        payment = self.payment()
        control.pay(payment.pidx)
        control.refund(payment.pidx, partial=True)
        self.show(payment)

    def refunded(self):
        payment = self.payment()
        control.pay(payment.pidx)
        control.refund(payment.pidx)
        self.show(payment)

    def refunded_in_several_ways(self):
        payment = self.payment()
        control.pay(payment.pidx)
        refund_payment(check_payment(payment), 100_000)
        record_refund(payment, 50_000, method=Method.CASH)
        record_refund(payment, 25_000, method=Method.BANK_TRANSFER)
        self.show(payment)

    def refunded_in_cash(self):
        payment = self.payment()
        control.pay(payment.pidx)
        record_refund(check_payment(payment), 300_000, method=Method.CASH)
        self.show(payment)

    def duplicate(self):
        payable = Order.objects.create()
        first, second = (self.payment(payable=payable) for _number in range(2))
        for payment in (first, second):
            control.pay(payment.pidx)
            check_payment(payment)
        self.show(second)
        return second

    def duplicate_and_partly_refunded(self):
        record_refund(self.duplicate(), 100_000, method=Method.CASH)
        self.page.reload()

    def duplicate_and_refunded(self):
        control.refund(self.duplicate().pidx)
        check_payment(KhaltiPayment.objects.exclude(duplicate_of=None).get())
        self.page.reload()

    # Something of the site's own

    def payable(self, **changes):
        invoice = Invoice.objects.create(**changes)
        with translation.override(self.language):
            self.page.goto(invoice.get_pay_url())
        return invoice

    def payable_with_a_new_total(self):
        Invoice.objects.filter(pk=self.payable().pk).update(amount=250_000)
        self.send()

    def payable_while_khalti_is_down(self):
        self.payable()
        control.answer_with("initiate", **DOWN, times=1)
        self.send()

    def nothing_to_pay(self):
        self.page.goto(reverse("wagtail_khalti:pay", args=["no-such-link"]))

    def not_found(self):
        self.page.goto(reverse("wagtail_khalti:payment", args=["NOSUCHREFERENCE"]))


NAMES = [
    "block",
    "block_that_cannot_be_bought",
    "block_with_few_left",
    "block_that_is_sold_out",
    "checkout",
    "checkout_with_everything",
    "checkout_with_errors",
    "checkout_with_questions",
    "checkout_with_unanswered_questions",
    "checkout_with_a_new_total",
    "checkout_while_khalti_is_down",
    "checkout_with_few_left",
    "checkout_with_too_few_left",
    "sold_out",
    "before_the_sale",
    "unavailable",
    "unavailable_with_a_way_back",
    "receipt_of_the_payer",
    "no_receipt",
    "find_receipt",
    "find_receipt_with_errors",
    "receipt_asked_for_again",
    "sending",
    "not_sent",
    "not_possible",
    "waiting",
    "completed",
    "completed_with_a_page_to_go_on_to",
    "canceled",
    "expired",
    "failed",
    "unclear",
    "partially_refunded",
    "refunded",
    "refunded_in_several_ways",
    "refunded_in_cash",
    "duplicate",
    "duplicate_and_partly_refunded",
    "duplicate_and_refunded",
    "payable",
    "payable_with_a_new_total",
    "payable_while_khalti_is_down",
    "nothing_to_pay",
    "not_found",
]


def change_price(shop, rupees):
    """As an editor does: the new price is published."""
    shop = ShopPage.objects.get(pk=shop.pk)
    shop.body[0].value["amount"] = rupees
    shop.save()
