import pytest

pytest.register_assert_rewrite("tests.concurrency.verdict")  # so that a failed one says what it found
