"""What YAML nodes say, as PyYAML's safe loader reads them (YAML 1.1: `on` is true), but dates stay text."""

import yaml
from yaml.constructor import SafeConstructor

from schemas.formats.edits import Scalar as Plain
from schemas.formats.edits import Unreadable, Value
from schemas.formats.yaml_nodes import Alias, Collection, Node, Scalar

_LONGEST_NUMBER = 400  # characters; longer ones take more than linear time
_CONSTRUCTOR = SafeConstructor()


def said(root: Node | None) -> dict[str, Value]:
    """All that a file says. Raises Unreadable."""
    whole = root.target if isinstance(root, Alias) else root
    if whole is None or (isinstance(whole, Scalar) and scalar(whole) is None):
        return {}
    if not isinstance(whole, Collection) or not whole.mapping:
        raise Unreadable("this is not a mapping of keys to values", whole.position)
    for key, _ in whole.entries:
        if not merges(key) and isinstance(key, Scalar) and key.tag != "str":
            raise Unreadable(f"the key {key.text!r} is not text: put it in quotes", key.position)
    return _mapping(whole)


def key_text(key: Node) -> str:
    """A key as it is written, whatever YAML takes it for: `on`, `8080`."""
    node = key.target if isinstance(key, Alias) else key
    if not isinstance(node, Scalar):
        raise Unreadable("a key that is not a word or a number is not understood here", key.position)
    return node.text


def merges(key: Node) -> bool:
    """Whether this is `<<`, which brings in the entries of other mappings."""
    return isinstance(key, Scalar) and key.tag == "merge"


def scalar(node: Scalar) -> Plain:
    """What a scalar says. Raises Unreadable."""
    try:
        match node.tag:
            case "str" | "timestamp" | "merge" | "value":
                return node.text
            case "null":
                return None
            case "bool":
                return SafeConstructor.bool_values[node.text.lower()]
            case "int" | "float":
                return _number(node)
    except (ValueError, OverflowError, KeyError, IndexError):
        raise Unreadable(f"{node.text[:40]!r} is no {node.tag}", node.position) from None
    raise Unreadable(f"the tag {node.tag} is not known here", node.position)


def _number(node: Scalar) -> int | float:
    if len(node.text) > _LONGEST_NUMBER:
        raise Unreadable(f"a number has more than {_LONGEST_NUMBER} characters", node.position)
    written = yaml.ScalarNode("", node.text)
    if node.tag == "int":
        return _CONSTRUCTOR.construct_yaml_int(written)
    return _CONSTRUCTOR.construct_yaml_float(written)


def _value(node: Node) -> Value:
    if isinstance(node, Alias):
        return _value(node.target)
    if isinstance(node, Scalar):
        return scalar(node)
    return _mapping(node) if node.mapping else [_value(item) for item in node.children]


def _mapping(node: Collection) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    own: dict[str, Value] = {}
    seen: set[str] = set()
    for key, value in node.entries:
        text = key_text(key)
        if text in seen:
            raise Unreadable(f"the key {text!r} stands here for the second time", key.position)
        seen.add(text)
        if merges(key):
            merged = _merged(value)
        else:
            own[text] = _value(value)
    return {**merged, **own}


def _merged(node: Node) -> dict[str, Value]:
    """The entries that `<<` brings; of several mappings the first that has a key counts."""
    source = node.target if isinstance(node, Alias) else node
    if isinstance(source, Collection) and source.mapping:
        return _mapping(source)
    if not isinstance(source, Collection) or any(_is_list(item) for item in source.children):
        raise Unreadable("only mappings can be merged by <<", node.position)
    merged: dict[str, Value] = {}
    for item in reversed(source.children):
        merged.update(_merged(item))
    return merged


def _is_list(node: Node) -> bool:
    target = node.target if isinstance(node, Alias) else node
    return isinstance(target, Collection) and not target.mapping
