"""The formats of `kmslint access`: one module each, imported when it is asked for."""

from __future__ import annotations

from typing import Final

from kmslint.engine.shortened import shortened
from kmslint.key_access import Access, KeyAccess
from kmslint.report.options import Options

FORMATS: Final = ("text", "json", "markdown", "csv")


def render(format_name: str, access: Access, options: Options, everybody: bool, proven: bool) -> str:
    """Who can do what, in one of `FORMATS`, in order of path and line.

    The formats for people leave out whoever may do nothing, unless everybody is to be shown, and give the proofs of
    the answers where they are asked for; those for scripts hold everything always.
    """
    access = access._replace(keys=tuple(map(_with_short_name, sorted(access.keys, key=_order))))
    if format_name == "json":
        from kmslint.report import access_json

        return access_json.render(access)
    if format_name == "csv":
        from kmslint.report import access_csv

        return access_csv.render(access)
    if format_name == "markdown":
        from kmslint.report import access_markdown

        return access_markdown.render(access, everybody, proven)
    from kmslint.report import access_text  # brings rich

    return access_text.render(access, options, everybody, proven)


def _order(one: KeyAccess) -> tuple[str, int, str]:
    return one.key.at.path, one.key.at.line, one.key.address


def _with_short_name(one: KeyAccess) -> KeyAccess:
    """The key as it is named in every line about it."""
    return one._replace(key=one.key._replace(address=shortened(one.key.address)))
