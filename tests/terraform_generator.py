"""Random Terraform expressions: most of them of the type that is asked for, some of any."""

from __future__ import annotations

from random import Random
from typing import Final

STRINGS: Final = (
    *('""', '"a"', '"b"', '"A-b c"', '"1"', '"10"', '"2.50"', '"true"', '"0"', '"null"', '"a,b,,c"', '"x/y/z"'),
    *('"arn:aws:iam::111122223333:role/team/One"', '"  pad "', '"%s-%d"', '"é"', '"<&>"', '"k=v"', '"don\'t stop"'),
    *('"line\\nbreak"', '"$${no}"', '"tab\\t\\"quote\\""', '"10.1.0.0/16"', '"2024-02-29T12:34:56Z"', '"YWJj"'),
)
NUMBERS: Final = ("0", "1", "2", "3", "-1", "1.5", "0.25", "10", "100", "0.1", "2.50", "1234567", "-7")
VARIABLES: Final = {
    "string": ("var.name", "var.empty", "local.account", "var.nothing"),
    "number": ("var.count_of", "local.one"),
    "bool": ("var.yes", "local.no"),
    "list": ("var.names", "var.none", "local.mixed", "local.people[*].name", "local.pair"),
    "set": ("var.ids", "local.set"),
    "map": ("var.tags", "local.limits", "var.no_tags"),
    "object": ("local.by_name", "local.people[0]", "var.settings"),
}
AROUND: Final = """
variable "name" {
  type    = string
  default = "vault"
}
variable "empty" {
  type    = string
  default = ""
}
variable "nothing" {
  type    = string
  default = null
}
variable "count_of" {
  type    = number
  default = 3
}
variable "yes" {
  type    = bool
  default = true
}
variable "names" {
  type    = list(string)
  default = ["b", "a", "c"]
}
variable "none" {
  type    = list(string)
  default = []
}
variable "ids" {
  type    = set(string)
  default = ["222222222222", "111111111111"]
}
variable "tags" {
  type    = map(string)
  default = { b = "2", a = "x" }
}
variable "no_tags" {
  type    = map(string)
  default = {}
}
variable "settings" {
  type    = object({ a = number, b = optional(list(string), ["d"]), c = optional(string) })
  default = { a = 1 }
}
locals {
  one     = 1
  no      = false
  account = "111122223333"
  mixed   = [1, "a", true, null]
  pair    = ["x", "y"]
  people  = [{ name = "ann", tags = ["x", "y"] }, { name = "bob", tags = [] }]
  by_name = { ann = { age = 3 }, bob = { age = 4 } }
  set     = toset(["b", "a", "b"])
  limits  = tomap({ b = 2, a = 1 })
}
"""
PARAMETERS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "string": {
        "upper": ("string",),
        "lower": ("string",),
        "title": ("string",),
        "trimspace": ("string",),
        "trim": ("string", "string"),
        "trimprefix": ("string", "string"),
        "trimsuffix": ("string", "string"),
        "chomp": ("string",),
        "strrev": ("string",),
        "indent": ("small", "string"),
        "replace": ("string", "string", "string"),
        "substr": ("string", "small", "small"),
        "join": ("string", "strings"),
        "format": ("format", "any", "any"),
        "jsonencode": ("any",),
        "base64encode": ("string",),
        "base64decode": ("string",),
        "urlencode": ("string",),
        "md5": ("string",),
        "sha1": ("string",),
        "sha256": ("string",),
        "base64sha256": ("string",),
        "tostring": ("scalar",),
        "coalesce": ("string", "string"),
        "element": ("strings", "small"),
        "one": ("strings",),
        "lookup": ("map", "string", "string"),
        "cidrhost": ("network", "small"),
        "cidrsubnet": ("network", "small", "small"),
        "cidrnetmask": ("network",),
        "formatdate": ("pattern", "time"),
        "timeadd": ("time", "duration"),
        "uuidv5": ("namespace", "string"),
        "yamlencode": ("any",),
    },
    "number": {
        "length": ("container",),
        "abs": ("number",),
        "ceil": ("number",),
        "floor": ("number",),
        "max": ("number", "number"),
        "min": ("number", "number"),
        "pow": ("number", "small"),
        "signum": ("number",),
        "parseint": ("string", "small"),
        "log": ("number", "number"),
        "sum": ("numbers",),
        "index": ("list", "any"),
        "tonumber": ("scalar",),
        "timecmp": ("time", "time"),
    },
    "bool": {
        "contains": ("list", "any"),
        "startswith": ("string", "string"),
        "endswith": ("string", "string"),
        "strcontains": ("string", "string"),
        "alltrue": ("bools",),
        "anytrue": ("bools",),
        "tobool": ("scalar",),
        "can": ("any",),
    },
    "list": {
        "concat": ("list", "list"),
        "flatten": ("lists",),
        "compact": ("strings",),
        "distinct": ("list",),
        "sort": ("strings",),
        "reverse": ("list",),
        "slice": ("list", "small", "small"),
        "chunklist": ("list", "small"),
        "range": ("small", "small"),
        "split": ("string", "string"),
        "keys": ("record",),
        "values": ("record",),
        "tolist": ("list",),
        "formatlist": ("format", "list", "any"),
        "matchkeys": ("strings", "list", "list"),
        "coalescelist": ("list", "list"),
        "setproduct": ("list", "list"),
        "cidrsubnets": ("network", "small", "small"),
        "csvdecode": ("csv",),
    },
    "set": {
        "toset": ("list",),
        "setunion": ("list", "list"),
        "setintersection": ("list", "list"),
        "setsubtract": ("list", "list"),
    },
    "map": {
        "tomap": ("record",),
        "transpose": ("record",),
    },
    "object": {
        "merge": ("record", "record"),
        "zipmap": ("strings", "list"),
    },
    "any": {
        "try": ("any", "any"),
        "jsondecode": ("json",),
        "yamldecode": ("yaml",),
        "lookup": ("record", "string", "any"),
        "element": ("list", "small"),
        "one": ("list",),
        "coalesce": ("any", "any"),
    },
}
"""Functions by the type they give, and the types they take."""

