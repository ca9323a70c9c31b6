"""Hostile files that stand beside templates and modules, or say what is to become of them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hostile_inputs import POLICY, SECRET, TEMPLATE, Hostile, Want, hcl_key, json_template, template
from hostile_templates import ACTING, link, pipe
from kmslint.values import Json

FIND, ERROR, EITHER = Want.FIND, Want.ERROR, Want.EITHER
LINE: Final = '          - {Sid: Anybody, Effect: Allow, Principal: "*", Action: "kms:*", Resource: "*"}\n'


def commented(name: str, threat: str, comment: str, want: Want = FIND, *forbidden: str) -> Hostile:
    """A template with a comment above the statement that everybody gains by."""
    text = TEMPLATE.replace(LINE, f"          # {comment}\n{LINE}")
    return Hostile(f"comment: {name}", threat, want, {"t.yaml": text}, forbidden=(SECRET, *forbidden))


def suppressions() -> Iterator[Hostile]:
    """Comments that would make a finding go away."""
    yield commented("all rules", "one comment for all rules", "kmslint: ignore[*] a reason")
    yield commented("a family", "one comment for many rules", "kmslint: ignore[KMS] a reason")
    yield commented("a pattern", "one comment for many rules", "kmslint: ignore[KMS2*] a reason")
    yield commented("no rule", "a comment that names no rule", "kmslint: ignore a reason")
    yield commented("no reason", "nobody says why", "kmslint: ignore[KMS201]")
    yield commented("over", "a day that is over", "kmslint: ignore[KMS201] until=2001-01-01 a reason")
    yield commented("no day", "a day that there is not", "kmslint: ignore[KMS201] until=2999-02-30 a reason")
    yield commented("no date", "a date that readers fail on", "kmslint: ignore[KMS201] until=99999-99-99 a reason")
    yield commented(
        "digits of others", "digits that are none in ASCII", "kmslint: ignore[KMS201] until=\u0662999-01-01 a reason"
    )
    yield commented("letters of others", "a name that only looks like ours", "kmslint\u200b: ignore[KMS201] a reason")
    yield commented(
        "another statement", "a statement that is not there", "kmslint: ignore[KMS201] statement=Nobody a reason"
    )
    yield commented("another content", "a content that is not there", "kmslint: ignore[KMS201] content=0000 a reason")
    yield commented(
        "an option twice",
        "an option that stands twice",
        "kmslint: ignore[KMS201] until=2999-01-01 until=2001-01-01 a reason",
    )
    yield commented("unclosed", "a bracket that is not closed", "kmslint: ignore[KMS201 a reason")
    yield commented("a verb", "words of other programs", "kmslint: disable=KMS201 noqa nosec checkov:skip=CKV_AWS_33")
    yield commented("many names", "200,000 rules", "kmslint: ignore[" + "KMS999," * 200_000 + "] a reason")
    yield commented("many beginnings", "a comment that begins again and again", "kmslint: " * 100_000)
    yield commented("long", "a reason of 2 MB", "kmslint: ignore[KMS999] " + "a" * 2 * 10**6)
    acting = "kmslint: ignore[::error::x] ##[error] \u202e \u2028::stop-commands::x"
    yield commented("acting", "commands in what a message quotes", acting, EITHER, *ACTING)
    lines = "".join(f"# kmslint: ignore[KMS{n % 900:03}] a reason\n" for n in range(50_000))
    yield Hostile("50,000 comments", "each compared with each finding", FIND, {"t.yaml": lines + TEMPLATE})
    for text in (
        "7",
        "[]",
        "{ignore: 7}",
        "{ignore: [7]}",
        "{ignore: [{id: []}]}",
        "{ignore: [{id: KMS201}]}",
        "{ignore: [{id: KMS201, reason: {}}]}",
        "{skip: [KMS201]}",
    ):
        yield Hostile(
            f"metadata {text}",
            "a suppression of another shape",
            FIND,
            {"t.yaml": template(sections=f"Metadata: {{kmslint: {text}}}\n")},
        )
    said = "# kmslint: ignore[KMS201] a reason\n"
    yield Hostile(
        "a broken file",
        "a suppression in what cannot be read",
        ERROR,
        {"t.yaml": f"# kmslint: ignore-file[KMS000] a reason\n{TEMPLATE}  - {{\n"},
    )
    yield Hostile(
        "another file",
        "a suppression in the file beside it",
        FIND,
        {"a.yaml": said + TEMPLATE.replace("kms:*", "kms:Get*"), "b.yaml": TEMPLATE},
    )
    yield Hostile(
        "in a text",
        "a suppression that is no comment",
        FIND,
        {
            "main.tf": 'locals {\n  a = "# kmslint: ignore-file[KMS201] a"\n'
            f"  b = <<-T\n# kmslint: ignore-file[KMS201] a\nT\n}}\n{hcl_key()}"
        },
    )
    yield Hostile(
        "in a policy",
        "a suppression inside the policy's text",
        FIND,
        {"main.tf": hcl_key("<<-P\n" + POLICY.replace("Anybody", "# kmslint: ignore[KMS201] a") + "\nP")},
    )
    members: Json = [{"//": "kmslint: ignore-file[KMS201]", "x": "kmslint: ignore-file[KMS201] a"}]
    yield Hostile(
        "in JSON", "a member that is no comment", FIND, {"t.json": json.dumps(json_template(Metadata={"a": members}))}
    )


NAMED: Final[dict[str, Json]] = {
    "address": "aws_kms_key.open",
    "mode": "managed",
    "type": "aws_kms_key",
    "name": "open",
}
PLANNED: Final[Json] = {**NAMED, "values": {"enable_key_rotation": True, "policy": POLICY}}
CHANGE: Final[Json] = {**NAMED, "change": {"actions": ["create"], "after": {"policy": POLICY}, "after_unknown": {}}}
PLAN: Final[dict[str, Json]] = {
    "format_version": "1.2",
    "terraform_version": "1.11.4",
    "complete": True,
    "planned_values": {"root_module": {"resources": [PLANNED]}},
    "resource_changes": [CHANGE],
    "configuration": {"root_module": {"resources": []}},
}
SHAPES: Final[tuple[Json, ...]] = (
    None,
    7,
    [],
    [[]],
    "x",
    {"root_module": [7]},
    {"root_module": {"resources": [None, 7, {}], "child_modules": 7}},
)
PLAN_TEXT: Final = json.dumps(PLAN)


def plan(name: str, threat: str, want: Want, text: str | bytes) -> Hostile:
    return Hostile(f"plan: {name}", threat, want, {"plan.json": text})


def plans() -> Iterator[Hostile]:
    """Plans that Terraform never printed."""
    yield plan("control", "nothing", FIND, PLAN_TEXT)
    yield plan("cut off", "half a plan", ERROR, PLAN_TEXT[: len(PLAN_TEXT) // 2])
    yield plan(
        "deep",
        "200,000 lists inside each other",
        EITHER,
        PLAN_TEXT.replace('"complete"', f'"x": {"[" * 200_000}{"]" * 200_000}, "complete"'),
    )
    yield plan("UTF-16", "an encoding that Terraform does not print", EITHER, PLAN_TEXT.encode("utf-16"))
    yield plan(
        "twice",
        "planned values that stand twice",
        EITHER,
        PLAN_TEXT[:-1] + ', "planned_values": {}, "resource_changes": []}',
    )
    yield plan("half a letter", "lone surrogates", EITHER, PLAN_TEXT.replace("aws_kms_key.open", "aws_kms_key.\\ud800"))
    yield plan("an empty change", "a plan that hides its changes", EITHER, json.dumps({**PLAN, "resource_changes": []}))
    yield plan("nothing planned", "a plan that hides its values", EITHER, json.dumps({**PLAN, "planned_values": {}}))
    yield plan("not complete", "a plan in part", EITHER, json.dumps({**PLAN, "complete": False}))
    yield plan("versions", "a format that nobody knows", EITHER, json.dumps({**PLAN, "format_version": "99.0"}))
    for member in (
        "planned_values",
        "resource_changes",
        "configuration",
        "prior_state",
        "variables",
        "terraform_version",
        "format_version",
    ):
        for value in SHAPES:
            yield plan(f"{member} {value}", "another shape", EITHER, json.dumps({**PLAN, member: value}))
    nested: Json = {"resources": []}
    for number in range(90):
        nested = {"child_modules": [nested], "address": f"module.m{number}"}
    children: Json = {"root_module": {"child_modules": [nested], "resources": [PLANNED]}}
    yield plan(
        "modules in modules", "90 modules inside each other", EITHER, json.dumps({**PLAN, "planned_values": children})
    )
    yield plan(
        "many",
        "50,000 resources",
        EITHER,
        PLAN_TEXT.replace(
            '"resources": [',
            '"resources": ['
            + '{"address": "a.b", "type": "a", "name": "b", "mode": "managed", "values": {}},' * 50_000,
            1,
        ),
    )
    acting = PLAN_TEXT.replace("aws_kms_key.open", "\\u001b[2J\\n::error::x##[error]\\u202e")
    yield Hostile("plan: acting", "commands in an address", EITHER, {"plan.json": acting}, forbidden=ACTING)


ASSEMBLY: Final[dict[str, Json]] = {
    "version": "36.0.0",
    "artifacts": {
        "App": {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/eu-west-1",
            "properties": {"templateFile": "App.template.json"},
        }
    },
}


def assemblies() -> Iterator[Hostile]:
    """What the CDK never wrote."""
    made = json.dumps(json_template())
    for name, text in (
        ("control", json.dumps(ASSEMBLY)),
        ("deep", '{"artifacts": ' + "[" * 200_000 + "]" * 200_000 + "}"),
        ("cut off", json.dumps(ASSEMBLY)[:-3]),
        ("twice", json.dumps(ASSEMBLY)[:-1] + ', "artifacts": {}}'),
        ("UTF-16", json.dumps(ASSEMBLY).encode("utf-16")),
        ("elsewhere", json.dumps(ASSEMBLY).replace("App.template.json", "../../beside.json")),
        ("acting", json.dumps(ASSEMBLY).replace("111122223333", "\\u001b[2J\\n::error::")),
        ("many", '{"artifacts": {' + ",".join(f'"a{n}": {{}}' for n in range(100_000)) + "}}"),
    ):
        files: dict[str, str | bytes] = {"cdk.out/App.template.json": made, "cdk.out/manifest.json": text}
        yield Hostile(
            f"cdk.out: {name}", "a manifest that the CDK never wrote", FIND, files, forbidden=(SECRET, *ACTING)
        )
    for name, make in (
        ("pipe", pipe("cdk.out/manifest.json")),
        ("link", link("cdk.out/manifest.json", "../../beside.json")),
        ("device", link("cdk.out/manifest.json", "/dev/zero")),
    ):
        yield Hostile(
            f"cdk.out: {name}", "a manifest that is no file", FIND, {"cdk.out/App.template.json": made}, make=make
        )
    path = made.replace(
        '"Properties"', '"Metadata": {"aws:cdk:path": "a\\u001b[2J\\n::error::/Resource"}, "Properties"'
    )
    yield Hostile(
        "cdk.out: a path that acts",
        "commands in the path of a construct",
        FIND,
        {"cdk.out/App.template.json": path},
        forbidden=ACTING,
    )


def parameters() -> Iterator[Hostile]:
    """Files with values for the parameters of templates."""
    text = template(sections="Parameters:\n  P: {Type: String, Default: a}\n")
    for name, content, want in (
        ("p.json", '{"P": ' + "[" * 200_000, ERROR),
        ("p.yaml", "P: &a [*a]\n", ERROR),
        ("q.yaml", "P: !!python/object/apply:os.system [x]\n", ERROR),
        ("twice.json", '{"P": "a", "P": "b"}', EITHER),
        ("p.toml", "a = " + "[" * 50_000, ERROR),
        ("q.toml", "[a." + "b." * 50_000 + "c]\n", ERROR),
        ("r.toml", "[default.deploy.parameters]\nparameter_overrides = '" + "P=a " * 50_000 + "'\n", EITHER),
        ("s.toml", 'a = """' + '\\"' * 100_000, ERROR),
        ("t.toml", "a = 1\n" * 2, ERROR),
        ("u.json", '["' + "P=" + "x" * 240_000 + '"]', EITHER),
        ("v.json", "[" + '"P=a",' * 300_000 + '"P=b"]', ERROR),
        ("w.json", b"\xff\xfe\x00", ERROR),
    ):
        files: dict[str, str | bytes] = {"t.yaml": text, name: content}
        yield Hostile(
            f"--parameter-file: {name}", "a file that is none", want, files, ("--parameter-file", name, "t.yaml")
        )
    for place in ("../beside.json", "/etc/passwd", "/dev/zero", "link", "pipe", "."):

        def make(directory: Path) -> None:
            (directory / "link").symlink_to("../beside.json")
            os.mkfifo(directory / "pipe")

        yield Hostile(
            f"--parameter-file {place}",
            "a file that is none of ours",
            ERROR,
            {"t.yaml": text},
            ("--parameter-file", place, "t.yaml"),
            make=make,
            forbidden=(SECRET, "root:x:0"),
        )


