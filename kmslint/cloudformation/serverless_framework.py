"""Files of the Serverless Framework: they hold CloudFormation, and it is the framework that makes a template of it.

Half of the roles and all variables are the framework's, so its files are named and not judged.
https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
"""

from __future__ import annotations

from kmslint.errors import Problem
from kmslint.syntax.tree import Mapping, Node, Scalar

_REASON = (
    "a file of the Serverless Framework is no template yet: lint what `serverless package` writes to .serverless, "
    "cloudformation-template-update-stack.json"
)


def framework_problem(document: Node) -> Problem | None:
    """What there is to say of a document if it is the framework's and is deployed to AWS; else None."""
    if not isinstance(document, Mapping):
        return None
    service, provider = document.get("service"), document.get("provider")
    if service is None or provider is None:
        return None
    name = provider.get("name") if isinstance(provider, Mapping) else provider
    # A variable stands for the provider, or its name, where it is written elsewhere.
    if isinstance(name, Scalar) and name.text != "aws" and "${" not in name.text:
        return None
    at = next((entry.key.at for entry in document.entries if entry.value is service), document.at)
    return Problem(at.path, _REASON, at)
