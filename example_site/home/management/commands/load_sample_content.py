from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from example_site.home.sample_content.pages import load_pages
from example_site.home.sample_content.people import load_people


class Command(BaseCommand):
    help = "Loads users and pages once; existing ones are not changed."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            load_people()
            load_pages()
