"""Himal Community Library: a small real site that takes payments with wagtail-khalti."""
