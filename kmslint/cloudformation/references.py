"""`Ref` and `Fn::GetAtt`: parameters, pseudo parameters, and what resources are called.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from kmslint.cloudformation.calls import is_null
from kmslint.cloudformation.duplicates import one_of
from kmslint.cloudformation.parameters import Inputs, parameter_value
from kmslint.cloudformation.template import Parameter, Resource, Template
from kmslint.location import Location
from kmslint.model.arn import parse_arn
from kmslint.syntax.tree import Node
from kmslint.values import Hole, HoleKind, Part, Text, Unknown, Value, join

_PARTITION = Hole(HoleKind.PARTITION, "AWS::Partition")
_ACCOUNT = Hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId")
_REGION = Hole(HoleKind.REGION, "AWS::Region")
_PSEUDO = {hole.label: hole for hole in (_PARTITION, _ACCOUNT, _REGION, Hole(HoleKind.URL_SUFFIX, "AWS::URLSuffix"))}
_STACK = frozenset({"AWS::StackName", "AWS::StackId"})

_REPLICA = "AWS::KMS::ReplicaKey"
KEYS = frozenset({"AWS::KMS::Key", _REPLICA})
_SERVICE_LINKED = "AWS::IAM::ServiceLinkedRole"
_IAM = {
    "AWS::IAM::Role": ("role", "RoleName"),
    _SERVICE_LINKED: ("role", ""),
    "AWS::IAM::User": ("user", "UserName"),
    "AWS::IAM::Group": ("group", "GroupName"),
    "AWS::IAM::InstanceProfile": ("instance-profile", "InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": ("policy", "ManagedPolicyName"),
}
"""The word in the ARN, and the property that names the resource."""

Output = Callable[[Resource, str, Location], Value]
"""What a nested stack puts out under a name; the location is that of whoever asks."""


def unknown_output(resource: Resource, name: str, at: Location) -> Value:
    """What a nested stack that is not here puts out."""
    return Unknown(Hole(HoleKind.EXPRESSION, f"{resource.address}.Outputs.{name}"), at)


class References:
    """What the names of a template stand for."""

    def __init__(
        self,
        template: Template,
        inputs: Inputs,
        evaluate: Callable[[Node], Value | None],
        output: Output,
    ) -> None:
        """`output` gives what a nested stack puts out."""
        self._parameters: defaultdict[str, list[Parameter]] = defaultdict(list)
        self._declared: defaultdict[str, list[Resource]] = defaultdict(list)
        self._inputs = inputs
        for parameter in template.parameters:
            self._parameters[parameter.name].append(parameter)
        for resource in template.resources:
            self._declared[resource.name].append(resource)
        self._evaluate = evaluate
        self._output = output
        self._names: dict[str, tuple[Part, ...]] = {}
        self._arns: dict[str, tuple[Part, ...]] = {}

    def ref(self, name: str, at: Location) -> Value | None:
        """`Ref`; None for `AWS::NoValue`."""
        if name == "AWS::NoValue":
            return None
        if name in _PSEUDO:
            return Text((_PSEUDO[name],), at)
        if name in self._parameters:
            given = self._inputs.get(name, at)
            return one_of((one.guards, parameter_value(one, given, at)) for one in self._parameters[name])
        if name in self._declared:
            resource = self._resource(name)
            if resource is None:
                return Unknown(Hole(HoleKind.EXPRESSION, name, at.source.stack), at)
            return self.arn(resource, at) if resource.type == "AWS::IAM::ManagedPolicy" else self.name(resource, at)
        hole = Hole(HoleKind.EXPRESSION, name, at.source.stack)
        return Text((hole,), at) if name in _STACK else Unknown(hole, at)

    def attribute(self, name: str, attribute: str, at: Location) -> Value:
        """`Fn::GetAtt`."""
        resource = self._resource(name)
        if resource is None:
            return Text((Hole(HoleKind.EXPRESSION, f"{name}.{attribute}", at.source.stack),), at)
        if attribute == _arn_attribute(resource.type):
            return self.arn(resource, at)
        if attribute == _name_attribute(resource.type):
            return self.name(resource, at)
        if attribute.startswith("Outputs."):
            return self._output(resource, attribute.removeprefix("Outputs."), at)
        hole = Hole(HoleKind.RESOURCE, f"{resource.address}.{attribute}", resource=resource.address)
        if resource.type.startswith("Custom::") or resource.type == "AWS::CloudFormation::CustomResource":
            return Unknown(hole, at)
        return Text((hole,), at)

    def arn(self, resource: Resource, at: Location) -> Text:
        """The ARN of a key, a managed policy or an identity."""
        if resource.address not in self._arns:
            self._arns[resource.address] = join(self._arn_parts(resource), at).parts
        return Text(self._arns[resource.address], at)

    def name(self, resource: Resource, at: Location) -> Text:
        """The name a resource is given, or a hole where AWS makes one up; the id of a key."""
        address = resource.address
        if address not in self._names:
            unnamed: tuple[Part, ...] = (Hole(HoleKind.RESOURCE, address, resource=address),)
            self._names[address] = unnamed  # also for a name that refers to itself
            self._names[address] = self._given_name(resource, unnamed)
        return Text(self._names[address], at)

    def _resource(self, name: str) -> Resource | None:
        """The resource of that logical id; None if there is none, or if its declarations are of different types."""
        declared = self._declared.get(name, [])
        return declared[0] if len({resource.type for resource in declared}) == 1 else None

    def _given_name(self, resource: Resource, unnamed: tuple[Part, ...]) -> tuple[Part, ...]:
        if resource.type == _REPLICA:
            return self._id_of_primary(resource) or unnamed
        name = self._property_text(resource, _name_property(resource.type))
        if name is None:
            return (Hole(HoleKind.EXPRESSION, resource.address, scope="name"),)  # given, or given at times
        return name or unnamed

    def _id_of_primary(self, replica: Resource) -> tuple[Part, ...]:
        """The id of the key that a replica is made from, which is its own as well; empty if nobody can tell.

        https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
        """
        primary = self._property_text(replica, "PrimaryKeyArn")
        arn = parse_arn(Text(primary, replica.at)) if primary else None
        resource = arn.resource.literal if arn else None
        return (resource.removeprefix("key/"),) if resource and resource.startswith("key/mrk-") else ()

    def _arn_parts(self, resource: Resource) -> tuple[Part, ...]:
        name = self.name(resource, resource.at).parts
        account = _ACCOUNT._replace(resource=resource.address)
        if resource.type in KEYS:
            return ("arn:", _PARTITION, ":kms:", _REGION, ":", account, ":key/", *name)
        path = self._path(resource)
        if path is None:
            path = (Hole(HoleKind.EXPRESSION, f"{resource.address}.Path"),)
        path = path or ("/",)
        return ("arn:", _PARTITION, ":iam::", account, f":{_IAM[resource.type][0]}", *path, *name)

    def _path(self, resource: Resource) -> tuple[Part, ...] | None:
        """The path in the ARN of an identity, a profile or a policy; empty if it has none."""
        if resource.type != _SERVICE_LINKED:
            return self._property_text(resource, "Path")
        service = self._property_text(resource, "AWSServiceName") or (_service_hole(resource),)
        return join(("/aws-service-role/", *service, "/"), resource.at).parts

    def _property_text(self, resource: Resource, name: str) -> tuple[Part, ...] | None:
        """The text of a property; empty if it is absent, None if it cannot be known or hangs on a condition."""
        found: set[tuple[Part, ...] | None] = set()
        for declared in self._declared.get(resource.name, [resource]):
            node = declared.property(name)
            value = None if node is None or is_null(node) else self._evaluate(node)
            if value is None:
                found.add(None if node is None and declared.may_have_more else ())
            else:
                found.add(value.parts if isinstance(value, Text) else None)
        return found.pop() if len(found) == 1 else None


def _name_property(type_: str) -> str:
    if type_ in _IAM:
        return _IAM[type_][1]
    return "AliasName" if type_ == "AWS::KMS::Alias" else ""


def _name_attribute(type_: str) -> str:
    if type_ == _SERVICE_LINKED:
        return "RoleName"
    return "KeyId" if type_ in KEYS else ""


def _service_hole(resource: Resource) -> Hole:
    return Hole(HoleKind.EXPRESSION, f"{resource.address}.AWSServiceName")


def _arn_attribute(type_: str) -> str:
    if type_ == "AWS::IAM::ManagedPolicy":
        return "PolicyArn"
    return "Arn" if type_ in _IAM or type_ in KEYS else ""
