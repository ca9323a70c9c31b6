"""Who uses keys, and for whom: functions and what they read, replications, launch templates, and their conditions."""

from __future__ import annotations

import pytest

from kmslint.location import Location
from kmslint.model.consumers import Name, Uses
from kmslint.values import Guards, Hole
from terraform_modules import module, spelt

AROUND = """
variable "flag" {}
variable "open" {}
"""


def uses(text: str) -> Uses:
    estate = module(f"{AROUND}{text}")
    assert estate.problems == ()
    return estate.uses


def block(type_: str, name: str, *lines: str) -> str:
    return f'resource "{type_}" "{name}" {{\n  ' + "\n  ".join(lines) + "\n}\n"


def named(name: Name) -> str:
    return "".join(f"${{{part.label}}}" if isinstance(part, Hole) else part for part in name)


def when(guards: Guards) -> str:
    return "".join(f" if {guard}" for guard in sorted(guards))


def text_at(at: Location) -> str:
    return at.source.text[at.start : at.end]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (('function_name = "f"', 'role = "r"'), ['"r"']),
        (
            ('function_name = "f"', 'role = var.flag ? "r" : "s"'),
            ['"r" if var.flag is true', '"s" if var.flag is false'],
        ),
        (("count = var.flag ? 1 : 0", "role = var.open"), ["${var.open} if var.flag is true"]),
        (('function_name = "f"',), []),
    ],
)
def test_functions(lines: tuple[str, ...], found: list[str]) -> None:
    functions = uses(block("aws_lambda_function", "f", *lines)).functions
    assert [f"{spelt(one.role)}{when(one.guards)}" for one in functions] == found


def test_names_of_a_function() -> None:
    (function,) = uses(block("aws_lambda_function", "f", 'function_name = "f"', 'role = "r"')).functions
    assert [named(name) for name in function.names] == [
        "arn:${partition}:lambda:${region}:${account}:function:f",
        "f",
        "${aws_lambda_function.f.id}",
        "${aws_lambda_function.f.qualified_arn}",
    ]


FUNCTIONS = block("aws_lambda_function", "f", 'function_name = "f"', 'role = "r"') + block(
    "aws_lambda_alias", "a", 'name = "a"', "function_name = aws_lambda_function.f.arn"
)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (('event_source_arn = "q"', 'function_name = "f"'), ['"q" for "f"']),
        (('event_source_arn = "q"', 'function_name = "f"', "enabled = true"), ['"q" for "f"']),
        (('event_source_arn = "q"', 'function_name = "f"', "enabled = false"), []),
        (('event_source_arn = "q"', 'function_name = "f"', "enabled = var.open"), []),
        (
            ('event_source_arn = "q"', "function_name = aws_lambda_alias.a.arn"),
            ['"q" for "arn:${partition}:lambda:${region}:${account}:function:f"'],
        ),
        (
            ('event_source_arn = var.flag ? "q" : "p"', 'function_name = var.flag ? "f" : "g"'),
            ['"q" for "f" if var.flag is true', '"p" for "g" if var.flag is false'],
        ),
        (
            ("count = var.flag ? 1 : 0", 'event_source_arn = "q"', 'function_name = var.open ? "f" : "g"'),
            [
                '"q" for "f" if var.flag is true if var.open is true',
                '"q" for "g" if var.flag is true if var.open is false',
            ],
        ),
        (('function_name = "f"',), []),
    ],
)
def test_what_lambda_reads(lines: tuple[str, ...], found: list[str]) -> None:
    sources = uses(FUNCTIONS + block("aws_lambda_event_source_mapping", "m", *lines)).event_sources
    assert [f"{spelt(one.source)} for {spelt(one.function)}{when(one.guards)}" for one in sources] == found
    assert {one.address.partition("[")[0] for one in sources} <= {"aws_lambda_event_source_mapping.m"}


def rule(*lines: str, status: str = '"Enabled"') -> str:
    return "rule {\n" + "\n".join((f"status = {status}", *lines)) + "\n}"


def selected(*lines: str) -> str:
    return "source_selection_criteria {\nsse_kms_encrypted_objects {\n" + "\n".join(lines) + "\n}\n}"


def replicated(key: str) -> str:
    return f"destination {{\nencryption_configuration {{\n{key}\n}}\n}}"