LITERALS: Final = {
    "small": ("0", "1", "2", "3", "4", "-1", "16", "1.5", '"2"', "null"),
    "format": ('"%s"', '"%v-%s"', '"%d"', '"%5s|%-4s"', '"%03d %q"', '"%t"', '"%.2f"', '"%x"', '"%%%v"', '"%s %s"'),
    "network": ('"10.1.0.0/16"', '"10.0.0.0/8"', '"192.168.7.9/24"', '"fd00:1::/48"', '"10.0.0.0/30"', '"x"'),
    "pattern": ('"YYYY-MM-DD"', '"EEE, D MMM YY hh:mm:ssZ"', "\"H:m'h'AA ZZZZ\"", '"x"'),
    "time": ('"2024-02-29T12:34:56Z"', '"1999-12-31T23:59:59+05:30"', '"2024-02-30T00:00:00Z"', '"now"'),
    "duration": ('"1h"', '"-90m"', '"1.5s"', '"24h0m1s"', '"1d"'),
    "namespace": ('"dns"', '"url"', '"6ba7b810-9dad-11d1-80b4-00c04fd430c8"', '"x"'),
    "json": (
        *('"{\\"a\\": [1, 2.0, null]}"', '"[1,"', '"\\"x\\""', '"1e2"', '"{}"', '"[]"'),
        'jsonencode({ a = [1, "x", null], b = toset(["q", "p"]) })',
    ),
    "yaml": ('"a: 1\\nb: [x, yes, 0.5]"', '"- a\\n- {b: null}\\n"', '"a: b: c"', '"x"', '"\'1\': \\"y\\""'),
    "csv": ('"a,b\\n1,2\\n"', '"a\\n\\"x,y\\"\\n\\nz\\n"', '"a,b\\n1\\n"', '""'),
}
CONTAINERS: Final = ("list", "set", "map", "object")
TYPES: Final = ("string", "string", "number", "bool", "list", "list", "set", "map", "object")


