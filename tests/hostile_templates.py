"""Hostile templates of CloudFormation."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hostile_inputs import KEY, POLICY, SECRET, TEMPLATE, Hostile, Make, Want, json_template, template

FIND, ERROR, EITHER = Want.FIND, Want.ERROR, Want.EITHER


def yaml(name: str, threat: str, want: Want, text: str | bytes, *forbidden: str, **more: str | bytes) -> Hostile:
    """One template, named on the command line; `more` lies beside it."""
    files = {"t.yaml": text, **{path.replace("__", "/"): content for path, content in more.items()}}
    return Hostile(name, threat, want, files, ("t.yaml",), forbidden=(SECRET, *forbidden))


def of_json(name: str, threat: str, want: Want, text: str) -> Hostile:
    return Hostile(name, threat, want, {"t.json": text}, ("t.json",))


def doubling(levels: int, merge: bool = False) -> str:
    """Anchors of which each uses the one before it twice."""
    first = "{x: y}" if merge else "[x]"
    again = "  a{0}: &a{0}\n    <<: [*a{1}, *a{1}]\n" if merge else "  a{0}: &a{0} [*a{1}, *a{1}]\n"
    return f"Metadata:\n  a0: &a0 {first}\n" + "".join(again.format(n, n - 1) for n in range(1, levels))


def nested_if(levels: int) -> str:
    """A principal that hangs on as many conditions as there are levels, each value of one on the next."""
    value = '"*"'
    for level in range(levels):
        value = f"!If [C{level}, {value}, !If [C{level}, arn:aws:iam::111122223333:root, {value if level < 3 else 1}]]"
    return value


CONDITIONS: Final = "Conditions:\n" + "".join(f"  C{n}: !Equals [!Ref AWS::Region, r{n}]\n" for n in range(60))
TEXT: Final = json.dumps(json_template())
HEAD: Final = TEXT[:-1]
"""Without the brace at the end."""
ESCAPED: Final = TEXT.replace("kms:*", "\\u006b\\u006d\\u0073:\\u002a").replace("AWS::KMS", "AWS::K\\u004dS")
LOOP: Final = "Transform: AWS::LanguageExtensions\n"


def loops(levels: int) -> str:
    """Loops inside each other over ten names each."""
    text, indent = "", "  "
    for level in range(levels):
        text += f"{indent}Fn::ForEach::L{level}:\n{indent}  - V{level}\n{indent}  - [a, b, c, d, e, f, g, h, i, j]\n"
        text += f"{indent}  -\n"
        indent += "    "
    names = "".join(f"${{V{level}}}" for level in range(levels))
    return f"{text}{indent}K{names}: {{Type: AWS::SNS::Topic}}\n"


def link(name: str, target: str) -> Make:
    def make(directory: Path) -> None:
        (directory / name).symlink_to(target)

    return make


def pipe(name: str) -> Make:
    def make(directory: Path) -> None:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(directory / name)

    return make


def trees() -> Iterator[Hostile]:
    """YAML and JSON that are hard to read."""
    yield yaml("aliases", "2^60 nodes behind 60 anchors", EITHER, f"{doubling(60)}{TEMPLATE}")
    yield yaml("merges", "2^40 pairs, merged by the reader", EITHER, f"{doubling(40, merge=True)}{TEMPLATE}")
    bomb = f"{doubling(40)}{template('{Effect: Allow, Principal: {AWS: *a39}, Action: kms:Decrypt, Resource: x}')}"
    yield yaml("aliases in a policy", "the bomb stands where the policy is read", EITHER, bomb)
    yield yaml("itself", "a statement that holds itself", EITHER, template("&s {Effect: Allow, Principal: *s}"))
    yield yaml("itself merged", "a map merged into itself", EITHER, f"Metadata: &m\n  <<: *m\n{TEMPLATE}")
    yield yaml("dashes", "30,000 lists inside each other", EITHER, f"Metadata:\n  {'- ' * 30_000}x\n{TEMPLATE}")
    deep = "{Condition: " * 200 + "x" + "}" * 200
    yield yaml(
        "deep condition", "maps inside each other in a statement", EITHER, template(f"{{Effect: Deny, Q: {deep}}}")
    )
    yield yaml("keys of keys", "maps that are keys of maps", EITHER, f"? {'{? ' * 500}a{'}' * 500}\n: b\n{TEMPLATE}")
    yield of_json(
        "deep", "200,000 maps inside each other", EITHER, HEAD + ', "M": ' + '{"a": ' * 200_000 + "1" + "}" * 200_001
    )
    yield of_json("unclosed", "brackets that nobody closes", ERROR, HEAD + ', "M": ' + "[" * 100_000)
    yield yaml("many nodes", "a list of 400,000", EITHER, f"Metadata: [{'a, ' * 400_000}a]\n{TEMPLATE}")
    yield yaml("comments", "a comment of 200,000 lines", FIND, "# nothing\n" * 200_000 + TEMPLATE)
    yield yaml(
        "a long name", "a logical id of a megabyte", EITHER, template(resources=f"  {'K' * 10**6}: {{Type: x}}\n")
    )
    yield yaml(
        "quotes",
        "a text of 3 MB in which each letter is an escape",
        EITHER,
        f'Description: "{chr(92)}x41{"a" * 3 * 10**6}"\n{TEMPLATE}',
    )
    padded = TEMPLATE + "#" * (10_000_001 - len(TEMPLATE))
    yield yaml("a byte too long", "the size of a file has no bound", ERROR, padded)


def letters() -> Iterator[Hostile]:
    """Encodings, line ends and escapes."""
    yield yaml("UTF-16 without a mark", "no search for bytes finds the key", EITHER, TEMPLATE.encode("utf-16-be"))
    yield yaml("UTF-32", "an encoding that nobody expects", EITHER, TEMPLATE.encode("utf-32"))
    yield yaml("overlong", "a slash in two bytes, which UTF-8 forbids", ERROR, TEMPLATE.encode() + b"# \xc0\xaf\n")
    yield yaml("surrogates in bytes", "half a character", ERROR, TEMPLATE.encode() + b"# \xed\xa0\x80\n")
    yield yaml("half a character at the end", "a file cut off in a letter", ERROR, TEMPLATE.encode() + b"# \xe2\x82")
    yield yaml("line separators", "lines that other readers count", FIND, f"# \u2028 \u2029\n{TEMPLATE}")
    yield yaml("next line", "U+0085, a line end of YAML 1.1 alone", EITHER, TEMPLATE.replace("\n", "\x85"))
    yield yaml("marks", "a byte order mark in the middle", EITHER, TEMPLATE.replace("  Open:", "  \ufeffOpen:"))
    yield yaml("control characters", "a NUL in a value", EITHER, template(sections='Description: "\0"\n'))
    yield yaml(
        "half a letter", "lone surrogates, which cannot be printed", EITHER, TEMPLATE.replace("Anybody", '"\\ud800"')
    )
    hexed = (
        TEMPLATE.replace('"kms:*"', '"\\x6b\\u006d\\U00000073:\\x2a"')
        .replace("AWS::KMS", '"AWS::\\x4bMS')
        .replace("::Key", '::Key"')
    )
    yield yaml("escapes", "the action and the type in numbers", FIND, hexed)
    folded = TEMPLATE.replace('"kms:*"', '"k\\\n              ms:*"')
    yield yaml("a folded action", "a line end inside a name", FIND, folded)
    yield of_json(
        "escapes in JSON",
        "the action, the type and a section in numbers",
        FIND,
        ESCAPED.replace("Resources", "Re\\u0073ources"),
    )
    yield yaml(
        "tabs and returns", "line ends of three kinds", EITHER, TEMPLATE.replace("\n", "\r\n", 3).replace("\n", "\r", 5)
    )
    yield of_json("a mark in JSON", "a byte order mark before JSON", FIND, f"\ufeff{TEXT}")


def twins() -> Iterator[Hostile]:
    """Names that stand twice, of which careless readers see one."""
    safe = "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n"
    yield yaml("sections", "a second list of resources", EITHER, f"{TEMPLATE}{safe}")
    yield yaml("sections reversed", "a first list of resources", EITHER, f"{safe}{TEMPLATE}")
    yield yaml("types", "the key turns into a topic", EITHER, TEMPLATE + "    Type: AWS::SNS::Topic\n")
    yield yaml("properties", "a second, empty policy", EITHER, TEMPLATE + "      KeyPolicy: {}\n")
    yield yaml(
        "effects",
        "Deny after Allow in one statement",
        EITHER,
        TEMPLATE.replace('Resource: "*"', 'Resource: "*", Effect: Deny'),
    )
    yield of_json("escaped twins", "one name in two spellings", EITHER, HEAD + ', "Re\\u0073ources": {}}')
    yield of_json(
        "twins that differ in nothing",
        "a member three times",
        EITHER,
        TEXT.replace('"Effect": "Allow"', ", ".join(['"Effect": "Allow"'] * 3)),
    )
    anchor = "&safe {Effect: Allow, Principal: {AWS: '111122223333'}, Action: 'kms:*', Resource: '*'}"
    merged = template("{<<: *safe, Principal: '*'}", sections=f"Metadata:\n  s: {anchor}\n")
    yield yaml("merged", "what is merged in hides what is written", EITHER, merged)
    yield yaml("documents", "the key stands in the last of 60 documents", EITHER, f"{safe}---\n" * 59 + TEMPLATE)
    yield yaml("too many documents", "more documents than are read", EITHER, f"{safe}---\n" * 500 + TEMPLATE)


def types() -> Iterator[Hostile]:
    """Tags and scalars that readers turn into something else."""
    for tag in ("!!set", "!!omap", "!!python/name:os.system", "!!python/object/new:os.system", "!<tag:x,2000:y>", "!"):
        yield yaml(f"tag {tag}", "a tag on the policy", EITHER, TEMPLATE.replace("KeyPolicy:", f"KeyPolicy: {tag}"))
    binary = f"      KeyPolicy: !!binary {json.dumps(POLICY)}\n"
    yield yaml(
        "tag !!binary", "the policy as bytes", EITHER, KEY.split("      KeyPolicy")[0].join(["Resources:\n", binary])
    )
    yield yaml("directives", "a tag by another name", EITHER, f"%TAG ! tag:example.org,2000:\n---\n{TEMPLATE}")
    for value in (
        "0o17",
        "1:30:00.5",
        ".inf",
        "-.NaN",
        "1e9999",
        "0b_",
        "2001-99-99t99:99:99+99:99",
        "~",
        "<<",
        "9" * 6000,
    ):
        yield yaml(
            f"scalar {value[:20]}", "a value that readers fail on", EITHER, template(sections=f"Description: {value}\n")
        )
        inside = f"{{Effect: Deny, Principal: {{AWS: {value}}}, Action: [{value}], Resource: {value}, Sid: {value}}}"
        yield yaml(f"scalar {value[:20]} in a policy", "a value that readers fail on", EITHER, template(inside))


SECTIONS: Final = ("Parameters", "Mappings", "Conditions", "Transform", "Metadata")


def shapes() -> Iterator[Hostile]:
    """Something else where a map, a list or a text belongs."""
    for value in ("null", "7", "[]", "[[]]", "{}", "text", "[{a: b}]", "!Ref Nobody", "{Fn::If: 1}", "{Ref: [1]}"):
        for place in ("Statement", "Principal", "Condition"):
            yield yaml(f"{place} {value}", "a wrong shape", FIND, template(f"{{Effect: Allow, {place}: {value}}}"))
        beside = f"  A: {{Type: AWS::KMS::Key, Properties: {value}}}\n  B: {{Type: {value}}}\n  C: {value}\n"
        yield yaml(f"resources {value}", "wrong shapes beside the key", FIND, template(resources=beside))
        around = template(sections="".join(f"{section}: {value}\n" for section in SECTIONS))
        yield yaml(f"sections {value}", "wrong shapes around the key", EITHER, around)
    for text in ("", "\n---\n...\n", "null\n", "Resources:\n", "resources: {}\n", "[]", "&a *a", "'AWS::KMS::Key'"):
        yield yaml(f"nothing {text!r}", "a file that was named and is no template", ERROR, text)


def costs() -> Iterator[Hostile]:
    """Templates that take long to work out."""
    hanging = template(f"{{Effect: Allow, Principal: {{AWS: {nested_if(12)}}}, Action: kms:Decrypt, Resource: x}}")
    yield yaml("conditions in conditions", "every one doubles what there is to look at", EITHER, CONDITIONS + hanging)
    each = ", ".join(f"!If [C{n}, kms:Decrypt, kms:Sign]" for n in range(60))
    listed = template(f"{{Effect: Deny, Principal: x, Action: [{each}], Resource: x}}")
    yield yaml("conditions beside conditions", "2^60 lists of actions", EITHER, CONDITIONS + listed)
    yield yaml("loops", "10^5 resources from one loop", EITHER, LOOP + template() + loops(5))
    yield yaml("loops too deep", "10^9 resources", EITHER, LOOP + template() + loops(9))
    stars = f"Action: 'kms:{'*a' * 400}', Resource: '{'*?' * 400}'"
    starred = template(f"{{Effect: Deny, Principal: '*', {stars}}}")
    yield yaml("stars", "400 of them, asked of every action", FIND, starred)
    like = "{StringLike: {'kms:ViaService': '" + "*a?" * 300 + "*'}}"
    compared = template(f"{{Effect: Deny, Principal: '*', Action: '*', Resource: '*', Condition: {like}}}")
    yield yaml("stars in a condition", "a pattern compared with a pattern", EITHER, compared)
    for count in (9_000, 50_000):
        actions = ", ".join(f"kms:A{n}*" for n in range(count))
        long = template(f"{{Effect: Deny, Principal: '*', Resource: '*', Action: [{actions}]}}")
        yield yaml(f"{count} actions", "each compared with every action of KMS", EITHER, long)
    statement = "          - {Sid: S%d, Effect: Deny, Principal: '*', Action: 'kms:*', Resource: 'x%d*'}\n"
    for count in (1_400, 5_000):  # as many as are read, and more
        statements = "".join(statement % (n, n) for n in range(count))
        yield yaml(f"{count} statements", "each compared with each", EITHER, TEMPLATE + statements)
    text = f"{CIRCLES}{template(resources=ROLES)}"
    yield yaml("circles", "conditions and references in circles", FIND, text)


CIRCLES: Final = """\
Conditions:
  A: !Or [!Condition B, !Condition A]
  B: !And [!Condition A, !Condition C]
  C: !Not [!Condition B]
