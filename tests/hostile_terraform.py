"""Hostile modules, plans and values of Terraform."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from hostile_inputs import ANYBODY, POLICY, ROOT, SECRET, Hostile, Make, Want, document, hcl_key, heredoc
from hostile_templates import ACTING, link, pipe
from kmslint.values import Json

FIND, ERROR, EITHER = Want.FIND, Want.ERROR, Want.EITHER
KEY: Final = hcl_key()
PASSWORDS: Final = ("root:x:0",)
"""What stands in /etc/passwd."""


def hcl(name: str, threat: str, want: Want, text: str | bytes, **more: str | bytes) -> Hostile:
    """A module of one file; `more` are others, by name without their ending."""
    return Hostile(name, threat, want, {"main.tf": text, **{f"{one}.tf": content for one, content in more.items()}})


def tree(name: str, threat: str, want: Want, files: Mapping[str, str], make: Make | None = None) -> Hostile:
    return Hostile(name, threat, want, files, make=make, forbidden=(SECRET, *PASSWORDS))


def local(expression: str) -> str:
    """A module in which the Sid of the key's statement is an expression."""
    return f"locals {{\n  v = {expression}\n}}\n" + KEY.replace('"Anybody"', "local.v")


def call(source: str, more: str = "", name: str = "m") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n{more}}}\n'


def syntax() -> Iterator[Hostile]:
    """HCL that is hard to read, or that Terraform refuses."""
    for name, text in (
        ("a quote", 'locals {\n  a = "' + "x" * 5000 + "\n}\n"),
        ("a template", 'locals {\n  a = "${upper("${var.b"\n}\n'),
        ("a directive", 'locals {\n  a = "%{ if true }x"\n}\n'),
        ("a comment", "/* " * 3000),
        ("a heredoc", "locals {\n  a = <<-EOT\n" + "  x\n" * 3000),
        ("a bracket", "locals {\n  a = [[[\n}\n"),
        ("blocks", "a {\n" * 3000),
        ("quotes in templates", 'locals {\n  a = "' + '${"' * 3000 + "\n}\n"),
    ):
        yield hcl(
            f"unclosed: {name}", "what is not closed swallows the rest, or costs a try at each place", ERROR, KEY + text
        )
    for name, opening, middle, closing in (
        ("parentheses", "(", "1", ")"),
        ("templates", '"${', "1", '}"'),
        ("calls", "abs(", "1", ")"),
        ("loops", "[for a in [1] : ", "1", "]"),
        ("choices", "true ? ", "1", " : 1"),
        ("additions", "1 + ", "1", ""),
        ("negations", "!", "true", ""),
        ("objects", "{ a = ", "1", " }"),
    ):
        yield hcl(
            f"2,000 {name}",
            "nested, or chained, deeper than a reader may recurse",
            EITHER,
            f"locals {{\n  d = {opening * 2000}{middle}{closing * 2000}\n}}\n{KEY}",
        )
    yield hcl("nested blocks", "blocks inside each other", EITHER, "a {\n" * 1000 + "}\n" * 1000 + KEY)
    yield hcl("indexes", "a chain of 5,000 attributes", EITHER, KEY + "locals {\n  a = b" + ".c[0]" * 5000 + "\n}\n")
    yield hcl(
        "errors", "2,000 errors in a file, each costing the reader its time", ERROR, KEY + "resource ] {\n" * 2000
    )
    yield hcl("a long line", "3 MB on a line", EITHER, f'{KEY}locals {{\n  a = "{"a" * 3 * 10**6}"\n}}\n')
    yield hcl("a twin", "an argument that stands twice", ERROR, KEY[:-2] + "  policy = null\n}\n")
    yield hcl("twin keys", "a key that is declared twice", EITHER, KEY + hcl_key("null"))
    yield hcl(
        "a member twice",
        "the last of two members counts",
        EITHER,
        KEY.replace('Effect = "Allow"', 'Effect = "Allow", Effect = "Deny"'),
    )._replace(rule="KMS410")
    yield hcl("UTF-16", "an encoding that Terraform refuses", EITHER, KEY.encode("utf-16"))
    yield hcl(
        "escapes",
        "the action and the type in numbers",
        FIND,
        KEY.replace("kms:*", "\\u006b\\u006d\\U00000073:\\u002a").replace('"aws_kms_key"', '"aws_\\u006bms_key"'),
    )
    yield hcl("half a letter", "lone surrogates", EITHER, KEY.replace("Anybody", "\\ud800"))
    yield hcl("an override", "a file that puts another policy in the place", EITHER, hcl_key("null"), z_override=KEY)
    for name in ("\x00", "\ufeff", "\u202e", "\x1b[2J"):
        yield hcl(f"{name!r} in a name", "a letter that is not seen", EITHER, KEY.replace('"open"', f'"o{name}pen"'))
    acting = '"\\u001b[2J\\n::error file=x::a\\n##[error]c\\u202e<img src=x>"'
    yield Hostile(
        "a Sid that acts",
        "commands in the name of a statement",
        FIND,
        {"main.tf": KEY.replace('"Anybody"', acting)},
        forbidden=ACTING,
    )
    yield Hostile(
        "a directory that acts",
        "commands in the name of a module",
        FIND,
        {"d\n::error::x\x1b[2J##[error]/main.tf": KEY},
        forbidden=ACTING,
    )
    yield Hostile(
        "a source that acts",
        "commands in what a message quotes",
        EITHER,
        {"main.tf": KEY + f'module "m" {{\n  source = {acting}\n}}\n'},
        forbidden=ACTING,
    )


