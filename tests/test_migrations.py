"""The database can be built, and taken down again."""

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = [pytest.mark.every_database, pytest.mark.heavy, pytest.mark.every_version]

TABLES = {
    f"wagtail_khalti_khalti{name}"
    for name in (
        "snapshot",
        "dailytotal",
        "delivery",
        "event",
        "inventory",
        "checkoutview",
        "payment",
        "receiptcounter",
        "refund",
        "issue",
        "mail",
        "run",
        "searchentry",
        "settings",
        "webhookmessage",
    )
}


def tables():
    return {name for name in connection.introspection.table_names() if name.startswith("wagtail_khalti_khalti")}


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration(capsys):
    call_command("makemigrations", "wagtail_khalti", "khalti_simulator", check=True, dry_run=True)

    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_and_forth():
    assert tables() == TABLES

    call_command("migrate", "wagtail_khalti", "zero", verbosity=0)
    assert tables() == set()

    call_command("migrate", "wagtail_khalti", verbosity=0)
    assert tables() == TABLES
