"""What the manual shows runs as it stands there."""

import re
from pathlib import Path

MANUAL = Path(__file__).parents[2] / "docs/howto/testing.md"
SHOWN = MANUAL.read_text().partition("## Payments that are there already")[2]

exec(re.search(r"```python\n(.*?)```", SHOWN, re.DOTALL).group(1))  # its tests are tests of this module