class Generator:
    """Writes expressions. The same seed gives the same ones."""

    def __init__(self, seed: int, variables: dict[str, tuple[str, ...]] | None = None, unknown: str = "") -> None:
        self.random = Random(seed)
        self.variables = VARIABLES if variables is None else variables
        self.unknown = unknown
        """The name of a value that may be of any type."""
        self.names = (
            "a",
            "b",
            '(upper("c"))',
            '"d e"',
            *(["(var.unset_name)"] if unknown else []),
        )
        """Of members."""
        self.bound: list[str] = []

    def expression(self) -> str:
        return self.of(self.random.choice((*TYPES, "any", "any")), self.random.randint(1, 4))

    def of(self, kind: str, depth: int) -> str:
        """An expression that is likely to be of that type."""
        random = self.random
        if random.random() < 0.025:
            kind = random.choice(TYPES)
        if self.unknown and random.random() < 0.12:
            return self.unknown
        if self.bound and random.random() < 0.25:
            return random.choice(self.bound)
        if kind in LITERALS:
            is_literal = depth <= 0 or random.random() < 0.8
            return random.choice(LITERALS[kind]) if is_literal else self.of("string", depth - 1)
        kind = {
            "any": random.choice(TYPES),
            "scalar": random.choice(("string", "number", "bool")),
            "container": random.choice(("string", *CONTAINERS)),
            "record": random.choice(("map", "object", "object")),
        }.get(kind, kind)
        if depth <= 0 or random.random() < 0.15:
            return self.leaf(kind)
        return self.inner(kind, depth - 1)

    def leaf(self, kind: str) -> str:
        random = self.random
        if random.random() < 0.25 and kind in self.variables:
            return random.choice(self.variables[kind])
        if random.random() < 0.04:
            return "null"
        if kind == "string":
            return random.choice(STRINGS)
        if kind == "number":
            return random.choice(NUMBERS)
        if kind == "bool":
            return random.choice(("true", "false"))
        return self.literal(kind, 0)

    def literal(self, kind: str, depth: int) -> str:
        """A list or map that is written out."""
        random = self.random
        count = random.choice((0, 1, 1, 2, 2, 3))
        if kind in ("map", "object"):
            same = random.choice(("string", "number"))
            members = (
                f"{name} = {self.of(same if kind == 'map' else 'any', depth)}"
                for name in random.sample(self.names, count)
            )
            written = f"{{ {', '.join(members)} }}"
            return f"tomap({written})" if kind == "map" and random.random() < 0.5 else written
        element = {"strings": "string", "numbers": "number", "bools": "bool", "lists": "list"}.get(kind)
        inner = [self.of(element or random.choice(("string", "number", "any")), depth) for _ in range(count)]
        written = f"[{', '.join(inner)}]"
        wrapper = {"set": "toset"}.get(kind, random.choice(("", "", "", "tolist")))
        return f"{wrapper}({written})" if wrapper else written

    def inner(self, kind: str, depth: int) -> str:
        random = self.random
        ways = [self.call, self.call, self.call, self.conditional, self.access]
        special = {
            "string": [self.template, self.template],
            "number": [self.arithmetic],
            "bool": [self.comparison, self.logic],
            "list": [self.list_for, self.splat],
            "strings": [self.list_for],
            "object": [self.map_for],
        }
        if kind in (*CONTAINERS, "strings", "numbers", "bools", "lists"):
            ways += [self.literal, self.literal]
        ways += special.get(kind, [])
        return random.choice(ways)(kind, depth)

    def call(self, kind: str, depth: int) -> str:
        plain = {"strings": "list", "numbers": "list", "bools": "list", "lists": "list"}.get(kind, kind)
        functions = PARAMETERS[plain] if self.random.random() < 0.85 else PARAMETERS["any"]
        name = self.random.choice(list(functions))
        arguments = [self.of(parameter, depth) for parameter in functions[name]]
        if self.random.random() < 0.04:
            arguments = arguments[:-1] or [*arguments, "1"]
        if self.random.random() < 0.03 and arguments:
            arguments[-1] = f"[{arguments[-1]}]..."
        return f"{'core::' if self.random.random() < 0.02 else ''}{name}({', '.join(arguments)})"

    def conditional(self, kind: str, depth: int) -> str:
        other = kind if self.random.random() < 0.7 else "any"
        condition = self.of("bool", depth - 1)
        return f"({condition} ? {self.of(kind, depth)} : {self.of(other, depth)})"

    def access(self, kind: str, depth: int) -> str:
        random = self.random
        if random.random() < 0.5:
            return f"{self.literal('list', depth)}[{random.choice(('0', '1', 'length([1])', chr(34) + '0' + chr(34)))}]"
        value = f"{{ a = {self.of(kind, depth)}, b = {self.of('any', depth)} }}"
        return f"{value}{random.choice(('.a', '.b', '[' + chr(34) + 'a' + chr(34) + ']', '.c'))}"

    def template(self, kind: str, depth: int) -> str:
        del kind
        random = self.random
        pieces = []
        for _ in range(random.randint(1, 3)):
            inner = self.of("scalar", depth)
            pieces.append(
                random.choice(
                    (
                        "text ",
                        f"${{{inner}}}",
                        f"${{~ {inner} ~}} ",
                        f"%{{ if {self.of('bool', depth)} }}yes%{{ else }}no ${{{inner}}}%{{ endif }}",
                        f"%{{ for v in {self.of('list', depth)} ~}} <${{v}}> %{{~ endfor }}",
                    )
                )
            )
        return '"' + "".join(pieces) + '"'

    def arithmetic(self, kind: str, depth: int) -> str:
        del kind
        random = self.random
        if random.random() < 0.15:
            return f"-{self.of('number', depth)}"
        operator = random.choice("+-*/%")
        written = f"{self.of('number', depth)} {operator} {self.of('number', depth)}"
        return f"({written})" if random.random() < 0.7 else written

    def comparison(self, kind: str, depth: int) -> str:
        del kind
        random = self.random
        if random.random() < 0.4:
            return f"({self.of('number', depth)} {random.choice(('<', '<=', '>', '>='))} {self.of('number', depth)})"
        same = random.choice(TYPES)
        other = same if random.random() < 0.8 else "any"
        return f"({self.of(same, depth)} {random.choice(('==', '!='))} {self.of(other, depth)})"

    def logic(self, kind: str, depth: int) -> str:
        del kind
        if self.random.random() < 0.3:
            return f"!{self.of('bool', 0)}"
        operator = self.random.choice(("&&", "||"))
        return f"({self.of('bool', depth)} {operator} {self.of('bool', depth)})"

    def _loop(self, depth: int) -> tuple[str, str]:
        collection = self.of(self.random.choice(CONTAINERS), depth)
        names = "k, v" if self.random.random() < 0.4 else "v"
        return names, collection

    def _inside(self, names: str, kind: str, depth: int) -> str:
        self.bound += names.split(", ")
        try:
            return self.of(kind, depth)
        finally:
            del self.bound[-len(names.split(", ")) :]

    def _filter(self, names: str, depth: int) -> str:
        return f" if {self._inside(names, 'bool', depth)}" if self.random.random() < 0.3 else ""

    def list_for(self, kind: str, depth: int) -> str:
        names, collection = self._loop(depth)
        result = self._inside(names, "string" if kind == "strings" else "any", depth)
        return f"[for {names} in {collection} : {result}{self._filter(names, depth)}]"

    def map_for(self, kind: str, depth: int) -> str:
        del kind
        names, collection = self._loop(depth)
        key, result = self._inside(names, "string", depth), self._inside(names, "any", depth)
        grouped = "..." if self.random.random() < 0.4 else ""
        return f"{{ for {names} in {collection} : {key} => {result}{grouped}{self._filter(names, depth)} }}"

    def splat(self, kind: str, depth: int) -> str:
        del kind
        random = self.random
        base = random.choice(("local.people", self.literal("list", depth), self.of("any", depth - 1)))
        rest = random.choice(("[*]", "[*].name", ".*.name", "[*].tags[0]", ".*.tags[0]", "[*].tags[*]", "[*][0]"))
        return f"{base if base.startswith('local') else f'({base})'}{rest}"
