"""Random templates with keys: intrinsic functions, parameters, mappings and conditions in their policies."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final, NamedTuple

ACCOUNTS: Final = ("111122223333", "444455556666", "777788889999")
REGION: Final = "eu-west-1"
ENVIRONMENTS: Final = ("dev", "test", "prod")
WORDS: Final = ("a", "Admin", "key-users", "x.y", "A1", "team/ops", "é", "50%", "a b", "0042")
ACTIONS: Final = ("kms:*", "kms:Decrypt", "kms:Encrypt", "kms:Describe*", "kms:PutKeyPolicy", "kms:CreateGrant")
ROLES: Final = ("Role", "NamedRole", "PathRole")
FAULTY: Final = 0.15
"""How many of the templates may hold something that moto is known to do otherwise than AWS."""
FAULTS: Final = 0.1
"""How often they do, where there is an occasion."""

_TRUST: Final = {"Version": "2012-10-17", "Statement": []}
AROUND: Final[dict[str, dict[str, Any]]] = {
    "Parameters": {
        "Name": {"Type": "String", "Default": "vault"},
        "Environment": {"Type": "String"},
        "Account": {"Type": "String", "AllowedPattern": "[0-9]{12}"},
        "Kind": {"Type": "String", "Default": "b", "AllowedValues": ["a", "b"]},
        "Empty": {"Type": "String", "Default": ""},
        "Admins": {"Type": "CommaDelimitedList"},
        "Accounts": {"Type": "CommaDelimitedList"},
    },
    "Mappings": {
        "ByEnvironment": {
            name: {"Id": account, "Roles": [f"{name}-a", f"{name}-b"], "Same": "same"}
            for name, account in zip(ENVIRONMENTS, ACCOUNTS, strict=True)
        },
        "Regions": {REGION: {"Name": "Ireland"}, "us-east-1": {"Name": "Virginia"}},
    },
    "Conditions": {},
    "Resources": {
        "Other": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": []}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _TRUST}},
        "PathRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": "deep", "Path": "/team/ops/", "AssumeRolePolicyDocument": _TRUST},
        },
    },
}
"""What all templates have."""


def whole(own: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A template with what all have."""
    return {name: {**section, **own.get(name, {})} for name, section in AROUND.items()}


class Generated(NamedTuple):
    """A template, what it is given, and why moto may differ."""

    own: dict[str, dict[str, Any]]
    """What the template has that others do not."""
    parameters: dict[str, str]
    faults: tuple[str, ...] = ()

    @property
    def template(self) -> dict[str, dict[str, Any]]:
        return whole(self.own)


