"""Stacks in stacks, and what they export: where the bounds are, what is told, and what is not made."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.cloudformation.exports import Exports
from kmslint.cloudformation.stack import read_stack
from kmslint.location import Source
from kmslint.model.estate import Estate
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Hole, HoleKind, Text, Unknown, Value
from template_library import InMemory

KEY = "Resources: {Key: {Type: AWS::KMS::Key}}\n"


def nested(name: str, template: str, more: str = "", **properties: str) -> str:
    given = "".join(f", {each}: {value}" for each, value in properties.items())
    return f"  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {template}{given}}}{more}}}\n"


def around(*resources: str) -> str:
    return "Resources:\n" + "".join(resources)


def estate_of(text: str, library: InMemory | None = None) -> Estate:
    source = Source("top.yaml", text)
    return read_stack(read_yaml(source).documents[0], source, library=library)


def keys(estate: Estate) -> list[str]:
    return [key.address for key in estate.keys]


def problems(estate: Estate) -> list[str]:
    return [problem.reason for problem in estate.problems]


def spec(estate: Estate, address: str = "K") -> Value | None:
    return next(key.settings.spec for key in estate.keys if key.address == address)


CHAIN = {"1.yaml": around(nested("N", "2.yaml")), "2.yaml": around(nested("N", "3.yaml")), "3.yaml": KEY}


@pytest.mark.parametrize(
    ("bound", "enough", "name"),
    [
        ("STACK_DEPTH", 3, "stacks nested more than 2 deep; --limit stack-depth=N raises this"),
        ("STACKS", 3, "more than 2 nested stacks; --limit stacks=N raises this"),
        (
            "NESTED_CHARACTERS",
            sum(map(len, CHAIN.values())),
            "nested templates of more than CHARACTERS characters; --limit nested-characters=N raises this",
        ),
    ],
)
def test_up_to_a_bound_stacks_are_made(monkeypatch: pytest.MonkeyPatch, bound: str, enough: int, name: str) -> None:
    top = around(nested("N", "1.yaml"))
    monkeypatch.setattr(limits, bound, enough)
    estate = estate_of(top, InMemory(CHAIN))
    assert (keys(estate), problems(estate)) == (["N/N/N/Key"], [])
    monkeypatch.setattr(limits, bound, enough - 1)
    estate = estate_of(top, InMemory(CHAIN))
    reason = name.replace("CHARACTERS", str(enough - 1))
    assert (keys(estate), problems(estate)) == ([], [f'the template of "N/N/N", 3.yaml, {reason}'])


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"top.yaml": around(nested("N", "top.yaml"))}, 'the template of "N", top.yaml, makes itself'),
        (
            {"a.yaml": around(nested("N", "b.yaml")), "b.yaml": around(nested("N", "top.yaml"))},
            'the template of "N/N/N", top.yaml, makes itself',
        ),
        ({}, 'the template of "N", a.yaml, is not here'),
    ],
)
def test_a_template_that_no_stack_is_made_of(files: dict[str, str], problem: str) -> None:
    top = around(nested("N", next(iter(files), "a.yaml")))
    assert problems(estate_of(top, InMemory({"top.yaml": top, **files}))) == [problem]


@pytest.mark.parametrize(
    "url", ["https://bucket.s3.amazonaws.com/a.yaml", "s3://bucket/a.yaml", '""', "!Ref Url", "[a]"]
)
def test_what_is_no_path_is_not_looked_for(url: str) -> None:
    library = InMemory({"a.yaml": KEY})
    estate = estate_of(around(nested("N", url)), library)
    assert (library.asked, keys(estate), problems(estate)) == ([], [], [])


def test_without_files_no_stack_is_made_and_nothing_is_wrong() -> None:
    key = "  K: {Type: AWS::KMS::Key, Properties: {KeySpec: !GetAtt N.Outputs.S}}\n"
    estate = estate_of(around(nested("N", "a.yaml"), key))
    assert (keys(estate), problems(estate)) == (["K"], [])
    found = spec(estate)
    assert isinstance(found, Unknown)
    assert (found.hole, found.at.line) == (Hole(HoleKind.EXPRESSION, "N.Outputs.S"), 3)


NEVER = "Conditions: {Never: !Equals [a, b], Open: !Equals [!Ref AWS::Region, x]}\n"


@pytest.mark.parametrize(
    ("outer", "inner", "made"),
    [("", "", True), ("Never", "", False), ("", "Never", False), ("Never", "Never", False), ("Open", "Open", True)],
)
def test_a_stack_is_made_if_all_around_it_are(outer: str, inner: str, made: bool) -> None:
    by_condition = {name: f", Condition: {name}" if name else "" for name in (outer, inner)}
    library = InMemory({"a.yaml": NEVER + around(nested("N", "b.yaml", by_condition[inner])), "b.yaml": KEY})
    estate = estate_of(NEVER + around(nested("N", "a.yaml", by_condition[outer])), library)
    assert keys(estate) == (["N/N/Key"] if made else [])
    assert [key.address for key in estate.switched_off] == ([] if made else ["N/N/Key"])
    calls = ["N", "N/N"][: 2 if made else 0 if outer == "Never" else 1]
    assert [(call.address, call.at.path) for call in estate.calls] == list(
        zip(calls, ("top.yaml", "a.yaml"), strict=False)
    )


def test_a_stack_whose_properties_stand_twice_is_made_of_either_template() -> None:
    text = around(
        "  N:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: a.yaml}\n    Properties: {TemplateURL: b.yaml}\n"
    )
    estate = estate_of(text, InMemory({"a.yaml": KEY, "b.yaml": KEY.replace("Key:", "Other:", 1)}))
    assert keys(estate) == ["N/Key", "N/Other"]


CHILD = """\
Parameters: {P: {Type: String, Default: d}}
Resources: {K: {Type: AWS::KMS::Key, Properties: {KeySpec: !Ref P}}}
"""


@pytest.mark.parametrize(
    ("parameters", "found", "kind"),
    [
        ("{P: given}", "given", None),
        ("{Q: given}", "d", None),
        ("!Ref Open", "${N.Parameters}", HoleKind.EXPRESSION),
        ("{P: given, Fn::Transform: Macro}", "given", None),
        ("{Q: given, Fn::Transform: Macro}", "${Macro}", HoleKind.EXPRESSION),
        ("!Ref AWS::NoValue", "d", None),
    ],
)
def test_what_a_nested_stack_is_given(parameters: str, found: str, kind: HoleKind | None) -> None:
    estate = estate_of(around(nested("N", "a.yaml", Parameters=parameters)), InMemory({"a.yaml": CHILD}))
    value = spec(estate, "N/K")
    assert str(value) == found
    assert (value.hole.kind if isinstance(value, Unknown) else None) is kind


OUTPUTS = """\
Conditions: {Never: !Equals [a, b]}
Resources: {T: {Type: AWS::SNS::Topic}}
Outputs:
  One: {Value: first}
  Two: {Value: second, Export: {Name: two}}
  Twice: {Value: a}
  Twice: {Value: b}
  Absent: {Value: !Ref AWS::NoValue, Export: {Name: absent}}
  Unmade: {Value: c, Condition: Never, Export: {Name: unmade}}
  Odd: text
  OddExport: {Value: a, Export: text}
  Nameless: {Value: a, Export: {Value: b}}
  Empty: {Value: a, Export: {Name: ""}}
