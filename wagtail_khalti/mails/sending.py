"""Send due mails: each by one process, again and again until the mail server accepts it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.db.models import F
from django.utils import timezone

from wagtail_khalti import mailing
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.mails.history import events_about
from wagtail_khalti.mails.letters import Undecided, letter_of
from wagtail_khalti.mails.queueing import queue_after_deliveries
from wagtail_khalti.mails.sales import close_bundle, is_open
from wagtail_khalti.models import KhaltiEvent, KhaltiMail
from wagtail_khalti.models.mails import take_announcement
from wagtail_khalti.receipts import issue_original

logger = logging.getLogger(__name__)

FIRST_PAUSE, MAX_PAUSE = timedelta(minutes=1), timedelta(hours=6)
SERVICE_CLOSES = 421
GIVE_UP_AFTER = timedelta(days=3)  # then the payment's timeline says so
MAX_IN_A_RUN = 200
MIN_IN_A_RUN = 5  # also if looking up payments has used all of the time


def send_mails(*, is_over: Callable[[], bool] = lambda: False) -> int:
    """Queue what follows from delivered events, and send what is due. Returns how many were accepted.

    Ends early, but after a few mails, once ``is_over()``, and at once if the mail server fails: then all others
    would wait for its timeout, too. Any number of processes may call it at the same time. Raises nothing for a single
    mail. Must not be called inside a transaction.
    """
    require_no_transaction("send_mails")
    take_announcement()  # before anything is read: what is announced later is sent later
    queue_after_deliveries(is_over)
    tried = sent = 0
    for mail in KhaltiMail.objects.due(timezone.now()).select_related("payment", "refund__payment")[:MAX_IN_A_RUN]:
        if is_over() and tried >= MIN_IN_A_RUN:
            break
        if not _lease(mail):
            continue
        tried += 1
        try:
            sent += _send(mail)
        except Exception as error:  # noqa: BLE001 - a mail backend may be anybody's, and raise whatever it likes
            _note_failure(mail, error)
            if not _is_about_this_mail(error):
                break
    return sent


class _UnwritableError(Exception):
    """The mail could not be written; the mail server has no part in it."""


def _is_about_this_mail(error: Exception) -> bool:
    """Whether another mail may well be accepted. A ``ValueError`` is about its address or text, or a certificate."""
    if isinstance(error, ValueError):
        return not isinstance(error, OSError)
    if isinstance(error, SMTPDataError):  # its content was refused; or the server ends the connection
        return error.smtp_code != SERVICE_CLOSES
    return isinstance(error, SMTPRecipientsRefused | _UnwritableError)


def _lease(mail: KhaltiMail) -> bool:
    """Whether this attempt is ours. Committed, with the time of the next one, before the mail is sent."""
    now = timezone.now()
    doubled: int = 2 ** min(mail.attempts, 20)
    due_at = now + min(FIRST_PAUSE * doubled, MAX_PAUSE)
    if is_open(mail):
        is_ours = close_bundle(mail, due_at=due_at)
    else:
        as_read = KhaltiMail.objects.filter(pk=mail.pk, due_at=mail.due_at)
        is_ours = bool(as_read.update(due_at=due_at, attempted_at=now, attempts=F("attempts") + 1))
    mail.due_at, mail.attempts = due_at, mail.attempts + 1
    return is_ours


def _send(mail: KhaltiMail) -> bool:
    """Returns whether it was sent: it may not be needed any more. Raises whatever the mail backend raises."""
    try:
        letter = letter_of(mail)
    except Undecided:
        return False  # the lease says when it is tried again
    except Exception as error:
        logger.exception("Mail %s could not be written", mail.pk)
        raise _UnwritableError from error
    if letter is not None:
        mailing.send(letter)
    with short_transaction():
        # If the lease has ended meanwhile, another process records its own attempt.
        as_leased = KhaltiMail.objects.filter(pk=mail.pk, due_at=mail.due_at)
        is_ours = as_leased.update(due_at=None, sent_at=timezone.now() if letter else None, last_error="")
        if is_ours and letter:
            KhaltiEvent.objects.bulk_create(events_about(mail))
    if letter is not None and mail.payment and mail.kind == KhaltiMail.Kind.RECEIPT:
        issue_original(mail.payment)
    return letter is not None


def _note_failure(mail: KhaltiMail, error: Exception) -> None:
    """In the timeline for the first failure, and again for the last attempt."""
    cause = error.__cause__ if isinstance(error, _UnwritableError) else error
    kind = type(cause).__name__[:100]  # without its message, which may contain the address
    logger.warning("Mail %s (%s) could not be sent: %s", mail.pk, mail.kind, kind)
    is_last = timezone.now() - mail.created_at >= GIVE_UP_AFTER
    due_at = None if is_last else mail.due_at
    with short_transaction():
        is_ours = KhaltiMail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(due_at=due_at, last_error=kind)
        if is_ours and (is_last or not mail.last_error):
            KhaltiEvent.objects.bulk_create(events_about(mail, error=kind))
