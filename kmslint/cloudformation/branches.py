"""Conditions, three-valued: true, false, or open with a name, without trying out combinations.

What an open one is made of goes with it as facts: that a parameter is not two texts at once, that an `Fn::And` holds
where all its operands do.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from kmslint import limits
from kmslint.cloudformation.alternatives import Alternatives, Several
from kmslint.cloudformation.budget import Budget
from kmslint.cloudformation.calls import Call, read_call
from kmslint.cloudformation.template import Parameter, members
from kmslint.location import Location, Source
from kmslint.model.facts import AllOf, Equals, Facts, Meaning
from kmslint.syntax import tree
from kmslint.syntax.tree import Node, Scalar
from kmslint.values import Guard, Hole, HoleKind, Text, Unknown, Value, compared, equality, several_names, text

_NOWHERE = Location(Source("", ""), 0, 0)

Decision = bool | Guard
"""What a condition comes to; a Guard where nobody can tell."""


class Knowledge:
    """What is known of the conditions of a template and of all that are nested in it."""

    def __init__(self) -> None:
        self.meanings: dict[str, Meaning] = {}
        self.texts: dict[str, frozenset[str]] = {}
        self.alternatives = Alternatives()
        self.facts = Facts(self.meanings, self.texts, limits.FACT_STEPS_IN_ALL)

    def add(self, parameters: Iterable[Parameter], stack: str) -> None:
        """Note what the parameters of a stack may be."""
        for parameter in parameters:
            if parameter.is_one_text and not parameter.guards:
                if parameter.allowed is not None:
                    self.texts[f"{stack}{parameter.name}"] = frozenset(parameter.allowed)
                self.alternatives.add(parameter, stack)


class Conditions:
    """The conditions of a template.

    Conditions that come to the same are one: the first name stands for all of them, and for their
    negations with the other sign, so that a choice on `IsProd` and one on `Not IsProd` never mix.
    """

    def __init__(
        self,
        section: tree.Mapping | None,
        evaluate: Callable[[Node], Value | None],
        budget: Budget,
        report: Callable[[str, Location], None],
        knowledge: Knowledge,
        stack: str = "",
    ) -> None:
        """`stack` is the nested stack whose conditions these are, as addresses in it begin."""
        self._nodes: defaultdict[str, list[Node]] = defaultdict(list)
        for name, entry in members(section):
            self._nodes[name].append(entry.value)
        self._evaluate = evaluate
        self._budget = budget
        self._report = report
        self._stack = stack
        self._facts: dict[str, Decision] = {}
        self._pending: set[str] = set()
        self._numbers: dict[Hashable, str] = {}
        self._names: dict[str, Guard] = {}
        self._knowledge = knowledge
        self._settled = False

    def decide(self, name: str) -> Decision:
        """What the condition of that name comes to; one that is not declared is open."""
        self._settle()
        fact = self._named(name)
        if isinstance(fact, bool):
            return fact
        return self._by_name(fact, f"{self._stack}{name}")

    def is_text(self, parameter: Hole, literal: str) -> Decision:
        """Whether a parameter that nobody set is that text."""
        self._settle()
        fact = self._is(parameter, literal)
        return fact if isinstance(fact, bool) else self._by_name(fact, equality(parameter.label, literal))

    def _settle(self) -> None:
        """Name all of them in the order of the template, which thereby says which name stands for the others."""
        if not self._settled:
            self._settled = True
            others: defaultdict[str, list[str]] = defaultdict(list)
            for declared in tuple(self._nodes):
                fact, address = self._named(declared), f"{self._stack}{declared}"
                if isinstance(fact, Guard) and self._by_name(fact, address) != Guard(address, True):
                    others[fact.condition].append(address)
            for condition, also in others.items():
                self._tell_all(condition, also)

    def _tell_all(self, condition: str, also: list[str]) -> None:
        """Let messages say which names stand for an open condition beside its first one; a comparison says itself what
        it is, and a negation is told by its own outcome."""
        first, holds = self._names[condition]
        alike = tuple(name for name in also if self._facts[name.removeprefix(self._stack)] == Guard(condition, holds))
        if alike and not compared(first):
            self._names[condition] = Guard(several_names(first, alike), holds)

    def _named(self, name: str) -> Decision:
        if name in self._facts:
            return self._facts[name]
        nodes = self._nodes.get(name)
        if not nodes:
            return self._open("undeclared", name)
        if name in self._pending:
            self._report(f'condition "{name}" refers to itself', nodes[-1].at)
            return self._opaque(nodes[-1])
        self._pending.add(name)
        # Where the first and the last of several declarations differ, either may count.
        facts = {self._fact(node) for node in (nodes if len(nodes) == 1 else (nodes[0], nodes[-1]))}
        fact = facts.pop() if len(facts) == 1 else self._opaque(nodes[-1])
        self._pending.remove(name)
        self._facts[name] = fact
        if isinstance(fact, Guard):
            self._called(fact, f"{self._stack}{name}")
        return fact

    def _by_name(self, fact: Guard, address: str) -> Guard:
        """An open condition by its first name."""
        first = self._called(fact, address)
        return Guard(first.condition, first.holds == fact.holds)

    def _called(self, fact: Guard, address: str) -> Guard:
        """The first name of an open condition, and whether it is that of its negation."""
        if fact.condition not in self._names:
            self._names[fact.condition] = Guard(address, fact.holds)
            self._knowledge.meanings[address] = AllOf(frozenset({fact}))
        return self._names[fact.condition]

    def _fact(self, node: Node) -> Decision:
        if not self._budget.enter(node.at):
            return self._opaque(node)
        call = read_call(node)
        fact = self._call(call) if call else _literal(node)
        self._budget.leave()
        return self._opaque(node) if fact is None else fact

    def _call(self, call: Call) -> Decision | None:
        """What a function comes to; None if it is none that makes a condition."""
        if call.name == "Condition" and isinstance(call.argument, Scalar):
            return self._named(call.argument.text)
        if call.name == "Fn::Equals" and len(call.arguments) == 2:
            return self._equals(call)
        if call.name not in ("Fn::Not", "Fn::And", "Fn::Or") or not call.arguments:
            return None
        operands = [self._fact(argument) for argument in call.arguments]
        if call.name == "Fn::And":
            return self._all(operands)
        negated = [_negated(operand) for operand in operands]
        if call.name == "Fn::Or":
            return _negated(self._all(negated))
        return negated[0] if len(negated) == 1 else None

    def _equals(self, call: Call) -> Decision | None:
        first, second = map(self._evaluate, call.arguments)
        if isinstance(first, Text) and isinstance(second, Text):
            if first.literal is not None and second.literal is not None:
                return first.literal == second.literal
            if first.parts == second.parts:
                return True
        return self._compared(first, second)

    def _compared(self, first: Value | None, second: Value | None) -> Decision | None:
        """Whether two values of which one is not known are the same; None where one of them is no text."""
        if not isinstance(first, (Text, Unknown)) or not isinstance(second, (Text, Unknown)):
            return None
        for one, other in ((first, second), (second, first)):
            several = self._knowledge.alternatives.of_look_up(one)
            if several is not None and isinstance(other, Text) and other.literal is not None and self._enter(several):
                fact = self._one_of(several, one, other)
                self._budget.leave()
                return fact
        return self._same(first, second)

    def _enter(self, several: Several) -> bool:
        """Whether there are steps left to look at each of several values."""
        at = several.at
        return self._budget.spend_elements(len(several.values), at) and self._budget.enter(at)

    def _one_of(self, several: Several, looked_up: Text | Unknown, wanted: Text) -> Decision:
        """Whether what is looked up by a parameter is that text."""
        facts: list[Decision] = []
        others: list[Decision] = []
        for literal, value in several.values:
            is_text = self._is(several.parameter, literal)
            others.append(_negated(is_text))
            facts.append(self._all((is_text, self._is_wanted(value, wanted))))
        if several.otherwise is not None:
            facts.append(self._all((*others, self._is_wanted(several.otherwise, wanted))))
        elif not several.are_all:
            facts.append(self._all((*others, self._same(looked_up, wanted))))
        return _negated(self._all(map(_negated, facts)))

    def _is_wanted(self, value: Value, wanted: Text) -> Decision:
        if isinstance(value, Text) and value.literal is not None:
            return value.literal == wanted.literal
        decision = self._compared(value, wanted)
        return self._open("opaque", (value, wanted.literal)) if decision is None else decision

    def _is(self, parameter: Hole, literal: str) -> Decision:
        return self._same(Text((parameter,), _NOWHERE), text(literal, _NOWHERE))

    def _same(self, first: Text | Unknown, second: Text | Unknown) -> Decision:
        """Whether two texts of which one is not known are the same."""
        condition = self._open("equals", frozenset({_identity(first), _identity(second)}))
        for one, other in ((first, second), (second, first)):
            literal = one.literal if isinstance(one, Text) else None
            if literal is not None:
                subject = self._subject(other)
                if literal not in self._knowledge.texts.get(subject, {literal}):
                    return False
                self._knowledge.meanings[condition.condition] = Equals(subject, literal)
                spelt = self._knowledge.alternatives.condition(subject, literal)
                if spelt is not None:
                    self._called(condition, spelt)
        return condition

    def _subject(self, value: Text | Unknown) -> str:
        """What a text is called in facts: a parameter by its name."""
        if isinstance(value, Text) and len(value.parts) == 1 and value.holes[0].kind is HoleKind.PARAMETER:
            return value.holes[0].label
        return self._number("text", _identity(value))

    def _all(self, facts: Iterable[Decision]) -> Decision:
        guards: set[Guard] = set()
        for fact in facts:
            if fact is False:
                return False
            if isinstance(fact, Guard):
                guards.add(fact)
        if any(_negated(guard) in guards for guard in guards):
            return False
        if len(guards) > 1:
            condition = self._open("and", frozenset(guards))
            self._knowledge.meanings[condition.condition] = AllOf(frozenset(guards))
            return condition
        return guards.pop() if guards else True

    def _opaque(self, node: Node) -> Guard:
        return self._open("opaque", node.at)

    def _open(self, kind: str, content: Hashable) -> Guard:
        """An open condition; numbered, so that conditions built on it stay small."""
        return Guard(self._number(kind, content), True)

    def _number(self, kind: str, content: Hashable) -> str:
        return self._numbers.setdefault((kind, content), f"{self._stack}#{len(self._numbers)}")


def _literal(node: Node) -> bool | None:
    literal = node.text.lower() if isinstance(node, Scalar) else ""
    return literal == "true" if literal in ("true", "false") else None


def _negated(decision: Decision) -> Decision:
    return not decision if isinstance(decision, bool) else Guard(decision.condition, not decision.holds)


def _identity(value: Text | Unknown) -> Hashable:
    return value.parts if isinstance(value, Text) else value.hole
