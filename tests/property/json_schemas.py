"""Values made from JSON Schemas, for what the OpenAPI documents say; no schema of theirs refers to itself."""

import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from tests.fixtures.world import ANA, BEN, CAT

from fenzu.wire.endpoints import ENDPOINTS

LIKELY = [ANA, BEN, CAT]
"""Who follows: no made-up openid would."""
LIKELY_IDS = [0, 1, 2, 100, 101]
"""The groups and tags that there are."""


def whole(schema: Any, document: dict[str, Any]) -> Any:
    """Return a schema with all that it refers to inside."""
    if isinstance(schema, list):
        return [whole(one, document) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return whole(found, document)
    return {name: whole(value, document) for name, value in schema.items()}


def made_from(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return small values that fit a schema: now such as the sandbox knows, now any."""
    return st.one_of(Maker(is_likely=True).make(schema), Maker(is_likely=False).make(schema))


class Maker:
    """Makes values of the kinds that the documents have."""

    def __init__(self, *, is_likely: bool) -> None:
        self.is_likely = is_likely
        self.kinds: dict[str, Callable[[dict[str, Any]], st.SearchStrategy[Any]]] = {
            "object": self.objects,
            "array": self.arrays,
            "string": self.texts,
            "integer": self.integers,
            "number": lambda _: st.floats(0, 1000),
            "boolean": lambda _: st.booleans(),
            "null": lambda _: st.none(),
        }

    def make(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if "anyOf" in schema:
            return st.one_of([self.make(one) for one in schema["anyOf"]])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        return self.kinds[schema["type"]](schema) if "type" in schema else st.integers(0, 5)

    def objects(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if "properties" not in schema:
            values = self.make(schema["additionalProperties"])
            return st.dictionaries(st.sampled_from(sorted(ENDPOINTS)), values, max_size=2)
        fields = {name: self.make(one) for name, one in schema["properties"].items()}
        required = schema.get("required", [])
        return st.fixed_dictionaries(
            {name: fields[name] for name in required},
            optional={name: one for name, one in fields.items() if name not in required},
        )

    def arrays(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if "prefixItems" in schema:
            return st.tuples(*map(self.make, schema["prefixItems"])).map(list)
        few, many = schema.get("minItems", 0), schema.get("maxItems", 3)
        return st.lists(self.make(schema.get("items", {})), min_size=few, max_size=many)

    def texts(self, schema: dict[str, Any]) -> st.SearchStrategy[str]:
        if self.is_likely and "examples" in schema:
            return st.sampled_from(schema["examples"])
        if "pattern" in schema:
            likely = [text for text in LIKELY if re.search(schema["pattern"], text)]
            if self.is_likely and likely:
                return st.sampled_from(likely)
            return st.from_regex(schema["pattern"], fullmatch=True).map(str.strip)
        longest = min(schema.get("maxLength", 12), 30)
        return st.text(min_size=schema.get("minLength", 0), max_size=longest)

    def integers(self, schema: dict[str, Any]) -> st.SearchStrategy[int]:
        low, high = schema.get("minimum", 0), schema.get("maximum", 130)
        likely = [number for number in LIKELY_IDS if low <= number <= high]
        return st.sampled_from(likely) if self.is_likely and likely else st.integers(low, high)
