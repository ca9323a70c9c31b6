"""YAML -> located tree, from libyaml's events. Nothing is constructed: no dates, no numbers, no Python objects."""

from __future__ import annotations

import re
from itertools import islice

import yaml

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.rehearsal import is_risky, rehearse
from kmslint.syntax.tree import DataFile, Entry, Mapping, Node, Scalar, Sequence, Style
from kmslint.syntax.yaml_comments import find_comments
from kmslint.syntax.yaml_merge import is_merge_key, merged
from kmslint.syntax.yaml_scalars import content_start, header_end, scalar_excerpt

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STYLES = {"'": Style.QUOTED, '"': Style.QUOTED, "|": Style.BLOCK, ">": Style.BLOCK}
_STANDARD_TAGS = "tag:yaml.org,2002:"
_NOT_A_YAML_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_yaml(source: Source) -> DataFile:
    """The documents of a YAML file.

    Anchored nodes are shared wherever an alias stands, merge keys are spelt out, keys that stand twice
    are both kept. Raises InputError at the place where the text is not YAML, an alias stands for what
    contains it, a key is not a scalar, or a limit is exceeded.
    """
    if is_risky(source.text):
        failed = rehearse(lambda: _pass_over(source.text))
        if failed:
            raise InputError(Problem(source.path, failed))
    builder = _Builder(source)
    loader = _LOADER(source.text)
    try:
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            builder.take(event)
    except yaml.YAMLError as error:
        raise InputError(_problem(source, error)) from error
    finally:
        loader.dispose()
    # Beyond the limit comments are dropped: all they can do is take findings away.
    comments = tuple(islice(find_comments(source, builder.with_hash), limits.NODES)) if "#" in source.text else ()
    return DataFile(source, tuple(builder.documents), comments)


def _pass_over(text: str) -> None:
    """What libyaml has to do for the text, as far as anybody will read on. Raises YAMLError."""
    loader = _LOADER(text)
    depth = nodes = 0
    while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        if depth > limits.DEPTH or nodes > limits.NODES:
            return


def _problem(source: Source, error: yaml.YAMLError) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark
        start = mark.index if mark else 0
        reason = ", ".join(filter(None, (error.problem, error.context)))
    else:
        found = _NOT_A_YAML_CHARACTER.search(source.text)
        start = found.start() if found else 0
        reason = "a control character"
    return Problem(source.path, f"not YAML: {reason}", Location(source, start, min(start + 1, len(source.text))))


def _span(event: yaml.Event) -> tuple[int, int]:
    """Start and end, as offsets."""
    assert event.start_mark
    assert event.end_mark
    return event.start_mark.index, event.end_mark.index


class _Open:
    """A list or map whose end has not come yet."""

    __slots__ = ("anchor", "children", "flow", "height", "is_map", "nodes_before", "start", "tag")

    def __init__(self, event: yaml.CollectionStartEvent, nodes_before: int) -> None:
        self.is_map = isinstance(event, yaml.MappingStartEvent)
        self.start = _span(event)[0]
        self.flow = bool(event.flow_style)
        self.tag = _tag(event.tag)
        self.anchor: str | None = event.anchor
        self.children: list[Node] = []
        self.height = 1
        self.nodes_before = nodes_before

    @property
    def expects_key(self) -> bool:
        """Whether what comes next is the key of a map."""
        return self.is_map and len(self.children) % 2 == 0


class _Anchored:
    """What an alias stands for, and what using it costs."""

    __slots__ = ("height", "node", "nodes")

    def __init__(self, node: Node, nodes: int, height: int) -> None:
        self.node = node
        self.nodes = nodes
        self.height = height


