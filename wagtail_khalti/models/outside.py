"""Money facts are committed at once, and Khalti is never asked while a transaction waits."""

from django.db import transaction


def is_inside_a_transaction() -> bool:
    """The one that a ``TestCase`` opens does not count."""
    blocks = transaction.get_connection().atomic_blocks
    return bool(blocks) and not blocks[-1]._from_testcase  # Django's own test for durable=True


def require_no_transaction(verb: str) -> None:
    """Raises ``RuntimeError`` with the way out, before Khalti is asked rather than after."""
    if is_inside_a_transaction():
        raise RuntimeError(
            f"{verb}() commits on its own, so it can't run inside a transaction: call it outside of atomic() "
            "and of ATOMIC_REQUESTS (@transaction.non_atomic_requests), or from transaction.on_commit()."
        )
