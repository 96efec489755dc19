"""Fake Khaltis: a nearby one with an optional delay, and a distant one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.conf import settings
from django.test import override_settings

from benchmarks.neighbours import neighbour

ROUND_TRIP = 40  # milliseconds


@contextmanager
def nearby_khalti(*, seconds: float = 0.0) -> Iterator[None]:
    """On this machine, without TLS; each response takes so many seconds."""
    with (
        neighbour("benchmarks.canned_khalti", "--seconds", str(seconds)) as port,
        khalti_at(f"http://127.0.0.1:{port}"),
    ):
        yield


@contextmanager
def distant_khalti() -> Iterator[None]:
    """Over TLS and a slow network, with a certificate that only this run trusts."""
    with TemporaryDirectory() as folder:
        certificate, key = make_certificate(Path(folder))
        with (
            patch.dict(os.environ, REQUESTS_CA_BUNDLE=certificate),
            neighbour("benchmarks.canned_khalti", certificate, key) as port,
            neighbour("benchmarks.slow_line", str(port), str(ROUND_TRIP)) as near_end,
            khalti_at(f"https://127.0.0.1:{near_end}"),
        ):
            yield


@contextmanager
def khalti_at(root: str) -> Iterator[None]:
    with override_settings(WAGTAIL_KHALTI={**settings.WAGTAIL_KHALTI, "API_URL": root}):
        yield


def make_certificate(folder: Path) -> tuple[str, str]:
    """Self-signed, for two days and the loopback address."""
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    uses = ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
    files = ["-out", certificate, "-keyout", key]
    subprocess.run(["openssl", "req", *kind, *name, *uses, *files], check=True, capture_output=True)
    return certificate, key
