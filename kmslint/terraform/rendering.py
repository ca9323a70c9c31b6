"""Templates of their own: those of `templatefile`, `templatestring` and `data "template_file"`.

https://developer.hashicorp.com/terraform/language/functions/templatefile
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kmslint.location import Excerpt, Location, Source
from kmslint.syntax import tree
from kmslint.terraform import parameters, types
from kmslint.terraform.calls import Function, Given, call
from kmslint.terraform.conversions import converted
from kmslint.terraform.file_functions import unread
from kmslint.terraform.files import BYTE_ORDER_MARK, Files, Tree, Unread
from kmslint.terraform.free_names import free_names
from kmslint.terraform.moved import Places
from kmslint.terraform.scope import Scope, here
from kmslint.terraform.shapes import Failure
from kmslint.terraform.text_functions import known_text
from kmslint.terraform.types import Kind, Type
from kmslint.values import Fields, Hole, HoleKind, Null, Text, Unknown, Value

Render = Callable[[tree.Node, Scope, "TemplateNames"], Value]
"""Evaluates a template where no other names can be seen."""

_SHOWN = 60
"""Characters of a path or a name that a label shows."""


class TemplateNames:
    """What a template sees beside the variables it is given: nothing, but attributes of what they hold."""

    def __init__(self, attribute: Callable[[Hole, str, Location], Value], variables: Value, owner: str) -> None:
        self._attribute = attribute
        self._variables = variables
        self._owner = owner

    def look_up(
        self, root: tree.Variable, steps: Sequence[tree.Attribute | tree.Index], scope: Scope
    ) -> tuple[Value, int]:
        """A variable that may be among those that are not known."""
        del steps, scope
        hole = Hole(HoleKind.EXPRESSION, root.name, self._owner)
        return Unknown(hole, root.at), 0

    def attribute(self, instance: Hole, name: str, at: Location) -> Value:
        return self._attribute(instance, name, at)

    @property
    def are_open(self) -> bool:
        """Whether there may be more variables than those with a known name."""
        variables = self._variables
        return not isinstance(variables, Fields) or bool(variables.spread) or None in _names(variables)

    def missing(self, node: tree.Node) -> str | None:
        """A name that the template wants and is certainly not given."""
        given = _names(self._variables) if isinstance(self._variables, Fields) else ()
        return None if self.are_open else next((name for name in free_names(node) if name not in given), None)

    def scope(self, attempt: bool) -> Scope:
        fields = self._variables.fields if isinstance(self._variables, Fields) else ()
        known = {field.name.literal: field.value for field in fields if field.name.literal is not None}
        return Scope(attempt=attempt).bind(self._owner, known)


def _names(variables: Fields) -> list[str | None]:
    return [field.name.literal for field in variables.fields]


class Rendering(NamedTuple):
    """Renders templates on behalf of an expression."""

    render: Render
    attribute: Callable[[Hole, str, Location], Value]
    files: Files | None
    scope: Scope

    def templatefile(self, given: Given) -> Value:
        def body(decided: Given) -> Value:
            path = known_text(decided, 0)
            if path is None or self.files is None:
                return decided.unknown()
            node = self.files.tree.template(self.files.place(path))
            if isinstance(node, Unread):
                return unread(decided, "templatefile", path, node.reason)
            return self._rendered(node, decided.values[1], decided, f'templatefile("{path[-_SHOWN:]}")')

        return call(Function(body, (parameters.string, parameters.value)), given)

    def templatestring(self, given: Given) -> Value:
        def body(decided: Given) -> Value:
            node = self._template_in(decided.values[0], decided.at)
            if node is None:
                return decided.unknown()
            value = self._rendered(node, decided.values[1], decided, "templatestring")
            return converted(value, types.STRING, decided.failure())

        return call(Function(body, (parameters.string, parameters.value)), given)

    def template_file(self, given: Given) -> Value:
        """`rendered` of the data source, whose variables are all strings."""

        def body(decided: Given) -> Value:
            node = self._template_in(decided.values[0], decided.at)
            variables = converted(decided.values[1], _STRINGS, decided.failure())
            if node is None or isinstance(variables, Failure):
                return decided.unknown() if node is None else variables
            value = self._rendered(node, variables, decided, decided.hole.label)
            return converted(value, types.STRING, decided.failure())

        return call(Function(body, (parameters.string, parameters.value)), given)

    def _rendered(self, node: tree.Node, variables: Value, given: Given, label: str) -> Value:
        if not isinstance(variables, (Fields, Unknown)):
            return given.failure()
        if isinstance(variables, Fields) and not all(map(_is_name, _names(variables))):
            return given.failure()
        owner = f"{given.hole.scope}, {here(given.at)}" if given.hole.scope else here(given.at)
        names = TemplateNames(self.attribute, variables, owner)
        missing = names.missing(node)
        if missing is not None:
            reason = f'{label}: no variable "{missing[:_SHOWN]}" is given to it'
            return Failure(Hole(HoleKind.EXPRESSION, reason, given.hole.scope), given.at)
        value = self.render(node, names.scope(self.scope.attempt), names)
        if isinstance(value, Null):
            return given.failure()
        return Failure(given.hole, given.at) if isinstance(value, Failure) else value

    def _template_in(self, value: Value, at: Location) -> tree.Node | None:
        """The template that a text is; None where it is not known, or is no template."""
        literal = value.literal if isinstance(value, Text) else None
        if literal is None or not isinstance(value, Text) or literal.startswith(BYTE_ORDER_MARK):
            return None
        written = _written(value)
        # What is put together stands nowhere, and is a source of its own: what is in it is read there again.
        source = Source("", literal, at) if written is None else Source(written.source.path, literal)
        whole = written is not None and written.text == written.source.text
        if written is not None and whole:
            source = written.source
        tree_ = self.files.tree if self.files is not None else Tree("", (), "")
        node = tree_.parsed(source)
        if isinstance(node, Unread):
            return None
        moved: tree.Node = node if written is None or whole else Places(written).moved(node)
        return moved


def _written(value: Text) -> Excerpt | None:
    """Where a text stands, if it is written somewhere as a whole."""
    piece = value.pieces[0] if len(value.pieces) == 1 else None
    return piece if isinstance(piece, Excerpt) and piece.offsets[0] < piece.offsets[-1] else None


_STRINGS = Type(Kind.MAP, (types.STRING,))


def _is_name(name: str | None) -> bool:
    """Whether a name may be that of a variable; one that is not known may."""
    return name is None or name.replace("-", "_").isidentifier()
