"""The `source` of a module that is fetched: which public module it names, and at which version.

https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PART = r"[A-Za-z0-9_-]+"
_REGISTRY = re.compile(
    rf"(?:registry\.(?:terraform\.io|opentofu\.org)/)?({_PART})/({_PART})/({_PART})(?://([\w./-]+))?"
)
_GITHUB = re.compile(
    rf"(?:git::)?(?:(?:https?|ssh|git)://)?(?:[\w.-]+@)?(?:www\.)?github\.com[/:]"
    rf"({_PART})/terraform-({_PART}?)-({_PART}?)(?:\.git)?(?://([\w./-]+))?(?:\?([^?]*))?"
)
_REF = re.compile(r"(?:^|&)ref=([^&]*)")
_TAG = re.compile(r"(?:refs/)?(?:tags/)?v?(\d[\w.-]*)")


class Remote(NamedTuple):
    """A module of the public registry, or the repository behind it."""

    name: str
    """`terraform-aws-modules/kms/aws`, `terraform-aws-modules/iam/aws//modules/iam-role`"""
    version: str | None
    """The version that the source itself asks for; None if it asks for what no number tells. Empty: any."""
    from_registry: bool
    """The argument `version` of the call says which version it is."""


def remote_source(source: str) -> Remote | None:
    """The public module that a source names; None for any other."""
    registry = _REGISTRY.fullmatch(source)
    if registry is not None:
        namespace, name, provider, below = registry.groups()
        return Remote(_spelt(namespace, name, provider, below), "", from_registry=True)
    repository = _GITHUB.fullmatch(source)
    if repository is None:
        return None
    namespace, provider, name, below, query = repository.groups()
    return Remote(_spelt(namespace, name, provider, below), _version(query or ""), from_registry=False)


def _spelt(namespace: str, name: str, provider: str, below: str | None) -> str:
    inside = f"//{below.strip('/')}" if below else ""
    return f"{namespace}/{name}/{provider}{inside}".lower()


def _version(query: str) -> str | None:
    ref = _REF.search(query)
    if ref is None:
        return ""
    tag = _TAG.fullmatch(ref[1])
    return tag[1] if tag is not None and "." in tag[1] else None