"""


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("One", "first"),
        ("Two", "second"),
        ("Twice", "b"),
        ("Absent", "${N.Outputs.Absent}"),
        ("Odd", "${N.Outputs.Odd}"),
        ("Three", "${N.Outputs.Three}"),
    ],
)
def test_what_a_nested_stack_puts_out(output: str, found: str) -> None:
    key = f"  K: {{Type: AWS::KMS::Key, Properties: {{KeySpec: !GetAtt N.Outputs.{output}}}}}\n"
    value = spec(estate_of(around(nested("N", "a.yaml"), key), InMemory({"a.yaml": OUTPUTS})))
    assert value is not None
    assert (str(value), value.at.path, value.at.line) == (found, "top.yaml", 3)


def test_what_a_stack_puts_out_is_that_under_which_it_is_made() -> None:
    """The nested stack asks for itself what the one around it is made under."""
    child = (
        "Parameters: {P: {Type: String}}\nConditions: {Same: !Equals [!Ref P, a]}\n"
        "Resources: {K: {Type: AWS::KMS::Key, Condition: Same}}\nOutputs: {O: {Value: !If [Same, yes, no]}}\n"
    )
    top = (
        "Parameters: {Env: {Type: String}}\nConditions: {IsA: !Equals [!Ref Env, a]}\n"
        + around(nested("N", "a.yaml", ", Condition: IsA", Parameters="{P: !Ref Env}"))
        + "  K: {Type: AWS::KMS::Key, Properties: {KeySpec: !GetAtt N.Outputs.O}}\n"
    )
    estate = estate_of(top, InMemory({"a.yaml": child}))
    assert str(spec(estate)) == "true"
    assert [sorted(map(str, key.guards)) for key in estate.keys] == [[], ["IsA is true"]]


def test_what_a_stack_puts_out_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven stacks in each other, each of which asks three times for what the next one puts out."""
    four = f"!Select [0, [{', '.join(['!GetAtt N.Outputs.O'] * 3)}]]"
    files = {
        f"{n}.yaml": around(nested("N", f"{n + 1}.yaml")) + f"Outputs: {{O: {{Value: {four}}}}}\n" for n in range(6)
    }
    key = "  K: {Type: AWS::KMS::Key, Properties: {KeySpec: !GetAtt N.Outputs.O}}\n"
    monkeypatch.setattr(limits, "STEPS", 500)
    library = InMemory({**files, "6.yaml": KEY + "Outputs: {O: {Value: known}}\n"})
    estate = estate_of(around(nested("N", "0.yaml"), key), library)
    assert (str(spec(estate)), problems(estate)) == ("known", [])


