"""Our figures compared with those of a hand-written view, measured in one run: ``python -m benchmarks``.

``core`` alone takes about a minute. ``DATABASE_URL`` chooses another database than SQLite for it; a fresh one is made
in it and removed. Needs ``openssl``. ``staff`` fills SQLite and PostgreSQL with a million payments each, and takes
about half an hour: ``--rows`` and ``--export-rows`` make it shorter.
"""
