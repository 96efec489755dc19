"""A site's mail server, in each kind of settings that the running Django knows."""

from django.core import mail

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"

OLD, NEW = "EMAIL_*", "MAILERS"
KINDS = [OLD, NEW] if hasattr(mail, "mailers") else [OLD]  # MAILERS came with Django 6.1


def mail_through(settings, backend, *, kind=KINDS[-1], **options):
    """``options`` as in ``MAILERS``: ``host=…`` is ``EMAIL_HOST``."""
    if kind == NEW:
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return
    name_none(settings)
    for name, value in {"backend": backend, **options}.items():
        setattr(settings, f"EMAIL_{name.upper()}", value)


def name_none(settings):
    """Neither kind: what the tests' own settings say is taken away."""
    if hasattr(settings, "MAILERS"):
        del settings.MAILERS