def values() -> Iterator[Hostile]:
    """Expressions that cost, or lead outside."""
    double = "".join(f'  s{n} = "${{local.s{n - 1}}}${{local.s{n - 1}}}"\n' for n in range(1, 60))
    yield hcl(
        "texts that double",
        "2^60 letters",
        EITHER,
        f'locals {{\n  s0 = "x"\n{double}}}\n' + KEY.replace('"Anybody"', "local.s59"),
    )
    lists = "".join(f"  l{n} = [local.l{n - 1}, local.l{n - 1}]\n" for n in range(1, 60))
    yield hcl(
        "lists that double",
        "2^60 elements",
        EITHER,
        f"locals {{\n  l0 = [1]\n{lists}}}\n" + KEY.replace('"Anybody"', "jsonencode(local.l59)"),
    )
    for expression in (
        'join("", [for a in range(9999) : join("", [for b in range(9999) : "x"])])',
        'format("%0999999999d", 1)',
        'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "/^(a|a?)+$/", "x")',
        'regex("^(([a-z])+.)+[A-Z]([a-z])+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")',
        "tostring(pow(9, pow(9, 9)))",
        "tostring(1e999999999 * 1e999999999)",
        'base64decode("////")',
        'jsondecode("[[[[" )',
        'yamldecode("a: &a [*a, *a]")',
        'cidrsubnets("10.0.0.0/8", 99, 99)',
        "strrev(timestamp())",
        'urlencode("\\ud800")',
        'templatefile("main.tf", {})',
        "local.v",
        '"${local.v}${local.v}"',
        'substr("abc", -9999999999999999999, 99999999999999999999)',
        "setproduct([for a in range(999) : a], [for b in range(999) : b], [for c in range(999) : c])[0][0]",
        "flatten([for a in range(1024) : [for b in range(1024) : a]])[0]",
        'formatdate("' + "YYYY" * 9999 + '", "2020-01-01T00:00:00Z")',
        'format("' + "%[1]s" * 9999 + '", "' + "x" * 9999 + '")',
    ):
        yield hcl(f"value {expression[:60]}", "an expression that costs more than it shows", EITHER, local(expression))
    for path in (
        "../beside.txt",
        "/etc/passwd",
        "${path.module}/../beside.txt",
        "${path.root}/../beside.txt",
        "./x/../../beside.txt",
        "link",
    ):
        for function in ("file", "filebase64", "filesha256", "templatefile"):
            argument = f'"{path}", {{}}' if function == "templatefile" else f'"{path}"'
            text = local(f"{function}({argument})")
            yield tree(
                f"{function} {path}",
                "a file that is none of ours",
                FIND,
                {"main.tf": text},
                link("link", "../beside.txt"),
            )
    yield tree(
        "fileset", "names of files that are none of ours", FIND, {"main.tf": local('join(",", fileset("..", "**"))')}
    )
    policy = hcl_key('file("p.json")')
    yield tree(
        "a linked policy",
        "the policy is a link",
        EITHER,
        {"main.tf": policy + KEY.replace('"open"', '"b"')},
        link("p.json", "../beside.json"),
    )
    for count in ("1000000000", "1e999999999", "-1", "length(range(1024))", '"x"', "null", "local.nobody"):
        yield hcl(f"count {count}", "instances without end", EITHER, hcl_key(more=f"  count = {count}\n"))
    yield hcl(
        "for_each",
        "2^20 instances",
        EITHER,
        "locals {\n  a = toset([for n in range(1024) : tostring(n)])\n}\n"
        + hcl_key(more="  for_each = toset([for p in setproduct(local.a, local.a) : p[0]])\n"),
    )
    dynamic = f'  dynamic "statement" {{\n    for_each = range(1000)\n    content {{\n{STATEMENT}    }}\n  }}\n'
    of_d0 = hcl_key("data.aws_iam_policy_document.d0.json")
    yield hcl("statements from a loop", "1,000 statements from a block", EITHER, data(0, dynamic) + of_d0)
    source = "  source_policy_documents = [for n in [1, 2] : data.aws_iam_policy_document.d{}.json]\n"
    chain = "".join(data(n, source.format(n + 1)) for n in range(60))
    last = data(60, f"  statement {{\n{STATEMENT}  }}\n")
    yield hcl("documents of documents", "2^60 statements", EITHER, chain + last + of_d0)
    itself = data(0, source.format(0)) + hcl_key("data.aws_iam_policy_document.d0.json", name="b")
    yield hcl("a document of itself", "a circle of documents", EITHER, KEY + itself)


