"""Part of ``make check``: folders are small, import each other in one direction only, and are not deep; the
repository's root holds what belongs there.

The layers themselves are held by import-linter (``setup.cfg``). This counts what layers cannot express.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

PACKAGE = "wagtail_khalti"
TESTING = f"{PACKAGE}.testing"
MAX_MODULES = 15
"""In one folder, not counting those in folders inside it, ``__init__`` and migrations."""
MAX_DEPTH = 18
"""Modules on the longest chain of imports; packages are not counted, and what they pass on is not followed."""
MAX_DEPTH_BY_NAME = 20
"""Likewise, but ``from actions import start_payment`` counts as an import of ``actions.start``. Without this limit a
chain would look short as soon as everybody imports from packages."""

ROOT = {
    *{".ci", "benchmarks", "docs", "example_site", "findings", "tests", PACKAGE},
    *{".editorconfig", ".gitignore", ".pre-commit-config.yaml", "MANIFEST.in", "Makefile", "manage.py"},
    *{"pyproject.toml", "setup.cfg", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"},
}
"""All that belongs into the repository's root; git ignores what tools and environments leave there."""

Imports = dict[str, set[str]]
Circle = frozenset[str]


def main() -> int:
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    everything = {
        module: set(graph.find_modules_directly_imported_by(module))
        for module in graph.modules
        if "migrations" not in module.split(".")
    }
    problems = [*too_large(everything), *folder_circles(everything), *too_deep(everything), *strays()]
    inside = internals(everything)
    print(f"Internals of another folder are imported {inside.total()} times: {listed(inside)}.")
    print("\n".join(problems) or "Structure: folders are small, in order, and not deep.")
    return 1 if problems else 0


# Folders


def too_large(imports: Imports) -> Iterator[str]:
    sizes = Counter(parent(module) for module in imports if not is_package(module))
    print(f"Modules of each folder's own: {listed(sizes)}.")
    for folder, size in sizes.most_common():
        if size > MAX_MODULES:
            yield f"{folder} has {size} modules of its own, and {MAX_MODULES} are the limit"


def folder_circles(imports: Imports) -> Iterator[str]:
    """Between neighbours of which one at least is a folder; between modules of one folder they are its own affair."""
    for folder in sorted(filter(is_package, imports)):
        neighbours: Imports = defaultdict(set)
        for importer, imported in pairs(imports):
            one, other = child_of(folder, importer), child_of(folder, imported)
            if one and other and one != other:
                neighbours[one].add(other)
        for circle in set(circles(neighbours).values()):
            if len(circle) > 1 and any(is_package(member) for member in circle):
                yield f"Import each other: {', '.join(sorted(circle))}{examples(imports, circle)}"


def examples(imports: Imports, circle: Circle) -> str:
    lines = [
        f"\n    {importer} imports {imported}"
        for importer, imported in pairs(imports)
        if is_across(circle, importer, imported)
    ]
    return "".join(sorted(lines))


def is_across(circle: Circle, importer: str, imported: str) -> bool:
    sides = [next((member for member in circle if is_in(module, member)), None) for module in (importer, imported)]
    return None not in sides and sides[0] != sides[1]


def internals(imports: Imports) -> Counter[str]:
    """Imports of a module in a folder that says in ``__all__`` what it offers, from outside of that folder.

    ``testing`` is left out: its factories write rows as the actions do, and so need what those are made of.
    """
    rooms = [module for module in imports if is_package(module) and offers(module)]
    found = [
        room
        for importer, imported in pairs(imports)
        for room in rooms
        if is_in(imported, room) and imported != room and not is_in(importer, room) and not is_in(importer, TESTING)
    ]
    return Counter(found)


# Depth


