"""The estate: the keys, identities, grants and aliases of one stack or module, judged together."""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.model.accounts import Accounts
from kmslint.model.arn import Arn, parse_arn
from kmslint.model.consumers import Uses
from kmslint.model.duplicates import Duplicate
from kmslint.model.facts import UNRELATED, Facts
from kmslint.model.lost_zeros import LostZero
from kmslint.model.policy import Document
from kmslint.model.sharing import Sharing
from kmslint.model.trust import NOBODY_TRUSTED, Trust
from kmslint.values import ALWAYS, Guards, Text, Unknown, Value
from kmslint.verdict import Verdict
from kmslint.wildcard import equal


class Language(Enum):
    CLOUDFORMATION = "CloudFormation"
    TERRAFORM = "Terraform"
    UNKNOWN = "unknown"
    """A file that could not be read."""


class KeyKind(Enum):
    """What a key resource makes."""

    KEY = "key"
    REPLICA = "replica"
    EXTERNAL = "external"
    """Imported key material: `aws_kms_external_key`."""
    REPLICA_EXTERNAL = "replica with imported key material"
    ELSEWHERE = "key that is not here"
    """Only its policy is set here: the settings of the key cannot be seen."""
    MODULE = "module"
    """A call of a module that is not here: the key and its policy cannot be seen."""


class PolicyOrigin(Enum):
    """Where a key's policy comes from."""

    EXPLICIT = "explicit"
    DEFAULT = "default"
    """No policy is written: AWS attaches its default one, which delegates everything to the account."""
    UNKNOWN = "unknown"


class RivalPolicy(NamedTuple):
    """A place that sets the policy of a key which another place sets as well."""

    address: str
    at: Location
    other_address: str
    other_at: Location
    guards: Guards
    """When both are there."""


class KeyPolicy(NamedTuple):
    """The policy of a key as it is written."""

    origin: PolicyOrigin
    at: Location
    """The policy's value; the key itself where none is written."""
    document: Document | None = None
    """Present if and only if the origin is EXPLICIT."""
    missing: Unknown | None = None
    """What could not be resolved, if the origin is UNKNOWN."""
    address: str = ""
    """The resource that holds the policy, where it is not the key."""
    rivals: tuple[RivalPolicy, ...] = ()
    """The places beside the first that certainly set it, too."""
    facts: Facts = UNRELATED
    """What is known of the conditions around it, if the origin is DEFAULT; a document knows it itself."""


class KeySettings(NamedTuple):
    """Properties of a key as written; None where a property is absent."""

    rotation: Value | None = None
    spec: Value | None = None
    usage: Value | None = None
    origin: Value | None = None
    custom_key_store: Value | None = None
    multi_region: Value | None = None
    enabled: Value | None = None
    deletion_window: Value | None = None
    bypass_lockout_check: Value | None = None
    primary: Value | None = None
    """Of a replica: the ARN of the key it is made from."""
    deletion_policy: Value | None = None
    """CloudFormation's `DeletionPolicy`: what becomes of the key when it is taken out of the stack."""
    update_replace_policy: Value | None = None
    """CloudFormation's `UpdateReplacePolicy`: what becomes of the key when another one takes its place."""
    prevent_destroy: Value | None = None
    """Terraform's `prevent_destroy`: whether it refuses to delete the key."""


class Key(NamedTuple):
    """A KMS key, or a replica of one."""

    address: str
    """Logical id, or Terraform address."""
    kind: KeyKind
    at: Location
    """The name of the resource, where it is declared."""
    arn: Text
    policy: KeyPolicy
    settings: KeySettings
    provider: str = ""
    """Terraform's provider alias, if not the default one."""
    account: str = ""
    """The scope of the own account, where the provider works in another account than the default one."""
    guards: Guards = ALWAYS
    deployer: Text | None = None
    """The ARN of the role that Terraform certainly takes on to make it."""
    made_after: frozenset[str] = frozenset()
    """CloudFormation only: the addresses of the resources of its template that are made before it."""


class IdentityKind(Enum):
    ROLE = "role"
    USER = "user"
    GROUP = "group"


class IdentityPolicy(NamedTuple):
    """A policy document attached to an identity, or a managed policy on its own."""

    address: str
    """The resource it is written in; for AWS managed policies its ARN."""
    at: Location
    document: Document | None
    """None: cannot be resolved."""
    managed_by_aws: bool = False
    guards: Guards = ALWAYS
    arn: Text | None = None
    """Of a managed policy of the estate, if it is known how it is called."""
    attached: bool = False
    """Of a managed policy of the estate: something here attaches it, be it to an identity that is not here."""

    def settled(self, facts: Facts) -> "IdentityPolicy | None":
        """The policy as it is where that is known of conditions; None where it is not attached."""
        guards = facts.open_part(self.guards)
        if guards is None:
            return None
        return self._replace(document=self.document and self.document.settled(facts), guards=guards)


