"""Templates: texts with `${}`, `%{if}` and `%{for}`.

https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates
"""

from __future__ import annotations

from collections.abc import Sequence

from kmslint import limits
from kmslint.location import Excerpt
from kmslint.syntax import tree
from kmslint.terraform.budget import Budget
from kmslint.terraform.choices import distribute
from kmslint.terraform.iteration import Evaluate, goes_in_order, rounds
from kmslint.terraform.joining import Filling, Fragment, joined
from kmslint.terraform.logic import condition_of
from kmslint.terraform.scalars import as_bool
from kmslint.terraform.scope import Scope, failure_for, hole_at, out_of_bounds
from kmslint.terraform.shapes import Absent, Failure, as_list, choice, is_repeated
from kmslint.values import Choice, Text, Unknown, Value

_ROUND = 4
"""Steps that a round of a loop counts for, beside what is in it."""

_Directive = tree.Interpolation | tree.TemplateIf | tree.TemplateFor


def template(node: tree.Template, evaluate: Evaluate, scope: Scope, budget: Budget) -> Value:
    """The text of a template; of one that is a single interpolation, its value as it is."""
    only = node.parts[0] if len(node.parts) == 1 else None
    quotes = node.style is tree.Style.QUOTED
    inside = node.at._replace(start=node.at.start + quotes, end=node.at.end - quotes)
    if isinstance(only, tree.Interpolation) and only.at == inside:
        # Nothing stands beside it, not even blanks that a strip marker takes.
        return evaluate(only.expression, scope)
    return _Template(evaluate, budget).text(node.parts, scope, failure_for(node, scope))


class _Template:
    """Puts the text of one template together."""

    def __init__(self, evaluate: Evaluate, budget: Budget) -> None:
        self.evaluate = evaluate
        self.budget = budget

    def text(self, parts: Sequence[tree.TemplatePart], scope: Scope, refused: Failure) -> Value:
        fragments: list[Fragment] = [
            part if isinstance(part, Excerpt) else Filling(self.directive(part, scope), part.at) for part in parts
        ]
        return joined(fragments, refused)

    def directive(self, part: _Directive, scope: Scope) -> Value:
        if isinstance(part, tree.Interpolation):
            return self.evaluate(part.expression, scope)
        if self.budget.depth >= limits.DEPTH:
            reason = f"a template nested deeper than {limits.DEPTH} levels"
            return out_of_bounds(limits.named(reason, "depth"), part.at)
        refused = Failure(hole_at(part.at, scope), part.at)
        self.budget.depth += 1
        try:
            if isinstance(part, tree.TemplateIf):
                return self.if_(part, scope, refused)
            return self.for_(part, scope, refused)
        finally:
            self.budget.depth -= 1

    def if_(self, part: tree.TemplateIf, scope: Scope, refused: Failure) -> Value:
        def chosen(conditions: tuple[Value, ...]) -> Value:
            known, name = as_bool(conditions[0]), condition_of(conditions[0])
            if known is not None:
                return branch(known)
            return refused if name is None else choice(name, branch(True), branch(False), part.at)

        def branch(holds: bool) -> Value:
            return self.text(part.when_true if holds else part.when_false, scope, refused)

        return distribute((self.evaluate(part.condition, scope),), chosen, Unknown(refused.hole, part.at))

    def for_(self, part: tree.TemplateFor, scope: Scope, refused: Failure) -> Value:
        """The body once for each element; a hole if nobody knows how often."""
        collection = self.evaluate(part.of, scope)
        if as_list(collection) is not None:
            return self.passes(part, collection, scope, refused)
        unsure = Unknown(refused.hole, part.at)
        return distribute((collection,), lambda one: self.passes(part, one[0], scope, refused), unsure)

    def passes(self, part: tree.TemplateFor, collection: Value, scope: Scope, refused: Failure) -> Value:
        passes = rounds(collection, part.key_variable, part.value_variable, scope)
        if passes is None:
            return refused
        if not self.budget.take(part.at, len(passes) * (_ROUND + len(part.body))):
            return self.budget.exhausted(part.at)
        texts = [one.run(lambda inner: self.text(part.body, inner, refused)) for one in passes]
        if any(map(is_repeated, texts)) or not goes_in_order(collection):
            return Unknown(refused.hole, part.at)
        return joined([Filling(_present(one), part.at) for one in texts], refused)


def _present(value: Value) -> Value:
    """An element that is absent contributes no text."""
    if isinstance(value, Absent):
        return Text((), value.at)
    if isinstance(value, Choice):
        return value._replace(when_true=_present(value.when_true), when_false=_present(value.when_false))
    return value
