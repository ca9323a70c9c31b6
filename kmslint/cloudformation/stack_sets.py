"""Stack sets whose template is written in the template that makes them: each is a stack in other accounts.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint import limits
from kmslint.cloudformation.calls import read_call
from kmslint.cloudformation.expansion import read_expanded
from kmslint.cloudformation.nested import Family, Stack
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.resources import alternatives, guards_of
from kmslint.cloudformation.template import STACK_SET, Resource, is_template
from kmslint.errors import InputError
from kmslint.location import Excerpt, Source
from kmslint.syntax.embedded import parse_embedded
from kmslint.syntax.excerpts import ExcerptBuilder
from kmslint.syntax.in_source import in_source
from kmslint.syntax.tree import Mapping, Node
from kmslint.values import Fields, Guards, Hole, HoleKind, Text, Unknown, Value

_MAKE_TEXTS = frozenset({"Fn::FindInMap", "Fn::If", "Fn::Join", "Fn::Sub", "Ref"})
"""Functions that a template may come out of here; what else makes one, no function of CloudFormation included, is
not of this stack."""


def stack_sets(stacks: tuple[Stack, ...]) -> Iterator[Stack]:
    """What the stack sets of those stacks make in an account.

    The template of a set that has to do with keys and cannot be read is a problem of the stack that it is in.
    """
    reader = _Reader()
    for stack in stacks:
        for resource in stack.template.resources:
            guards = guards_of(resource, stack.evaluator) if stack.live and resource.type == STACK_SET else None
            if guards is not None:
                yield from reader.read(resource, guards, stack)


class _Reader:
    def __init__(self) -> None:
        self._sets = 0
        self._characters = 0

    def read(self, resource: Resource, guards: Guards, stack: Stack) -> Iterator[Stack]:
        source = Source(stack.source.path, stack.source.text, stack=f"{resource.address}/")
        for document in self._documents(resource, guards, stack):
            if is_template(document):
                inputs, family = _inputs(resource, guards, stack), Family(None, stack.family)
                template = read_expanded(document, document.at.source, inputs, None, family.growth)
                yield Stack(template, source, inputs, family)

    def _documents(self, resource: Resource, guards: Guards, stack: Stack) -> Iterator[Node]:
        body = resource.property("TemplateBody")
        if body is None:
            return
        call = read_call(body)
        # It may be included from another file.
        source = Source(body.at.source.path, body.at.source.text, stack=f"{resource.address}/")
        if isinstance(body, Mapping) and call is None:
            reason = self._excess(body.at.end - body.at.start)
            if reason:
                stack.evaluator.report(f'the template of "{resource.address}" {reason}', body.at)
            else:
                yield in_source(body, source)
            return
        if call is not None and call.name not in _MAKE_TEXTS:
            return
        value = stack.evaluator.evaluate_anywhere(body, guards)
        for text, _ in alternatives(value):
            reason = self._unfit(text)
            if reason:
                stack.evaluator.report(f'the template of "{resource.address}" {reason}', text.at)
            elif isinstance(text, Text) and _may_concern_keys(text):
                try:
                    yield from parse_embedded(_excerpt(text, source))
                except InputError as error:
                    problem = error.problem
                    place = problem.at or text.at
                    stack.evaluator.report(
                        f'the template of "{resource.address}" cannot be read: {problem.reason}', place
                    )

    def _unfit(self, value: Value) -> str:
        """Why the template is not read although it has to do with keys; empty if nothing stands in the way."""
        if not isinstance(value, Text) or not _may_concern_keys(value):
            return ""
        if value.holes:
            return f"is not read: {value.holes[0]} is put into it"
        return self._excess(len(str(value)))

    def _excess(self, characters: int) -> str:
        """The bound that one more template would break; empty if there is room for it."""
        self._sets += 1
        self._characters += characters
        if self._sets > limits.STACKS:
            return limits.named(f"is not read: there are more than {limits.STACKS}", "stacks")
        if self._characters > limits.NESTED_CHARACTERS:
            reason = f"is not read: there are more than {limits.NESTED_CHARACTERS} characters of them"
            return limits.named(reason, "nested-characters")
        return ""


def _may_concern_keys(text: Text) -> bool:
    """Whether a template may make keys, or identities with permissions on them."""
    written = "".join(part for part in text.parts if isinstance(part, str))
    if "AWS::KMS::" in written:
        return True
    return ("AWS::IAM::" in written or "AWS::Serverless::" in written) and "kms" in written.lower()


def _excerpt(text: Text, source: Source) -> Excerpt:
    """A text without holes as it is written; what was computed stands where its value is used."""
    builder, end = ExcerptBuilder(), text.at.start
    for piece in text.pieces:
        if isinstance(piece, Excerpt) and piece.source is text.at.source:
            builder.copy(piece, 0, len(piece.text))
            end = piece.offsets[len(piece.text)]
    whole = str(text)
    if builder.length != len(whole):
        return Excerpt(source, whole, (text.at.start,) * (len(whole) + 1))
    return builder.finish(source, end)


def _inputs(resource: Resource, guards: Guards, stack: Stack) -> Inputs:
    """The parameters of a set. What hangs on the stack around it, or differs between accounts, is not known."""
    values: dict[str, Value] = {}
    rest: Unknown | None = None
    given = _listed(resource.property("Parameters"), guards, stack)
    groups = _listed(resource.property("StackInstancesGroup"), guards, stack)
    overrides = [each for group, _ in groups for each in alternatives(_member(group, "ParameterOverrides"))]
    for parameter, conditions in (*given, *overrides):
        hole = Hole(HoleKind.EXPRESSION, f"{resource.address}.Parameters")
        name, value = _member(parameter, "ParameterKey"), _member(parameter, "ParameterValue")
        if not isinstance(name, Text) or name.literal is None:
            rest = Unknown(hole, parameter.at)
        elif not isinstance(value, Text) or value.literal is None or conditions or name.literal in values:
            values[name.literal] = Text((hole._replace(label=f"{hole.label}.{name}"),), parameter.at)
        else:
            values[name.literal] = value
    return Inputs(values, rest, stack=f"{resource.address}/")


def _listed(node: Node | None, guards: Guards, stack: Stack) -> list[tuple[Value, Guards]]:
    return [] if node is None else list(alternatives(stack.evaluator.evaluate_anywhere(node, guards)))


def _member(value: Value, name: str) -> Value | None:
    return value.get(name) if isinstance(value, Fields) else None
