"""The roles that SAM makes for functions and state machines: the same as its transform writes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.cloudformation.stack import read_stack
from kmslint.cloudformation.template import read_template
from kmslint.cloudformation.transforms import transformed
from kmslint.location import Source
from kmslint.model.estate import Estate, Identity, IdentityPolicy
from kmslint.syntax.tree import Mapping, Sequence
from kmslint.syntax.yaml import read_yaml

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "cloudformation" / "serverless.yaml"
OWN_KEYS = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
OF_AWS = "arn:${AWS::Partition}:iam::aws:policy/"
BASIC = f"{OF_AWS}service-role/AWSLambdaBasicExecutionRole"
ENCRYPT_2 = """
    kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:GenerateDataKeyPair
    kms:GenerateDataKeyPairWithoutPlaintext key/${Key}
"""
LIVE, TEST = " IsLive is true", " IsLive is false"


def estate_of(text: str) -> Estate:
    source = Source("template.yaml", text)
    return read_stack(read_yaml(source).documents[0], source)


@cache
def fixture() -> Estate:
    return estate_of(FIXTURE.read_text(encoding="utf-8"))


def role(address: str) -> Identity:
    found = fixture().identity(address)
    assert found is not None
    return found


def spelt(policy: IdentityPolicy) -> str:
    """The actions, or the ARN of a policy of AWS, with the Resource behind and the conditions."""
    statements = policy.document.statements if policy.document else ()
    actions = " ".join(str(action) for statement in statements for action in statement.actions or ())
    resources = " ".join(str(resource) for statement in statements for resource in statement.resources or ())
    what = policy.address if policy.managed_by_aws else f"{actions} {resources}".strip()
    return " ".join([what.replace(OWN_KEYS, "key/"), *sorted(map(str, policy.guards))])


def test_which_roles_are_made() -> None:
    found = [(each.label, each.at.line, *sorted(map(str, each.guards))) for each in fixture().identities]
    assert found == [
        ("role PlainRole", 18),
        ("role Written", 22),
        ("role AloneRole", 23),
        ("role MergedRole", 27),
        ("role ConditionalRole", 34, "IsLive is true"),
        ("role LiveOnlyRole", 39, "IsLive is true"),
        ("role NeverLiveRole", 43, "IsLive is false"),
        ("role AnyTimeRole", 47),
        ("role ListedRole", 56),
        ("role ConsumerRole", 74),
        ("role IncludedRole", 83),
        ("role FlowRole", 88),
    ]
    assert fixture().problems == ()


@pytest.mark.parametrize(
    ("address", "arn", "boundary", "trusted"),
    [
        ("PlainRole", "apps/${PlainRole}", "ReadOnlyAccess", ["lambda"]),
        ("AloneRole", "${AloneRole}", None, ["lambda"]),
        ("MergedRole", "${MergedRole}", "${Stage}", ["lambda", "edgelambda"]),
        ("FlowRole", "flows/${FlowRole}", "Managed", ["states"]),
        ("IncludedRole", "apps/${IncludedRole}", "ReadOnlyAccess", ["lambda"]),
    ],
)
def test_what_a_made_role_is_like(address: str, arn: str, boundary: str | None, trusted: list[str]) -> None:
    found = role(address)
    assert str(found.arn) == f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{arn}"
    assert (found.boundary.address.rpartition("/")[2] if found.boundary else None) == boundary
    assert found.trust is not None
    services = [str(each.value) for statement in found.trust.statements for each in statement.principals or ()]
    assert services == [f"{service}.amazonaws.com" for service in trusted]


@pytest.mark.parametrize(
    ("address", "policies"),
    [
        ("PlainRole", [BASIC]),
        ("AloneRole", ["kms:Decrypt key/${Key}", BASIC]),
        (
            "ConditionalRole",
            [BASIC + LIVE, f"{OF_AWS}AWSKeyManagementServicePowerUser{LIVE}"],
        ),
        (
            "ListedRole",
            [
                "kms:* *",
                "kms:Encrypt key/${KeyId}",
                " ".join(ENCRYPT_2.split()),
                "kms:Decrypt key/live" + LIVE,
                "kms:Decrypt key/test" + TEST,
                BASIC,
                f"{OF_AWS}job-function/SystemAdministrator",
                "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser",
                f"{OF_AWS}service-role/ROSAKMSProviderPolicy",
                f"{OF_AWS}AmazonS3FullAccess",
                "",
            ],
        ),
        ("ConsumerRole", ["kms:Decrypt key/1234abcd", "kms:Decrypt key/${Key}", BASIC]),
        ("FlowRole", ["kms:Decrypt kms:Decrypt key/live key/${Key}"]),
    ],
)
def test_the_policies_of_a_made_role(address: str, policies: list[str]) -> None:
    assert list(map(spelt, role(address).policies)) == policies


def test_what_nobody_sees_is_named() -> None:
    unseen = {each.address: [unseen.hole.label for unseen in each.unseen_policies] for each in fixture().identities}
    assert {address: labels for address, labels in unseen.items() if labels} == {
        "ListedRole": ["arn:aws:iam::111122223333:policy/elsewhere", "arn:aws:iam::aws:policy/${Stage}"],
        "IncludedRole": ["AWS::Include s3://bucket/part.yaml"],
    }


def test_a_policy_stands_where_it_is_written() -> None:
    found = {spelt(policy): policy.at.line for policy in role("ListedRole").policies}
    assert found[f"{OF_AWS}job-function/SystemAdministrator"] == 60
    assert found["kms:* *"] == 67
    assert found["kms:Encrypt key/${KeyId}"] == 68


HEAD = "Transform: AWS::Serverless-2016-10-31\nResources:\n"


@pytest.mark.parametrize(
    ("policies", "problem", "unseen"),
    [
        ("[{MagicPolicy: {}}]", '"MagicPolicy" is no policy template that is known here', ["MagicPolicy"]),
        ("KMSDecryptPolicy: {}", 'the policy template KMSDecryptPolicy of "F" has no KeyId', ["KMSDecryptPolicy"]),
        ("KMSDecryptPolicy: abc", 'the policy template KMSDecryptPolicy of "F" has no KeyId', ["KMSDecryptPolicy"]),
        ("[{PolicyName: p, PolicyDocument: {}}]", 'a policy of "F" is not one that SAM takes', ["a map"]),
        ("{KMSDecryptPolicy: {}, S3ReadPolicy: {}}", 'a policy of "F" is not one that SAM takes', ["a map"]),
        ("[[ReadOnlyAccess]]", 'a policy of "F" is not one that SAM takes', ["ReadOnlyAccess"]),
    ],
)
def test_what_sam_refuses(policies: str, problem: str, unseen: list[str]) -> None:
    estate = estate_of(
        f"{HEAD}  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Policies:\n        {policies}\n"
    )
    assert [(each.reason, each.line) for each in estate.problems] == [(problem, 7)]
    assert [each.hole.label for each in estate.identities[0].unseen_policies] == unseen


def test_a_role_whose_name_is_taken() -> None:
    estate = estate_of(f"{HEAD}  F: {{Type: 'AWS::Serverless::Function'}}\n  FRole: {{Type: 'AWS::IAM::Role'}}\n")
    assert [each.reason for each in estate.problems] == ['the role of "F" would be called "FRole", as a resource is']
    assert [each.at.line for each in estate.identities] == [4]


def test_globals_that_no_function_may_have() -> None:
    estate = estate_of(f"Globals: {{Function: {{Policies: [ReadOnlyAccess], Role: a}}}}\n{HEAD}  F: {{Type: a}}\n")
    assert estate.problems == ()  # nothing of SAM in it
    estate = estate_of(
        f"Globals: {{Function: {{Policies: [ReadOnlyAccess], Role: a}}, Api: {{Role: a}}}}\n"
        f"{HEAD}  F: {{Type: 'AWS::Serverless::Function'}}\n"
    )
    assert [each.reason for each in estate.problems] == [
        '"Policies" cannot stand in Globals',
        '"Role" cannot stand in Globals',
    ]


def test_what_globals_and_a_function_say_in_different_shapes() -> None:
    """The function's own counts, where the two are not both maps or both lists."""
    own = "AssumeRolePolicyDocument: {Statement: [{Sid: Own}]}, PermissionsBoundary: ['arn:aws:iam::aws:policy/own']"
    trust, boundary = "AssumeRolePolicyDocument", "PermissionsBoundary"
    for general in (f"{trust}: text", f"{trust}: [a]", f"{boundary}: a", f"{boundary}: {{a: b}}"):
        estate = estate_of(
            f"Globals: {{Function: {{{general}}}}}\n"
            f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', Properties: {{{own}}}}}\n"
        )
        (found,) = estate.identities
        assert found.trust is not None
        assert [str(statement.sid) for statement in found.trust.statements] == ["Own"]
        assert [str(arn) for arn in found.boundary_arns] == ["arn:aws:iam::aws:policy/own"]


