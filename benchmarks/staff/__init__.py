"""The staff side on one database: pages with few and with a million payments, and exports, beside Wagtail's own.

``python -m benchmarks staff`` runs it on each database that is here.
"""
