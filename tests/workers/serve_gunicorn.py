"""``python -m tests.workers.serve_gunicorn sync``: the site in gunicorn, on a port that it says.

The word is gunicorn's for its kind of worker. From then on it says a line when it has done what is due at Khalti after
an answer. SIGTERM ends it.
"""

import sys

import django
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from tests.asgi.serve import say_when_done


class Site(BaseApplication):
    def load_config(self):
        options = {
            "bind": "127.0.0.1:0",
            "workers": 1,
            "threads": 1 if sys.argv[1] == "sync" else 4,
            "worker_class": sys.argv[1],
            "when_ready": say_where,
            "post_worker_init": watch,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        return get_wsgi_application()


def say_where(arbiter):
    [listening] = arbiter.LISTENERS
    print(f"http://127.0.0.1:{listening.sock.getsockname()[1]}", flush=True)


def watch(worker):
    from wagtail_khalti import embedded

    embedded._reconcile_if_due = say_when_done(embedded._reconcile_if_due)


if __name__ == "__main__":
    django.setup()
    sys.argv[0] = "gunicorn"
    Site().run()
