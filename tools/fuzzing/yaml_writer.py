"""Values as YAML, in all the ways YAML has of writing them; now and then in one that it has not."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Final

from fuzzing.inputs import Value

_PLAIN: Final = re.compile(r"(?![0-9.]|true$|false$|null$)[A-Za-z0-9_./][A-Za-z0-9_:./+=@-]*(?<!:)")
"""What may stand without quotes and remains a text."""
_BARE: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
"""What may stand without quotes and is something else then: a number, a date, a boolean."""
_SHORT: Final = ("Ref", "Condition")


class YamlWriter:
    """Writes one document."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.anchors: list[tuple[str, str]] = []
        """The names of anchors, and what stands there."""
        self.flow = random.choice((0.0, 0.1, 0.1, 0.3, 1.0))
        """How likely a list or a map is written in brackets."""
        self.styles = random.choice((0.0, 0.2, 0.6))
        """How likely a text is written otherwise than it need be."""
        self.tags = random.random() < 0.7
        self.comments = random.choice((0.0, 0.0, 0.1))
        self.sharing = random.choice((0.0, 0.0, 0.1, 0.3))

    def document(self, value: Value) -> str:
        text = self.block(value, 0).lstrip("\n") + "\n"
        random = self.random
        if random.random() < 0.05:
            text = random.choice(("---\n", "%YAML 1.1\n---\n", "# é\n", "---\na: 1\n---\n", "--- # x\n", "\n\n")) + text
        if random.random() < 0.05:
            text += random.choice(("...\n", "---\n", "--- {}\n", "# end", "...\n---\n" + text))
        return text.replace("\n", "\r\n") if random.random() < 0.04 else text

    def block(self, value: Value, indent: int) -> str:
        """What stands behind `key:` or `-`, with what separates it."""
        random = self.random
        if self.sharing and random.random() < self.sharing:
            return self._shared(value, indent)
        tag = self._tagged(value)
        if tag is not None:
            name, inner = tag
            return f" {name}{self.block(inner, indent)}"
        if isinstance(value, dict | list) and value and random.random() >= self.flow:
            return self._members(value, indent)
        if isinstance(value, str):
            return " " + self._text(value, indent)
        return " " + self.inline(value)

    def _members(self, value: list[Value] | dict[str, Value], indent: int) -> str:
        margin = "\n" + " " * indent
        if isinstance(value, list):
            rows = [f"-{self.block(each, indent + 2)}" for each in value]
        else:
            rows = [f"{self._key(name)}:{self.block(each, indent + 2)}" for name, each in value.items()]
        noted = [row + self._note() if "\n" not in row else row for row in rows]
        return margin + margin.join(noted)

    def _note(self) -> str:
        return " # kmslint: x" if self.comments and self.random.random() < self.comments else ""

    def _key(self, name: str) -> str:
        random = self.random
        if random.random() < 0.003:
            return random.choice(("<<", "? " + json.dumps(name) + "\n", "!!str " + json.dumps(name)))
        return name if _PLAIN.fullmatch(name) and random.random() >= self.styles / 4 else json.dumps(name)

    def _shared(self, value: Value, indent: int) -> str:
        random = self.random
        if self.anchors and random.random() < 0.3:
            return f" *{random.choice(self.anchors)[0]}"
        name = f"a{len(self.anchors)}"
        written = (
            self.inline(value) if not isinstance(value, dict | list) or not value else self._members(value, indent)
        )
        self.anchors.append((name, written))
        return f" &{name}" + (written if written.startswith("\n") else f" {written}")

    def _tagged(self, value: Value) -> tuple[str, Value] | None:
        """The short form of an intrinsic function, and its argument."""
        if not self.tags or not isinstance(value, dict) or len(value) != 1:
            return None
        (name, inner), *_ = value.items()
        if name in _SHORT or (name.startswith("Fn::") and name.count(":") == 2):
            short = name.removeprefix("Fn::")
            if not re.fullmatch("[A-Za-z]+", short) or self._tagged(inner) is not None:
                return None
            return f"!{short}", inner
        return None

    def inline(self, value: Value) -> str:
        """In one line."""
        if isinstance(value, dict):
            tag = self._tagged(value)
            if tag is not None:
                return f"{tag[0]} {self.inline(tag[1])}"
            return "{" + ", ".join(f"{json.dumps(name)}: {self.inline(each)}" for name, each in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.inline, value)) + "]"
        if isinstance(value, str):
            return self._quoted(value)
        return json.dumps(value)

    def _quoted(self, text: str) -> str:
        if "\n" not in text and self.random.random() < self.styles:
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=self.random.random() < 0.5)

    def _text(self, text: str, indent: int) -> str:
        random = self.random
        if random.random() < self.styles:
            way = random.random()
            margin = "\n" + " " * max(indent, 1)
            if way < 0.4:
                style = random.choice(("|", "|-", "|+", ">", ">-", "|2", ">1-"))
                return style + margin + text.replace("\n", margin)
            if way < 0.5 and " " in text:
                return f'"{json.dumps(text)[1:-1].replace(" ", margin, 1)}"'
            if way < 0.6:
                return f"{random.choice(('!!str', '!!int', '!', '!!binary', '!Odd'))} {self._quoted(text)}"
            return self._quoted(text)
        if _PLAIN.fullmatch(text) or (_BARE.fullmatch(text) and random.random() < self.styles):
            return text
        return self._quoted(text)
