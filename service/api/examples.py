"""Examples for every answer that the document describes, made from its own schemas."""

from collections.abc import Iterator
from typing import Any

_KNOWN: dict[str, object] = {
    "id": 1001,
    "case": 1001,
    "case_id": 1001,
    "mail_id": 90210,
    "reference": "T-1001",
    "number": "88-20417",
    "name": "Dana Reyes",
    "address": "dana@customer.example",
    "customer_name": "Dana Reyes",
    "customer_address": "dana@customer.example",
    "subject": "Order 5512",
    "text": "I waited. This is a disgrace.",
    "sentence": "This is a disgrace.",
    "owner": "kim",
    "who": "kim",
    "person": "kim",
    "rule": "angry",
    "because": "The customer is angry with us.",
    "signal": "angry",
    "it_was": "upset",
    "next": None,
    "language": "en",
    "kind": "customer",
    "model": "triage-minilm-4",
    "url": "https://example.org/hook",
    "score": 0.93,
    "tone": 1.97,
}
_FORMATS: dict[str, object] = {
    "date-time": "2026-06-03T09:30:00Z",
    "date": "2026-06-01",
    "binary": "",
    "decimal": "25.50",
}
_DEEPEST = 8


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """The document with an example for each JSON answer and body that has none."""
    schemas = document["components"]["schemas"]
    for operation in operations(document):
        for where in (operation.get("requestBody", {}), *operation["responses"].values()):
            for kind, content in where.get("content", {}).items():
                schema = content.get("schema", {})
                known = {"example", "examples"} & (content.keys() | schema.keys())
                if "json" in kind and schema and not known:
                    content["example"] = _example("", schema, schemas, 0)
    return document


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _example(name: str, schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    if "$ref" in schema:
        return _example(name, schemas[schema["$ref"].rpartition("/")[2]], schemas, depth)
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    options = schema.get("anyOf") or schema.get("allOf")
    if options and _KNOWN.get(name) is None:
        return None if name == "next" else _example(name, options[0], schemas, depth)
    return _of_type(name, schema, schemas, depth)


def _of_type(name: str, schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    match schema.get("type"):
        case "object" if depth < _DEEPEST and "properties" in schema:
            return {
                inner: _example(inner, each, schemas, depth + 1)
                for inner, each in schema["properties"].items()
            }
        case "object":
            return {}
        case "array":
            inner = schema.get("items", {})
            return [_example(name, inner, schemas, depth + 1)] if depth < _DEEPEST else []
        case "boolean":
            return schema.get("default", True)
        case "integer" | "number" if not isinstance(_KNOWN.get(name), int | float):
            return schema.get("default", schema.get("minimum", 1))
    found = _KNOWN.get(name, schema.get("default"))
    return _FORMATS.get(schema.get("format", ""), "" if found is None else found)
