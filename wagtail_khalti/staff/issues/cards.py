"""Open issues as cards with sentence, advice and buttons, for a payment's page and the list of issues."""

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
from wagtail_khalti.staff.issues.advice import ADVICE, OUTCOME_KNOWN, STILL_CHECKING, IssueAction
from wagtail_khalti.staff.permissions import CHECK, REFUND

Kind = KhaltiIssue.Kind
CHANGE_SETTINGS = "settings"
"""The permission to change the site's settings, which isn't one of ``PaymentPolicy``."""

REFUND_ACTIONS = {
    Kind.REFUND_UNCONFIRMED: IssueAction.CONFIRM_REFUND,
    Kind.REFUND_AMOUNT_MISSING: IssueAction.ENTER_AMOUNT,
}
"""Issues that are about one refund, with the action that resolves them. Its address takes the refund's reference."""

REFUND_IN_PROGRESS = "refund_in_progress"
"""Kind of the card of a refund that is being sent: not an issue, but the payment can't be refunded meanwhile."""

ON_PAYMENT_PAGE = frozenset({IssueAction.REFUND_DUPLICATE, IssueAction.REFUND})
"""Actions that the payment's own page offers anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionButton:
    """How the button of an action looks, and which permission it needs."""

    label: Promise
    permission: str
    url_name: str
    is_posted: bool = False
    is_main: bool = True


ACTION_BUTTONS: Mapping[IssueAction, ActionButton] = {
    IssueAction.REFRESH: ActionButton(
        label=gettext_lazy("Refresh status from Khalti"),
        permission=CHECK,
        url_name="khalti_payments:check",
        is_posted=True,
        is_main=False,
    ),
    IssueAction.CONFIRM_REFUND: ActionButton(
        label=gettext_lazy("Confirm refund outcome"), permission=REFUND, url_name="khalti_payments:resolve_refund"
    ),
    IssueAction.ENTER_AMOUNT: ActionButton(
        label=gettext_lazy("Enter refunded amount"), permission=REFUND, url_name="khalti_payments:enter_amount"
    ),
    IssueAction.RECORD_REFUND: ActionButton(
        label=gettext_lazy("Record manual refund"),
        permission=REFUND,
        url_name="khalti_payments:record_refund",
        is_main=False,
    ),
    IssueAction.REFUND_DUPLICATE: ActionButton(
        label=gettext_lazy("Refund duplicate"), permission=REFUND, url_name="khalti_payments:inspect"
    ),
    IssueAction.REFUND: ActionButton(
        label=gettext_lazy("Refund"), permission=REFUND, url_name="khalti_payments:refund", is_main=False
    ),
    IssueAction.RETRY_DELIVERY: ActionButton(
        label=gettext_lazy("Retry delivery"), permission=CHECK, url_name="khalti_payments:redeliver", is_posted=True
    ),
    IssueAction.TEST_CONNECTION: ActionButton(
        label=gettext_lazy("Test connection"), permission=CHANGE_SETTINGS, url_name="khalti_settings:connection"
    ),
    IssueAction.RESOLVE: ActionButton(
        label=gettext_lazy("Resolve"), permission=REFUND, url_name="khalti_issues:resolve", is_main=False
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """An action of one issue, with its address."""

    action: IssueAction
    looks: ActionButton
    url: str

    @property
    def needs_pidx(self) -> bool:
        """A payment without a pidx can't be looked up at Khalti."""
        return self.action is IssueAction.REFRESH


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCard:
    """What is wrong, what it means, and what can be done about it."""

    kind: str
    title: str
    sentence: str
    advice: str = ""
    buttons: tuple[Button, ...] = ()

    @property
    def can_be_resolved(self) -> bool:
        """Whether staff resolve it directly. Issues about a refund are resolved by confirming the refund's outcome."""
        return any(button.action is IssueAction.RESOLVE for button in self.buttons)


