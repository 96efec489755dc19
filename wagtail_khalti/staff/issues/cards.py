"""What needs a person, each with what it means and what can safely be done: on a payment's page and in the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.issue import SENTENCES
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.issues.advice import ADVICE, DECIDED, STILL_ASKING, Step
from wagtail_khalti.staff.permissions import CHECK, REFUND

Kind = KhaltiIssue.Kind
SETTINGS = "settings"
"""The right to change the settings, which isn't one over payments."""

ABOUT_A_REFUND = {Kind.REFUND_UNCONFIRMED: Step.DECIDE, Kind.REFUND_AMOUNT_MISSING: Step.ENTER}
"""By kind: the step that ends it, and leads to the refund."""

ON_ITS_WAY = "on_its_way"
"""A refund that is just being sent: no matter for a person, but nothing else can be done meanwhile."""

ELSEWHERE = frozenset({Step.GIVE_BACK, Step.REFUND})
"""Steps that lead to the payment's own page, or stand on it anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a button says, which right it needs, and whether it is the main one."""

    label: Promise
    right: str
    name: str
    """Of the address."""
    is_posted: bool = False
    is_main: bool = True


DOORS: Mapping[Step, Door] = {
    Step.CHECK: Door(
        label=gettext_lazy("Refresh status from Khalti"),
        right=CHECK,
        name="khalti_payments:check",
        is_posted=True,
        is_main=False,
    ),
    Step.DECIDE: Door(
        label=gettext_lazy("Confirm refund outcome"), right=REFUND, name="khalti_payments:resolve_refund"
    ),
    Step.ENTER: Door(label=gettext_lazy("Enter refunded amount"), right=REFUND, name="khalti_payments:enter_amount"),
    Step.RECORD: Door(
        label=gettext_lazy("Record manual refund"),
        right=REFUND,
        name="khalti_payments:record_refund",
        is_main=False,
    ),
    Step.GIVE_BACK: Door(label=gettext_lazy("Refund duplicate"), right=REFUND, name="khalti_payments:inspect"),
    Step.REFUND: Door(label=gettext_lazy("Refund"), right=REFUND, name="khalti_payments:refund", is_main=False),
    Step.REPLAY: Door(
        label=gettext_lazy("Retry delivery"), right=CHECK, name="khalti_payments:redeliver", is_posted=True
    ),
    Step.CONNECTION: Door(label=gettext_lazy("Test connection"), right=SETTINGS, name="khalti_settings:connection"),
    Step.CLOSE: Door(label=gettext_lazy("Resolve"), right=REFUND, name="khalti_issues:close", is_main=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A door of one matter."""

    step: Step
    door: Door
    url: str

    @property
    def asks_khalti(self) -> bool:
        """Which takes a pidx to ask with."""
        return self.step is Step.CHECK


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCard:
    """A word, a sentence, what to do, and where."""

    kind: str
    title: str
    sentence: str
    advice: str = ""
    buttons: tuple[Button, ...] = ()

    @property
    def can_be_checked(self) -> bool:
        """Whether Khalti, asked now, may settle it."""
        return self._has(Step.CHECK)

    @property
    def can_be_closed(self) -> bool:
        """Whether a person's word ends it. Others end with a word on the refund."""
        return self._has(Step.CLOSE)

    def _has(self, step: Step) -> bool:
        return any(button.step is step for button in self.buttons)


def cards_of(payment: KhaltiPayment, refunds: Iterable[KhaltiRefund]) -> list[IssueCard]:
    """For its own page: first what keeps money from going back, then what else is open."""
    refunds = list(refunds)
    issues = {issue.kind: issue for issue in payment.issues.open().select_related("payment")}
    about_refunds = [
        card for refund in refunds for card in _about(refund, needs_person=Kind.REFUND_UNCONFIRMED in issues)
    ]
    told = {kind for card in about_refunds for kind in (card.kind, _instead_of(card.kind))}
    others = [_of_issue(issue, left_out=ELSEWHERE) for kind, issue in issues.items() if kind not in told]
    return about_refunds + others


def card_of(issue: KhaltiIssue, refunds: Iterable[KhaltiRefund]) -> IssueCard:
    """For the inbox; ``refunds`` are all those of its payment."""
    if issue.kind in ABOUT_A_REFUND:
        found = [card for refund in refunds for card in _about(refund, needs_person=True)]
        for card in found:
            if issue.kind in (card.kind, _instead_of(card.kind)):
                return card
    return _of_issue(issue)


def _instead_of(kind: str) -> str:
    """While a refund is on its way, nobody can say of any that it isn't in doubt."""
    return Kind.REFUND_UNCONFIRMED if kind == ON_ITS_WAY else kind


def _about(refund: KhaltiRefund, *, needs_person: bool) -> Iterator[IssueCard]:
    if refund.is_unconfirmed:
        yield _waiting(refund, Kind.REFUND_UNCONFIRMED, advice=None if needs_person else STILL_ASKING)
    elif refund.is_in_progress:
        yield IssueCard(
            kind=ON_ITS_WAY,
            title=_("Refund in progress"),
            sentence=_("The refund of %(amount)s is being processed. Reload this page in a moment.")
            % {"amount": _amount(refund)},
            buttons=(_button(Step.CHECK, refund.payment_id),),
        )
    elif refund.lacks_amount:
        yield _waiting(refund, Kind.REFUND_AMOUNT_MISSING)


def _waiting(refund: KhaltiRefund, kind: Kind, advice: Promise | None = None) -> IssueCard:
    """For a word on this refund."""
    places: dict[Step, int | str] = {Step.CHECK: refund.payment_id, ABOUT_A_REFUND[kind]: refund.reference}
    return IssueCard(
        kind=kind,
        title=str(kind.label),
        sentence=str(SENTENCES[kind]) % {"refund": _amount(refund)},
        advice=str(advice or ADVICE[kind].words),
        buttons=tuple(_button(step, places[step]) for step in ADVICE[kind].steps),
    )


def _of_issue(issue: KhaltiIssue, *, left_out: frozenset[Step] = frozenset()) -> IssueCard:
    advice = ADVICE[issue.kind]
    outlived = issue.kind in ABOUT_A_REFUND
    steps = (Step.CLOSE,) if outlived else [step for step in advice.steps if step not in left_out]
    places: Mapping[Step, int | None] = {Step.CLOSE: issue.pk, Step.CONNECTION: issue.payment.site_id}
    buttons = (_button(step, places.get(step, issue.payment_id)) for step in steps)
    return IssueCard(
        kind=issue.kind,
        title=str(issue.get_kind_display()),
        sentence=issue.sentence,
        advice=str(DECIDED if outlived else advice.words),
        buttons=tuple(button for button in buttons if button.url),
    )


def _button(step: Step, place: int | str | None) -> Button:
    door = DOORS[step]
    url = _connection_url(place) if step is Step.CONNECTION else reverse(door.name, args=[place])
    return Button(step=step, door=door, url=url)


def _connection_url(site: int | str | None) -> str:
    """Of a payment of no site, by the settings of the usual one. Empty where Wagtail's settings are not installed."""
    try:
        if site is None:
            return reverse("wagtailsettings:edit", args=["wagtail_khalti", "khaltisettings"])
        return reverse(DOORS[Step.CONNECTION].name, args=[site])
    except NoReverseMatch:
        return ""


def _amount(refund: KhaltiRefund) -> str:
    return rupees(refund.amount or 0)