KEY = 'replica_kms_key_id = "k"'
OPEN = "${sse_kms_encrypted_objects of aws_s3_bucket_replication_configuration.c}"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((rule(selected('status = "Enabled"'), replicated(KEY)),), ['"Enabled" under "k"']),
        ((rule(selected("status = var.open"), replicated("")),), ["${var.open} under nothing"]),
        ((rule(selected("enabled = true")),), ['"Enabled" under nothing']),
        ((rule(selected("enabled = false")),), ['"Disabled" under nothing']),
        ((rule(selected("enabled = var.open")),), ["${var.open} under nothing"]),
        ((rule(selected("enabled = var.open", 'status = "Disabled"')),), ['"Disabled" under nothing']),
        ((rule(selected()),), ["nothing under nothing"]),
        ((rule(),), ["nothing under nothing"]),
        ((rule(status='"Disabled"'), rule(replicated(KEY), status="var.open")), []),
        ((rule(replicated(KEY)), rule()), ['nothing under "k"', "nothing under nothing"]),
        (
            (rule(selected('status = "Enabled"'), selected('status = "Disabled"'), replicated(KEY), replicated(KEY)),),
            [f"{OPEN} under {OPEN}"],
        ),
        (
            (
                rule(
                    'dynamic "source_selection_criteria" {\nfor_each = var.flag ? [1] : []\ncontent {\n'
                    'sse_kms_encrypted_objects {\nstatus = "Enabled"\n}\n}\n}'
                ),
            ),
            [f"{OPEN} under nothing"],
        ),
    ],
)
def test_replications(lines: tuple[str, ...], found: list[str]) -> None:
    text = block("aws_s3_bucket_replication_configuration", "c", 'bucket = "b"', 'role = "r"', *lines)
    (replication,) = uses(text).replications
    assert (replication.address, spelt(replication.role)) == ("aws_s3_bucket_replication_configuration.c", '"r"')
    assert [named(name) for name in replication.bucket] == ["b"]
    assert text_at(replication.at) == 'resource "aws_s3_bucket_replication_configuration" "c"'
    assert [
        f"{spelt(one.kms_objects)} under {spelt(one.replica_key)}{when(one.guards)}" for one in replication.rules
    ] == found
    assert {text_at(one.at) for one in replication.rules} <= {"rule"}


def test_a_replication_in_the_bucket() -> None:
    inner = 'role = var.flag ? "r" : "s"\nrules {\nstatus = "Enabled"\ndestination {\nreplica_kms_key_id = "k"\n}\n}'
    text = block("aws_s3_bucket", "b", 'bucket = "b"', f"replication_configuration {{\n{inner}\n}}")
    found = uses(text).replications
    assert [f"{spelt(one.role)}{when(one.guards)}" for one in found] == [
        '"r" if var.flag is true',
        '"s" if var.flag is false',
    ]
    assert {text_at(one.at) for one in found} == {"replication_configuration"}
    assert [spelt(rule.replica_key) for one in found for rule in one.rules] == ['"k"', '"k"']


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("encrypted = true", 'kms_key_id = "k"'), ['"k"']),
        (('encrypted = "true"', 'kms_key_id = var.flag ? "k" : null'), ['"k" if var.flag is true']),
        (("encrypted = false", 'kms_key_id = "k"'), []),
        (("encrypted = var.open", 'kms_key_id = "k"'), []),
        (('kms_key_id = "k"',), []),
        (("encrypted = true",), []),
    ],
)
def test_launch_templates(lines: tuple[str, ...], found: list[str]) -> None:
    inner = "\n".join(lines)
    mappings = f"block_device_mappings {{\nebs {{\n{inner}\n}}\n}}"
    consumers = uses(block("aws_launch_template", "t", 'name = "t"', mappings)).consumers
    assert [f"{spelt(one.key)}{when(one.guards)}" for one in consumers] == found
    assert {one.purpose.value for one in consumers} <= {"launch template"}
    names = [[named(name) for name in one.names] for one in consumers]
    assert names == [["${aws_launch_template.t.id}", "t"]] * len(found)


MIXED = (
    "mixed_instances_policy {\nlaunch_template {\nlaunch_template_specification {\n"
    'launch_template_id = "i"\nlaunch_template_name = "n"\n}\n}\n}'
)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (('launch_template {\nid = "i"\n}',), ['"i"']),
        (
            ('launch_template {\nname = var.flag ? "n" : "m"\n}',),
            ['"n" if var.flag is true', '"m" if var.flag is false'],
        ),
        ((MIXED,), ['"i"', '"n"']),
        ((MIXED, "service_linked_role_arn = null"), ['"i"', '"n"']),
        ((MIXED, 'service_linked_role_arn = "r"'), []),
        ((MIXED, "service_linked_role_arn = var.open"), []),
    ],
)
def test_scaling_groups(lines: tuple[str, ...], found: list[str]) -> None:
    sent = uses(block("aws_autoscaling_group", "g", *lines)).deliveries
    assert [f"{spelt(one.to)}{when(one.guards)}" for one in sent] == found
    assert {(one.address, one.sender.value) for one in sent} <= {("aws_autoscaling_group.g", "Auto Scaling group")}


def origin(*lines: str) -> str:
    return "origin {\n" + "\n".join(lines) + "\n}"


DOMAIN = 'domain_name = "b.s3.eu-west-1.amazonaws.com"'
CONTROL = "origin_access_control_id = aws_cloudfront_origin_access_control.c.id"


