"""Resources that name their key by its id or an alias, where only an ARN will do.

https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.key_names import KeyNames
from kmslint.access.key_references import is_key_id
from kmslint.aws.key_references import ARN_ONLY
from kmslint.model.consumers import Consumer
from kmslint.model.estate import Estate, Key
from kmslint.values import Text


class WrongForm(NamedTuple):
    """A key named in a form that the resource does not take."""

    consumer: Consumer
    form: str
    """`key id` or `alias`."""
    key: Key | None
    """The key of the estate that is meant."""
    page: str


def wrong_forms(estate: Estate) -> Iterator[WrongForm]:
    """The keys that are certainly named by an id or by the name of an alias."""
    names = KeyNames(estate)
    for consumer in estate.uses.consumers:
        value = consumer.key
        if consumer.purpose not in ARN_ONLY or not isinstance(value, Text):
            continue
        if not value.parts or str(value).startswith("arn:"):
            continue
        key = names.key_of(consumer)
        form = _form(value, is_key=key is not None)
        if form:
            yield WrongForm(consumer, form, key, ARN_ONLY[consumer.purpose])


def _form(value: Text, is_key: bool) -> str:
    if str(value.parts[0]).startswith("alias/"):
        return "alias"
    literal = value.literal
    if literal is not None:
        return "key id" if is_key_id(literal) else ""
    return "key id" if is_key else ""
