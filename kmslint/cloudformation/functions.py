"""The functions that work on values alone, in the form: the values of the arguments, and where the call stands.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from itertools import takewhile
from typing import Final

from kmslint import limits
from kmslint.cloudformation.assembly import as_text, concatenated, named_hole, out_of_bounds, unresolved
from kmslint.cloudformation.substitution import without_dynamic_references
from kmslint.location import Location
from kmslint.model.arn import split_text
from kmslint.values import Hole, HoleKind, Items, Null, Text, Unknown, Value, text

_WITHOUT_PUNCTUATION = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION})

IMPORT: Final = "Fn::ImportValue "
"""How the holes are spelt that imports leave."""


def join_list(arguments: tuple[Value, ...], at: Location) -> Value:
    """`Fn::Join`: a separator and a list. A list that cannot be known leaves one hole."""
    separator, listed = arguments
    if not isinstance(listed, Items):
        return Text((_hole_of_list("Fn::Join", listed, at),), at)
    texts: list[Text] = []
    for item in _present(listed):
        if texts:
            texts.append(as_text(separator))
        several = isinstance(item, Unknown) and item.spread
        texts.append(Text((_hole_of_list("Fn::Join", item, at),), at) if several else as_text(item))
    joined = concatenated(texts, at)
    return without_dynamic_references(joined) if isinstance(joined, Text) else joined


def split(arguments: tuple[Value, ...], at: Location) -> Value:
    """`Fn::Split`: a separator and a text. From the first hole on that may hold the separator nothing is known."""
    separator, whole = arguments
    between = separator.literal if isinstance(separator, Text) else None
    if not between or not isinstance(whole, Text):
        return unresolved("Fn::Split", at)
    known = tuple(takewhile(lambda part: isinstance(part, str) or _cannot_hold(part, between), whole.parts))
    elements: list[Value] = [*split_text(Text(known, at), between, limits.ELEMENTS)]
    rest = unresolved("Fn::Split", at)
    if len(elements) > limits.ELEMENTS:
        return out_of_bounds(limits.named(f"Fn::Split into more than {limits.ELEMENTS} texts", "elements"), at)
    if len(known) < len(whole.parts) and len(elements) == 1:
        return rest
    if len(known) < len(whole.parts):
        elements[-1] = rest._replace(spread=True)
    return Items(tuple(elements), at)


def select(arguments: tuple[Value, ...], at: Location) -> Value:
    """`Fn::Select`: an index and a list. Unknown where the index is not certainly one of the list."""
    index, listed = arguments
    digits = index.literal if isinstance(index, Text) else None
    if digits is None or not digits.isdecimal() or len(digits) > len(str(limits.ELEMENTS)):
        return unresolved("Fn::Select", at)
    if not isinstance(listed, Items):
        return Unknown(_hole_of_list(f"Fn::Select {digits}", listed, at), at)
    present = _present(listed)[: int(digits) + 1]
    if len(present) <= int(digits) or any(isinstance(item, Unknown) and item.spread for item in present):
        return unresolved("Fn::Select", at)
    return present[-1]


def length(arguments: tuple[Value, ...], at: Location) -> Value:
    """`Fn::Length` of a list."""
    (listed,) = arguments
    if not isinstance(listed, Items) or any(isinstance(item, Unknown) and item.spread for item in listed.items):
        return as_text(unresolved("Fn::Length", at))
    return text(str(len(_present(listed))), at)


def base64(arguments: tuple[Value, ...], at: Location) -> Value:
    """`Fn::Base64` of a text."""
    (plain,) = arguments
    literal = plain.literal if isinstance(plain, Text) else None
    if literal is None:
        return as_text(unresolved("Fn::Base64", at))
    if len(literal) > limits.TEXT // 2:
        return as_text(
            out_of_bounds(limits.named(f"Fn::Base64 of more than {limits.TEXT // 2} characters", "text"), at)
        )
    from base64 import b64encode  # few templates with keys have user data

    return text(b64encode(literal.encode("utf-8", "surrogatepass")).decode("ascii"), at)


def import_value(name: Text, at: Location) -> Value:
    """`Fn::ImportValue` of what is not here: the output of another stack; equal names are the same output."""
    label = f"{IMPORT}{name}"
    hole = named_hole(label, at)
    is_whole = name.literal is not None and hole.label == label  # two names may begin alike
    return Text((hole._replace(scope="") if is_whole else hole,), at)


def _present(listed: Items) -> tuple[Value, ...]:
    """The elements; `AWS::NoValue` in the branch of a condition takes its element away."""
    return tuple(item for item in listed.items if not isinstance(item, Null))


def _cannot_hold(hole: Hole, separator: str) -> bool:
    return hole.kind in _WITHOUT_PUNCTUATION and not separator.strip(":/,|;+ ")


def _hole_of_list(function: str, listed: Value, at: Location) -> Hole:
    if isinstance(listed, Unknown):
        return unresolved(f"{function} {listed.hole.label}", at).hole
    return unresolved(function, at).hole
