"""The manual: ``sphinx-build --fail-on-warning -b html docs docs/_build/html``."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "_ext")]

# The reference pages are made from docstrings, and models can only be imported once Django is set up.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from wagtail_khalti import __version__  # noqa: E402

project = "wagtail-khalti"
author = "wagtail-khalti contributors"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's own name
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "django_fields"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
toc_object_entries = False
python_maximum_signature_line_length = 88

html_theme = "furo"  # Wagtail's own theme installs a package named "tests", which hides ours
html_title = "wagtail-khalti"
html_favicon = "_static/mark.svg"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
html_js_files = [("manual.js", {"defer": "defer"})]
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