def listen(directory: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(directory)  # the path of a socket may have 100 letters
        try:
            made.bind("s.yaml")
        finally:
            os.chdir(here)


def many_links(directory: Path) -> None:
    """Directories that lead to each other: a walk that follows them never ends."""
    for name in ("a", "b", "c"):
        (directory / name).mkdir()
        for other in ("a", "b", "c"):
            (directory / name / f"to-{other}").symlink_to(f"../{other}")


def deep_directories(directory: Path) -> None:
    here = os.getcwd()
    os.chdir(directory)  # no path may have so many letters
    try:
        for _ in range(250):
            os.mkdir("d")
            os.chdir("d")
        Path("t.yaml").write_text(TEMPLATE, encoding="utf-8")
    finally:
        os.chdir(here)


def files() -> Iterator[Hostile]:
    """What else may lie in a tree."""
    beside = {"t.yaml": TEMPLATE}
    for name, make in (
        ("socket", listen),
        ("links in circles", many_links),
        ("deep directories", deep_directories),
        ("a link to the root", link("root", "/")),
        ("a link to itself", link("x.yaml", "x.yaml")),
        ("a device", link("x.yaml", "/dev/zero")),
        ("a terminal", link("x.tf", "/dev/tty")),
        ("the memory of a process", link("x.yaml", "/proc/self/mem")),
        ("the environment", link("x.yaml", "/proc/self/environ")),
    ):
        yield Hostile(f"tree: {name}", "something else than a file", FIND, beside, make=make)
    for name in (
        ".gitignore",
        ".git",
        "kmslint.py",
        "yaml.py",
        ".kmslintrc",
        "pyproject.toml",
        "sitecustomize.py",
        "usercustomize.py",
        "conftest.py",
    ):
        program = "import os\nos.mkdir('PWNED')\nraise SystemExit(0)\n"
        yield Hostile(f"beside {name}", "a file that other programs run or obey", FIND, {**beside, name: program})
        yield Hostile(f"pipe {name}", "a file that is looked for and never ends", FIND, beside, make=pipe(name))
    stars = "\n".join(
        ("a/" + "**/" * 60 + "b", "*" * 3000, "[" * 3000, "!" * 3000, "\\" * 3001, "/" * 3000, "[a-" + "z" * 999)
    )
    yield Hostile(
        "patterns of git",
        "patterns that cost without end",
        FIND,
        {**beside, ".gitignore": stars + "\n" + "*a" * 30 + "b\n", "a" * 200 + ".yaml": TEMPLATE},
    )
    yield Hostile(
        "many files",
        "3,000 files",
        FIND,
        {**beside, **{f"d{n % 50}/f{n}.yaml": "# AWS::KMS::Key\n" for n in range(3000)}},
    )
    yield Hostile(
        "names",
        "names that are no UTF-8, or like options",
        FIND,
        {"\udcff\udcfe.yaml": TEMPLATE, "-q.yaml": TEMPLATE, "--help.tf": hcl_key()},
    )


COMPANIONS: Final = tuple(
    hostile for family in (suppressions, plans, assemblies, parameters, files) for hostile in family()
)
