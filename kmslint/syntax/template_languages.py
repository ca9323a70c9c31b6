"""Files that are not YAML or JSON yet: another program fills them in first, as Jinja, ERB and Go templates have it.

https://jinja.palletsprojects.com/en/stable/templates/
https://docs.ruby-lang.org/en/master/ERB.html
https://pkg.go.dev/text/template
"""

from __future__ import annotations

import re
from itertools import islice

from kmslint.errors import Problem
from kmslint.location import Location, Source

# Neither can run past the next opening, so that a file full of them is read in one pass.
_STATEMENT = re.compile(
    r"\{%[-+]?\s*\w[^%{}]*%\}|<%(?!=)[^%<>]*%>|\{\{-?\s*(?:if|range|with|end|else|define|include)\b[^{}]*\}\}"
)
"""What makes lines come and go; nothing of CloudFormation looks like it."""
_EXPRESSION = re.compile(r"\{\{(?!resolve:)[^{}]*\}\}|<%=[^%<>]*%>")
"""What a value is put in for. Inside of quotes it is a part of a text."""
_LINES_BEFORE = 2
"""How far behind what it cannot read a reader may notice."""
_LOOKED_AT = 20
_SHOWN = 60


def filled_in_later(source: Source, problem: Problem) -> Problem:
    """What to say of a file that cannot be read: that it is written in a template language, if that is why."""
    found = _STATEMENT.search(source.text) or _near(source, problem.line)
    if found is None:
        return problem
    at = Location(source, *found.span())
    spelt = " ".join(found[0].split())
    spelt = f"{spelt[:_SHOWN]}..." if len(spelt) > _SHOWN else spelt
    return Problem(source.path, f"another program fills this file in first ({spelt}): lint what it makes of it", at)


def _near(source: Source, line: int) -> re.Match[str] | None:
    """What is put in for a value, and not into a text in quotes, where the reader got lost."""
    first = source.line_starts[max(line - 1 - _LINES_BEFORE, 0)]
    end = source.line_starts[line] if line < len(source.line_starts) else len(source.text)
    found = islice(_EXPRESSION.finditer(source.text, first, end), _LOOKED_AT)
    return next((match for match in found if not _is_quoted(source, match.start())), None)


def _is_quoted(source: Source, offset: int) -> bool:
    line, column = source.position(offset)
    before = source.line(line)[: column - 1]
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1