def exports(*paths: str, **files: str) -> Exports:
    """The exports of some files, which import from each other."""
    library = InMemory({f"{name}.yaml": text for name, text in files.items()})
    found = Exports([library.stack(f"{path}.yaml") for path in paths or files])
    library.exported = found.value
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [("two", "second"), ("absent", None), ("unmade", None), ("text", None), ("b", None), ("", None), ("One", None)],
)
def test_an_export_is_known_by_its_name(name: str, value: str | None) -> None:
    found = exports(out=OUTPUTS)
    exported = found.value(name, "in.yaml")
    assert (exported if exported is None else str(exported)) == value
    assert found.imported_from == ({"out.yaml"} if value else set())
    assert found.value(name, "out.yaml") is None


def test_what_two_templates_export_is_not_known() -> None:
    assert exports(one=OUTPUTS, other=OUTPUTS).value("two", "in.yaml") is None


def test_a_stack_that_is_nested_exports_for_the_one_around_it() -> None:
    found = exports("top", top=around(nested("N", "out.yaml")), out=OUTPUTS)
    assert str(found.value("two", "in.yaml")) == "second"
    assert found.imported_from == {"top.yaml"}
    assert found.value("two", "top.yaml") is None
    assert (
        exports("top", top=NEVER + around(nested("N", "out.yaml", ", Condition: Never")), out=OUTPUTS).value(
            "two", "in.yaml"
        )
        is None
    )


def passing_on(name: str, imported: str) -> str:
    return f"{KEY}Outputs: {{O: {{Value: !ImportValue {imported}, Export: {{Name: {name}}}}}}}\n"


def test_templates_that_import_from_each_other_know_nothing() -> None:
    found = exports(a=passing_on("x", "y"), b=passing_on("y", "x"))
    for _ in range(2):
        assert str(found.value("x", "in.yaml")) == "${Fn::ImportValue x}"
    assert str(found.value("y", "in.yaml")) == "${Fn::ImportValue x}"


def test_imports_of_imports_are_followed_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"a": passing_on("x", "y"), "b": passing_on("y", "two"), "c": OUTPUTS}
    monkeypatch.setattr(limits, "STACK_DEPTH", 3)
    assert str(exports(**files).value("x", "in.yaml")) == "second"
    monkeypatch.setattr(limits, "STACK_DEPTH", 2)
    value = exports(**files).value("x", "in.yaml")
    assert isinstance(value, (Text, Unknown))
    (hole,) = value.holes if isinstance(value, Text) else (value.hole,)
    assert hole.kind is HoleKind.OUT_OF_BOUNDS
    assert hole.label == "exports made of imports more than 2 times; --limit stack-depth=N raises this"
    assert (value.at.path, value.at.start, value.at.end) == ("c.yaml", 0, 0)