def too_deep(imports: Imports) -> Iterator[str]:
    counts = [(plain(imports), MAX_DEPTH, "packages apart"), (by_name(imports), MAX_DEPTH_BY_NAME, "by name")]
    for modules, limit, how in counts:
        chain = longest_chain(modules)
        print(f"Longest chain of imports, {how}: {len(chain)} modules.")
        if len(chain) > limit:
            yield f"{len(chain)} modules import each other in a row ({how}), and {limit} are the limit:\n" + "\n".join(
                f"    {' and '.join(sorted(circle))}" for circle in chain
            )


def plain(imports: Imports) -> Imports:
    modules = {module for module in imports if not is_package(module)}
    return {module: imports[module] & modules for module in modules}


def by_name(imports: Imports) -> Imports:
    """Where a name comes from a package, the module that the package has it from."""
    modules = {module for module in imports if not is_package(module)}
    origins = {package: dict(names_in(package)) for package in imports if is_package(package)}

    def origin(source: str, name: str) -> str:
        if f"{source}.{name}" in modules:
            return f"{source}.{name}"
        given = origins.get(source, {}).get(name)
        return origin(given, name) if given else source

    found = {module: {origin(source, name) for name, source in names_in(module)} for module in modules}
    return {module: (sources & modules) - {module} for module, sources in found.items()}


def names_in(module: str) -> list[tuple[str, str]]:
    """What it imports from us, with the place that it names."""
    statements = [node for node in ast.walk(ast.parse(file_of(module).read_text())) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in statements if node.module and is_in(node.module, PACKAGE)]
    return [(alias.name, str(node.module)) for node in ours for alias in node.names]


def longest_chain(imports: Imports) -> list[Circle]:
    """Modules in a circle count once: none of them can be read before the others."""
    together = circles(imports)
    graph = {
        circle: {together[other] for module in circle for other in imports[module]} for circle in together.values()
    }
    longest: dict[Circle, list[Circle]] = {}
    for circle in TopologicalSorter({circle: below - {circle} for circle, below in graph.items()}).static_order():
        below = sorted(
            (longest[other] for other in graph[circle] - {circle}), key=lambda chain: (len(chain), str(chain))
        )
        longest[circle] = [circle, *(below[-1] if below else [])]
    return max(longest.values(), key=len)


def circles(imports: Imports) -> dict[str, Circle]:
    """Each module with those that it reaches and that reach it."""
    reached = {module: reachable(imports, module) for module in {*imports, *(pair[1] for pair in pairs(imports))}}
    return {
        module: frozenset({module} | {other for other in below if module in reached[other]})
        for module, below in reached.items()
    }


def reachable(imports: Imports, module: str) -> set[str]:
    found: set[str] = set()
    waiting = [module]
    while waiting:
        new = imports.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


# The repository's root


def strays() -> Iterator[str]:
    """What was committed there by mistake, or would be by the next ``git add .``; nothing where this is no clone."""
    if not Path(".git").exists():
        return
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in sorted({path.partition("/")[0] for path in found if Path(path).exists()} - ROOT - {""}):
        yield f"{name} does not belong into the repository's root (or {Path(__file__).name} has to name it)"


# Modules


def pairs(imports: Imports) -> Iterator[tuple[str, str]]:
    yield from ((importer, imported) for importer, below in imports.items() for imported in below)


def parent(module: str) -> str:
    return module.rpartition(".")[0]


def is_in(module: str, folder: str) -> bool:
    return module == folder or module.startswith(f"{folder}.")


def child_of(folder: str, module: str) -> str | None:
    """The part of a folder in which a module is."""
    inside = module.removeprefix(f"{folder}.")
    return None if inside == module else f"{folder}.{inside.split('.')[0]}"


def file_of(module: str) -> Path:
    path = Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def is_package(module: str) -> bool:
    return file_of(module).name == "__init__.py"


def offers(package: str) -> bool:
    return "__all__" in file_of(package).read_text()


def listed(counts: Counter[str]) -> str:
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name.removeprefix(f'{PACKAGE}.')} {count}" for name, count in largest) or "none"


if __name__ == "__main__":
    sys.exit(main())