class TemplateGenerator:
    """Writes templates. The same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.faults: dict[str, None] = {}
        self.more: dict[str, dict[str, Any]] = {}
        """Parameters that only some templates have."""
        self.conditions: list[str] = []
        self.is_faulty = False

    def generated(self) -> Generated:
        """The next template."""
        self.faults, self.more, self.conditions = {}, {}, []
        random = self.random
        self.is_faulty = random.random() < FAULTY
        parameters = {
            "Environment": random.choice(ENVIRONMENTS),
            "Account": random.choice(ACCOUNTS),
            "Admins": ",".join(random.sample(("alice", "bob", "carol", "dan"), random.randint(1, 3))),
            "Accounts": ",".join(random.sample(ACCOUNTS, random.randint(1, 3))),
        }
        for name, values in (("Name", ("safe", "vault")), ("Kind", ("a", "b")), ("Empty", ("", "set"))):
            if random.random() < 0.4:
                parameters[name] = random.choice(values)
        conditions = self.declared_conditions()
        resources: dict[str, Any] = {"Key": self.key()}
        if random.random() < 0.3:
            resources["Second"] = self.key()
        resources.update(self.others())
        own = {"Parameters": self.more, "Conditions": conditions, "Resources": resources}
        return Generated(own, parameters, tuple(self.faults))

    def fault(self, reason: str, chance: float = FAULTS) -> bool:
        """Whether to write something that moto is known to do otherwise; noted if so."""
        if not self.is_faulty or self.random.random() >= chance:
            return False
        self.faults[reason] = None
        return True

    # --- sections --------------------------------------------------------------------------------------------

    def others(self) -> dict[str, Any]:
        return {
            "NamedRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {"RoleName": self.name(), "AssumeRolePolicyDocument": _TRUST},
            },
            "User": {"Type": "AWS::IAM::User", "Properties": {"UserName": self.name()}},
        }

    def name(self) -> Any:
        ways: tuple[Any, ...] = ("fixed", {"Ref": "Name"}, {"Fn::Sub": "${Name}-${Environment}"})
        return self.random.choice(ways)

    def declared_conditions(self) -> dict[str, Any]:
        declared = {}
        for number in range(self.random.randint(1, 5)):
            declared[f"C{number}"] = self.condition(2)
            self.conditions.append(f"C{number}")
        return declared

    def condition(self, depth: int) -> Any:
        random = self.random
        if self.conditions and random.random() < 0.3:
            return {"Fn::Not": [{"Condition": random.choice(self.conditions)}]}
        if depth and random.random() < 0.5:
            name = random.choice(("Fn::And", "Fn::Or", "Fn::Not"))
            count = 1 if name == "Fn::Not" else random.randint(2, 3)
            return {name: [self.operand(depth - 1) for _ in range(count)]}
        return self.equals()

    def operand(self, depth: int) -> Any:
        if self.conditions and self.random.random() < 0.4:
            return {"Condition": self.random.choice(self.conditions)}
        return self.condition(depth)

    def equals(self) -> Any:
        random = self.random
        if self.fault("a number compared with a text", 0.02):
            self.more["Count"] = {"Type": "Number", "Default": 3}
            return {"Fn::Equals": [{"Ref": "Count"}, "3"]}
        pairs: list[list[Any]] = [
            [{"Ref": "Environment"}, random.choice(ENVIRONMENTS)],
            [random.choice(("a", "b")), {"Ref": "Kind"}],
            [{"Ref": "Empty"}, ""],
            [{"Ref": "AWS::Region"}, random.choice((REGION, "us-east-1"))],
            [{"Fn::FindInMap": ["ByEnvironment", {"Ref": "Environment"}, "Id"]}, {"Ref": "Account"}],
            [{"Fn::Select": ["0", {"Ref": "Admins"}]}, "alice"],
            [{"Fn::Join": ["", {"Ref": "Admins"}]}, "bob"],
            [{"Ref": "Name"}, {"Ref": "Environment"}],
        ]
        return {"Fn::Equals": random.choice(pairs)}

    def key(self) -> dict[str, Any]:
        random = self.random
        key: dict[str, Any] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": self.policy()}}
        if random.random() < 0.1:
            key["Condition"] = random.choice(self.conditions)
        if self.fault("a key without a policy", 0.01):
            key["Properties"] = {"Description": "default"}
        return key

    # --- policies --------------------------------------------------------------------------------------------

    def policy(self) -> Any:
        random = self.random
        document: Any = {"Version": "2012-10-17", "Statement": self.statements()}
        if random.random() < 0.2:
            document["Id"] = self.text(2)
        way = random.random()
        if way < 0.08:
            return {"Fn::If": [random.choice(self.conditions), document, {"Statement": self.statements()}]}
        if way < 0.16:
            return {"Fn::ToJsonString": document}
        if way < 0.24:
            return self.policy_text()
        return document

    def policy_text(self) -> Any:
        """A policy that is written as JSON in a text."""
        text = (
            '{"Version": "2012-10-17", "Statement": [{"Sid": "${Sid}", "Effect": "Allow", '
            '"Principal": {"AWS": "arn:${AWS::Partition}:iam::${Account}:root"}, '
            '"Action": ["kms:*"], "Resource": "*"}]}'
        )
        variables = {"Sid": self.random.choice(({"Ref": "Name"}, "Admins", {"Ref": "Environment"}))}
        if self.random.random() < 0.5:
            return {"Fn::Sub": [text, variables]}
        start, end = text.split("${Sid}")
        return {"Fn::Join": ["", [start.replace("${", "{"), variables["Sid"], {"Fn::Sub": end}]]}

    def statements(self) -> Any:
        random = self.random
        statements = [self.statement() for _ in range(random.randint(1, 3))]
        if random.random() < 0.25:
            statements.append({"Fn::If": [random.choice(self.conditions), self.statement(), self.statement()]})
        if self.fault("NoValue in a list"):
            statements.append({"Fn::If": [random.choice(self.conditions), self.statement(), {"Ref": "AWS::NoValue"}]})
        if random.random() < 0.08:
            return {"Fn::If": [random.choice(self.conditions), statements, [self.statement()]]}
        return statements[0] if len(statements) == 1 and random.random() < 0.5 else statements

    def statement(self) -> Any:
        random = self.random
        statement: dict[str, Any] = {
            "Sid": self.text(2),
            "Effect": self.perhaps_if("Allow", "Deny"),
            "Principal": self.principal(),
            "Action": self.some(random.choice(ACTIONS), [*random.sample(ACTIONS, 2)], self.action()),
            "Resource": self.some("*", "*", {"Fn::GetAtt": ["Other", "Arn"]}),
        }
        if random.random() < 0.3:
            statement["Condition"] = {
                random.choice(("StringEquals", "ArnLike")): {
                    random.choice(("kms:CallerAccount", "aws:PrincipalArn")): self.one(
                        lambda: self.text(2), lambda: self.listed(2), lambda: [self.text(1), self.text(1)]
                    )
                }
            }
        if random.random() < 0.15:
            statement["Condition"] = {
                "Fn::If": [
                    random.choice(self.conditions),
                    {"Bool": {"kms:GrantIsForAWSResource": random.choice((True, "true"))}},
                    {"Ref": "AWS::NoValue"},
                ]
            }
        return statement

    def action(self) -> Any:
        return self.some(
            {"Fn::Join": [":", ["kms", "Get*"]]},
            {"Fn::Split": [",", "kms:Enable*,kms:Disable*"]},
            {"Fn::If": [self.random.choice(self.conditions), ["kms:*"], "kms:Decrypt"]},
        )

    def principal(self) -> Any:
        random = self.random
        if self.fault("NoValue in a list"):
            inner = {"Fn::If": [random.choice(self.conditions), self.arn(), {"Ref": "AWS::NoValue"}]}
            return {"AWS": [self.arn(), inner]}
        return self.one(
            lambda: {"AWS": self.arn()},
            lambda: {"AWS": [self.arn(), self.arn()]},
            lambda: {"AWS": self.listed(2)},
            lambda: {"AWS": {"Ref": "Accounts"}},
            lambda: {"Service": {"Fn::Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}},
            lambda: {"AWS": self.arn(), "Service": {"Fn::Join": [".", ["sns", {"Ref": "AWS::URLSuffix"}]]}},
            lambda: "*",
        )

    def arn(self) -> Any:
        role = self.random.choice(ROLES)
        return self.one(
            lambda: {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"},
            lambda: {"Fn::Sub": "arn:aws:iam::${Account}:role/${Name}"},
            lambda: {
                "Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, "iam", "", {"Ref": "AWS::AccountId"}, "root"]]
            },
            lambda: {"Fn::Join": ["", ["arn:aws:iam::", self.account(), ":role/", self.text(1)]]},
            lambda: {"Fn::GetAtt": [role, "Arn"]},
            lambda: {"Fn::Sub": f"${{{role}.Arn}}"},
            lambda: {"Fn::GetAtt": ["User", "Arn"]},
            lambda: self.substituted("arn:aws:iam::${Id}:user/${Who}", {"Id": self.account(), "Who": self.text(1)}),
            lambda: {"Fn::Sub": "arn:aws:sts::${AWS::AccountId}:assumed-role/${NamedRole}/${!aws:username}"},
            self.account,
        )

    def account(self) -> Any:
        ways: list[Any] = [
            self.random.choice(ACCOUNTS),
            {"Ref": "AWS::AccountId"},
            {"Ref": "Account"},
            {"Fn::Select": [0, {"Ref": "Accounts"}]},
            {"Fn::FindInMap": ["ByEnvironment", {"Ref": "Environment"}, "Id"]},
            {"Fn::FindInMap": ["ByEnvironment", self.random.choice(ENVIRONMENTS), "Id"]},
            {"Fn::Select": [4, {"Fn::Split": [":", {"Fn::GetAtt": ["Role", "Arn"]}]}]},
        ]
        return self.random.choice(ways)

    # --- texts and lists -------------------------------------------------------------------------------------

    def text(self, depth: int) -> Any:
        """A text, or functions that come to one."""
        faulty = self.faulty_text() if depth else None
        if faulty is not None:
            return faulty
        if depth <= 0 or self.random.random() < 0.3:
            return self.leaf()
        ways = (self.sub, self.join, self.choice, self.select, self.look_up, self.split, self.encoded)
        return self.random.choice(ways)(depth - 1)

    def leaf(self) -> Any:
        random = self.random
        ways: list[Any] = [
            random.choice(WORDS),
            {"Ref": random.choice(("Name", "Environment", "Account", "Kind", "Empty"))},
            {"Ref": random.choice(("AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::StackName"))},
            {"Ref": random.choice(("Role", "NamedRole", "User", "Other"))},
            {"Fn::GetAtt": [random.choice((*ROLES, "Other")), "Arn"]},
        ]
        return random.choice(ways)

    def sub(self, depth: int) -> Any:
        random = self.random
        pieces = ("x-", "${Name}", "${Environment}", "${AWS::Region}", "${Role}", "${Other.Arn}", "${!x}", ":", "{}")
        text = "".join(random.choice(pieces) for _ in range(random.randint(1, 4)))
        if random.random() < 0.5:
            return {"Fn::Sub": text}
        return self.substituted(f"{text}${{Inner}}", {"Inner": self.text(depth)})

    def substituted(self, text: str, variables: dict[str, Any]) -> Any:
        if "${!" in str(variables):
            self.faults["a variable of Sub is read once more"] = None
        return {"Fn::Sub": [text, variables]}

    def join(self, depth: int) -> Any:
        separator = self.random.choice(("", "-", ":", ", "))
        items: Any = [self.text(depth) for _ in range(self.random.randint(1, 3))]
        if self.random.random() < 0.3:
            items = self.listed(depth)
        elif self.fault("NoValue in a list that is joined", 0.03):
            items.append({"Fn::If": [self.random.choice(self.conditions), "x", {"Ref": "AWS::NoValue"}]})
        return {"Fn::Join": [separator, items]}

    def choice(self, depth: int) -> Any:
        return {"Fn::If": [self.random.choice(self.conditions), self.text(depth), self.text(depth)]}

    def select(self, depth: int) -> Any:
        items = [self.text(depth) for _ in range(self.random.randint(1, 3))]
        index = self.random.randrange(len(items))
        if self.fault("Select by what a function comes to", 0.02):
            return {"Fn::Select": [{"Fn::Join": ["", [str(index)]]}, items]}
        return {"Fn::Select": [self.random.choice((index, str(index))), items]}

    def look_up(self, depth: int) -> Any:
        del depth
        if self.fault("FindInMap with a default", 0.03):
            return {"Fn::FindInMap": ["ByEnvironment", "nowhere", "Id", {"DefaultValue": {"Ref": "Name"}}]}
        ways: list[Any] = [
            ["ByEnvironment", {"Ref": "Environment"}, self.random.choice(("Id", "Same"))],
            ["ByEnvironment", {"Fn::If": [self.random.choice(self.conditions), "dev", "prod"]}, "Id"],
            ["Regions", self.random.choice((REGION, {"Ref": "AWS::Region"})), "Name"],
            ["ByEnvironment", {"Fn::Join": ["", ["de", "v"]]}, "Id"],
        ]
        return {"Fn::FindInMap": self.random.choice(ways)}

    def split(self, depth: int) -> Any:
        del depth
        ways: list[Any] = [
            [1, {"Fn::Split": ["-", {"Fn::Sub": "a-${Name}-${Account}"}]}],
            [0, {"Fn::Split": ["/", {"Fn::Join": ["/", {"Ref": "Admins"}]}]}],
            [5, {"Fn::Split": [":", {"Fn::GetAtt": ["NamedRole", "Arn"]}]}],
            [3, {"Fn::Split": [":", {"Fn::Sub": "${AWS::Partition}:${AWS::Region}::x:${Environment}"}]}],
        ]
        return {"Fn::Select": self.random.choice(ways)}

    def encoded(self, depth: int) -> Any:
        if self.random.random() < 0.8 or not self.fault("blanks in ToJsonString", 0.5):
            return {"Fn::Base64": self.text(depth)} if self.random.random() < 0.3 else self.leaf()
        return {"Fn::ToJsonString": {"a": [self.leaf(), "b"]}}

    def listed(self, depth: int) -> Any:
        """A list, or functions that come to one."""
        random = self.random
        if self.fault("a list that is given with blanks", 0.01):
            self.more["Blanks"] = {"Type": "CommaDelimitedList", "Default": "a, b"}
            return {"Ref": "Blanks"}
        if self.fault("the default of a list", 0.02):
            self.more["Defaulted"] = {"Type": "CommaDelimitedList", "Default": "x,y"}
            return {"Ref": "Defaulted"}
        if depth > 0 and random.random() < 0.2:
            return {"Fn::If": [random.choice(self.conditions), self.listed(depth - 1), self.listed(depth - 1)]}
        return self.one(
            lambda: [self.text(depth - 1), self.text(depth - 1)],
            lambda: {"Ref": random.choice(("Admins", "Accounts"))},
            lambda: {"Fn::Split": [",", random.choice(("a,b,,c", {"Fn::Join": [",", {"Ref": "Admins"}]}))]},
            lambda: {"Fn::FindInMap": ["ByEnvironment", {"Ref": "Environment"}, "Roles"]},
        )

    def faulty_text(self) -> Any:
        """What moto cannot do, or does otherwise; seldom anything."""
        if not self.is_faulty or self.random.random() >= 0.05:
            return None
        ways: dict[str, Any] = {
            "a dynamic reference": "{{resolve:ssm:/admin/role:1}}",
            "Length": {"Fn::Length": {"Ref": "Admins"}},
            "Cidr": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}]},
            "a parameter that is stored": {"Ref": "Stored"},
            "a boolean in a text": {"Fn::Join": ["", [True, "x"]]},
        }
        reason = self.random.choice(list(ways))
        self.faults[reason] = None
        if reason == "a parameter that is stored":
            self.more["Stored"] = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"}
        return ways[reason]

    def perhaps_if(self, usual: str, other: str) -> Any:
        if self.random.random() < 0.85:
            return usual
        return {"Fn::If": [self.random.choice(self.conditions), usual, other]}

    def one(self, *ways: Callable[[], Any]) -> Any:
        """One of the ways; the others are not gone."""
        return self.random.choice(ways)()

    def some(self, *ways: Any) -> Any:
        return self.random.choice(ways)
