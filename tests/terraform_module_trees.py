"""Random root modules with the local modules that they call, most of which Terraform accepts.

Every variable, local, output and `for` variable is of a known type, and so is every expression that is asked for.
"""

from __future__ import annotations

import json
from functools import partial
from random import Random
from typing import Final, NamedTuple

from terraform_module_expressions import (
    BOOL,
    KEYS,
    NUMBER,
    SCALARS,
    STRING,
    STRINGS,
    Call,
    Expressions,
    Named,
    Part,
    Type,
    constraint,
    listed,
)


class Tree(NamedTuple):
    """A root module with everything that belongs to it."""

    files: dict[str, str]
    """By their path from the root module's directory."""
    given: dict[str, str]
    """Variables of the root module by name, as `--var` gives them; kmslint gets them too."""
    unset: dict[str, str]
    """Variables of the root module that only Terraform gets, as expressions."""


class Written(NamedTuple):
    """A module that can be called."""

    directory: str
    variables: tuple[tuple[str, Type, bool], ...]
    """Each with its name, its type, and whether it needs no value."""
    outputs: tuple[Named, ...]
    takes_whole: bool = False
    """It has a variable `whole`."""


_TEMPLATE: Final = "%{ for one in list ~}\n- ${one}\n%{ endfor ~}\n${upper(name)}!\n"