@pytest.mark.parametrize(
    ("signing", "lines", "found"),
    [
        ('"always"', (origin(DOMAIN, CONTROL),), ['"b"']),
        ('"always"', (origin(DOMAIN, CONTROL), "enabled = true"), ['"b"']),
        ('"always"', (origin(DOMAIN, CONTROL), "enabled = false"), []),
        ('"never"', (origin(DOMAIN, CONTROL),), []),
        ('"always"', (origin(DOMAIN, "origin_access_control_id = var.open"),), []),
        ('"always"', (origin(DOMAIN),), []),
        ('"always"', (origin(CONTROL),), []),
        ('"always"', (origin(DOMAIN.replace("b.", "a."), CONTROL), origin(DOMAIN, CONTROL)), ['"a"', '"b"']),
        ('"always"', ("count = var.flag ? 1 : 0", origin(DOMAIN, CONTROL)), ['"b" if var.flag is true']),
    ],
)
def test_distributions(signing: str, lines: tuple[str, ...], found: list[str]) -> None:
    control = block("aws_cloudfront_origin_access_control", "c", f"signing_behavior = {signing}")
    sent = uses(control + block("aws_cloudfront_distribution", "d", *lines)).deliveries
    assert [f"{spelt(one.to)}{when(one.guards)}" for one in sent] == found


@pytest.mark.parametrize(
    ("line", "on"),
    [
        ("", True),
        ("is_enabled = true", True),
        ('state = "ENABLED"', True),
        ('state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"', True),
        ("is_enabled = false", False),
        ('state = "DISABLED"', False),
        ("state = var.open", False),
    ],
)
def test_targets_of_rules_that_are_off(line: str, on: bool) -> None:
    target = block("aws_cloudwatch_event_target", "t", 'arn = "q"', "rule = aws_cloudwatch_event_rule.r.name")
    sent = uses(block("aws_cloudwatch_event_rule", "r", 'name = "r"', line) + target).deliveries
    assert [spelt(one.to) for one in sent] == (['"q"'] if on else [])


ROLE = '"arn:aws:iam::111122223333:role/service"'


@pytest.mark.parametrize(
    ("type_", "lines", "role"),
    [
        ("aws_codebuild_project", ('artifacts {\ntype = "S3"\n}',), True),
        ("aws_codebuild_project", ('artifacts {\ntype = "S3"\nencryption_disabled = false\n}',), True),
        ("aws_codebuild_project", ('artifacts {\ntype = "S3"\nencryption_disabled = true\n}',), False),
        ("aws_codebuild_project", ('artifacts {\ntype = "NO_ARTIFACTS"\n}',), False),
        ("aws_codebuild_project", ('artifacts {\ntype = "S3"\n}\nartifacts {\ntype = var.open\n}',), False),
        ("aws_codebuild_project", (), False),
        ("aws_codepipeline", ("stage {\naction {\n}\n}",), True),
        ("aws_codepipeline", ('stage {\naction {\n}\naction {\nrole_arn = "x"\n}\n}',), False),
    ],
)
def test_whether_a_role_works_with_the_key(type_: str, lines: tuple[str, ...], role: bool) -> None:
    key = 'encryption_key = "k"'
    if type_ == "aws_codepipeline":
        key = 'artifact_store {\nencryption_key {\nid = "k"\n}\n}'
    argument = "role_arn" if type_ == "aws_codepipeline" else "service_role"
    (consumer,) = uses(block(type_, "p", f"{argument} = {ROLE}", key, *lines)).consumers
    assert (None if consumer.role is None else spelt(consumer.role)) == (ROLE if role else None)


def test_places_of_keys() -> None:
    """At the value if it stands in the block, else at the argument, or at the block for one that is further in."""
    text = (
        'locals {\n  key = "k"\n}\n'
        + block("aws_sns_topic", "here", 'kms_master_key_id = "k"')
        + block("aws_sns_topic", "there", "kms_master_key_id = local.key")
        + block("aws_dynamodb_table", "t", "server_side_encryption {\nkms_key_arn = local.key\n}")
    )
    found = {one.address: text_at(one.key_at) for one in uses(text).consumers}
    assert found == {
        "aws_sns_topic.here": '"k"',
        "aws_sns_topic.there": "local.key",
        "aws_dynamodb_table.t": 'resource "aws_dynamodb_table" "t"',
    }


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (('sse_algorithm = "aws:kms"', 'kms_master_key_id = "k"'), ['"k"']),
        (('sse_algorithm = "aws:kms"',), ['"alias/aws/s3"']),
        (
            ('sse_algorithm = "aws:kms:dsse"', 'kms_master_key_id = var.flag ? "k" : "l"'),
            ['"k" if var.flag is true', '"l" if var.flag is false'],
        ),
        (('sse_algorithm = "AES256"',), []),
        (("sse_algorithm = var.open",), []),
        (('kms_master_key_id = "k"',), []),
    ],
)
def test_buckets(lines: tuple[str, ...], found: list[str]) -> None:
    inner = "rule {\napply_server_side_encryption_by_default {\n" + "\n".join(lines) + "\n}\n}"
    text = block("aws_s3_bucket_server_side_encryption_configuration", "e", 'bucket = "b"', inner)
    consumers = uses(text).consumers
    assert [f"{spelt(one.key)}{when(one.guards)}" for one in consumers] == found
    assert [[named(name) for name in one.names] for one in consumers] == [["b"]] * len(found)
    assert {text_at(one.key_at) for one in consumers} <= {'"aws:kms"', '"aws:kms:dsse"'}
