"""The API’s documentation: its own description, put as a page shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PAGE = "Page_"
TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list"}


@dataclass(frozen=True)
class Field:
    """One field or parameter, with what may stand in it."""

    name: str
    kind: str
    description: str
    example: str = ""


@dataclass(frozen=True)
class Refusal:
    """One kind of answer that is none."""

    status: str
    description: str


@dataclass(frozen=True)
class Operation:
    """One address: what it answers with; `example` is a real answer, where there is one."""

    name: str
    path: str
    summary: str
    description: str
    row: str
    fields: tuple[Field, ...]
    example: str

    @property
    def is_open(self) -> bool:
        """Whether the address can be opened as it stands."""
        return "{" not in self.path


@dataclass(frozen=True)
class ApiPage:
    """The whole documentation; parameters and refusals are the same for every address."""

    title: str
    version: str
    operations: tuple[Operation, ...]
    parameters: tuple[Field, ...]
    envelope: tuple[Field, ...]
    headers: tuple[Field, ...]
    refusals: tuple[Refusal, ...]
    problem: tuple[Field, ...]


def api_page(described: Mapping[str, Any], examples: Mapping[str, str]) -> ApiPage:
    """Put an OpenAPI description, and real answers by operation, as the page shows them."""
    schemas = described["components"]["schemas"]
    paths = [(path, found["get"]) for path, found in described["paths"].items()]
    operations = tuple(
        _operation(path, found, schemas, examples.get(found["operationId"], ""))
        for path, found in paths
    )
    _, first = paths[0]
    return ApiPage(
        title=described["info"]["title"],
        version=described["info"]["version"],
        operations=operations,
        parameters=tuple(
            _field(each["name"], each["schema"])
            for each in first["parameters"]
            if each["in"] == "query"
        ),
        envelope=tuple(_fields(schemas[_answer(first)])),
        headers=tuple(_headers(first["responses"])),
        refusals=tuple(
            Refusal(status, found["description"])
            for status, found in first["responses"].items()
            if "content" in found and status != "200"
        ),
        problem=tuple(_fields(schemas["Problem"])),
    )


def _operation(
    path: str, found: Mapping[str, Any], schemas: Mapping[str, Any], example: str
) -> Operation:
    row = _answer(found).removeprefix(PAGE).rstrip("_")
    return Operation(
        name=found["operationId"],
        path=path,
        summary=found["summary"],
        description=found["description"],
        row=schemas[row].get("description", ""),
        fields=tuple(_fields(schemas[row])),
        example=example,
    )


def _answer(found: Mapping[str, Any]) -> str:
    """The name of the schema of what is answered."""
    content = found["responses"]["200"]["content"]["application/json"]
    return str(content["schema"]["$ref"]).rpartition("/")[2]


def _headers(responses: Mapping[str, Any]) -> Iterator[Field]:
    """Each header once, whichever answers have it."""
    found = {
        name: header
        for answer in responses.values()
        for name, header in answer.get("headers", {}).items()
    }
    for name, header in found.items():
        yield Field(name, _kind(header["schema"]), header["description"])


def _fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    for name, found in schema["properties"].items():
        yield _field(name, found)


def _field(name: str, found: Mapping[str, Any]) -> Field:
    shown = [each for each in found.get("examples", ()) if each is not None]
    return Field(
        name=name,
        kind=_kind(found),
        description=found.get("description", ""),
        example=_text(shown[0]) if shown else "",
    )


def _kind(found: Mapping[str, Any]) -> str:
    kinds = [each.get("type", "") for each in found.get("anyOf", [found])]
    dated = any(each.get("format") == "date" for each in found.get("anyOf", [found]))
    words = [TYPES.get(kind, kind) for kind in kinds if kind != "null"]
    said = "date" if dated else " or ".join(words)
    return f"{said}, or null" if "null" in kinds else said


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
