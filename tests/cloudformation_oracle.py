"""The oracle for templates: moto makes a stack of each, in memory, and tells which policies its keys have."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from cloudformation_generator import REGION, Generated

HAS_MOTO: Final = all(
    importlib.util.find_spec(name) is not None for name in ("moto", "boto3", "openapi_spec_validator")
)
"""`pip install 'moto[cloudformation]'`"""
ACCOUNT: Final = "123456789012"
_STACK: Final = "stack"


class Answer(NamedTuple):
    """What moto makes of a template."""

    policies: dict[str, Any]
    """The policy of each key that is there: an object, or the text that it is written as."""
    ids: dict[str, str]
    """What each resource came to be called."""
    conditions: dict[str, bool]
    error: str = ""
    """Why it makes nothing of it."""


def answers(templates: Iterable[Generated]) -> Iterator[Answer]:
    """What moto makes of each template."""
    import boto3
    from moto import mock_aws

    os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION=REGION)
    for generated in templates:
        with mock_aws():
            yield _answer(generated, boto3)


def _answer(generated: Generated, boto3: Any) -> Answer:
    client, keys = boto3.client("cloudformation"), boto3.client("kms")
    template = generated.template
    template = {**template, "Outputs": _outputs(template["Conditions"])}
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in generated.parameters.items()]
    try:
        client.create_stack(StackName=_STACK, TemplateBody=json.dumps(template), Parameters=given)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in moto is its answer
        return Answer({}, {}, {}, f"{type(error).__name__}: {error}")
    (stack,) = client.describe_stacks(StackName=_STACK)["Stacks"]
    resources = client.describe_stack_resources(StackName=_STACK)["StackResources"]
    # A resource whose condition is false has no name.
    ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources if "LogicalResourceId" in one}
    policies = {
        name: keys.get_key_policy(KeyId=ids[name], PolicyName="default")["Policy"]
        for name, resource in generated.template["Resources"].items()
        if resource["Type"] == "AWS::KMS::Key" and name in ids
    }
    return Answer(
        policies,
        ids,
        {output["OutputKey"]: output["OutputValue"] == "yes" for output in stack["Outputs"]},
    )


def _outputs(conditions: dict[str, Any]) -> dict[str, Any]:
    """One output for each condition, so that moto says what it comes to."""
    return {name: {"Value": {"Fn::If": [name, "yes", "no"]}} for name in conditions}
