"""Our figures beside those of a plain Django view, both from one run: ``python -m benchmarks``, about a minute.

``DATABASE_URL`` chooses another database than SQLite; a fresh one is made in it and removed. Needs ``openssl``.
"""
