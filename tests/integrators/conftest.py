"""The sites in these folders have tests of their own, run by ``site.py`` in a process with their own settings."""

collect_ignore = ["booking", "charity", "shop"]
