"""Send due messages: one by one to each endpoint, and to several endpoints at a time, so that none delays another."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.utils import timezone

from wagtail_khalti.database.transactions import require_no_transaction
from wagtail_khalti.models import KhaltiWebhookMessage
from wagtail_khalti.models.webhooks import take_announcement
from wagtail_khalti.webhook_endpoints import Endpoint
from wagtail_khalti.webhooks.attempts import lease, record, resume_endpoints_that_moved
from wagtail_khalti.webhooks.endpoints import endpoints
from wagtail_khalti.webhooks.queueing import queue_after_deliveries
from wagtail_khalti.webhooks.transport import Answer, post, session_for_webhooks

logger = logging.getLogger(__name__)

MAX_SECONDS = 60.0  # of a run; the next one does the rest
MAX_FOR_ENDPOINT = 200  # messages in a run
MIN_FOR_ENDPOINT = 2  # also if looking up payments has used all of the time
MAX_THREADS = 16  # endpoints at a time


def send_webhooks(*, is_over: Callable[[], bool] = lambda: False) -> int:
    """Write what follows from delivered events, and send what is due. Returns how many messages were accepted.

    After a failure an endpoint is left alone for the rest of the run. Ends early, but after a few messages, once
    ``is_over()``. Any number of processes may call it at the same time. Raises nothing for a single message. Must not
    be called inside a transaction. No query if the settings have no endpoint.
    """
    require_no_transaction("send_webhooks")
    configured = endpoints()
    if not configured:
        return 0
    take_announcement()  # before anything is read: what is announced later is sent later
    resume_endpoints_that_moved(configured)
    queue_after_deliveries(is_over)
    return _Run(configured.values(), is_over).send()


class _Lane:
    """The due messages of one endpoint. One is on its way at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint, self.session = endpoint, session_for_webhooks()
        self.tried = 0
        due = KhaltiWebhookMessage.objects.due(timezone.now()).filter(endpoint=endpoint.name)
        self._messages = list(due[:MAX_FOR_ENDPOINT])[::-1]

    def next(self) -> KhaltiWebhookMessage | None:
        """The next one that no other process sends, leased."""
        while self._messages:
            message = self._messages.pop()
            if lease(message):
                self.tried += 1
                return message
        return None

    def close(self) -> None:
        """Until the next run."""
        self._messages.clear()


class _Run:
    """Only the requests are made in threads. Everything else is done in this one, over one connection."""

    def __init__(self, configured: Iterable[Endpoint], is_over: Callable[[], bool]) -> None:
        self._lanes = [_Lane(endpoint) for endpoint in configured]
        self._is_over, self._end = is_over, time.monotonic() + MAX_SECONDS
        self._running: dict[Future[Answer], tuple[_Lane, KhaltiWebhookMessage]] = {}
        self._accepted = 0

    def send(self) -> int:
        with ThreadPoolExecutor(min(len(self._lanes), MAX_THREADS), thread_name_prefix="khalti-webhook") as pool:
            for lane in self._lanes:
                self._start(pool, lane)
            while self._running:
                for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                    lane, message = self._running.pop(future)
                    self._finish(lane, message, future)
                    self._start(pool, lane)
        for lane in self._lanes:
            lane.session.close()
        return self._accepted

    def _start(self, pool: ThreadPoolExecutor, lane: _Lane) -> None:
        if lane.tried >= MIN_FOR_ENDPOINT and (self._is_over() or time.monotonic() >= self._end):
            return
        if message := lane.next():
            self._running[pool.submit(post, lane.session, lane.endpoint, message)] = lane, message

    def _finish(self, lane: _Lane, message: KhaltiWebhookMessage, future: Future[Answer]) -> None:
        answer = result_of(future, message)
        if answer.is_accepted:
            self._accepted += 1
        else:
            lane.close()
        try:
            record(message, lane.endpoint, answer)
        except Exception:
            logger.exception("The result of webhook %s could not be recorded", message.message_id)  # the lease ends
            lane.close()


def result_of(future: Future[Answer], message: KhaltiWebhookMessage) -> Answer:
    """A mistake of ours must not stop the others."""
    try:
        return future.result()
    except Exception as error:
        logger.exception("Webhook %s could not be sent", message.message_id)
        return Answer(error=type(error).__name__)
