"""`terraform show -json` of a plan, or of a state -> its estate.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmslint.location import Source
from kmslint.model.estate import Call
from kmslint.syntax.tree import Mapping, Node, Sequence
from kmslint.terraform.module import estate_of
from kmslint.terraform.plan_format import Planned, plain
from kmslint.terraform.plan_inventory import PlanInventory
from kmslint.terraform.plan_reading import PlanText
from kmslint.terraform.plan_sources import PlanSources
from kmslint.terraform.sources import ReadPlan, Sources
from kmslint.values import Json

_WITHIN_LINE = re.compile(r"[^\r\n]+")


def read_plan(source: Source, sources: Sources | None = None) -> ReadPlan:
    """The keys, identities and policies as they will be once the plan is applied.

    `sources` is the configuration the plan was made of, if it is at hand. Nothing is raised: what cannot be read is
    a problem of the estate. From here on the text of the source holds what may be shown of it, and nothing else.
    """
    plan = PlanText(source)
    of_sources = PlanSources(plan, sources)
    inventory = PlanInventory(plan, of_sources)
    estate = estate_of(source.path, inventory)
    source.text = _shown(plan)
    estate = estate._replace(
        accounts=inventory.providers.accounts(),
        calls=tuple(Call(address, at) for address, at in of_sources.calls),
        problems=tuple(dict.fromkeys((*plan.problems, *estate.problems, *inventory.root.budget.problems))),
    )
    return ReadPlan(estate, not estate.problems and of_sources.are_told_by(plan, inventory))


def _shown(plan: PlanText) -> str:
    """The text of a plan with blanks for all but the resources that matter, and of these without what is sensitive."""
    text = plan.source.text
    pieces: list[str] = []
    position = 0
    for start, end in sorted(span for one in plan.resources.values() for span in _spans(one)):
        assert start >= position  # no resource stands in another
        pieces += (_blank(text[position:start]), text[start:end])
        position = end
    return "".join((*pieces, _blank(text[position:])))


def _blank(text: str) -> str:
    return _WITHIN_LINE.sub(lambda match: " " * len(match[0]), text)


def _spans(resource: Planned) -> Iterator[tuple[int, int]]:
    """What may be shown of a resource."""
    yield resource.at.start, resource.at.end
    start = resource.values.at.start
    for hidden in sorted((node.at for node in _hidden(resource.values, resource.sensitive)), key=lambda at: at.start):
        yield start, hidden.start
        start = hidden.end
    yield start, resource.values.at.end


def _hidden(node: Node, sensitive: Json) -> Iterator[Node]:
    kind = Mapping if isinstance(sensitive, dict) else Sequence
    if sensitive is True or (sensitive and not isinstance(node, kind)):
        yield node
    elif isinstance(node, Mapping):
        for entry in node.entries:
            name = plain(entry.key)
            if isinstance(sensitive, dict) and isinstance(name, str):
                yield from _hidden(entry.value, sensitive.get(name))
    elif isinstance(node, Sequence) and isinstance(sensitive, list):
        for item, hidden in zip(node.items, sensitive, strict=False):
            yield from _hidden(item, hidden)
