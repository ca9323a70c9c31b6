"""Nodes of a template to values: data as it stands, intrinsic functions as what they come to.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from kmslint.cloudformation import functions
from kmslint.cloudformation.alternatives import Several, is_few
from kmslint.cloudformation.assembly import as_text, concatenated, from_elsewhere, over_branches, relocated, unresolved
from kmslint.cloudformation.branches import Conditions, Decision, Knowledge
from kmslint.cloudformation.budget import Budget, size
from kmslint.cloudformation.calls import ELSEWHERE, Call, is_function, is_null, read_call
from kmslint.cloudformation.duplicates import duplicates_in, pairs
from kmslint.cloudformation.mappings import Mappings
from kmslint.cloudformation.networks import networks
from kmslint.cloudformation.parameters import NO_INPUTS, Inputs
from kmslint.cloudformation.plain_scalars import as_read, lost_zero
from kmslint.cloudformation.references import Output, References, unknown_output
from kmslint.cloudformation.repeated import as_written
from kmslint.cloudformation.substitution import Variable, has_holes, tokens
from kmslint.cloudformation.template import Template
from kmslint.cloudformation.trials import Trials
from kmslint.errors import Problem
from kmslint.location import Excerpt, Location
from kmslint.model.duplicates import Duplicate, either
from kmslint.model.lost_zeros import LostZero
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence, Style
from kmslint.values import (
    ALWAYS,
    Choice,
    Encoded,
    Field,
    Fields,
    Guard,
    Guards,
    Items,
    Null,
    Text,
    Unknown,
    Value,
    specialise,
    text,
)
from kmslint.verdict import NO

OnValues = Callable[[tuple[Value, ...], Location], Value]
"""A function of the values of its arguments; the location is that of the call."""


def _nothing(_name: str) -> Value | None:
    return None


class Surroundings(NamedTuple):
    """What a template is read among."""

    budget: Budget | None = None
    """Shared with the template that it is nested in."""
    output: Output = unknown_output
    """What stacks nested in it put out."""
    exported: Callable[[str], Value | None] = _nothing
    """What others export under a name."""
    knowledge: Knowledge | None = None
    """What is known of conditions; shared with the template that it is nested in."""


_ALONE: Final = Surroundings()


class Evaluator:
    """The values of one template."""

    def __init__(
        self,
        template: Template,
        path: str,
        inputs: Inputs = NO_INPUTS,
        around: Surroundings = _ALONE,
    ) -> None:
        self.path = path
        self.problems: list[Problem] = list(template.problems)
        self.duplicates: list[Duplicate] = list(template.duplicates)
        self.lost_zeros: list[LostZero] = list(template.lost_zeros)
        self.inputs = inputs = self._taken(template, inputs)
        self.references = References(template, inputs, self.evaluate_anywhere, around.output)
        self.budget = around.budget or Budget(self.report)
        self._mappings = Mappings(template.mappings, self.evaluate_anywhere, self.budget)
        knowledge = around.knowledge or Knowledge()
        knowledge.add(template.parameters, inputs.stack)
        self._alternatives = knowledge.alternatives
        self.facts = knowledge.facts
        """What is known of the conditions together, of those of other stacks too."""
        self._conditions = Conditions(
            template.conditions, self.evaluate_anywhere, self.budget, self.report, knowledge, inputs.stack
        )
        self._trials = Trials(knowledge.alternatives, self._conditions.is_text, self.facts)
        self._exported = around.exported
        self._world: dict[str, bool] = _world(inputs.guards)
        self._special: dict[str, Callable[[Call], Value | None]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": lambda call: Encoded(self._argument(call.argument), call.at),
        }
        self._on_values: dict[str, tuple[int, int, OnValues]] = {
            "Fn::Join": (2, 2, functions.join_list),
            "Fn::Split": (2, 2, functions.split),
            "Fn::Select": (2, 2, functions.select),
            "Fn::Length": (1, 1, functions.length),
            "Fn::ImportValue": (1, 1, self._import),
            "Fn::Base64": (1, 1, functions.base64),
            "Fn::Cidr": (2, 3, networks),
            "Fn::FindInMap": (3, 4, self._find_in_map),
        }

    def report(self, reason: str, at: Location) -> None:
        """Note that something cannot be read; it is left out, the rest of the template is not."""
        at = as_written(at)
        self.problems.append(Problem(at.path, reason, at))

    def _taken(self, template: Template, inputs: Inputs) -> Inputs:
        """The inputs without the values that CloudFormation refuses: each is a problem."""
        if not inputs.values:
            return inputs
        from kmslint.cloudformation.refused_values import refusal  # most templates are given none

        taken = dict(inputs.values)
        for parameter in template.parameters:
            value = inputs.values.get(parameter.name)
            reason = "" if value is None else refusal(parameter, value)
            if reason:
                self.report(reason, parameter.at)
                taken.pop(parameter.name, None)
        return inputs._replace(values=taken)

    def decide(self, condition: str) -> Decision:
        """What a condition comes to, in the branch that is being evaluated."""
        decision = self._conditions.decide(condition)
        if isinstance(decision, bool) or not self._world:
            return decision
        world = [Guard(*each) for each in self._world.items()]
        for holds in (True, False):
            if self.facts.possible((*world, Guard(decision.condition, holds))) is NO:
                return decision.holds != holds
        return decision

    def evaluate_under(self, guards: Guards, node: Node) -> Value | None:
        """The value of a node where those conditions are settled; None for `AWS::NoValue`."""
        outer, self._world = self._world, self._world | _world(guards)
        value = self._evaluate(node)
        self._world = outer
        return value

    def tried(self, value: Value, guards: Guards) -> Value:
        """The value with choices in its statements where a parameter that nobody set may be one of a few texts."""
        return self._trials.tried(value, guards)

    def evaluate_anywhere(self, node: Node, guards: Guards = ALWAYS) -> Value | None:
        """The value of a node elsewhere, of which the branch being evaluated says nothing."""
        if not self.budget.enter(node.at):
            return unresolved("too much to evaluate", node.at)
        outer, self._world = self._world, _world(self.inputs.guards | guards)
        value = self._evaluate(node)
        self._world = outer
        self.budget.leave()
        return value

    def _evaluate(self, node: Node) -> Value | None:
        if not self.budget.enter(node.at, len(node.text) if isinstance(node, Scalar) else 0):
            return unresolved("too much to evaluate", node.at)
        call = read_call(node)
        value = self._call(call) if call else self._data(node)
        self.budget.leave()
        return value

    def _data(self, node: Node) -> Value:
        if isinstance(node, Scalar):
            return self._scalar(node)
        if isinstance(node, Sequence):
            values = [self._evaluate(item) for item in node.items]
            return Items(tuple(value for value in values if value is not None), node.at)
        assert isinstance(node, Mapping)
        return self._map(node)

    def _scalar(self, node: Scalar) -> Value:
        if is_null(node):
            return Null(node.at)
        if has_holes(node.text):
            return self._substituted(node, {}, substitution=False)
        typed = node.style is Style.PLAIN and not node.tag
        read = as_read(node)
        if read != node.text:
            zero = lost_zero(node)
            self.lost_zeros.extend([zero] if zero else [])
            return text(read, node.at, typed=True)
        return Text((node.text,) if node.text else (), node.at, typed, (node.excerpt,))

    def _map(self, node: Mapping) -> Fields:
        fields: list[Field] = []
        spread: list[Unknown] = []
        self.duplicates.extend(duplicates_in(node))
        for first, last in pairs(node):
            key = last.name
            if is_function(key.text):
                spread.append(from_elsewhere(Call(key.text, last.value, key.at))._replace(spread=True))
                continue
            value = self._evaluate(last.value) if first is None else self._either(first, last)
            if value is not None:
                fields.append(Field(self._name(key), value))
        return Fields(tuple(fields), node.at, tuple(spread))

    def _either(self, first: Entry, last: Entry) -> Value | None:
        """The value of a member that stands twice."""
        values = self._evaluate(first.value), self._evaluate(last.value)
        if values == (None, None):
            return None
        return either(first.name.text, first.key.at, values[0] or Null(first.key.at), values[1] or Null(last.key.at))

    def _name(self, key: Scalar) -> Text:
        return as_text(self._argument(key)) if key.tag else text(key.text, key.at)

    def _call(self, call: Call) -> Value | None:
        if call.name in self._special:
            return self._special[call.name](call)
        if call.name not in self._on_values:
            if call.name not in ELSEWHERE:
                self.report(f"{call.name} is no function of CloudFormation", call.at)
            return from_elsewhere(call)
        least, most, function = self._on_values[call.name]
        nodes = (call.argument,) if most == 1 else call.arguments
        if not least <= len(nodes) <= most:
            return unresolved(call.name, call.at)
        value = self._combined(tuple(map(self._argument, nodes)), call.at, function)
        return None if isinstance(value, Null) else value

    def _argument(self, node: Node) -> Value:
        value = self._evaluate(node)
        return Null(node.at) if value is None else value

    def _combined(self, arguments: tuple[Value, ...], at: Location, function: OnValues) -> Value:
        """What a function makes of its arguments, in each branch of the choices in them."""

        def paid(values: tuple[Value, ...]) -> Value:
            affordable = self.budget.spend(sum(map(size, values)), at)
            return function(values, at) if affordable else unresolved("too much to evaluate", at)

        return over_branches(arguments, at, paid)

    def _ref(self, call: Call) -> Value | None:
        name = as_text(self._argument(call.argument)).literal
        value = self.references.ref(name, call.at) if name else unresolved("Ref", call.at)
        return None if value is None else specialise(value, self._world)

    def _get_att(self, call: Call) -> Value:
        names: list[str | None] = [as_text(self._argument(node)).literal for node in call.arguments]
        if isinstance(call.argument, Scalar):
            names = list(call.argument.text.partition(".")[::2])
        if len(names) != 2 or not names[0] or not names[1]:
            return as_text(unresolved("Fn::GetAtt", call.at))
        return self.references.attribute(names[0], names[1], call.at)

    def _import(self, arguments: tuple[Value, ...], at: Location) -> Value:
        name = as_text(arguments[0])
        value = None if name.literal is None else self._exported(name.literal)
        return functions.import_value(name, at) if value is None else relocated(value, at)

    def _find_in_map(self, arguments: tuple[Value, ...], at: Location) -> Value:
        name, row, column = map(as_text, arguments[:3])
        default = None
        if len(arguments) > 3 and isinstance(arguments[3], Fields):
            # `AWS::NoValue` is a default too, and a member that has it is not there.
            default = arguments[3].get("DefaultValue") or Null(arguments[3].at)
        return self._looked_up(name, row, column, default, at)

    def _looked_up(self, name: Text, row: Text, column: Text, default: Value | None, at: Location) -> Value:
        value = self._mappings.find(name, row, column, default, at)
        return self._by_parameter(value, (name, row, column), default, at) if isinstance(value, Unknown) else value

    def _by_parameter(self, value: Unknown, keys: tuple[Text, ...], default: Value | None, at: Location) -> Unknown:
        """What is looked up by a parameter that nobody set: unknown, with a note of all that it may be."""
        place = next((place for place, key in enumerate(keys) if self._alternatives.texts(key) is not None), None)
        if place is None:
            return value
        texts = self._texts_of_key(keys, place)
        if not texts or not self.budget.spend_elements(len(texts), at):
            return value
        found = []
        for literal in texts:
            name, row, column = (text(literal, at) if index == place else key for index, key in enumerate(keys))
            found.append((literal, self._looked_up(name, row, column, default, at)))
        are_all = self._alternatives.texts(keys[place]) != ()
        # Another default is another value.
        value = value if default is None else unresolved(value.hole.label, at)
        several = Several(keys[place].holes[0], tuple(found), at, are_all, None if are_all else default)
        self._alternatives.look_up(value.hole, several)
        return value

    def _texts_of_key(self, keys: tuple[Text, ...], place: int) -> tuple[str, ...] | None:
        """The texts to try in that place of a look-up: those that are allowed, or else the names that are there."""
        name, row, _ = keys
        texts = self._alternatives.texts(keys[place])
        if not texts and name.literal is not None:
            texts = self._mappings.keys(name.literal, row.literal, place == 1)
        return texts if texts and is_few(texts) else None

    def _if(self, call: Call) -> Value | None:
        if len(call.arguments) != 3:
            return unresolved("Fn::If", call.at)
        name, when_true, when_false = call.arguments
        decision = self.decide(name.text) if isinstance(name, Scalar) else None
        if decision is None:
            return unresolved("Fn::If", call.at)
        if isinstance(decision, bool):
            return self._evaluate(when_true if decision else when_false)
        if not decision.holds:
            when_true, when_false = when_false, when_true
        first = self.evaluate_under(frozenset({Guard(decision.condition, True)}), when_true)
        second = self.evaluate_under(frozenset({Guard(decision.condition, False)}), when_false)
        if first is None and second is None:
            return None
        return Choice(decision.condition, first or Null(when_true.at), second or Null(when_false.at), call.at)

    def _sub(self, call: Call) -> Value:
        template, *variables = call.arguments or (call.argument,)
        if not isinstance(template, Scalar) or template.tag or len(variables) > 1:
            return as_text(unresolved("Fn::Sub", call.at))
        given: dict[str, Value] = {}
        for fields in map(self._argument, variables):
            if isinstance(fields, Fields):
                given.update((str(field.name), field.value) for field in fields.fields)
        return self._substituted(template, given, substitution=True)

    def _substituted(self, template: Scalar, given: dict[str, Value], substitution: bool) -> Value:
        """The text of `Fn::Sub`, or of a scalar with something in it that is put in later."""
        at = template.at
        values: list[Value] = []
        for token in tokens(template, substitution):
            if isinstance(token, Variable):
                values.append(given[token.name] if token.name in given else self._variable(token))
            else:
                values.append(Text((token.text if isinstance(token, Excerpt) else token,), at, pieces=(token,)))
        return self._combined(tuple(values), at, lambda texts, _: concatenated(map(as_text, texts), at))

    def _variable(self, variable: Variable) -> Value:
        name, dot, attribute = variable.name.partition(".")
        if dot:
            return self.references.attribute(name, attribute, variable.at)
        return self.references.ref(name, variable.at) or Null(variable.at)


def _world(guards: Guards) -> dict[str, bool]:
    return {guard.condition: guard.holds for guard in guards}
