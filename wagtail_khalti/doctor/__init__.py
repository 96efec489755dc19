"""Find problems of an installation, and suggest remedies."""

from wagtail_khalti.doctor.examine import examine
from wagtail_khalti.doctor.finding import Finding, Level, Subject, worst

__all__ = ["Finding", "Level", "Subject", "examine", "worst"]
