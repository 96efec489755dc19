"""What the usual tests leave to ``make reliability``: larger numbers, and the tests that are marked ``in_full``."""

import os

IS_FULL = os.environ.get("RELIABILITY") == "full"


def leave_out_what_is_in_full(config, items):
    left_out = [] if IS_FULL else [item for item in items if item.get_closest_marker("in_full")]
    if left_out:
        items[:] = [item for item in items if item not in set(left_out)]
        config.hook.pytest_deselected(items=left_out)