STATEMENT: Final = """\
      actions   = ["kms:*"]
      resources = ["*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
"""


def data(number: int, body: str) -> str:
    """A policy document."""
    return f'data "aws_iam_policy_document" "d{number}" {{\n{body}}}\n'


def policies() -> Iterator[Hostile]:
    """Policies in texts."""
    pairs: tuple[tuple[str, Want, str], ...] = (
        ("cut off", ERROR, POLICY[:-2]),
        ("something behind it", ERROR, POLICY + "x"),
        ("two of them", ERROR, POLICY + POLICY),
        ("a comma too many", ERROR, POLICY.replace("]}", "],}")),
        ("a comment", ERROR, "// a\n" + POLICY),
        ("single quotes", ERROR, POLICY.replace('"', "'")),
        ("a mark before it", EITHER, "\ufeff" + POLICY),
        ("NaN", ERROR, POLICY.replace('"Version"', '"Id": NaN, "Version"')),
        ("half a letter", EITHER, POLICY.replace("Anybody", "\\ud800")),
        ("escapes", FIND, POLICY.replace("kms:*", "\\u006bms:\\u002A").replace("Effect", "\\u0045ffect")),
        ("lists in lists", EITHER, POLICY.replace('"*"}', '"*", "Condition": ' + "[" * 50_000 + "]" * 50_000 + "}")),
        ("a list unclosed", ERROR, '{"Statement": ' + "[" * 60_000),
        ("too long", ERROR, POLICY.replace("Anybody", "A" * 200_000)),
        ("a text in a text", ERROR, json.dumps(POLICY)),
        (
            "two lists of statements",
            EITHER,
            f'{{"Version": "2012-10-17", "Statement": [{json.dumps(ANYBODY)}], "Statement": [{json.dumps(ROOT)}]}}',
        ),
        (
            "two spellings of a member",
            EITHER,
            POLICY.replace('"Effect": "Allow"', '"Effect": "Allow", "\\u0045ffect": "Deny"'),
        ),
        ("an empty condition", FIND, POLICY.replace('"Action"', '"Condition": {}, "Action"')),
        ("a huge number", EITHER, POLICY.replace('"Version"', f'"Id": {"9" * 9000}, "Version"')),
    )
    for name, want, text in pairs:
        yield hcl(f"policy: {name}", "a text that is not quite a policy", want, heredoc(text))
    lower = hcl("policy: lower case", "names of members that AWS does not know", FIND, heredoc(POLICY.lower()))
    yield lower._replace(rule="KMS402")
    deep: Json = "x"
    for _ in range(90):
        deep = [deep]
    yield hcl(
        "policy: deep values",
        "lists as deep as is allowed",
        EITHER,
        heredoc(json.dumps(document({**ANYBODY, "Condition": deep}))),
    )
    private = heredoc(POLICY.replace("Anybody", "\U00100000\U00100001"))
    yield hcl("policy: private letters", "letters that stand for something else inside kmslint", EITHER, private)


