"""Templates: texts with `${}`, `%{if}` and `%{for}`.

https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kmslint.location import Excerpt
from kmslint.syntax import tree
from kmslint.terraform.choices import distribute
from kmslint.terraform.iteration import Evaluate, goes_in_order, rounds
from kmslint.terraform.joining import Filling, Fragment, joined
from kmslint.terraform.logic import condition_of
from kmslint.terraform.scalars import as_bool
from kmslint.terraform.scope import Scope, failure_for, hole_at
from kmslint.terraform.shapes import Absent, Each, Failure, choice
from kmslint.values import Choice, Text, Unknown, Value

_Directive = tree.Interpolation | tree.TemplateIf | tree.TemplateFor


def template(node: tree.Template, evaluate: Evaluate, scope: Scope) -> Value:
    """The text of a template; of one that is a single interpolation, its value as it is."""
    only = node.parts[0] if len(node.parts) == 1 else None
    if isinstance(only, tree.Interpolation) and (node.at.start + 1, node.at.end - 1) == (only.at.start, only.at.end):
        # Nothing stands beside it in the quotes, not even blanks that a strip marker takes.
        return evaluate(only.expression, scope)
    return _text(node.parts, evaluate, scope, failure_for(node, scope))


def _text(parts: Sequence[tree.TemplatePart], evaluate: Evaluate, scope: Scope, refused: Failure) -> Value:
    fragments: list[Fragment] = [
        part if isinstance(part, Excerpt) else Filling(_directive(part, evaluate, scope), part.at) for part in parts
    ]
    return joined(fragments, refused)


def _directive(part: _Directive, evaluate: Evaluate, scope: Scope) -> Value:
    if isinstance(part, tree.Interpolation):
        return evaluate(part.expression, scope)
    refused = Failure(hole_at(part.at, scope), part.at)
    if isinstance(part, tree.TemplateIf):
        return _if(part, evaluate, scope, refused)
    return _for(part, evaluate, scope, refused)


def _if(part: tree.TemplateIf, evaluate: Evaluate, scope: Scope, refused: Failure) -> Value:
    def chosen(conditions: tuple[Value, ...]) -> Value:
        known, name = as_bool(conditions[0]), condition_of(conditions[0])
        if known is not None:
            return branch(known)
        return refused if name is None else choice(name, branch(True), branch(False), part.at)

    def branch(holds: bool) -> Value:
        return _text(part.when_true if holds else part.when_false, evaluate, scope, refused)

    return distribute((evaluate(part.condition, scope),), chosen, Unknown(refused.hole, part.at))


def _for(part: tree.TemplateFor, evaluate: Evaluate, scope: Scope, refused: Failure) -> Value:
    """The body once for each element; a hole if nobody knows how often."""
    collection = evaluate(part.of, scope)
    passes = rounds(collection, part.key_variable, part.value_variable, scope)
    if passes is None:
        return refused
    texts = [one.run(_body(part, evaluate, refused)) for one in passes]
    if any(isinstance(one, Each) for one in texts) or not goes_in_order(collection):
        return Unknown(refused.hole, part.at)
    return joined([Filling(_present(one), part.at) for one in texts], refused)


def _body(part: tree.TemplateFor, evaluate: Evaluate, refused: Failure) -> Callable[[Scope], Value]:
    return lambda scope: _text(part.body, evaluate, scope, refused)


def _present(value: Value) -> Value:
    """An element that is absent contributes no text."""
    if isinstance(value, Absent):
        return Text((), value.at)
    if isinstance(value, Choice):
        return value._replace(when_true=_present(value.when_true), when_false=_present(value.when_false))
    return value
