"""Nothing grows past what a reader can hold: modules, functions, views and templates."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["declaration", "commitments", "signatories", "assessments", "progress"]
MODULE, FUNCTION, VIEW, TEMPLATE = 400, 40, 25, 120


def modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and its number of lines, decorators and docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            documented = ast.get_docstring(node) is not None and len(body) > 1
            first = body[1].lineno if documented else node.lineno
            yield node.name, (node.end_lineno or first) - first + 1


def too_long(path: Path, limit: int) -> list[str]:
    return [f"{path.name}:{name} has {n} lines" for name, n in functions(path) if n > limit]


@pytest.mark.parametrize("path", modules(*APPS, "script", "tests"), ids=str)
def test_a_module_stays_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE


@pytest.mark.parametrize("path", modules(*APPS, "script", "tests"), ids=str)
def test_a_function_stays_small(path: Path) -> None:
    assert too_long(path, FUNCTION) == []


def test_a_view_stays_small() -> None:
    views = [path for path in modules(*APPS) if "views" in (path.stem, path.parent.name)]
    assert len(views) > 10
    assert [found for path in views for found in too_long(path, VIEW)] == []


def test_a_template_stays_small() -> None:
    templates = list((ROOT / "templates").rglob("*.html"))
    assert len(templates) > 30
    long = [str(path) for path in templates if len(path.read_text().splitlines()) > TEMPLATE]
    assert long == []


def test_the_measure_notices_a_long_function(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("def long():\n" + "    x = 1\n" * 41)
    assert too_long(file, FUNCTION) == ["long.py:long has 42 lines"]
