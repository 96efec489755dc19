"""``python -m tests.asgi.serve``: the site in uvicorn, on a port that it says.

From then on it says a line when it has done what is due at Khalti after an answer. SIGTERM ends it.
"""

import socket

import django
import uvicorn


def say_when_done(work):
    def work_and_say(*how):
        work(*how)
        print("asked what was due", flush=True)

    return work_and_say


if __name__ == "__main__":
    django.setup()
    from django.contrib.contenttypes.models import ContentType
    from django.core.asgi import get_asgi_application
    from django.core.signals import request_started

    from wagtail_khalti import embedded

    def forget_content_types(**kwargs):
        """Each test leaves the tables empty, and their numbers change."""
        ContentType.objects.clear_cache()

    request_started.connect(forget_content_types)
    embedded._reconcile_if_due = say_when_done(embedded._reconcile_if_due)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(get_asgi_application(), lifespan="off", log_level="warning"))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    server.run(sockets=[listening])
