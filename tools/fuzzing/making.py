"""Makes inputs: each from the seed and its number alone, so that any of them can be made again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Final

from fuzzing import trees
from fuzzing.hcl_modules import Modules
from fuzzing.inputs import File, Input, Value
from fuzzing.mutations import mutated
from fuzzing.plain_yaml import plain_documents
from fuzzing.policies import Policies
from fuzzing.sources import LARGEST, MARKERS, Pool
from fuzzing.templates import Templates
from fuzzing.values import varied
from fuzzing.yaml_writer import YamlWriter

Maker = Callable[[Random, Pool], Input]


def made(pool: Pool, seed: str, number: int, kind: str | None = None) -> Input:
    """The input of that number; `kind` is one of KINDS, None stands for all of them."""
    random = Random(f"{seed}:{number}")  # noqa: S311 - to be made again, not to be kept secret
    if kind is None:
        kind = random.choices(tuple(KINDS), _WEIGHTS)[0]
    return KINDS[kind](random, pool)


def _source(random: Random, pool: Pool) -> File:
    return random.choice(pool.large if random.random() < 0.02 else pool.small)


def _bytes(random: Random, pool: Pool) -> Input:
    """A source with some of its bytes changed."""
    source, other = _source(random, pool), random.choice(pool.small)
    data, how = mutated(random, source.data, other.data, MARKERS)
    return _text("bytes", f"{source.path}: {how}", _named(random, source.path), data)


def _named(random: Random, path: str) -> str:
    """Its name, with an ending that it had not now and then."""
    name = path.rpartition("/")[2]
    if random.random() < 0.02:
        return name.partition(".")[0] + random.choice((".yaml", ".json", ".tf", ".tf.json", ".template", ".txt"))
    return name


def _shape(random: Random, pool: Pool) -> Input:
    """A source whose structure is changed; it stays YAML or JSON."""
    source = random.choice(_structured(pool))
    value = varied(random, _value(source.data), random.choice((1, 1, 2, 3, 6)))
    name = source.path.rpartition("/")[2]
    if name.endswith(".json") or random.random() < 0.3:
        name, text = (name if name.endswith(".json") else "t.json"), json.dumps(value)
    else:
        text = YamlWriter(random).document(value)
    return _text("shape", source.path, name, text.encode("utf-8", "surrogatepass"))


@cache
def _structured(pool: Pool) -> tuple[File, ...]:
    endings = (".yaml", ".yml", ".json", ".template")
    return tuple(file for file in pool.small if file.path.endswith(endings) and _value(file.data) is not None)


@cache
def _value(data: bytes) -> Value:
    """The value of a source; None where it has none that can be written again."""
    documents = plain_documents(data.decode("utf-8", "replace"))
    if documents is None or len(documents) != 1:
        return None
    try:
        written = json.dumps(documents[0])
    except (TypeError, ValueError):
        return None
    return documents[0] if len(written) <= LARGEST else None  # aliases make bombs


def _policy(random: Random, _: Pool) -> Input:
    """A policy of the grammar in the plainest surroundings."""
    document = Policies(random).document()
    if random.random() < 0.3:
        resource: Value = {"k": {"policy": document if random.random() < 0.1 else json.dumps(document)}}
        return _text("policy", "", "p.tf.json", json.dumps({"resource": {"aws_kms_key": resource}}).encode())
    resources: dict[str, Value] = {"K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": document}}}
    if random.random() < 0.25:
        policies: Value = [{"PolicyName": "p", "PolicyDocument": Policies(random).document()}]
        resources["R"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": Policies(random).document(), "Policies": policies},
        }
    text = json.dumps({"Resources": resources}, ensure_ascii=False)
    if random.random() < 0.1:
        data, how = mutated(random, text.encode("utf-8", "surrogatepass"), b'{"a": 1}', MARKERS)
        return _text("policy", how, "p.json", data)
    return _text("policy", "", "p.json", text.encode("utf-8", "surrogatepass"))


def _yaml(random: Random, _: Pool) -> Input:
    """A template of the grammar, in some of the ways of writing YAML."""
    template: Value = Templates(random).template()
    if random.random() < 0.1:
        template = varied(random, template, random.choice((1, 2, 3)))
    writer = YamlWriter(random)
    data = writer.document(template).encode("utf-8", "surrogatepass")
    how = ""
    if random.random() < 0.15:
        data, how = mutated(random, data, b"a: 1\n", MARKERS)
    return _text("yaml", how, "t.yaml", data)


def _hcl(random: Random, _: Pool) -> Input:
    data = Modules(random).module().encode("utf-8", "surrogatepass")
    how = ""
    if random.random() < 0.15:
        data, how = mutated(random, data, b"locals {\n  a = 1\n}\n", MARKERS)
    return _text("hcl", how, "main.tf", data)


def _plan(random: Random, pool: Pool) -> Input:
    """A plan of Terraform with changes to its structure, or to its bytes."""
    source = random.choice(pool.plans)
    if random.random() < 0.25:
        data, how = mutated(random, source.data, source.data, (b"planned_values",))
        return _text("plan", f"{source.path}: {how}", "plan.json", data)
    value = varied(random, _value(source.data), random.choice((1, 2, 4, 8)))
    return _text("plan", source.path, "plan.json", json.dumps(value).encode())


def _text(kind: str, how: str, name: str, data: bytes) -> Input:
    return Input(kind, how, (File(name, data),))


KINDS: Final[Mapping[str, Maker]] = {
    "bytes": _bytes,
    "shape": _shape,
    "policy": _policy,
    "yaml": _yaml,
    "hcl": _hcl,
    "plan": _plan,
    "config": trees.configured,
    "tree": trees.mutated_tree,
}
_WEIGHTS: Final = (54, 10, 20, 6, 6, 2, 1, 1)
