"""What in a key policy cannot be resolved, in words: what an undecided verdict may hang on."""

from collections.abc import Iterable, Iterator

from kmslint.access.operators import base_operator
from kmslint.access.principals import Form, account_of, form
from kmslint.model.accounts import Ownership, accounts_in
from kmslint.model.estate import Estate
from kmslint.model.policy import Document, Effect, Element, Statement, Test
from kmslint.values import ANY_TEXT, Hole, HoleKind, Text, Unknown, question


def open_parts(document: Document, conditions: Iterable[str], estate: Estate) -> Iterator[str]:
    """Everything that is open in the document, in the order of its statements; and these conditions."""
    yield from (hole_name(unseen.hole) for unseen in document.unseen)
    yield from (question(condition) for condition in conditions)
    for account in {one.parts: one for one in accounts_in((document,))}.values():
        if estate.accounts.ownership(account) in (Ownership.UNATTRIBUTED, Ownership.PRESUMED_FOREIGN):
            yield f"whether account {account} is the key's own"
    for statement in document.statements:
        yield from open_in(statement)


def open_in(statement: Statement) -> Iterator[str]:
    """What is open in one statement."""
    where = f"of statement {statement.label}"
    if statement.effect is Effect.UNKNOWN:
        yield f"the Effect {where}"
    if statement.not_principals is not None:
        yield f"what NotPrincipal means {where}"
    for principal in statement.principals or ():
        if form(principal) is Form.OPEN and account_of(principal) is None:
            yield f"principal {_label(principal.value)}"
    for name, elements in (("Action", statement.actions), ("Resource", statement.resources)):
        holes = [hole for element in elements or () for hole in _open_holes(element)]
        if holes:
            yield f"{holes[0]} in the {name} {where}"
    for test in statement.conditions:
        if isinstance(test, Unknown) or base_operator(test.operator) is None or _is_open(test):
            yield f"the Condition {where}"
            break


def _is_open(test: Test) -> bool:
    return bool(test.key.holes) or not test.values or any(_open_holes(value) for value in test.values)


def _open_holes(element: Element) -> list[str]:
    holes = (element.hole,) if isinstance(element, Unknown) else element.holes
    return [hole_name(hole) for hole in holes if hole.kind in ANY_TEXT]


def _label(value: Text | Unknown) -> str:
    if isinstance(value, Unknown):
        return hole_name(value.hole)
    return hole_name(value.holes[0]) if len(value.parts) == 1 and value.holes else str(value)


def hole_name(hole: Hole) -> str:
    """What is missing, as a reader looks for it: `var.policy`, `parameter Policy`."""
    is_parameter = hole.kind is HoleKind.PARAMETER and "." not in hole.label
    return f"parameter {hole.label}" if is_parameter else hole.label
