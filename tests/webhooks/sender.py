"""``python -m tests.webhooks.sender URL``: a process that sends what is due to this endpoint, once it gets SIGUSR1.

Three variables of the environment, as in ``tests.mails.sender``, are for other courses of events.
"""

import os
import signal
import sys

import django

from tests.mails.sender import START, stand_by
from tests.webhooks.secrets import SECRET

if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {START})
    django.setup()
    from django.conf import settings

    from wagtail_khalti.webhooks import sending

    settings.WAGTAIL_KHALTI["WEBHOOKS"] = {"crm": {"URL": sys.argv[1], "SECRET": SECRET}}
    if os.environ.get("SENDER_IS_CARELESS"):
        sending.lease = lambda message: True
    stand_by()
    sending.send_webhooks()
