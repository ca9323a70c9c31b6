"""What is shared with other accounts: the policies of resources that are encrypted under keys which AWS manages."""

from enum import Enum
from typing import Final, NamedTuple

from kmslint.location import Location
from kmslint.model.arn import parse_arn
from kmslint.model.consumers import ALIAS_OF_S3, Consumer, Name, Purpose
from kmslint.model.policy import Document
from kmslint.values import ALWAYS, Guards, Text, Value


class Thing(Enum):
    """What may be shared by a policy of its own."""

    BUCKET = "bucket"
    TOPIC = "SNS topic"
    QUEUE = "SQS queue"
    SECRET = "secret"  # noqa: S105 - the word, and not one


MANAGED: Final = {
    Thing.BUCKET: ALIAS_OF_S3,
    Thing.TOPIC: "alias/aws/sns",
    Thing.QUEUE: "alias/aws/sqs",
    Thing.SECRET: "alias/aws/secretsmanager",
}
"""The key that AWS manages for it; that of a secret which names none.

https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""
_OF_CONSUMERS: Final = {
    Purpose.BUCKET: Thing.BUCKET,
    Purpose.TOPIC: Thing.TOPIC,
    Purpose.QUEUE: Thing.QUEUE,
}


class Managed(NamedTuple):
    """Something under the key that AWS manages for its kind."""

    address: str
    thing: Thing
    key_at: Location
    """Where it names the key; where it names none, the name of the resource."""
    names: tuple[Name, ...]
    guards: Guards = ALWAYS


class Share(NamedTuple):
    """The policy of a thing: whom it is shared with."""

    address: str
    thing: Thing
    names: tuple[Name, ...]
    """How the thing may be called."""
    document: Document
    account: str = ""
    """The scope of the own account, where the provider works in another account than the default one."""
    guards: Guards = ALWAYS


class Sharing(NamedTuple):
    """What of one estate is under keys that AWS manages and has a policy of its own."""

    managed: tuple[Managed, ...] = ()
    shares: tuple[Share, ...] = ()


def is_alias(value: Value, alias: str) -> bool:
    """Whether a key is certainly named by that alias, by itself or in an ARN."""
    if not isinstance(value, Text):
        return False
    arn = parse_arn(value)
    return (value if arn is None else arn.resource).literal == alias


def managed_of(consumer: Consumer) -> Managed | None:
    """The consumer of a key as something that is under AWS's; None if it is not, or may not be."""
    thing = _OF_CONSUMERS.get(consumer.purpose)
    if thing is None or not is_alias(consumer.key, MANAGED[thing]):
        return None
    return Managed(consumer.address, thing, consumer.key_at, consumer.names, consumer.guards)
