"""The policies of what a template encrypts under keys that AWS manages.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.nested import Stack
from kmslint.cloudformation.resources import alternatives, guards_of
from kmslint.cloudformation.template import Resource
from kmslint.model.consumers import Name, Uses, name_of
from kmslint.model.policy import Document
from kmslint.model.read_policy import no_statements, read_policy
from kmslint.model.sharing import MANAGED, Managed, Share, Sharing, Thing, is_alias, managed_of
from kmslint.values import Choice, Guard, Guards, Null, Value, contradictory


class _Policy(NamedTuple):
    """A resource that is the policy of others."""

    thing: Thing
    targets: str
    """The property that names them."""
    document: str = "PolicyDocument"


_POLICIES: Final = {
    "AWS::S3::BucketPolicy": _Policy(Thing.BUCKET, "Bucket"),
    "AWS::SNS::TopicPolicy": _Policy(Thing.TOPIC, "Topics"),
    "AWS::SQS::QueuePolicy": _Policy(Thing.QUEUE, "Queues"),
    "AWS::SecretsManager::ResourcePolicy": _Policy(Thing.SECRET, "SecretId", "ResourcePolicy"),
}
_SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 - the type of a resource
_QUEUE: Final = "AWS::SQS::Queue"

_Held = tuple[Resource, Evaluator]


def read_sharing(stacks: Iterable[Stack], uses: Uses) -> Sharing:
    """What the stacks have under keys that AWS manages, with the policies of that: others are not evaluated."""
    held = [(resource, stack.evaluator) for stack in stacks if stack.live for resource in stack.template.resources]
    policies = [each for each in held if each[0].type in _POLICIES]
    if not policies:
        return Sharing()
    managed = [one for one in map(managed_of, uses.consumers) if one is not None]
    managed += [secret for each in held if each[0].type == _SECRET for secret in _secrets(*each)]
    if not managed:
        return Sharing()
    arns = {name: arn for each in held if each[0].type == _QUEUE for name, arn in _arns(*each)}
    wanted = {(one.thing, name) for one in managed for name in one.names}
    shares = tuple(share for each in policies for share in _shares(*each, arns, wanted))
    return Sharing(tuple(managed), shares)


def _secrets(resource: Resource, evaluator: Evaluator) -> Iterator[Managed]:
    """The secret, in each way in which it is under AWS's key: it names that, or none."""
    around, node = guards_of(resource, evaluator), resource.property("KmsKeyId")
    if around is None or (node is None and resource.may_have_more):
        return
    value = None if node is None else evaluator.evaluate_under(around, node)
    at = resource.at if node is None else node.at
    names = (evaluator.references.name(resource, resource.at).parts,)
    for key, guards in _branches(value or Null(at), around):
        if isinstance(key, Null) or is_alias(key, MANAGED[Thing.SECRET]):
            yield Managed(resource.address, Thing.SECRET, at, names, guards)


def _branches(value: Value, guards: Guards) -> Iterator[tuple[Value, Guards]]:
    """What a value may come to, nothing included."""
    if not isinstance(value, Choice):
        yield value, guards
        return
    for holds, branch in ((True, value.when_true), (False, value.when_false)):
        met = guards | {Guard(value.condition, holds)}
        if not contradictory(met):
            yield from _branches(branch, met)


def _arns(queue: Resource, evaluator: Evaluator) -> Iterator[tuple[Name, Name]]:
    """The ARN of a queue, by what `Ref` calls it."""
    references, at = evaluator.references, queue.at
    yield references.name(queue, at).parts, name_of(references.attribute(queue.name, "Arn", at))


def _shares(
    resource: Resource, evaluator: Evaluator, arns: dict[Name, Name], wanted: set[tuple[Thing, Name]]
) -> Iterator[Share]:
    """The policy, for each of the things that it is of and that are wanted."""
    policy, around = _POLICIES[resource.type], guards_of(resource, evaluator)
    named, written = resource.property(policy.targets), resource.property(policy.document)
    if around is None or named is None or written is None:
        return
    for target, guards in alternatives(evaluator.evaluate_under(around, named), around):
        name = name_of(target)
        names = (name, arns[name]) if policy.thing is Thing.QUEUE and name in arns else (name,)
        if contradictory(guards) or not any((policy.thing, one) in wanted for one in names):
            continue
        value = evaluator.evaluate_under(around, written)
        document = None if value is None else read_policy(value, no_statements)
        if isinstance(document, Document):
            document = document.with_facts(evaluator.facts)
            yield Share(resource.address, policy.thing, names, document, guards=guards)