class _Builder:
    """Takes one event after the other and counts while it does, so that nothing grows past a limit."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.documents: list[Node] = []
        self.with_hash: list[tuple[int, int]] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, _Anchored | _Open] = {}
        self.nodes = 0
        self.written = 0
        """Where the last node that stands in the text ended."""

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.end(event)
        elif isinstance(event, yaml.AliasEvent):
            self.alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.start_document(event)

    def error(self, reason: str, start: int, end: int) -> InputError:
        return InputError(Problem(self.source.path, reason, Location(self.source, start, end)))

    def count(self, nodes: int, height: int, event: yaml.Event) -> None:
        """Refuses the document before it becomes too large or too deep."""
        self.nodes += nodes
        start, end = _span(event)
        if self.nodes > limits.NODES:
            reason = f"more than {limits.NODES} values in one document, aliases counted each time"
            raise self.error(limits.named(reason, "nodes"), start, end)
        if len(self.open) + height > limits.DEPTH:
            raise self.error(limits.named(f"nested deeper than {limits.DEPTH} levels", "depth"), start, end)

    def start_document(self, event: yaml.Event) -> None:
        start, end = _span(event)
        if len(self.documents) >= limits.DOCUMENTS:
            raise self.error(
                limits.named(f"more than {limits.DOCUMENTS} documents in one file", "documents"), start, end
            )
        self.anchors.clear()
        self.nodes = 0

    def scalar(self, event: yaml.ScalarEvent) -> None:
        (start, end), style = _span(event), event.style or ""
        self.count(1, 0, event)
        excerpt = scalar_excerpt(self.source, start, end, style, event.value)
        if style:
            begins = header_end if style in "|>" else content_start
            self.with_hash.append((begins(self.source.text, start, end), end))
        if style in ("|", ">"):
            end = start + len(self.source.text[start:end].rstrip())
        at = Location(self.source, start, end)
        node = Scalar(event.value, at, _STYLES.get(style, Style.PLAIN), excerpt, _tag(event.tag))
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(node, 1, 0)
        self.written = end
        self.place(node, 0)

    def alias(self, event: yaml.AliasEvent) -> None:
        start, end = _span(event)
        anchored = self.anchors.get(event.anchor or "")
        if anchored is None:
            raise self.error("an alias without an anchor before it", start, end)
        if isinstance(anchored, _Open):
            raise self.error("an alias inside of what it stands for", start, end)
        self.count(anchored.nodes, anchored.height, event)
        self.written = end
        node = anchored.node
        if isinstance(node, Scalar) and self.open[-1].expects_key:  # no document begins with what has a name
            node = node._replace(at=Location(self.source, start, end))  # what has the name stands here
        self.place(node, anchored.height)

    def start(self, event: yaml.CollectionStartEvent) -> None:
        self.count(1, 1, event)
        collection = _Open(event, self.nodes - 1)
        if collection.anchor:
            self.anchors[collection.anchor] = collection
        self.open.append(collection)

    def end(self, event: yaml.CollectionEndEvent) -> None:
        done = self.open.pop()
        if done.flow:
            self.written = _span(event)[1]
        at = Location(self.source, done.start, self.written)
        node: Node
        if done.is_map:
            node = Mapping(self.entries(done.children), at, done.tag)
        else:
            node = Sequence(tuple(done.children), at, done.tag)
        if done.anchor and self.anchors[done.anchor] is done:
            self.anchors[done.anchor] = _Anchored(node, self.nodes - done.nodes_before, done.height)
        self.place(node, done.height)

    def entries(self, children: list[Node]) -> tuple[Entry, ...]:
        entries = [Entry(key, value) for key, value in zip(children[::2], children[1::2], strict=True)]
        if any(is_merge_key(entry.key) for entry in entries):
            entries = merged(entries)
        return tuple(entries)

    def place(self, node: Node, height: int) -> None:
        """Puts a finished node where it belongs."""
        if not self.open:
            self.documents.append(node)
            return
        parent = self.open[-1]
        if parent.expects_key and not isinstance(node, Scalar):
            raise self.error("a list or map as the key of a map", node.at.start, node.at.end)
        parent.children.append(node)
        parent.height = max(parent.height, height + 1)


def _tag(tag: str | None) -> str:
    """A tag as people write it."""
    if tag is None:
        return ""
    return "!!" + tag[len(_STANDARD_TAGS) :] if tag.startswith(_STANDARD_TAGS) else tag
