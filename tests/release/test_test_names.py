"""A test's name is a sentence that fits on a line."""

import ast
from pathlib import Path

MAX_LENGTH = 60
TESTS = Path(__file__).parents[1]


def names_of(source):
    functions = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [function.name for function in functions if function.name.startswith("test_")]


def test_no_name_of_a_test_is_too_long():
    names = [name for path in TESTS.rglob("*.py") for name in names_of(path.read_text(encoding="utf-8"))]

    assert len(names) > 1000
    assert [name for name in names if len(name) > MAX_LENGTH] == []
