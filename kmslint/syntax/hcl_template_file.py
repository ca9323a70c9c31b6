"""A text that is a template from its first character to its last: what Terraform's `templatefile` reads."""

from __future__ import annotations

import re

from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.syntax import hcl_first_reader, hcl_second_reader
from kmslint.syntax.excerpts import excerpt_between
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_either import by_either
from kmslint.syntax.hcl_twin import twin
from kmslint.syntax.tree import Scalar, Style, Template

_ODD = re.compile(r"\r(?!\n)|[\x1c-\x1f]|[$%]\s*\n[$%]\{~")
"""Blanks and line ends of which HCL's scanner makes something of its own."""


def read_template(source: Source, budget: Budget) -> Scalar | Template:
    """The template that a source is, located in it; a scalar if nothing in it is computed.

    The budget may be shared by several templates. Raises InputError where neither reader of HCL takes it.
    """
    if not source.text:
        return Scalar("", Location(source, 0, 0), Style.BLOCK, excerpt_between(source, 0, 0))
    if budget.spent():
        raise InputError(Problem(source.path, "the templates before it took too long to read"))
    odd = _ODD.search(source.text)
    if odd:
        reason = "a blank or line end here that HCL reads in a way of its own"
        raise InputError(Problem(source.path, reason, Location(source, *odd.span())))
    text = twin(source.text)
    return by_either(
        lambda: hcl_first_reader.read_template(source, text, budget),
        lambda: hcl_second_reader.read_template(source, text),
        len(text),
        budget,
    )
