"""SAM: the roles that functions and state machines bring with them, as the transform writes them into the template.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.cloudformation.calls import is_function, is_null, read_call
from kmslint.cloudformation.macro_nodes import Allowance, call, entry, mapping, scalar, sequence
from kmslint.cloudformation.serverless_globals import Globals
from kmslint.cloudformation.serverless_policies import RolePolicies, managed_arn
from kmslint.cloudformation.template import SERVERLESS, Resource, Template
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar

_FUNCTION = f"{SERVERLESS}Function"
_ROLE = "AWS::IAM::Role"
_LONGEST_NAME = 255
"""CloudFormation takes no longer ones."""


class _Kind(NamedTuple):
    """What SAM makes of a resource."""

    service: str
    """Who takes the role, if nothing else is written."""
    managed: str
    """The path and name of the policy of AWS that the role has in any case."""


_KINDS = {
    _FUNCTION: _Kind("lambda.amazonaws.com", "service-role/AWSLambdaBasicExecutionRole"),
    f"{SERVERLESS}StateMachine": _Kind("states.amazonaws.com", ""),
}
# For tracing, VPCs and events SAM attaches more of AWS's policies: they say nothing of KMS.


def with_made_roles(template: Template) -> Template:
    """The template with the role of each function and state machine that is not given one, `<logical id>Role`.

    A made role stands at the logical id it belongs to, and its policies where they are written. What SAM
    refuses becomes a problem.
    """
    transform = _Transform(template)
    resources: list[Resource] = []
    for resource in template.resources:
        resources.append(resource)
        if resource.type in _KINDS:
            resources.extend(transform.role(resource, _KINDS[resource.type]))
    problems = (*template.problems, *transform.problems)
    return template._replace(resources=tuple(resources), conditions=transform.conditions(), problems=problems)


class _Transform:
    def __init__(self, template: Template) -> None:
        self.problems: list[Problem] = []
        self._written = template.conditions
        self._added: dict[str, Entry] = {}
        """Conditions that SAM adds."""
        self._taken = {resource.name for resource in template.resources}
        self._allowance = Allowance(self._report)
        self._globals = Globals(template.globals, self._allowance, self._report)

    def _report(self, reason: str, at: Location) -> None:
        self.problems.append(Problem(at.path, reason, at))

    def conditions(self) -> Mapping | None:
        """The conditions of the template, with those of the made roles."""
        if not self._added:
            return self._written
        written = self._written or Mapping((), next(iter(self._added.values())).key.at)
        return written.with_entries((*written.entries, *self._added.values()))

    def role(self, resource: Resource, kind: _Kind) -> Iterator[Resource]:
        """The role that is made for a resource, if one is."""
        given, condition = resource.property("Role"), resource.body.get("Condition")
        if given is not None and not is_null(given):
            choice = read_call(given) if resource.type == _FUNCTION else None
            absent = _absent_branches(choice.arguments) if choice and choice.name == "Fn::If" else ()
            if not any(absent):
                return
            if choice is not None and not all(absent):
                # SAM then forgets the condition of the function.
                condition = choice.arguments[0] if absent[0] else self._negated(choice.arguments[0])
        name = f"{resource.name}Role"
        if name in self._taken:
            self._report(f'the role of "{resource.address}" would be called "{name}", as a resource is', resource.at)
            return
        properties = self._properties(resource, kind)
        body = mapping(resource.at, Type=scalar(_ROLE, resource.at), Condition=condition, Properties=properties)
        yield Resource(name, _ROLE, resource.at, body, resource.guards)

    def _negated(self, condition: Node) -> Scalar:
        """The condition that the other one is false, which SAM adds to the template."""
        at = condition.at
        name = f"NOT{condition.text[:_LONGEST_NAME] if isinstance(condition, Scalar) else ''}"
        self._added[name] = entry(name, call("Fn::Not", sequence(at, call("Condition", condition, at)), at), at)
        return scalar(name, at)

    def _properties(self, resource: Resource, kind: _Kind) -> Mapping:
        at = resource.at
        included = _included(resource.properties)
        policies = RolePolicies(resource, self._allowance, self._report)
        managed = [managed_arn(kind.managed, at)] if kind.managed else []
        trust = self._globals.property_of(resource, "AssumeRolePolicyDocument")
        properties = mapping(
            at,
            AssumeRolePolicyDocument=trust if trust or included else _trust(kind.service, at),
            Path=self._globals.property_of(resource, "RolePath"),
            PermissionsBoundary=self._globals.property_of(resource, "PermissionsBoundary"),
            Policies=sequence(at, *policies.inline),
            ManagedPolicyArns=sequence(at, *managed, *policies.managed, *(Mapping((part,), at) for part in included)),
        )
        return properties.with_entries((*properties.entries, *included))


def _absent_branches(arguments: tuple[Node, ...]) -> tuple[bool, ...]:
    """Which branches of an `Fn::If` are `AWS::NoValue`; none if it is not written as one must be."""
    if len(arguments) != 3 or not isinstance(arguments[0], Scalar):
        return ()
    return tuple(map(_is_no_value, arguments[1:]))


def _is_no_value(node: Node) -> bool:
    reference = read_call(node)
    named = reference.argument if reference and reference.name == "Ref" else None
    return isinstance(named, Scalar) and named.text == "AWS::NoValue"


def _included(properties: Node | None) -> tuple[Entry, ...]:
    """The members of a map that stand for others which nobody sees here: `Fn::Transform`."""
    if not isinstance(properties, Mapping):
        return ()
    return tuple(part for part in properties.entries if is_function(part.name.text))


def _trust(service: str, at: Location) -> Mapping:
    statement = mapping(
        at,
        Effect=scalar("Allow", at),
        Principal=mapping(at, Service=scalar(service, at)),
        Action=scalar("sts:AssumeRole", at),
    )
    return mapping(at, Version=scalar("2012-10-17", at), Statement=sequence(at, statement))
