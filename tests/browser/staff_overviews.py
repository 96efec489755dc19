"""The pages of ours in Wagtail's admin that are about more than one payment, in every state."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import Group
from wagtail.models import Page, Site

from tests.browser.staff_states import StaffStates
from tests.staff.issues_made import Kind, new_issue
from tests.staff.past import past_opening, past_payment, past_refund, save
from wagtail_khalti.conf import configuration
from wagtail_khalti.dates.days import today
from wagtail_khalti.models import KhaltiPayment, Status

TITLES = {
    "en": ["Annual dinner of the friends of the village library", "Membership", "Hall rent"],
    "ne": ["गाउँ पुस्तकालयका साथीहरूको वार्षिक भोज", "वार्षिक सदस्यता २०८३", "सभाहल भाडा"],
}
NAMES = {"en": ["Sita Rai", "Hari Bahadur Thapa", "Maya Gurung"], "ne": ["सीता राई", "हरि बहादुर थापा", "माया गुरुङ"]}
ENDS = [
    Status.COMPLETED,
    Status.CANCELED,
    Status.COMPLETED,
    Status.INITIATED,
    Status.COMPLETED,
    Status.EXPIRED,
    Status.COMPLETED,
    Status.FAILED,
]
SEVERAL = [
    Kind.AMOUNT_MISMATCH,
    Kind.REFUND_UNCONFIRMED,
    Kind.DUPLICATE_PAYMENT,
    Kind.DELIVERY_FAILING,
    Kind.KEY_REJECTED,
]
NO_DAY = {"created_from": "2026-02-30", "paid_from": "2083-01-01", "paid_to": "2082-01-01", "amount_from": "ten"}


@dataclass
class StaffOverviews(StaffStates):
    def make_past(self, count=24):
        """Payments of three pages on the last days, one of which went back."""
        titles, names = TITLES[self.language], NAMES[self.language]
        mode = configuration().merchant().mode.value
        places = [Page.objects.order_by("depth").last().add_sibling(title=title) for title in titles]
        payments = save(
            [
                past_payment(
                    today() - timedelta(days=number),
                    (number * 37 % 90 + 1) * 10_050,
                    status=ENDS[number % len(ENDS)],
                    title=titles[number % 3],
                    source=str(places[number % 3].pk),
                    purpose=titles[number % 3],
                    customer_name=names[number % 3],
                    customer_phone="9800000001",
                    mode=mode,
                )
                for number in range(count)
            ]
        )
        past_refund(payments[0], today(), payments[0].amount // 3 // 100 * 100)
        for number, page in enumerate(places):
            past_opening(today(), 3 * count - number, title=page.title, source=str(page.pk), mode=mode)

    def make_issues(self):
        mode = configuration().merchant().mode.value
        return [new_issue(kind, purpose=self.words["purpose"], mode=mode) for kind in SEVERAL]

    # The list

    def filtered(self):
        self.make_past()
        self.desk.open("index", status="paid", paid_from=today() - timedelta(days=20), amount_from="100")

    def filters(self):
        self.filtered()
        self.page.get_by_role("button", name="Filters").click()

    def filtered_with_errors(self):
        self.make_past()
        self.desk.open("index", **NO_DAY)

    def menu(self):
        self.make_past()
        self.desk.open("index")
        self.page.locator("tbody ul.actions button").first.click()

    def selected(self):
        self.make_past()
        self.desk.open("index")
        for box in self.page.locator("tbody [data-bulk-action-checkbox]").all()[:2]:
            box.check()

    def refresh(self):
        self.selected()
        self.desk.click(self.page.locator("[data-bulk-action-button]").first)

    # The payments of a page

    def page_payments(self, **query):
        """With more questions than there are columns."""
        self.make_past()
        payments = KhaltiPayment.objects.filter(status=Status.COMPLETED)
        label, value = self.words["purpose"], self.words["reason"]
        answers = [{"name": f"q{number}", "label": f"{label} {number}", "value": value} for number in range(12)]
        payments.update(answers=answers)
        shown = payments.first()
        self.desk.open("khalti_pages:payments", shown.source_id, mode=shown.mode, **query)

    def page_payments_with_errors(self):
        self.page_payments(status="rich")

    def page_payments_none_found(self):
        self.page_payments(q="nobody")

    def page_payments_empty(self):
        self.desk.open("khalti_pages:payments", Site.objects.get().root_page_id)

    # What needs somebody

    def nothing_needed(self):
        self.desk.open("khalti_issues:index")

    def needed(self):
        self.make_issues()
        self.desk.open("khalti_issues:index")
        for summary in self.page.locator(".khalti-issue-row summary").all():
            summary.click()

    def close(self):
        issue, *_others = self.make_issues()
        self.desk.open("khalti_issues:resolve", issue.pk)

    def close_with_errors(self):
        self.close()
        self.send()

    def home(self):
        self.make_past()
        self.make_issues()
        self.desk.open("wagtailadmin_home")

    # To take along

    def export(self):
        self.make_past()
        self.desk.open("export", status="paid", paid_from=today() - timedelta(days=20))

    def export_with_errors(self):
        self.make_past()
        self.desk.open("export", **NO_DAY)

    # Who may change settings

    def site_settings(self):
        self.desk.rise()
        self.desk.open("wagtailsettings:edit", "wagtail_khalti", "khaltisettings", Site.objects.get().pk)

    def connection(self):
        self.desk.rise()
        self.desk.open("khalti_settings:connection", Site.objects.get().pk)
        self.desk.click(self.page.locator("main form button"))

    def group(self):
        """There are two sites to tell apart."""
        Site.objects.create(hostname="museum.example", root_page=Site.objects.get().root_page, site_name="Museum")
        self.desk.rise()
        self.desk.open("wagtailusers_groups:edit", Group.objects.create(name="Cashiers").pk)
