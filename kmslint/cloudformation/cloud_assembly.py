"""What the CDK says of the stacks of an app: `manifest.json` beside the templates that it has made.

https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema-readme.html
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kmslint.cloudformation.parameters import NO_INPUTS, Inputs
from kmslint.model.estate import Construct
from kmslint.raw import RawFile
from kmslint.syntax.bytes import decode
from kmslint.syntax.json import read_json
from kmslint.syntax.tree import Mapping, Node, Scalar
from kmslint.values import Text, text

MANIFEST: Final = "manifest.json"
TEMPLATE: Final = ".template.json"
"""How the CDK names the templates of stacks."""

_ENVIRONMENT: Final = re.compile(r"aws://(?P<account>[0-9]{12})/")


class Deployment(NamedTuple):
    """Where a stack goes, and with what."""

    account: Text | None = None
    inputs: Inputs = NO_INPUTS


NOT_DEPLOYED: Final = Deployment()


def deployments(manifest: RawFile) -> dict[str, Deployment]:
    """The stacks of an app by the names of their templates; empty for a manifest of something else.

    Raises InputError.
    """
    (document,) = read_json(decode(manifest.path, manifest.data)).documents
    artifacts = document.get("artifacts") if isinstance(document, Mapping) else None
    found = {}
    for _, artifact in artifacts.entries if isinstance(artifacts, Mapping) else ():
        properties = _member(artifact, "properties")
        template = _text(_member(properties, "templateFile"))
        if template and _text(_member(artifact, "type")) == "aws:cloudformation:stack":
            found[template] = _deployment(_member(artifact, "environment"), _member(properties, "parameters"))
    return found


def _deployment(environment: Node | None, parameters: Node | None) -> Deployment:
    match = _ENVIRONMENT.match(_text(environment))
    account = text(match["account"], environment.at) if match and environment is not None else None
    entries = parameters.entries if isinstance(parameters, Mapping) else ()
    given = {_text(name): text(_text(value), value.at) for name, value in entries if isinstance(value, Scalar)}
    return Deployment(account, Inputs(given))


def _member(node: Node | None, name: str) -> Node | None:
    return node.get(name) if isinstance(node, Mapping) else None


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def construct_path(address: str, body: Mapping) -> Construct | None:
    """The construct that a resource is; None if the CDK has not made it.

    The CDK calls the resource at the core of a construct `Resource`: that is left out.
    """
    path = _text(_member(body.get("Metadata"), "aws:cdk:path"))
    return Construct(address, path.removesuffix("/Resource")) if path else None
