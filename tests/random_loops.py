"""Random templates with `Fn::ForEach` over lists that are known, as data."""

from __future__ import annotations

from random import Random
from typing import Any

_VALUES = ("Red", "Blue", "Green", "x1", "Nine9")
_ATTRIBUTES = ("Arn", "KeyId")


class LoopGenerator:
    """Writes templates. The same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.loops = 0

    def template(self) -> dict[str, Any]:
        self.loops = 0
        random = self.random
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Transform": random.choice(("AWS::LanguageExtensions", ["AWS::LanguageExtensions"])),
            "Parameters": {
                "Names": {"Type": "CommaDelimitedList", "Default": "Red, Blue,x1"},
                "Name": {"Type": "String", "Default": "Green"},
                "Open": {"Type": "String"},
            },
            "Mappings": {
                "Lists": {name: {"Of": random.sample(_VALUES, 2)} for name in _VALUES},
                "Ids": {name: {"Id": f"11112222333{index}"} for index, name in enumerate(_VALUES)},
            },
            "Conditions": {
                "IsOpen": {"Fn::Equals": [{"Ref": "Open"}, "x"]},
                **self.section(self.condition, "Is", 1),
            },
            "Resources": {
                "Plain": {"Type": "AWS::KMS::Key"},
                **self.section(self.resource, "Key", 3),
                **self.section(self.resource, "Role", 2),
            },
            "Outputs": self.section(self.output, "Out", 2),
        }

    def section(self, leaf: Any, prefix: str, depth: int) -> dict[str, Any]:
        return self.loop(leaf, prefix, self.random.randint(1, depth), [])

    def loop(self, leaf: Any, prefix: str, depth: int, names: list[str]) -> dict[str, Any]:
        self.loops += 1
        name = f"V{self.loops}"
        inside = [*names, name]
        key = prefix + "".join(self.random.choice(("${%s}", "&{%s}")) % one for one in inside)
        body = {key: leaf(inside)}
        if depth > 1:
            body.update(self.loop(leaf, f"{prefix}{self.loops}", depth - 1, inside))
        return {f"Fn::ForEach::L{self.loops}": [name, self.collection(names), body]}

    def collection(self, names: list[str]) -> Any:
        random = self.random
        ways: list[Any] = [
            random.sample(_VALUES, random.randint(1, 3)),
            [{"Ref": "Name"}, "Red"],
            {"Ref": "Names"},
            {"Fn::FindInMap": ["Lists", random.choice(_VALUES), "Of"]},
        ]
        if names:
            ways.append({"Fn::FindInMap": ["Lists", {"Ref": random.choice(names)}, "Of"]})
        return random.choice(ways)

    def condition(self, names: list[str]) -> Any:
        random = self.random
        equals = {"Fn::Equals": [{"Ref": "Open"}, self.text(names)]}
        return random.choice((equals, {"Fn::Not": [equals]}, {"Fn::And": [equals, {"Condition": "IsOpen"}]}))

    def output(self, names: list[str]) -> Any:
        return {"Value": self.text(names), "Export": {"Name": self.text(names)}}

    def resource(self, names: list[str]) -> Any:
        random = self.random
        properties = {
            "Description": self.text(names),
            "KeyPolicy": {
                "Statement": [
                    {
                        "Sid": self.text(names),
                        "Principal": {"AWS": [self.text(names), self.text(names)]},
                        "Action": random.choice(("kms:*", ["kms:Decrypt", "kms:Encrypt"])),
                    },
                    {"Fn::If": ["IsOpen", {"Sid": self.text(names)}, {"Ref": "AWS::NoValue"}]},
                ]
            },
        }
        if random.random() < 0.3:
            properties.update(self.loop(self.text, "Property", 1, names))
        return {"Type": "AWS::KMS::Key", "Properties": properties}

    def text(self, names: list[str], depth: int = 2) -> Any:
        random = self.random
        name = random.choice(names)
        ways: list[Any] = [
            "plain",
            {"Ref": name},
            {"Ref": "Open"},
            {"Fn::Sub": f"a-${{{name}}}"},
            {"Fn::Sub": f"${{{name}}}-${{AWS::AccountId}}-${{!literal}}"},
            {"Fn::Sub": [f"${{{name}}}-${{Inner}}", {"Inner": {"Ref": random.choice(names)}}]},
            {"Fn::GetAtt": [{"Fn::Sub": f"Key${{{name}}}"}, random.choice(_ATTRIBUTES)]},
            {"Fn::FindInMap": ["Ids", {"Ref": name}, "Id"]},
        ]
        if depth:
            ways.append({"Fn::Join": [":", [self.text(names, depth - 1), self.text(names, depth - 1)]]})
            ways.append({"Fn::Select": ["0", [self.text(names, depth - 1)]]})
        return random.choice(ways)
