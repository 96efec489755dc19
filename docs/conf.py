"""The manual: ``sphinx-build --fail-on-warning -b html docs docs/_build/html``."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from wagtail_khalti import __version__  # noqa: E402

project = "wagtail-khalti"
author = "wagtail-khalti contributors"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's own name
release = version = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "alabaster"
html_theme_options = {
    "description": "Khalti payments for Wagtail",
    "fixed_sidebar": True,
    "page_width": "76rem",
    "body_max_width": "none",
}
