"""What a file may have to do with keys, by a search in its bytes: most files are ruled out so, and never parsed."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from kmslint.raw import RawFile

_KMS_ACTION: Final = re.compile(rb"kms", re.IGNORECASE)
_KMS_RESOURCES: Final = (b"aws_kms_", b"awscc_kms_")
_IAM_RESOURCES: Final = (b"aws_iam_", b"awscc_iam_")
_NESTING: Final = (b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application", b"AWS::Include")
_KMS_PERMISSION: Final = re.compile(rb"(?<!:)kms:[a-z*]", re.IGNORECASE)
_FRAMEWORK: Final = (re.compile(rb"^service[ \t]*:", re.MULTILINE), re.compile(rb"^provider[ \t]*:", re.MULTILINE))
"""The Serverless Framework, which makes roles of the statements in its files."""
_ESCAPE: Final = re.compile(rb"\\(?:[xuU]|\r?\n)")
_ESCAPED_LABEL: Final = re.compile(rb'\bresource[ \t]+"[^"\n]{0,200}\\[uU]')
_ESCAPED_SOURCE: Final = re.compile(rb'\bsource[ \t]*(?:/\*|=[ \t]*(?:\(|/\*|<<|"[^"\n]{0,400}(?:\\[uU]|\$\{")))')
"""The source of a module call, spelt so that no search for calls sees where it leads."""
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
"""UTF-16: no search for bytes finds anything in it."""
_KMS_MODULE: Final = re.compile(rb"""source"?\s*[=:]\s*"[^"\n]*kms""")
_IAM_MODULE: Final = re.compile(rb"""source"?\s*[=:]\s*"[^"\n]*\biam\b""")


def may_be_template(data: bytes) -> bool:
    """Whether a file may be a template that makes keys or gives permissions on them, or a plan that does."""
    if b"AWS::KMS::" in data or data.startswith(_WIDE):
        return True
    if (b"AWS::IAM::" in data or b"AWS::Serverless::" in data) and _KMS_ACTION.search(data):
        return True  # SAM makes roles
    if b"provider" in data and _KMS_PERMISSION.search(data) and all(key.search(data) for key in _FRAMEWORK):
        return True
    if b"Type" in data and _ESCAPE.search(data):
        return True  # the type may be spelt with escapes
    return b'"terraform_version"' in data and _concerns_keys(data)


def is_plan(data: bytes) -> bool:
    """Whether a JSON file is a plan or a state, as `terraform show -json` prints them."""
    if data.startswith(_WIDE):
        data = _narrow(data)  # what PowerShell writes into a file
    if b'"terraform_version"' not in data:
        return False
    is_state = b'"format_version"' in data and b'"values"' in data
    return is_state or b'"planned_values"' in data or b'"resource_changes"' in data


def _narrow(data: bytes) -> bytes:
    """The same text in UTF-8, as far as it is one."""
    return data.decode("utf-16", "replace").encode("utf-8", "replace")


def _concerns_keys(data: bytes) -> bool:
    return _names(data, _KMS_RESOURCES) or (_names(data, _IAM_RESOURCES) and _KMS_ACTION.search(data) is not None)


class Traits(NamedTuple):
    """What the Terraform files of one directory may have to do with keys, by a byte search."""

    keys: bool
    """They may make keys."""
    identities: bool
    """They may make identities or policies, which the key policies of a calling module may name."""
    kms: bool
    """They speak of KMS."""


def traits_of(files: Sequence[RawFile]) -> Traits:
    """The traits of the Terraform files of one directory."""
    return Traits(
        any(_may_hold_keys(file) for file in files),
        any(_names(file.data, _IAM_RESOURCES) or _IAM_MODULE.search(file.data) for file in files),
        any(_KMS_ACTION.search(file.data) for file in files),
    )


def _may_hold_keys(file: RawFile) -> bool:
    if _names(file.data, _KMS_RESOURCES) or _KMS_MODULE.search(file.data):
        return True
    return file.data.startswith(_WIDE) or _hides_a_type(file)


def _names(data: bytes, resources: tuple[bytes, ...]) -> bool:
    return any(resource in data for resource in resources)


def _hides_a_type(file: RawFile) -> bool:
    """Whether the type of a resource may be spelt with escapes, or the source of a module call as nobody spells it."""
    if file.path.endswith(".json"):
        return _ESCAPE.search(file.data) is not None
    if b"source" in file.data and _ESCAPED_SOURCE.search(file.data):
        return True
    return b"\\" in file.data and _ESCAPED_LABEL.search(file.data) is not None


def may_nest(data: bytes) -> bool:
    """Whether a template may bring others in."""
    return _names(data, _NESTING)


def may_export(data: bytes) -> bool:
    """Whether a template may export values that others import."""
    return b"Export" in data and b"Outputs" in data


def may_import(data: bytes) -> bool:
    """Whether a template may import values that others export."""
    return b"ImportValue" in data