@pytest.mark.parametrize(
    "given", ["!If [Some]", "!If [[Some], a, !Ref 'AWS::NoValue']", "!If [Some, a, b]", "!GetAtt R.Arn"]
)
def test_a_role_that_is_given_somehow_is_not_made(given: str) -> None:
    estate = estate_of(f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', Properties: {{Role: {given}}}}}\n")
    assert estate.identities == ()


@pytest.mark.parametrize("globals_", ["a", "[a]", "", "{Function: a}", "{Function: [a]}", "{Function: }"])
def test_globals_of_the_wrong_shape(globals_: str) -> None:
    estate = estate_of(f"Globals: {globals_}\n{HEAD}  F: {{Type: 'AWS::Serverless::Function'}}\n")
    assert [each.address for each in estate.identities] == ["FRole"]


EVENTS = ("{Events: {A: {Type: MQ}}}", "{Events: {A: {Type: MQ, Properties: a}}}", "{Events: {A: {Type: [a]}}}")


@pytest.mark.parametrize("properties", ["", "a", "[a]", "{Policies: }", "{Events: [a]}", "{Events: {A: a}}", *EVENTS])
def test_properties_of_the_wrong_shape(properties: str) -> None:
    estate = estate_of(f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', Properties: {properties}}}\n")
    assert [spelt(policy) for policy in estate.identities[0].policies] == [BASIC]


@pytest.mark.parametrize(
    ("general", "own", "sids"),
    [
        ("{Statement: [{Sid: General}]}", "{Statement: [{Sid: Own}]}", ["General", "Own"]),
        ("{Version: a, Statement: {Sid: General}}", "{Statement: {Sid: Own}}", ["Own"]),
        ("{Statement: {Sid: General}}", "{Version: a}", ["General"]),
        # Of a function, whatever it may be written as, the own one counts.
        ("{Ref: General}", "{Statement: {Sid: Own}}", ["Own"]),
        ("{Statement: {Sid: General}}", "{Fn::If: [C, {Statement: {Sid: Own}}, {}]}", ["Own"]),
        ("{Statement: !Split [a, b]}", "{Statement: [{Sid: Own}]}", ["Own"]),
        ("{Statement: [{Sid: General}]}", "{Statement: !If [C, {Sid: Own}, {Sid: Own}]}", ["Own", "Own"]),
    ],
)
def test_what_globals_and_a_function_say_is_put_together(general: str, own: str, sids: list[str]) -> None:
    properties = f"Properties: {{AssumeRolePolicyDocument: {own}}}"
    estate = estate_of(
        "Conditions: {C: !Equals [!Ref AWS::Region, x]}\n"
        f"Globals: {{Function: {{AssumeRolePolicyDocument: {general}}}}}\n"
        f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', {properties}}}\n"
    )
    (found,) = estate.identities
    assert found.trust is not None
    assert [str(statement.sid) for statement in found.trust.statements] == sids
    assert estate.duplicates == ()


def test_a_trust_policy_that_is_null_is_the_one_that_sam_writes() -> None:
    properties = "Properties: {AssumeRolePolicyDocument: ~}"
    (found,) = estate_of(f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', {properties}}}\n").identities
    assert found.trust is not None
    assert [str(one.value) for each in found.trust.statements for one in each.principals or ()] == [
        "lambda.amazonaws.com"
    ]


DECRYPT = "kms:Decrypt key/k"
MADE = {
    # Policies, and what the role has of them beside that of AWS's which every role has.
    "[{KMSDecryptPolicy: {KeyId: k}}]": [DECRYPT],
    "{KMSDecryptPolicy: {KeyId: k}}": [DECRYPT],
    "KMSDecryptPolicy": [f"{OF_AWS}KMSDecryptPolicy"],
    "ReadOnlyAccess": [f"{OF_AWS}ReadOnlyAccess"],
    "Nobody/Knows": [f"{OF_AWS}Nobody/Knows"],
    "arn:aws:iam::aws:policy/ReadOnlyAccess": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    "a b": ["a b"],
    "[{S3ReadPolicy: {BucketName: b}}]": [],
    "[{Statement: {Effect: Allow, Action: a, Resource: r}}]": ["a r"],
    "{Statement: {Effect: Allow, Action: a, Resource: r}}": ["a r"],
    "!If [IsOpen, {KMSDecryptPolicy: {KeyId: k}}, ReadOnlyAccess]": [
        f"{DECRYPT} IsOpen is true",
        f"{OF_AWS}ReadOnlyAccess IsOpen is false",
    ],
    "[!If [IsOpen, !Ref AWS::NoValue, {KMSDecryptPolicy: {KeyId: k}}]]": [f"{DECRYPT} IsOpen is false"],
    "!If [IsOpen, {KMSDecryptPolicy: {KeyId: k}}]": ["Fn::If"],
    "!Ref Open": ["Open"],
    "[!Sub '${Open}', ~]": ["Open"],
    "[]": [],
    "~": [],
}


def test_policies_that_sam_writes() -> None:
    for written, expected in MADE.items():
        (found,) = estate_of(
            "Parameters: {Open: {Type: String}}\nConditions: {IsOpen: !Equals [!Ref Open, a]}\n"
            f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', Properties: {{Policies: {written}}}}}\n"
        ).identities
        made = [spelt(policy) for policy in found.policies if spelt(policy) != BASIC]
        unseen = [
            each.hole.label.replace("arn:${AWS::Partition}:iam::aws", OF_AWS[:31]) for each in found.unseen_policies
        ]
        assert sorted([*made, *unseen]) == sorted(expected), written


@pytest.mark.parametrize(
    ("event", "decrypts"),
    [
        *((f"{{Type: {type_}, Properties: {{SecretsManagerKmsKeyId: k}}}}", True) for type_ in ("DocumentDB", "MQ")),
        ("{Type: SelfManagedKafka, Properties: {SecretsManagerKmsKeyId: k}}", True),
        ("{Type: MSK, Properties: {SecretsManagerKmsKeyId: k}}", False),
        ("{Type: MQ, Properties: {SecretsManagerKmsKeyId: ~}}", False),
        ("{Type: MQ, Properties: {Broker: b}}", False),
        ("{Type: MQ}", False),
        ("{Type: [MQ], Properties: {SecretsManagerKmsKeyId: k}}", False),
        ("{Properties: {SecretsManagerKmsKeyId: k}}", False),
    ],
)
def test_events_whose_secret_is_read(event: str, decrypts: bool) -> None:
    properties = f"Properties: {{Events: {{E: {event}}}}}"
    (found,) = estate_of(f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', {properties}}}\n").identities
    assert [spelt(policy) for policy in found.policies] == [DECRYPT] * decrypts + [BASIC]


@pytest.mark.parametrize(
    ("type_", "role", "condition", "made"),
    [
        ("Function", "~", "", ""),
        ("Function", "!Ref AWS::NoValue", "", None),
        ("Function", "!If [C, !Ref AWS::NoValue, a]", "", "C is true"),
        ("Function", "!If [C, a, !Ref AWS::NoValue]", "", "C is false"),
        ("Function", "!If [C, !Ref AWS::NoValue, !Ref AWS::NoValue]", "", ""),
        ("Function", "!If [C, !Ref AWS::NoValue, !Ref AWS::NoValue]", "D", "D is true"),
        ("Function", "!If [C, !Ref AWS::NoValue, a]", "D", "C is true"),
        ("Function", "!If [C, a, b]", "", None),
        ("Function", "!If [C, !Ref Open, !Sub AWS::NoValue]", "", None),
        ("Function", "!Or [C, !Ref AWS::NoValue, a]", "", None),
        ("StateMachine", "!If [C, !Ref AWS::NoValue, a]", "", None),
        ("StateMachine", "~", "D", "D is true"),
    ],
)
def test_whether_a_role_is_made(type_: str, role: str, condition: str, made: str | None) -> None:
    under = f", Condition: {condition}" if condition else ""
    estate = estate_of(
        "Parameters: {Open: {Type: String}}\n"
        "Conditions: {C: !Equals [!Ref Open, a], D: !Equals [!Ref AWS::Region, x]}\n"
        f"{HEAD}  F: {{Type: 'AWS::Serverless::{type_}', Properties: {{Role: {role}}}{under}}}\n"
    )
    assert [" ".join(map(str, each.guards)) for each in estate.identities] == ([] if made is None else [made])


@pytest.mark.parametrize(
    ("ignored", "boundary", "path"),
    [
        ("'*'", False, False),
        ("PermissionsBoundary", True, True),
        ("[PermissionsBoundary, RolePath]", False, False),
        ("[Runtime, RolePath]", True, False),
        ("[[RolePath], PermissionsBoundary]", False, True),
        ("{PermissionsBoundary: a}", True, True),
    ],
)
def test_globals_that_a_function_ignores(ignored: str, boundary: bool, path: bool) -> None:
    general = "{PermissionsBoundary: arn:aws:iam::aws:policy/a, RolePath: /p/}"
    function = f"{{Type: 'AWS::Serverless::Function', IgnoreGlobals: {ignored}, Properties: {{Runtime: a}}}}"
    (found,) = estate_of(f"Globals: {{Function: {general}}}\n{HEAD}  F: {function}\n").identities
    assert (found.boundary is not None, "role/p/" in str(found.arn)) == (boundary, path)


def test_globals_do_not_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list in Globals is joined to that of each function, up to a bound."""
    trust = f"AssumeRolePolicyDocument: {{Statement: [{', '.join(['{Effect: Allow}'] * 20)}]}}"
    functions = "".join(
        f"  F{number}: {{Type: 'AWS::Serverless::Function', Properties: "
        "{AssumeRolePolicyDocument: {Statement: [{Effect: Deny}]}}}\n"
        for number in range(20)
    )
    source = Source("template.yaml", f"Globals: {{Function: {{{trust}}}}}\n{HEAD}{functions}")
    document = read_yaml(source).documents[0]
    monkeypatch.setattr(limits, "NODES", 100)
    estate = read_stack(document, source)
    assert [each.reason for each in estate.problems] == [
        "more than 100 values that SAM would write; --limit nodes=N raises this"
    ]
    statements = [len(each.trust.statements) for each in estate.identities if each.trust]
    assert statements == [21] * 4 + [1] * 16


def test_events_do_not_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    event = (
        "{Type: MQ, Properties: {SecretsManagerKmsKeyId: abc, Broker: b, Queues: [q], SourceAccessConfigurations: []}}"
    )
    events = ", ".join(f"E{number}: {event}" for number in range(30))
    source = Source(
        "template.yaml", f"{HEAD}  F: {{Type: 'AWS::Serverless::Function', Properties: {{Events: {{{events}}}}}}}\n"
    )
    document = read_yaml(source).documents[0]
    assert len(read_stack(document, source).identities[0].policies) == 31
    monkeypatch.setattr(limits, "NODES", 200)
    estate = read_stack(document, source)
    assert [each.reason for each in estate.problems] == [
        "more than 200 values that SAM would write; --limit nodes=N raises this"
    ]
    assert 1 < len(estate.identities[0].policies) < 31


def test_policies_do_not_multiply() -> None:
    """Branches of branches, by aliases."""
    levels = "".join(f"  - &l{level} !If [C, *l{level - 1}, *l{level - 1}]\n" for level in range(1, 15))
    text = f"Metadata:\n  - &l0 KMSDecryptPolicy: {{KeyId: a}}\n{levels}{HEAD}"
    function = "  F: {Type: 'AWS::Serverless::Function', Properties: {Policies: [*l14]}}\n"
    estate = estate_of(f"{text}{function}")
    assert f"more than {limits.NODES} values that SAM would write; --limit nodes=N raises this" in {
        each.reason for each in estate.problems
    }


@pytest.mark.parametrize(
    ("general", "own", "cost"), [("{Statement: [1, 2]}", "{Statement: [3, 4]}", 6), ("{a: 1, b: 2}", "{c: 3, d: 4}", 4)]
)
def test_what_globals_add_is_paid_for(general: str, own: str, cost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member and element that is written counts; where it is too much, the function's own is left."""
    function = f"  F: {{Type: 'AWS::Serverless::Function', Properties: {{AssumeRolePolicyDocument: {own}}}}}\n"
    text = f"Globals: {{Function: {{AssumeRolePolicyDocument: {general}}}}}\n{HEAD}{function}"
    source = Source("template.yaml", text)
    document = read_yaml(source).documents[0]

    def written() -> int:
        (trust,) = (
            node
            for one in transformed(read_template(document, source)).resources
            if (node := one.property("AssumeRolePolicyDocument")) is not None and one.type == "AWS::IAM::Role"
        )
        assert isinstance(trust, Mapping)
        statement = trust.get("Statement")
        return len(statement.items) if isinstance(statement, Sequence) else len(trust.entries)

    monkeypatch.setattr(limits, "NODES", cost)
    assert written() == 4
    monkeypatch.setattr(limits, "NODES", cost - 1)
    assert written() == 2