def cards_of(payment: KhaltiPayment, refunds: Iterable[KhaltiRefund]) -> list[IssueCard]:
    """For the payment's page: first the refunds that block others, then the other open issues."""
    refunds = list(refunds)
    issues = {issue.kind: issue for issue in payment.issues.open().select_related("payment")}
    refund_cards = [
        card for refund in refunds for card in _refund_cards(refund, needs_person=Kind.REFUND_UNCONFIRMED in issues)
    ]
    covered = {kind for card in refund_cards for kind in (card.kind, _issue_kind(card.kind))}
    others = [_issue_card(issue, without=ON_PAYMENT_PAGE) for kind, issue in issues.items() if kind not in covered]
    return refund_cards + others


def card_of(issue: KhaltiIssue, refunds: Iterable[KhaltiRefund]) -> IssueCard:
    """For the list of issues; ``refunds`` are all refunds of the issue's payment."""
    if issue.kind in REFUND_ACTIONS:
        found = [card for refund in refunds for card in _refund_cards(refund, needs_person=True)]
        for card in found:
            if issue.kind in (card.kind, _issue_kind(card.kind)):
                return card
    return _issue_card(issue)


def _issue_kind(kind: str) -> str:
    """The issue that a card covers: while a refund is in progress, an unconfirmed one can't be decided."""
    return Kind.REFUND_UNCONFIRMED if kind == REFUND_IN_PROGRESS else kind


def _refund_cards(refund: KhaltiRefund, *, needs_person: bool) -> Iterator[IssueCard]:
    if refund.is_unconfirmed:
        yield _refund_card(refund, Kind.REFUND_UNCONFIRMED, advice=None if needs_person else STILL_CHECKING)
    elif refund.is_in_progress:
        yield IssueCard(
            kind=REFUND_IN_PROGRESS,
            title=_("Refund in progress"),
            sentence=_("The refund of %(amount)s is being processed. Reload this page in a moment.")
            % {"amount": _amount(refund)},
            buttons=(_button(IssueAction.REFRESH, refund.payment_id),),
        )
    elif refund.lacks_amount:
        yield _refund_card(refund, Kind.REFUND_AMOUNT_MISSING)


def _refund_card(refund: KhaltiRefund, kind: Kind, advice: Promise | None = None) -> IssueCard:
    keys: dict[IssueAction, int | str] = {
        IssueAction.REFRESH: refund.payment_id,
        REFUND_ACTIONS[kind]: refund.reference,
    }
    return IssueCard(
        kind=kind,
        title=str(kind.label),
        sentence=str(SENTENCES[kind]) % {"refund": _amount(refund)},
        advice=str(advice or ADVICE[kind].text),
        buttons=tuple(_button(action, keys[action]) for action in ADVICE[kind].actions),
    )


def _issue_card(issue: KhaltiIssue, *, without: frozenset[IssueAction] = frozenset()) -> IssueCard:
    advice = ADVICE[issue.kind]
    is_outdated = issue.kind in REFUND_ACTIONS  # its refund is decided, or it would have a card of its own
    actions = (IssueAction.RESOLVE,) if is_outdated else [it for it in advice.actions if it not in without]
    keys: Mapping[IssueAction, int | None] = {
        IssueAction.RESOLVE: issue.pk,
        IssueAction.TEST_CONNECTION: issue.payment.site_id,
    }
    buttons = (_button(action, keys.get(action, issue.payment_id)) for action in actions)
    return IssueCard(
        kind=issue.kind,
        title=str(issue.get_kind_display()),
        sentence=issue.sentence,
        advice=str(OUTCOME_KNOWN if is_outdated else advice.text),
        buttons=tuple(button for button in buttons if button.url),
    )


def _button(action: IssueAction, key: int | str | None) -> Button:
    looks = ACTION_BUTTONS[action]
    url = _connection_url(key) if action is IssueAction.TEST_CONNECTION else reverse(looks.url_name, args=[key])
    return Button(action=action, looks=looks, url=url)


def _connection_url(site: int | str | None) -> str:
    """For a payment without a site, the settings of the default site. Empty without ``wagtail.contrib.settings``."""
    try:
        if site is None:
            return reverse("wagtailsettings:edit", args=["wagtail_khalti", "khaltisettings"])
        return reverse(ACTION_BUTTONS[IssueAction.TEST_CONNECTION].url_name, args=[site])
    except NoReverseMatch:
        return ""


def _amount(refund: KhaltiRefund) -> str:
    return rupees(refund.amount or 0)
