"""A template to the estate it deploys."""

from __future__ import annotations

from kmslint.cloudformation.identities import read_identities
from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.keys import read_aliases, read_keys
from kmslint.cloudformation.parameters import NO_INPUTS, Inputs
from kmslint.cloudformation.references import KEYS
from kmslint.cloudformation.resources import evaluate_resources, evaluate_switched_off
from kmslint.cloudformation.template import read_template
from kmslint.cloudformation.written_policies import WrittenPolicies
from kmslint.location import Source
from kmslint.model.estate import Estate, Language
from kmslint.syntax.tree import Node


def read_stack(document: Node, source: Source, inputs: Inputs = NO_INPUTS) -> Estate:
    """The keys, identities and policies of one template.

    Resources whose condition is false by the parameters' defaults are not there; those whose condition
    is open carry it as a guard. What cannot be read is a problem of the estate, the rest is read.
    """
    template = read_template(document, source)
    evaluator = Evaluator(template, source.path, inputs)
    resources = evaluate_resources(template, evaluator)
    written = WrittenPolicies(resources)
    identities = read_identities(resources, written)
    policies = sorted((*written.policies, *identities.inline), key=lambda policy: policy.at.start)
    return Estate(
        path=source.path,
        language=Language.CLOUDFORMATION,
        keys=tuple(read_keys(resources)),
        switched_off=tuple(read_keys(evaluate_switched_off(template, evaluator, KEYS))),
        identities=identities.identities,
        policies=tuple(policies),
        aliases=tuple(read_aliases(resources)),
        # A property that names a resource is evaluated more than once.
        problems=tuple(dict.fromkeys(evaluator.problems)),
    )
