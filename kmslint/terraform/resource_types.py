"""The resource types of keys, identities and their policies: what each calls the things that they have in common.

`aws_*` is documented at https://registry.terraform.io/providers/hashicorp/aws/latest/docs, and `awscc_*`, which
has CloudFormation's properties, at https://registry.terraform.io/providers/hashicorp/awscc/latest/docs.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.model.estate import IdentityKind, KeyKind

OURS: Final = ("aws_kms_", "aws_iam_", "awscc_kms_", "awscc_iam_")
"""How the types begin that have to do with keys and permissions."""


class KeyType(NamedTuple):
    """A resource that makes a key, and its arguments."""

    kind: KeyKind
    policy: str = "policy"
    rotation: str = "enable_key_rotation"
    spec: str = "customer_master_key_spec"
    usage: str = "key_usage"
    origin: str = ""
    """Empty here and below: there is no such argument."""
    custom_key_store: str = "custom_key_store_id"
    multi_region: str = "multi_region"
    enabled: str = "enabled"
    deletion_window: str = "deletion_window_in_days"
    bypass_lockout_check: str = "bypass_policy_lockout_safety_check"
    primary: str = "primary_key_arn"


_CLOUD_CONTROL_KEY = KeyType(
    KeyKind.KEY,
    policy="key_policy",
    spec="key_spec",
    origin="origin",
    custom_key_store="",
    deletion_window="pending_window_in_days",
)

KEY_TYPES: Final = {
    "aws_kms_key": KeyType(KeyKind.KEY, enabled="is_enabled"),
    "aws_kms_external_key": KeyType(KeyKind.EXTERNAL),
    "aws_kms_replica_key": KeyType(KeyKind.REPLICA),
    "aws_kms_replica_external_key": KeyType(KeyKind.REPLICA_EXTERNAL),
    "awscc_kms_key": _CLOUD_CONTROL_KEY,
    "awscc_kms_replica_key": _CLOUD_CONTROL_KEY._replace(kind=KeyKind.REPLICA),
}

ALIAS_TYPES: Final = {"aws_kms_alias": "name", "awscc_kms_alias": "alias_name"}
"""The argument with the name of the alias."""


class NamedType(NamedTuple):
    """A role, user, group or managed policy: what has a name, a path and an ARN."""

    word: str
    """Before the path in its ARN."""
    name: str = "name"
    """The argument, and the attribute."""
    prefix: str = "name_prefix"
    arn: str = "arn"
    """The attribute."""
    id_is_arn: bool = False
    """Else the id is the name."""


NAMED_TYPES: Final = {
    "aws_iam_role": NamedType("role"),
    "aws_iam_user": NamedType("user"),
    "aws_iam_group": NamedType("group"),
    "aws_iam_policy": NamedType("policy", id_is_arn=True),
    "awscc_iam_role": NamedType("role", "role_name", ""),
    "awscc_iam_user": NamedType("user", "user_name", ""),
    "awscc_iam_group": NamedType("group", "group_name", ""),
    "awscc_iam_managed_policy": NamedType("policy", "managed_policy_name", "", "policy_arn", id_is_arn=True),
}


DOCUMENT_MEMBER: Final = "policy_document"
"""What the document is called in a list of inline policies."""


class IdentityType(NamedTuple):
    """A resource that makes a role, a user or a group, and its arguments."""

    kind: IdentityKind
    trust: str = ""
    inline: str = ""
    """A list of objects with a document; `aws_iam_role` has blocks instead."""
    groups: str = ""


IDENTITY_TYPES: Final = {
    "aws_iam_role": IdentityType(IdentityKind.ROLE, trust="assume_role_policy"),
    "aws_iam_user": IdentityType(IdentityKind.USER),
    "aws_iam_group": IdentityType(IdentityKind.GROUP),
    "awscc_iam_role": IdentityType(IdentityKind.ROLE, trust="assume_role_policy_document", inline="policies"),
    "awscc_iam_user": IdentityType(IdentityKind.USER, inline="policies", groups="groups"),
    "awscc_iam_group": IdentityType(IdentityKind.GROUP, inline="policies"),
}

POLICY_TYPES: Final = {"aws_iam_policy": "policy", "awscc_iam_managed_policy": "policy_document"}
"""Managed policies: the argument with the document."""


class InlineType(NamedTuple):
    """A resource that writes a policy into an identity, and its arguments."""

    kind: IdentityKind
    identity: str
    document: str = "policy"
    name: str = "name"


INLINE_TYPES: Final = {
    "aws_iam_role_policy": InlineType(IdentityKind.ROLE, "role"),
    "aws_iam_user_policy": InlineType(IdentityKind.USER, "user"),
    "aws_iam_group_policy": InlineType(IdentityKind.GROUP, "group"),
    "awscc_iam_role_policy": InlineType(IdentityKind.ROLE, "role_name", "policy_document", "policy_name"),
    "awscc_iam_user_policy": InlineType(IdentityKind.USER, "user_name", "policy_document", "policy_name"),
    "awscc_iam_group_policy": InlineType(IdentityKind.GROUP, "group_name", "policy_document", "policy_name"),
}


class AttachmentType(NamedTuple):
    """A resource that attaches managed policies to identities, and its arguments."""

    identities: tuple[tuple[str, IdentityKind], ...]
    policies: str = "policy_arn"
    """Empty: it is a managed policy itself."""


_EVERY_KIND = (("roles", IdentityKind.ROLE), ("users", IdentityKind.USER), ("groups", IdentityKind.GROUP))

ATTACHMENT_TYPES: Final = {
    "aws_iam_role_policy_attachment": AttachmentType((("role", IdentityKind.ROLE),)),
    "aws_iam_user_policy_attachment": AttachmentType((("user", IdentityKind.USER),)),
    "aws_iam_group_policy_attachment": AttachmentType((("group", IdentityKind.GROUP),)),
    "aws_iam_policy_attachment": AttachmentType(_EVERY_KIND),
    "awscc_iam_managed_policy": AttachmentType(_EVERY_KIND, ""),
    "aws_iam_role_policy_attachments_exclusive": AttachmentType((("role_name", IdentityKind.ROLE),), "policy_arns"),
    "aws_iam_user_policy_attachments_exclusive": AttachmentType((("user_name", IdentityKind.USER),), "policy_arns"),
    "aws_iam_group_policy_attachments_exclusive": AttachmentType((("group_name", IdentityKind.GROUP),), "policy_arns"),
}


class ExclusiveType(NamedTuple):
    """A resource that takes away every policy of an identity that it does not list, and its arguments."""

    kind: IdentityKind
    identity: str
    managed: bool
    """Else the inline policies."""

    @property
    def listed(self) -> str:
        return "policy_arns" if self.managed else "policy_names"


EXCLUSIVE_TYPES: Final = {
    f"aws_iam_{kind.value}_{suffix}_exclusive": ExclusiveType(kind, f"{kind.value}_name", managed)
    for kind in IdentityKind
    for suffix, managed in (("policies", False), ("policy_attachments", True))
}
"""https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive"""
