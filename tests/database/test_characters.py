"""MySQL's older "utf8" keeps no emoji: it is said in words, and not by an error of the database."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from wagtail.blocks.struct_block import StructBlockValidationError

from wagtail_khalti.actions import start_payment
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.database.characters import _is_narrow, narrow_tables, validate_characters
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.database import characters
from wagtail_khalti.pricing import FixedPrice
from wagtail_khalti.public.checkout.forms import CheckoutForm
from wagtail_khalti.public.payment.status_page import find_payment
from wagtail_khalti.public.terms import Terms
from wagtail_khalti.staff.forms import NoteForm, RecordForm, RefundForm
from wagtail_khalti.staff.issues.resolving import ResolveForm

TABLE = "wagtail_khalti_khaltipayment"
COLUMN = f"ALTER TABLE {TABLE} MODIFY {{}} varchar(255) CHARACTER SET {{}} NOT NULL"
CAKE = "Cake 🎂"
WORDS = "Remove these characters, which can't be saved: 🎂"

on_mariadb = [
    pytest.mark.every_database,
    pytest.mark.skipif(connection.vendor != "mysql", reason="the others have Unicode or nothing"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def narrow(monkeypatch):
    """As on a site whose tables are in MySQL's older "utf8"."""
    monkeypatch.setattr("wagtail_khalti.database.characters._is_narrow", lambda: True)


class TestInARealTable:
    pytestmark = on_mariadb

    @pytest.fixture(autouse=True)
    def columns(self, transactional_db):
        self.alter("utf8mb3")
        _is_narrow.cache_clear()
        yield
        self.alter("utf8mb4")
        _is_narrow.cache_clear()

    def alter(self, name):
        with connection.cursor() as cursor:
            for column in ("customer_name", "purpose"):
                cursor.execute(COLUMN.format(column, name))

    def test_a_visitor_reads_it_at_the_field(self):
        form = CheckoutForm(
            {"name": "Sita 🎂"}, terms=Terms(price=FixedPrice(name="Cake", unit_price=1000), fields=("name",))
        )

        assert form.errors == {"name": [WORDS]}

    def test_code_is_told_before_anything_is_written(self, khalti):
        with pytest.raises(ValueError, match="purpose has characters that the database can't store: 🎂"):
            start_payment(1000, purpose=CAKE, base_url="http://testserver")

    def test_the_doctor_names_table_and_remedy(self):
        [finding] = characters()

        assert (finding.level, finding.name) == (Level.WARNING, "characters_narrow")
        assert TABLE in finding.sentence
        assert f"ALTER TABLE {TABLE} CONVERT TO CHARACTER SET utf8mb4;" in finding.remedy

    def test_the_doctor_names_a_connection_that_speaks_the_older_one(self):
        with connection.cursor() as cursor:
            cursor.execute("SET NAMES utf8mb3")
            found = {finding.name: finding for finding in characters()}
            cursor.execute("SET NAMES utf8mb4")

        assert '["charset"] = "utf8mb4"' in found["connection_narrow"].remedy


@pytest.mark.every_database
@pytest.mark.django_db
def test_usually_every_character_is_kept():
    _is_narrow.cache_clear()

    validate_characters(CAKE)

    assert narrow_tables() == {}
    assert [finding.level for finding in characters()] == [Level.OK]


def test_the_database_is_asked_only_about_rare_characters():
    """Without a database for this test, any question would fail."""
    _is_narrow.cache_clear()

    validate_characters("Sita Rai, सीता राई")


def test_an_address_that_no_payment_has_is_not_looked_for():
    """MariaDB would say "Illegal mix of collations" where its connection speaks the older "utf8"."""
    assert find_payment("😀") is None


@pytest.mark.usefixtures("narrow")
def test_an_editor_reads_it_at_the_name_of_the_item():
    block = KhaltiCheckoutBlock()
    value = block.normalize({"item_name": CAKE, "amount": "1500"})

    with pytest.raises(StructBlockValidationError) as refusal:
        block.clean(value)

    assert refusal.value.block_errors["item_name"].messages == [WORDS]


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(
    ("form", "name"),
    [(RefundForm, "reason"), (RecordForm, "reason"), (NoteForm, "note"), (ResolveForm, "note")],
)
def test_staff_read_it_at_their_words(form, name):
    field = form.base_fields[name]

    with pytest.raises(ValidationError, match="🎂"):
        field.clean(CAKE)
