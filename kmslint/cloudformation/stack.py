"""A template to the estate it deploys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.cloudformation.cloud_assembly import construct_path
from kmslint.cloudformation.dependencies import Dependencies
from kmslint.cloudformation.duplicates import located
from kmslint.cloudformation.identities import read_identities
from kmslint.cloudformation.keys import read_aliases, read_keys
from kmslint.cloudformation.library import Library
from kmslint.cloudformation.nested import Stack, stack_of
from kmslint.cloudformation.parameters import NO_INPUTS, Inputs
from kmslint.cloudformation.references import KEYS
from kmslint.cloudformation.resources import READ, Evaluated, evaluate_resources, evaluate_switched_off
from kmslint.cloudformation.template import STACK_SET
from kmslint.cloudformation.written_policies import WrittenPolicies
from kmslint.errors import Problem
from kmslint.location import Source
from kmslint.model.consumers import Uses
from kmslint.model.duplicates import Duplicate
from kmslint.model.estate import Call, Construct, Estate, Language
from kmslint.model.sharing import Sharing
from kmslint.syntax.tree import Node


def read_stack(document: Node, source: Source, inputs: Inputs = NO_INPUTS, library: Library | None = None) -> Estate:
    """The keys, identities and policies of one template, and of those it nests out of the library.

    Resources whose condition is false by the parameters' defaults are not there; those whose condition
    is open carry it as a guard. What cannot be read is a problem of the estate, the rest is read.
    """
    return next(read_stacks(document, source, inputs, library))


def read_stacks(
    document: Node, source: Source, inputs: Inputs = NO_INPUTS, library: Library | None = None
) -> Iterator[Estate]:
    """The estate of one template as `read_stack` reads it, and one for each stack set whose template is in it."""
    stacks = tuple(stack_of(document, source, inputs, library).all())
    estate = _estate(stacks)
    sets = [_estate((made,))._replace(in_other_accounts=True) for made in _stack_sets(stacks)]
    # With what is wrong with the stack sets.
    yield estate._replace(problems=tuple(_problems(stacks)))
    yield from sets


def _stack_sets(stacks: tuple[Stack, ...]) -> Iterator[Stack]:
    if any(resource.type == STACK_SET for stack in stacks for resource in stack.template.resources):
        from kmslint.cloudformation.stack_sets import stack_sets  # few templates have one

        yield from stack_sets(stacks)


def _estate(stacks: tuple[Stack, ...]) -> Estate:
    """What is in a stack and in those nested in it."""
    resources = tuple(_resources(stacks))
    written = WrittenPolicies(resources)
    identities = read_identities(resources, written)
    # Two stacks have one address where a logical id stands twice.
    orders = {stack.evaluator: Dependencies(stack.template) for stack in stacks}

    def made_before(resource: Evaluated) -> frozenset[str]:
        return orders[resource.evaluator].made_before(resource.resource)

    uses, sharing = _uses(stacks)
    policies = sorted((*written.policies, *identities.inline), key=lambda policy: policy.at.start)
    return Estate(
        path=stacks[0].source.path,
        language=Language.CLOUDFORMATION,
        keys=tuple(read_keys(resources, made_before)),
        switched_off=tuple(read_keys(_switched_off(stacks), made_before)),
        identities=identities.identities,
        policies=tuple(policies),
        aliases=tuple(read_aliases(resources)),
        calls=tuple(Call(stack.stack.rstrip("/"), stack.made_at) for stack in stacks if stack.made_at and stack.live),
        constructs=tuple(_constructs(resources)),
        uses=uses,
        sharing=sharing,
        problems=tuple(_problems(stacks)),
        duplicates=tuple(each for stack in stacks for each in _duplicates(stack)),
        lost_zeros=tuple(dict.fromkeys(zero for stack in stacks for zero in stack.evaluator.lost_zeros)),
    )


def _resources(stacks: Iterable[Stack]) -> Iterator[Evaluated]:
    for stack in stacks:
        if stack.live:
            yield from evaluate_resources(stack.template, stack.evaluator)


def _switched_off(stacks: Iterable[Stack]) -> Iterator[Evaluated]:
    for stack in stacks:
        yield from evaluate_switched_off(stack.template, stack.evaluator, KEYS, stack.live)


def _constructs(resources: Iterable[Evaluated]) -> Iterator[Construct]:
    for resource in resources:
        construct = construct_path(resource.address, resource.resource.body)
        if construct is not None:
            yield construct


def _uses(stacks: tuple[Stack, ...]) -> tuple[Uses, Sharing]:
    if all(resource.type.startswith(READ) for stack in stacks for resource in stack.template.resources):
        return Uses(), Sharing()
    # Not every template has more than keys and identities.
    from kmslint.cloudformation.consumers import read_uses
    from kmslint.cloudformation.sharing import read_sharing

    uses = read_uses(stacks)
    return uses, read_sharing(stacks, uses)


def _duplicates(stack: Stack) -> tuple[Duplicate, ...]:
    """The names that stand twice in its template."""
    document = stack.template.document
    return () if document is None else located(stack.evaluator.duplicates, document)


def _problems(stacks: tuple[Stack, ...]) -> Iterator[Problem]:
    """Each once: a property that names a resource is evaluated more than once, and a template may be nested twice."""
    told = set()
    for problem in (*(each for stack in stacks for each in stack.problems), *stacks[0].family.problems):
        place = (problem.path, problem.reason, problem.line, problem.at and problem.at.start)
        if place not in told:
            told.add(place)
            yield problem