class Identity(NamedTuple):
    """A role, user or group of the estate with every policy that is seen attached to it."""

    address: str
    kind: IdentityKind
    at: Location
    arn: Text
    policies: tuple[IdentityPolicy, ...]
    unseen_policies: tuple[Unknown, ...] = ()
    """Attachments whose policy is not in the estate and not one of AWS's."""
    boundary: IdentityPolicy | None = None
    boundary_arns: tuple[Text, ...] = ()
    """What the boundary is called; several where it is open which of them it is."""
    trust: Document | None = None
    """The trust policy of a role; None where it cannot be resolved."""
    groups: tuple[str, ...] = ()
    """Addresses of the groups of a user."""
    guards: Guards = ALWAYS
    elsewhere: bool = False
    """Another template makes it; one of the two certainly names the other."""
    handed_over: bool = False
    """Its name is given to a module that is not here, which may attach policies to it."""

    @property
    def label(self) -> str:
        """How messages name it: `role Dev`."""
        return f"{self.kind.value} {self.address}"

    def settled(self, facts: Facts) -> "Identity":
        """The identity with the policies that it has where that is known of conditions."""
        policies = (policy.settled(facts) for policy in self.policies)
        return self._replace(
            policies=tuple(policy for policy in policies if policy is not None),
            boundary=self.boundary and self.boundary.settled(facts),
        )


class Grant(NamedTuple):
    """`aws_kms_grant`."""

    address: str
    at: Location
    key: Value | None
    grantee: Value | None
    operations: Value | None
    constrained: bool


class Alias(NamedTuple):
    """`AWS::KMS::Alias`, `aws_kms_alias`."""

    address: str
    at: Location
    name: Value | None
    key: Value | None


class Call(NamedTuple):
    """A call of a Terraform module, or a nested stack, that is part of the estate."""

    address: str
    """`module.a["x"].module.b`, `Network/Keys`"""
    at: Location
    """The calling block without its body, or the logical id of the resource that makes the stack."""


class Construct(NamedTuple):
    """A resource that the CDK has made."""

    address: str
    path: str
    """As the app spells it: `App/Data/Key`."""


class Estate(NamedTuple):
    """The unit of analysis."""

    path: str
    """The template, or the module's directory, relative to the root."""
    language: Language
    keys: tuple[Key, ...] = ()
    switched_off: tuple[Key, ...] = ()
    """Keys that a condition leaves out as long as nobody changes a default: listed, and judged by no rule."""
    identities: tuple[Identity, ...] = ()
    policies: tuple[IdentityPolicy, ...] = ()
    """Every identity policy document written in the estate, once each, attached or not."""
    grants: tuple[Grant, ...] = ()
    aliases: tuple[Alias, ...] = ()
    accounts: Accounts = Accounts()
    """Which account is the own one, and by what evidence."""
    trust: Trust = NOBODY_TRUSTED
    """Whom the user trusts."""
    calls: tuple[Call, ...] = ()
    """The modules and nested stacks that resources of the estate stand in."""
    constructs: tuple[Construct, ...] = ()
    """What the CDK has made."""
    uses: Uses = Uses()
    """The resources that use keys, and what services send to them."""
    sharing: Sharing = Sharing()
    """What is under keys that AWS manages, and the policies by which it is shared."""
    deployer: Text | None = None
    """The ARN of whoever runs the deployment, if somebody says so."""
    in_other_accounts: bool = False
    """It is deployed to other accounts than the one that is asked about: a stack set."""
    problems: tuple[Problem, ...] = ()
    """What could not be read; the rest stands above."""
    duplicates: tuple[Duplicate, ...] = ()
    """Members that stand twice in a map of the template or in an object; those of policy texts are in the documents."""
    lost_zeros: tuple[LostZero, ...] = ()
    """Account ids without quotes that are read as other numbers."""

    def accounts_of(self, key: Key) -> Accounts:
        """Which account is the key's own, and by what evidence."""
        return self.accounts.of(key.account)

    def seen_by(self, key: Key) -> "Estate":
        """The same estate, in which the own account is that of the key."""
        return self._replace(accounts=self.accounts_of(key))

    def primary_of(self, replica: Key) -> Key | None:
        """The key of the estate that a replica is certainly made from."""
        named = parse_arn(replica.settings.primary) if isinstance(replica.settings.primary, Text) else None
        if named is None:
            return None
        primaries = (key for key in self.keys if key.kind in (KeyKind.KEY, KeyKind.EXTERNAL))
        return next((key for key in primaries if _same_key(parse_arn(key.arn), named)), None)

    def identity(self, address: str) -> Identity | None:
        return next((identity for identity in self.identities if identity.address == address), None)

    def key_documents(self) -> Iterator[tuple[Key, Document]]:
        """The explicit key policies."""
        for key in self.keys:
            if key.policy.document is not None:
                yield key, key.policy.document

    def documents(self) -> Iterator[tuple[str, Document]]:
        """Every policy that can be read, trust policies too, with the address of the resource it belongs to."""
        yield from ((key.address, document) for key, document in self.key_documents())
        for policy in self.policies:
            if policy.document is not None:
                yield policy.address, policy.document
        for identity in self.identities:
            if identity.trust is not None and not identity.elsewhere:
                yield identity.address, identity.trust


def unreadable(problem: Problem) -> Estate:
    """What stands for a file that could not be read."""
    at = problem.at or Location(Source(problem.path, ""), 0, 0)
    return Estate(problem.path, Language.UNKNOWN, problems=(problem._replace(at=at),))


def _same_key(one: Arn | None, other: Arn) -> bool:
    if one is None:
        return False
    parts = (one.region, other.region), (one.account, other.account), (one.resource, other.resource)
    return all(equal(first, second) is Verdict.YES for first, second in parts)
