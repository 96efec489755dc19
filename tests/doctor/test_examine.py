"""Everything is examined, also where one examination breaks down."""

import pytest
from django.db import OperationalError, connection, transaction

from tests.doctor.conftest import by_name
from wagtail_khalti.doctor import Level, Subject, examine, worst
from wagtail_khalti.models import KhaltiRun

pytestmark = pytest.mark.every_database

STORED = [Subject.DATABASE, Subject.WORK, Subject.LEDGER]


def subjects_of(findings):
    return {finding.subject for finding in findings}


def test_of_a_sound_site_only_good_is_said(khalti, paid):
    paid()

    findings = list(examine())

    assert worst(findings) == Level.OK
    assert subjects_of(findings) == set(Subject)
    assert not any(finding.remedy for finding in findings)


@pytest.mark.parametrize("subject", Subject)
def test_what_was_not_asked_for_is_left_out(khalti, subject):
    asked = subjects_of(examine(subjects=[subject]))

    assert asked == ({subject, Subject.DATABASE} if subject in STORED else {subject})


def test_khalti_is_not_asked_where_that_was_not_wanted(khalti):
    list(examine(subjects=STORED))
    assert khalti.calls("lookup") == 0

    list(examine(subjects=[Subject.KHALTI]))
    assert khalti.calls("lookup") == 1


def test_nothing_is_changed(khalti, paid):
    paid()
    statements = []

    def note(execute, sql, params, many, context):
        statements.append(sql.split()[0].upper())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        list(examine(subjects=[Subject.SETTINGS, *STORED]))

    assert len(statements) > 20
    assert set(statements) <= {"SELECT", "PRAGMA", "SHOW", "SAVEPOINT", "RELEASE"}


@pytest.fixture
def without_runs(transactional_db):
    """One table is gone."""
    table = KhaltiRun._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(KhaltiRun, table, "mislaid")
    yield
    with connection.schema_editor() as editor:
        editor.alter_db_table(KhaltiRun, "mislaid", table)


def test_a_missing_table_is_a_finding_and_the_rest_is_examined(without_runs):
    findings = list(examine(subjects=[Subject.WORK, Subject.LEDGER]))

    broken = by_name(finding for finding in findings if finding.level == Level.ERROR)["not_examined"]
    assert broken.subject == Subject.WORK
    assert "khaltirun" in broken.sentence
    assert {"due", "delivered", "consistent"} <= {finding.name for finding in findings}


def test_in_a_transaction_a_broken_check_does_not_break_others(without_runs):
    with transaction.atomic():
        findings = list(examine(subjects=[Subject.WORK, Subject.LEDGER]))

    assert [finding.name for finding in findings if finding.level == Level.ERROR] == ["not_examined"]


def test_what_cannot_be_imported_is_a_finding(khalti, settings):
    settings.ROOT_URLCONF = "tests.nowhere"

    findings = list(examine(subjects=[Subject.SETTINGS]))

    assert by_name(findings)["not_examined"].sentence == "This could not be checked: ModuleNotFoundError."
    assert "merchant" in by_name(findings)


def test_what_breaks_down_for_one_reason_is_told_once(transactional_db):
    def unreachable(execute, sql, params, many, context):
        if "SELECT 1" in sql:
            return execute(sql, params, many, context)
        raise OperationalError("server closed the connection\nDETAIL: of Sita Sharma")

    with connection.execute_wrapper(unreachable):
        findings = [finding for finding in examine(subjects=[Subject.WORK]) if finding.level == Level.ERROR]

    [finding] = findings
    assert finding.sentence == "This could not be checked: OperationalError: server closed the connection."


def test_the_words_of_other_errors_are_not_repeated(db):
    def quote(execute, sql, params, many, context):
        raise ValueError("Sita Sharma, 9800000001")

    with connection.execute_wrapper(quote):
        findings = list(examine(subjects=[Subject.LEDGER]))

    assert [finding.sentence for finding in findings] == ["This could not be checked: ValueError."]
