"""Tells the operator what is well, what is not, and what to do about it."""

from wagtail_khalti.doctor.examine import examine
from wagtail_khalti.doctor.finding import Finding, Level, Subject, worst

__all__ = ["Finding", "Level", "Subject", "examine", "worst"]