class Trees:
    """Writes trees. The same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def tree(self) -> Tree:
        """A root module that calls one to five others, nested up to three deep."""
        random = self.random
        files: dict[str, str] = {}
        library: list[Written] = []
        for index in range(random.randint(1, 5)):
            callees = random.sample(library, min(len(library), random.choice((0, 0, 1, 2))))
            inside = random.choice(callees).directory if callees else "deep"
            directory = random.choice(
                (f"modules/m{index}", f"m{index}", f"modules/deep/m{index}", f"{inside}/m{index}")
            )
            library.append(_Module(random, directory, callees, files).write())
        root = _Module(random, ".", random.sample(library, random.randint(1, min(3, len(library)))), files)
        root.write()
        return Tree(files, root.given, root.unset)


class _Module(Expressions):
    """One module while it is written."""

    def __init__(self, random: Random, directory: str, callees: list[Written], files: dict[str, str]) -> None:
        super().__init__(random, [], [])
        self.directory = directory
        self.callees = callees
        self.files = files
        self.blocks: list[str] = []
        self.outputs: list[Named] = []
        self.variables: list[tuple[str, Type, bool]] = []
        self.given: dict[str, str] = {}
        self.unset: dict[str, str] = {}
        self.overrides: list[str] = []
        self.assigned: dict[str, str] = {}
        self.takes_whole = False

    @property
    def is_root(self) -> bool:
        return self.directory == "."

    def write(self) -> Written:
        random = self.random
        leaves_open = self.is_root and random.random() < 0.35
        for index in range(random.randint(1, 4)):
            self._variable(f"v{index}", leaves_open and random.random() < 0.6)
        self._local("l0")
        steps = [partial(self._call, f"c{index}", callee) for index, callee in enumerate(self.callees)]
        steps += [partial(self._resource, f"r{index}") for index in range(random.choice((0, 0, 1, 2)))]
        steps += [partial(self._local, f"l{index}") for index in range(1, random.randint(1, 4))]
        random.shuffle(steps)
        if random.random() < 0.5:
            self._files_of_data()
        for step in steps:
            step()
        if not self.is_root and random.random() < 0.15:
            self._whole()
        for index in range(random.randint(4, 7) if self.is_root else random.randint(1, 4)):
            self._output(f"o{index}")
        self._write_files()
        return Written(self.directory, tuple(self.variables), tuple(self.outputs), self.takes_whole)

    def _write_files(self) -> None:
        random = self.random
        random.shuffle(self.blocks)
        if self.is_root:
            self.blocks.insert(0, "# kmslint reads no root module that does not mention an aws_kms_key.\n")
        cut = random.randint(0, len(self.blocks))
        name = random.choice(("other.tf", "variables.tf", "z.tf"))
        for file, blocks in (("main.tf", self.blocks[:cut]), (name, self.blocks[cut:])):
            self._file(file, "\n".join(blocks))
        if self.overrides:
            self._file(random.choice(("override.tf", "my_override.tf")), "\n".join(self.overrides))
        if self.assigned:
            written = "".join(f"{name} = {value}\n" for name, value in self.assigned.items())
            name = random.choice(("terraform.tfvars", "x.auto.tfvars", "terraform.tfvars.json"))
            if name.endswith(".json"):
                literal = all(value.startswith('"') or value.isdigit() for value in self.assigned.values())
                name = name if literal else "terraform.tfvars"
            if name.endswith(".json"):
                written = "{" + ", ".join(f'"{name}": {value}' for name, value in self.assigned.items()) + "}"
            self._file(name, written)
        elif not self.is_root and random.random() < 0.1:
            self._file("terraform.tfvars", 'v0 = "nobody reads this in a called module"\n')

    def _file(self, name: str, text: str) -> None:
        path = name if self.is_root else f"{self.directory}/{name}"
        self.files[path] = text

    def _type(self, depth: int = 2) -> Type:
        random = self.random
        kind = random.choice(("scalar", "scalar", "scalar", "list", "map", "set", "object", "list", "map"))
        if depth == 0 or kind == "scalar":
            return random.choice(SCALARS)
        if kind == "object":
            parts = []
            for name in ("a", "name", "b")[: random.randint(1, 3)]:
                inner = self._type(depth - 1)
                way = random.choice(("required", "required", "default", "null"))
                default = None if way == "required" else "" if way == "null" else self.literal(inner)
                parts.append(Part(name, inner, default))
            return "object", tuple(parts)
        if kind == "set":
            return listed(random.choice((STRING, STRING, NUMBER)), "set")
        return listed(self._type(depth - 1), kind)

    def _variable(self, name: str, is_open: bool) -> None:
        random = self.random
        type_ = self._type()
        typed = is_open or random.random() < 0.85 or "set(" in constraint(type_)
        written = [f"  type = {constraint(type_)}"] if typed else []
        has_default = not is_open and (self.is_root or random.random() < 0.5)
        nullable = random.random() < 0.8
        is_null = False
        if has_default:
            is_null = nullable and random.random() < 0.08
            written.append(f"  default = {'null' if is_null else self.literal(type_, typed)}")
        if not nullable:
            written.append("  nullable = false")
        if random.random() < 0.2:
            written.append('  description = "it"')
        self._block(f'variable "{name}"', written)
        if has_default and random.random() < 0.1:
            self.overrides.append(f'variable "{name}" {{\n  default = {self.literal(type_, typed)}\n}}\n')
        if self.is_root and is_open:
            self.unset[name] = self.literal(type_, typed)
        elif self.is_root and random.random() < 0.25:
            self.assigned[name] = self.literal(type_, typed)
        elif self.is_root and typed and random.random() < 0.1:
            value = self.literal(type_, typed)
            self.given[name] = json.loads(value) if type_ == STRING and value.startswith('"') else value
        self.variables.append((name, type_, has_default))
        self.known.append(Named(f"var.{name}", type_, nullable and (is_null or not self.is_root)))

    def _whole(self) -> None:
        """A variable that a caller gives a whole module, or all of its instances."""
        self._block('variable "whole"', ["  default = null", *([] if self.random.random() < 0.5 else ["  type = any"])])
        self.takes_whole = True
        ways = (
            'try(var.whole.o0, "none")',
            'try(var.whole["a"].o0, var.whole[0].o0, "none")',
            "try(keys(var.whole), [])",
            "try([for one in var.whole : one.o0], 1)",
            "try({ for k, v in var.whole : k => v.o1 }, {})",
            "try(length(var.whole), -1)",
            "var.whole == null",
            "jsonencode(var.whole)",
        )
        for index, way in enumerate(self.random.sample(ways, 2)):
            self._block(f'output "whole{index}"', [f"  value = {way}"])
            self.outputs.append(Named(f"whole{index}", ("unspelt", ())))

    def _local(self, name: str) -> None:
        if self.calls and self.random.random() < 0.15:
            call = self.random.choice(self.calls)
            if call.address.startswith("module."):
                self._block("locals", [f"  {name} = {call.address}"])
                self.calls.append(call._replace(address=f"local.{name}"))
                return
        type_ = self._type()
        self._block("locals", [f"  {name} = {self.expression(type_)}"])
        if self.random.random() < 0.05:
            self.overrides.append(f"locals {{\n  {name} = {self.expression(type_, 1)}\n}}\n")
        self.known.append(Named(f"local.{name}", type_))

    def _output(self, name: str) -> None:
        random = self.random
        type_ = self._type()
        spelt = self.of_calls() if self.calls and random.random() < 0.55 else self.expression(type_)
        nullable = random.random() < 0.1
        if nullable:
            spelt = f"{self.expression(BOOL, 1)} ? {self.expression(type_, 1)} : null"
        if self.is_root:
            self._block(f'output "{name}"', [f"  value = {{ it = {spelt} }}"])
            return
        if spelt.startswith("@"):
            spelt = spelt[1:]
        if random.random() < 0.05:
            # In JSON an expression is a template.
            self._file(f"{name}.tf.json", json.dumps({"output": {name: {"value": f"${{{spelt}}}"}}}))
        else:
            self._block(f'output "{name}"', [f"  value = {spelt}"])
        if random.random() < 0.05:
            self.overrides.append(f'output "{name}" {{\n  value = {self.expression(type_, 1)}\n}}\n')
        self.outputs.append(Named(name, self.of_calls_type or type_ if not nullable else type_, nullable))

    of_calls_type: Type | None = None

    def _call(self, name: str, callee: Written) -> None:
        random = self.random
        inner, repeated, keys, written = self._repeated()
        written.insert(0, f'  source = "{self._source(callee.directory)}"')
        for variable, type_, has_default in callee.variables:
            if has_default and random.random() < 0.35:
                continue
            is_null = has_default and random.random() < 0.06
            value = "null" if is_null else inner.expression(type_, 2, converted=True)
            written.append(f"  {variable} = {value}")
        if callee.takes_whole and self.calls and random.random() < 0.8:
            written.append(f"  whole = {random.choice([*self.calls, self.calls[-1]]).address}")
        if self.calls and random.random() < 0.1 and self.calls[0].address.startswith("module."):
            written.append(f"  depends_on = [{self.calls[0].address}]")
        self._block(f'module "{name}"', written)
        if random.random() < 0.05 and callee.variables:
            variable, type_, _ = random.choice(callee.variables)
            self.overrides.append(f'module "{name}" {{\n  {variable} = {self.expression(type_, 1, True)}\n}}\n')
        self.calls.append(Call(f"module.{name}", callee.outputs, repeated, keys))

    def _resource(self, name: str) -> None:
        type_ = self._type()
        address = f"terraform_data.{name}"
        inner, repeated, keys, written = self._repeated()
        written.append(f"  input = {inner.expression(type_, 2)}")
        self._block(f'resource "terraform_data" "{name}"', written)
        self.calls.append(Call(address, (Named("input", type_),), repeated, keys))

    def _repeated(self) -> tuple[Expressions, str, tuple[str, ...], list[str]]:
        """The module as the arguments of a block see it, and how often that block is there."""
        random = self.random
        inner = Expressions(random, [*self.known], [*self.calls])
        way = random.choice(("", "", "count", "count", "for_each", "for_each", "for_each"))
        keys: tuple[str, ...] = ()
        if way == "count":
            number = random.randint(0, 3)
            spelt = random.choice(
                (
                    str(number),
                    str(number),
                    f"{self.expression(BOOL, 1)} ? 1 : 0",
                    f"{self.expression(BOOL, 1)} ? {random.randint(0, 2)} : {random.randint(0, 2)}",
                    f"max(0, min(3, {self.expression(NUMBER, 1)}))",
                    f"length({self.expression(STRINGS, 1)})",
                )
            )
            keys = tuple(map(str, range(number))) if spelt == str(number) else ()
            inner.known += [Named("count.index", NUMBER)] * 3
        elif way == "for_each" and (chained := self._chained()) is not None:
            spelt, keys = chained.address, chained.keys
            inner.known += [Named("each.key", STRING)]
            inner.known += [one._replace(spelt=f"each.value.{one.spelt}") for one in chained.outputs] * 2
        elif way == "for_each":
            spelt, type_, keys = self._collection()
            inner.known += [Named("each.key", STRING)] * 2 + [Named("each.value", type_)] * 3
        else:
            return inner, "", (), []
        return inner, way, keys, [f"  {way} = {spelt}"]

    def _chained(self) -> Call | None:
        """A call with `for_each`, to call another module as often."""
        found = [
            call for call in self.calls if call.repeated == "for_each" and not call.address.startswith("terraform")
        ]
        return self.random.choice(found) if found and self.random.random() < 0.4 else None

    def _collection(self) -> tuple[str, Type, tuple[str, ...]]:
        """A collection for `for_each`, the type of its elements, and keys that it has."""
        random = self.random
        keys = tuple(json.dumps(key) for key in random.sample(KEYS, random.randint(0, 3)))
        type_ = self._type(1)
        way = random.choice(("literal", "set", "strings", "map", "conditional", "both", "for"))
        if way == "literal":
            return f"{{ {', '.join(f'{key} = {self.expression(type_, 1)}' for key in keys)} }}", type_, keys
        if way == "set":
            return f"toset([{', '.join(keys)}])", STRING, keys
        if way == "strings":
            return f"toset({self.expression(STRINGS, 1)})", STRING, ()
        if way == "map":
            return self.expression(listed(type_, "map"), 1), type_, ()
        if way == "conditional":
            return f"{self.expression(BOOL, 1)} ? toset([{', '.join(keys)}]) : toset([])", STRING, ()
        if way == "for":
            condition = self.expression(BOOL, 1)
            unlike = f"one != {self.expression(STRING, 1)} || {condition}"
            return f"{{ for one in [{', '.join(keys)}] : one => upper(one) if {unlike} }}", STRING, ()
        return f"setunion({self.expression(listed(STRING, 'set'), 1)}, [{', '.join(keys)}])", STRING, keys

    def _files_of_data(self) -> None:
        self._file("text.txt", self.random.choice(("plain", "two\nlines\n", "é $${x}")))
        self._file("data.json", json.dumps({"a": [1, "x", None], "b": {"c": True}}))
        self._file("it.tftpl", _TEMPLATE)
        self.known += [
            Named('file("${path.module}/text.txt")', STRING),
            Named('jsondecode(file("${path.module}/data.json")).a[0]', NUMBER),
            Named("path.module", STRING),
            Named(
                f'templatefile("${{path.module}}/it.tftpl", {{ list = {self.literal(STRINGS)}, name = "n" }})', STRING
            ),
            Named('fileexists("${path.module}/text.txt")', BOOL),
        ]

    def _source(self, directory: str) -> str:
        up = "" if self.is_root else "../" * (self.directory.count("/") + 1)
        return self.random.choice((f"{up or './'}{directory}", f"{up or './'}{directory}", f"./{up}{directory}/"))

    def _block(self, header: str, lines: list[str]) -> None:
        self.random.shuffle(lines)
        self.blocks.append("\n".join([f"{header} {{", *lines, "}", ""]))
