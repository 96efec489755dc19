"""Part of ``make check``: one word for one thing, the one of ``docs/glossary.md``.

Looked at are messages, the text of templates, names and labels of models, and public names of the code.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import django
from babel.messages.pofile import read_po
from django.apps import apps
from django.db import models
from django.template.base import Lexer, TokenType
from django.utils import translation

from tests.release.glossary import Use, words_in

PACKAGE = Path("wagtail_khalti")
EXCEPTIONS: dict[str, str] = {
    "message This is a receipt for a payment, not a tax invoice.": "says what a receipt is not",
}
"""``"public name Terms.asks"``, ``"message Paid twice"``, and why the word is right there."""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_site.settings")
    django.setup()
    with translation.override("en"):
        uses = [*messages(), *template_uses(), *model_uses(), *code_uses()]
    found = [(use, word) for use in dict.fromkeys(uses) for word in words_in(use)]
    problems = [
        f"{use.place}: {use.kind} “{shorten(use.text)}” says “{word}”"
        for use, word in found
        if f"{use.kind} {use.text}" not in EXCEPTIONS
    ]
    unneeded = set(EXCEPTIONS) - {f"{use.kind} {use.text}" for use, _word in found}
    problems += [f"{__file__}: no exception is needed for “{text}”" for text in sorted(unneeded)]
    print("\n".join(sorted(problems)) or f"Words: {len(uses)} texts and names keep to the glossary.")
    return 1 if problems else 0


# What is looked at

WITH_TEXT = {"blocktranslate", "blocktrans", "comment"}
MESSAGES = {"translate", "trans"}
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}


def messages() -> Iterator[Use]:
    for path in sorted(PACKAGE.rglob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                for text in [message.id] if isinstance(message.id, str) else message.id:
                    places = ", ".join(sorted({place for place, _line in message.locations})) or str(path)
                    yield Use(places, "message", text)


def template_uses() -> Iterator[Use]:
    for path in sorted(PACKAGE.rglob("templates/**/*.*")):
        yield Use(str(path), "template name", path.stem)
        yield from (Use(str(path), "template text", text) for text in visible(untranslated(path)))


def untranslated(path: Path) -> str:
    """Without Django's tags and comments, and without messages if they are in a catalogue."""
    text, end = "", None
    for token in Lexer(path.read_text()).tokenize():
        name, _space, given = token.contents.partition(" ")
        if end:
            end = None if name == end else end
        elif token.token_type == TokenType.BLOCK and name in (WITH_TEXT if has_catalogue(path) else {"comment"}):
            end = f"end{name}"
        elif token.token_type == TokenType.BLOCK and name in MESSAGES and not has_catalogue(path):
            text += given.strip("\"' ")
        elif token.token_type == TokenType.TEXT:
            text += token.contents
        elif token.token_type == TokenType.VAR:
            text += "…"
    return text


def has_catalogue(path: Path) -> bool:
    """The simulator has messages, but is English only."""
    app = next(folder for folder in path.parents if (folder / "apps.py").exists())
    return (app / "locale").exists()


def visible(html: str) -> list[str]:
    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            texts.append(" ".join(data.split()))

    Reader().feed(html)
    return [text for text in texts if text]


def model_uses() -> Iterator[Use]:
    for config in apps.get_app_configs():
        if config.name.startswith(PACKAGE.name):
            for model in config.get_models():
                yield from uses_of(model)


def uses_of(model: type[models.Model]) -> Iterator[Use]:
    place, options = model.__module__, model._meta
    yield Use(place, "label", str(options.verbose_name))
    yield Use(place, "label", str(options.verbose_name_plural))
    for field in options.get_fields():
        yield Use(place, "field", f"{model.__name__}.{field.name}")
        if isinstance(field, models.Field):
            yield Use(place, "label", str(field.verbose_name))
            yield from (Use(place, "label", str(label)) for _value, label in field.flatchoices)
            yield from (Use(place, "choice", f"{field.name}.{value}") for value, _label in field.flatchoices)
    for index in [*options.indexes, *options.constraints]:
        yield Use(place, "index", index.name)
    for codename, label in options.permissions:
        yield Use(place, "permission", codename)
        yield Use(place, "label", str(label))


def code_uses() -> Iterator[Use]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        yield Use(str(path), "module", path.parent.name if path.stem == "__init__" else path.stem)
        code = ast.parse(path.read_text())
        yield from (Use(str(path), "public name", name) for name in public_names(code.body))
        if not has_catalogue(path):
            yield from (Use(str(path), "message", text) for text in messages_in(code))


def messages_in(code: ast.Module) -> Iterator[str]:
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            yield from (it.value for it in node.args if isinstance(it, ast.Constant) and isinstance(it.value, str))


def public_names(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Of classes also what is in them: methods, fields and members."""
    for statement in body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names = [statement.name]
        elif isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names = [statement.target.id]
        else:
            names = []
        for name in names:
            if not name.startswith("_"):
                yield name
                if isinstance(statement, ast.ClassDef):
                    yield from (f"{name}.{inner}" for inner in public_names(statement.body))


def shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) < 90 else f"{text[:88]}…"


if __name__ == "__main__":
    sys.exit(main())
