"""The only code that changes money state."""

from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.ledger.audit import log_action, log_refund
from wagtail_khalti.ledger.duplicates import DUPLICATE_WITHIN, flag_possible_duplicate
from wagtail_khalti.ledger.inventory import (
    INITIATE_LEASE,
    RESUME_TTL,
    Availability,
    availability,
    availability_of_key,
    inventory_of,
    must_reserve_again,
    reserve_units,
)
from wagtail_khalti.ledger.issues import mark_resolved, open_issue, resolve_open
from wagtail_khalti.ledger.locks import lock_payment, reserve
from wagtail_khalti.ledger.payment_states import transition_for
from wagtail_khalti.ledger.refund_matching import match_refunds, match_refunds_now
from wagtail_khalti.ledger.refund_rules import (
    needs_mobile,
    require_amount,
    require_balance,
    require_permission_to_refund,
    require_refundable,
)
from wagtail_khalti.ledger.refund_states import RefundTrigger
from wagtail_khalti.ledger.refunds import about, move_refund, record_external_refund
from wagtail_khalti.ledger.schedule import MIN_PAUSE, is_over, next_check_after_silence
from wagtail_khalti.ledger.unconfirmed_refunds import ABANDONED_AFTER, CERTAIN_AFTER

__all__ = [
    "ABANDONED_AFTER",
    "CERTAIN_AFTER",
    "DUPLICATE_WITHIN",
    "INITIATE_LEASE",
    "MIN_PAUSE",
    "RESUME_TTL",
    "Availability",
    "RefundTrigger",
    "about",
    "apply_lookup",
    "availability",
    "availability_of_key",
    "flag_possible_duplicate",
    "inventory_of",
    "is_over",
    "lock_payment",
    "log_action",
    "log_refund",
    "mark_resolved",
    "match_refunds",
    "match_refunds_now",
    "move_refund",
    "must_reserve_again",
    "needs_mobile",
    "next_check_after_silence",
    "open_issue",
    "record_external_refund",
    "require_amount",
    "require_balance",
    "require_permission_to_refund",
    "require_refundable",
    "reserve",
    "reserve_units",
    "resolve_open",
    "transition_for",
]
