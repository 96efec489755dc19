import pytest

pytest.register_assert_rewrite("tests.masses.mass")  # so that a failed one says what it found