"""
ROLES: Final = """\
  R:
    Type: AWS::IAM::Role
    Properties: {RoleName: !Sub "${R}${S}"}
  S:
    Type: AWS::IAM::Role
    Properties: {RoleName: !GetAtt R.Arn}
"""


def readers() -> Iterator[Hostile]:
    """Templates that lead to other files."""
    for place in (
        "../beside.yaml",
        "/etc/passwd",
        "./../tree/../beside.yaml",
        "file:///etc/passwd",
        "t.yaml",
        "..\\beside.yaml",
        "a" * 5000,
        "\\0",
    ):
        nested = f'  N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: "{place}"}}}}\n'
        include = f'  Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: "{place}"}}}}\n'
        yield yaml(
            f"nested {place[:30]}", "a stack from a file that is none of ours", EITHER, template(resources=nested)
        )
        yield yaml(
            f"included {place[:30]}", "a part from a file that is none of ours", EITHER, template(resources=include)
        )
    nested = "  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml}}\n"
    twice = "  M: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml}}\n"
    both = template(resources=nested + twice)
    yield yaml("stacks in circles", "2^n stacks that nest each other", EITHER, both, n__yaml="", **{"n.yaml": both})
    yield Hostile(
        "a link out",
        "a nested template that is a link",
        EITHER,
        {"t.yaml": template(resources=nested)},
        make=link("n.yaml", "../beside.yaml"),
    )
    yield Hostile(
        "a nested pipe",
        "a nested template that never ends",
        EITHER,
        {"t.yaml": template(resources=nested)},
        make=pipe("n.yaml"),
    )
    for opening, closing in (("{a: ", "}"), ("[", "]"), ("{Fn::If: [C, ", ", x]}"), ("!Join ['', [", "]]")):
        part = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: n.yaml}}}"
        deep = template(f"{{Effect: Deny, Principal: {opening * 40}{part}{closing * 40}}}")
        beside = {"n.yaml": f"b: {opening * 45}{part}{closing * 45}\n"}
        yield yaml(f"deep includes {opening}", "a deep part of a deep part", EITHER, deep, **beside)
    export = "Outputs:\n  O: {Value: !ImportValue B, Export: {Name: A}}\n"
    back = "Outputs:\n  O: {Value: !ImportValue A, Export: {Name: B}}\n"
    yield Hostile(
        "exports in circles",
        "two templates that import from each other",
        FIND,
        {
            "a.yaml": template("{Effect: Deny, Principal: {AWS: !ImportValue B}, Action: 'kms:*', Resource: x}")
            + export,
            "b.yaml": TEMPLATE + back,
        },
    )


ACTING: Final = ("\x1b[2J", "\n::error", "\n::stop-commands", "##[error]", "\u202e", "\x07")
"""What would act in a terminal, or in the log of a runner."""


def speakers() -> Iterator[Hostile]:
    """Texts that a report shows, and that would act in it."""
    text = '"\\e[2J\\n::error file=x::a\\n::stop-commands::b\\n##[error]c\\u202e\\a<img src=x>"'
    yield yaml(
        "a Sid that acts", "commands in the name of a statement", FIND, TEMPLATE.replace("Anybody", text), *ACTING
    )
    yield yaml(
        "a logical id that acts",
        "commands in the name of a key",
        EITHER,
        TEMPLATE.replace("Open:", f"? {text}\n  :"),
        *ACTING,
    )
    yield yaml(
        "a type that acts",
        "commands in what cannot be read",
        EITHER,
        template(resources=f"  {text}: {{Type: {text}, Properties: {text}}}\n"),
        *ACTING,
    )
    yield yaml(
        "an action that acts",
        "commands in what a rule quotes",
        FIND,
        template(f"{{Effect: Deny, Principal: '*', Action: {text}, Resource: {text}}}"),
        *ACTING,
    )
    yield yaml(
        "a tag that acts",
        "commands in what a message names",
        EITHER,
        TEMPLATE.replace("KeyPolicy:", "KeyPolicy: !<%1b[2J%0a::error>"),
        *ACTING,
    )
    name = "a\n::error::x\x1b[2J##[error]\u202e.yaml"
    yield Hostile(
        "a file name that acts", "commands in the name of a file", FIND, {name: TEMPLATE}, forbidden=(SECRET, *ACTING)
    )
    yield Hostile(
        "a broken file whose name acts",
        "the same, in a message",
        ERROR,
        {name: "Resources: [AWS::KMS::"},
        forbidden=(SECRET, *ACTING),
    )
    yield Hostile("an option", "a file whose name is an option", FIND, {"--exit-zero.yaml": TEMPLATE})


TEMPLATES: Final = tuple(
    hostile for family in (trees, letters, twins, types, shapes, costs, readers, speakers) for hostile in family()
)
