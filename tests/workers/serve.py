"""``python -m tests.workers.serve``: one server process of the site, on a port that it says.

SIGTERM ends it, once what it does after its answers is done.
"""

import signal

import django
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler


def stop(signum, frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    django.setup()
    from wagtail_khalti import embedded

    signal.signal(signal.SIGTERM, stop)
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.daemon_threads = False  # closing it waits for the answers that are under way
    server.set_app(WSGIHandler())
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
        embedded._background_run.wait()
        embedded._mail_thread.wait()
