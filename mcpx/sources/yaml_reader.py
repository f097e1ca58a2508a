"""YAML read with care: safe values only, bounded nesting, bounded merge keys."""

from __future__ import annotations

from typing import Any

from mcpx.sources.parsing import TOO_DEEP, InvalidError, Places

MOST_MERGED = 100_000
DEEPEST = 100


def _loader(text: str) -> Any:
    """A safe loader that bounds what merge keys (``<<``) may grow to."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        merged = 0

        def flatten_mapping(self, node: Any) -> None:
            for name, value in node.value:
                if name.tag != "tag:yaml.org,2002:merge":
                    continue
                for part in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if isinstance(part, yaml.MappingNode):
                        self.flatten_mapping(part)
                        self.merged += len(part.value)
                    if self.merged > MOST_MERGED:
                        raise InvalidError("merge keys grow too large")
            super().flatten_mapping(node)

    return Loader(text)


def _bound_depth(text: str) -> None:
    """Refuse deep nesting before the C loader goes down it and overruns its stack."""
    import yaml

    depth = 0
    for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise InvalidError(TOO_DEEP)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


# What PyYAML raises for values that do not fit their tags, besides YAMLError.
_YAML_FAULTS = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


def parse_yaml(text: str) -> Any:
    """The value of a document. Raises InvalidError."""
    import yaml

    loader = None
    try:
        _bound_depth(text)
        loader = _loader(text)
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is None:
            raise InvalidError("not valid YAML") from error
        raise InvalidError(f"not valid YAML: column {mark.column + 1}", mark.line + 1) from error
    except RecursionError as error:
        raise InvalidError(TOO_DEEP) from error
    except (yaml.YAMLError, *_YAML_FAULTS) as error:
        raise InvalidError("not valid YAML") from error
    finally:
        if loader is not None:
            loader.dispose()


def composed(text: str) -> Any:
    """The nodes of a document that can be parsed, each with its marks; not yet values."""
    loader = _loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def yaml_places(text: str, key: tuple[str, ...]) -> Places:
    """Where the entries below a path of keys stand, in a document that can be parsed."""
    import yaml

    node = composed(text)
    for step in key:
        values = [v for k, v in _pairs(node) if k.value == step]
        if not values:
            return Places()
        node = values[-1]
    if isinstance(node, yaml.SequenceNode):
        marks = enumerate(item.start_mark.line + 1 for item in node.value)
        return Places({str(index): line for index, line in marks})
    lines: dict[str, int] = {}
    repeated: list[str] = []
    for name, _ in _pairs(node):
        if name.value in lines:
            repeated.append(str(name.value))
        lines[str(name.value)] = name.start_mark.line + 1
    return Places(lines, tuple(repeated))


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return []
    return [(k, v) for k, v in node.value if isinstance(k, yaml.ScalarNode)]