def modules() -> Iterator[Hostile]:
    """Calls of modules."""
    for source in (
        "/",
        "/etc",
        "..",
        "../../../..",
        "./../tree/../..",
        "${path.module}/..",
        "./link",
        "./a/../..",
        "\\\\host\\share",
        "./" + "a/" * 2000,
    ):
        yield tree(
            f"module {source[:30]}",
            "a module that is none of ours",
            EITHER,
            {"main.tf": KEY + call(source)},
            link("link", ".."),
        )
    yield tree("itself", "a module that calls itself twice", FIND, {"main.tf": KEY + call("./") + call(".", name="n")})
    yield tree(
        "itself through a link",
        "a link to the module itself",
        EITHER,
        {"main.tf": KEY + call("./link")},
        link("link", "."),
    )
    doubling = {f"m{n}/main.tf": call(f"../m{n + 1}") + call(f"../m{n + 1}", name="n") for n in range(30)}
    yield tree(
        "modules that double", "2^30 instances", EITHER, {"main.tf": call("./m0"), **doubling, "m30/main.tf": KEY}
    )
    circle = {
        f"m{n}/main.tf": call(f"../m{(n + 1) % 5}", more="  x = module.n.x\n")
        + call(f"../m{(n + 2) % 5}", name="n")
        + 'output "x" {\n  value = module.m.x\n}\nvariable "x" {}\n'
        for n in range(5)
    }
    yield tree("modules in circles", "values that go round", EITHER, {"main.tf": KEY + call("./m0"), **circle})
    chain = {f"m{n}/main.tf": call(f"../m{n + 1}") for n in range(200)}
    yield tree(
        "a long chain",
        "the key stands at the end of 200 calls",
        EITHER,
        {"main.tf": call("./m0"), **chain, "m200/main.tf": KEY},
    )
    yield tree(
        "count of a module",
        "10^9 instances of a module",
        EITHER,
        {"main.tf": call("./a", more="  count = 1000000000\n"), "a/main.tf": KEY},
    )
    listed = '{"Modules": [{"Key": "m", "Source": "x/y/aws", "Version": "1.0.0", "Dir": "%s"}]}'
    manifest = ".terraform/modules/modules.json"
    registry = 'module "m" {\n  source = "x/y/aws"\n}\n'
    for place in (
        "..",
        "/",
        "/etc",
        ".terraform/modules/../../..",
        ".terraform/modules/link",
        "\\u0000",
        ".terraform/modules/" + "a/" * 3000,
    ):
        files = {"main.tf": KEY + registry, manifest: listed % place}
        yield tree(
            f"fetched {place[:30]}",
            "a fetched module that is none of ours",
            EITHER,
            files,
            link(".terraform/modules/link", "../../.."),
        )
    for name, text in (
        ("deep", "[" * 200_000),
        ("list", "[]"),
        ("empty", ""),
        ("twice", '{"Modules": [], "Modules": 1}'),
        ("number", '{"Modules": [1, null, [], {"Key": 1}]}'),
        ("long", '{"Modules": [' + "1," * 999_999 + "1]}"),
    ):
        yield tree(
            f"a list of modules: {name}",
            "what `terraform init` never writes",
            FIND,
            {"main.tf": KEY + registry, manifest: text},
        )
    yield tree("a list of modules: pipe", "a list that never ends", FIND, {"main.tf": KEY + registry}, pipe(manifest))


def given() -> Iterator[Hostile]:
    """Values of variables."""
    variable = 'variable "v" {\n  default = "Anybody"\n}\n' + KEY.replace('"Anybody"', "var.v")
    for name, text, want in (
        ("broken", "v = [", ERROR),
        ("a block", "v {\n}\n", ERROR),
        ("a call", 'v = file("../beside.txt")\n', ERROR),
        ("a reference", "v = var.v\n", ERROR),
        ("twice", 'v = "a"\nv = "b"\n', ERROR),
        ("deep", "v = " + "[" * 3000 + "]" * 3000, EITHER),
        ("long", 'v = "' + "x" * 10**6 + '"\n', EITHER),
        ("another type", "v = [[1]]\n", EITHER),
        ("many", "".join(f"v{n} = 1\n" for n in range(20_000)), EITHER),
    ):
        yield tree(
            f"values: {name}",
            "values of variables that are none",
            want,
            {"main.tf": variable, "terraform.tfvars": text},
        )
        yield Hostile(
            f"--var-file: {name}",
            "a given file of values that are none",
            want,
            {"main.tf": variable, "x.vars": text},
            ("--var-file", "x.vars", "."),
            forbidden=(SECRET, *PASSWORDS),
        )
    for path in ("../beside.tf", "/etc/passwd", "/dev/zero", "link", "pipe", ".", "nothing"):

        def make(directory: Path) -> None:
            (directory / "link").symlink_to("../beside.tf")
            os.mkfifo(directory / "pipe")

        yield Hostile(
            f"--var-file {path}",
            "a file of values that is none of ours",
            ERROR,
            {"main.tf": variable},
            ("--var-file", path, "."),
            make=make,
            forbidden=(SECRET, *PASSWORDS),
        )
    yield tree(
        "linked values",
        "values of variables from elsewhere",
        EITHER,
        {"main.tf": variable},
        link("x.auto.tfvars", "../beside.tf"),
    )
    yield tree(
        "values from a pipe", "values of variables without end", EITHER, {"main.tf": variable}, pipe("terraform.tfvars")
    )
    yield Hostile(
        "--var",
        "a value that is an expression",
        EITHER,
        {"main.tf": variable},
        ("--var", 'v=${file("/etc/passwd")}', "."),
        forbidden=(SECRET, *PASSWORDS),
    )


TERRAFORM: Final = tuple(
    hostile._replace(name=f"terraform: {hostile.name}")
    for family in (syntax, values, policies, modules, given)
    for hostile in family()
)
