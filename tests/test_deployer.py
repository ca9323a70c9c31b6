"""Who runs the deployment, as the command line says: whether AWS takes the policy from them, and what they may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import run
from kmslint.access.askers import Standing
from kmslint.access.deployer import deployer_of, refused_policies
from kmslint.errors import UsageError
from kmslint.key_access import access, ask
from kmslint.lint import lint
from kmslint.model.estate import Estate, Identity, IdentityKind, KeySettings
from kmslint.settings import Settings
from kmslint.values import ALWAYS, Guard, Guards, Null, Value, unknown
from kmslint.verdict import NO
from plain_estates import ANY, deny, estate_of, key_of, policy_of, role, role_arn, to, when
from plain_policies import FOREIGN, HERE, OWN, Plain, key_with, words
from trees import write

DEPLOYER = "arn:aws:iam::111122223333:role/ci/deploy"
ADMIN_ONLY = """Parameters:
  Bypass: {Type: String}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Admin
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::111122223333:role/Admin"}
            Action: kms:*
            Resource: "*"
"""
DELEGATING = ADMIN_ONLY.replace('"arn:aws:iam::111122223333:role/Admin"', '!Sub "arn:aws:iam::${AWS::AccountId}:root"')
SERVICE_ONLY = ADMIN_ONLY.replace('AWS: "arn:aws:iam::111122223333:role/Admin"', "Service: sns.amazonaws.com")


def with_bypass(value: str) -> str:
    return ADMIN_ONLY.replace("Properties:", f"Properties:\n      BypassPolicyLockoutSafetyCheck: {value}")


def found(root: Path, template: str, deployer: str | None, account: str | None = None) -> list[tuple[str, str]]:
    write(root, "t.yaml", text=template)
    options = Settings(select=("KMS1",), root=str(root), account=account, deployer=deployer)
    outcome = lint([str(root)], options)
    assert not outcome.internal_errors
    return [(one.rule_id, one.message) for one in outcome.findings if one.rule_id in ("KMS101", "KMS108")]


def test_a_policy_that_shuts_the_deployer_out(tmp_path: Path) -> None:
    ((rule, message),) = found(tmp_path, ADMIN_ONLY, DEPLOYER)
    assert rule == "KMS108"
    assert message == (
        "AWS will refuse the policy of Key: role ci/deploy, who deploys it, could not call kms:PutKeyPolicy again, for "
        "the key policy neither allows it to role ci/deploy nor lets the account's IAM policies decide"
    )


@pytest.mark.parametrize(
    ("template", "deployer"),
    [
        pytest.param(ADMIN_ONLY, None, id="nobody says who it is"),
        pytest.param(ADMIN_ONLY, "arn:aws:iam::111122223333:role/Admin", id="named"),
        pytest.param(with_bypass("true"), DEPLOYER, id="bypass"),
        pytest.param(with_bypass("!Ref Bypass"), DEPLOYER, id="perhaps a bypass"),
        pytest.param(DELEGATING, DEPLOYER, id="delegated"),
        pytest.param(DELEGATING, "arn:aws:iam::111122223333:root", id="the root user"),
    ],
)
def test_a_policy_that_is_taken(template: str, deployer: str | None, tmp_path: Path) -> None:
    assert found(tmp_path, template, deployer) == []


def test_the_root_user_is_shut_out_like_anybody(tmp_path: Path) -> None:
    ((rule, message),) = found(tmp_path, ADMIN_ONLY, "arn:aws:iam::111122223333:root")
    assert rule == "KMS108"
    assert "the root user, who deploys it" in message


def test_that_nobody_can_manage_it_says_more(tmp_path: Path) -> None:
    assert [rule for rule, _ in found(tmp_path, SERVICE_ONLY, DEPLOYER)] == ["KMS101"]


def test_the_deployers_account_is_that_of_the_keys(tmp_path: Path) -> None:
    """`AWS::AccountId` is the account of whoever deploys, and so is the id of it where it is spelt out."""
    spelt = DELEGATING.replace("${AWS::AccountId}", "111122223333")
    assert found(tmp_path, spelt, DEPLOYER) == []
    assert [rule for rule, _ in found(tmp_path, spelt, "arn:aws:iam::444455556666:role/deploy")] == ["KMS101"]
    with pytest.raises(UsageError, match="444455556666"):
        found(tmp_path, spelt, "arn:aws:iam::444455556666:role/deploy", account="111122223333")


def test_a_provider_of_another_account_has_another_deployer(tmp_path: Path) -> None:
    write(
        tmp_path,
        "main.tf",
        text="""provider "aws" {
  alias               = "other"
  allowed_account_ids = ["444455556666"]
}
resource "aws_kms_key" "key" {
  provider = aws.other
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:role/Admin" }, Action = "kms:*", Resource = "*"
    }]
  })
}
""",
    )
    outcome = lint([str(tmp_path)], Settings(select=("KMS108",), root=str(tmp_path), deployer=DEPLOYER))
    assert not outcome.findings
    other = "arn:aws:iam::444455556666:role/deploy"
    outcome = lint([str(tmp_path)], Settings(select=("KMS108",), root=str(tmp_path), deployer=other))
    assert [finding.rule_id for finding in outcome.findings] == ["KMS108"]


def test_questions_about_the_deployer(tmp_path: Path) -> None:
    write(tmp_path, "t.yaml", text=ADMIN_ONLY)
    question = ask("deployer", "kms:PutKeyPolicy", "Key", [str(tmp_path)], Settings(deployer=DEPLOYER))
    assert question.principal == "role ci/deploy"
    (key,) = access([str(tmp_path)], Settings(deployer=DEPLOYER), None, None).keys
    assert "role ci/deploy (deployer)" in [row.asker.label for row in key.rows]
    (key,) = access([str(tmp_path)], Settings(deployer="arn:aws:iam::111122223333:role/Admin"), None, None).keys
    assert [row.asker.label for row in key.rows].count("role Admin") == 1


@pytest.mark.parametrize(
    "arn",
    [
        "deploy",
        "111122223333",
        "arn:aws:sts::111122223333:assumed-role/deploy/ci",
        "arn:aws:iam::1:role/deploy",
        "arn:aws:iam::111122223333:group/deployers",
        "arn:aws:iam::111122223333:role/*",
    ],
)
@pytest.mark.parametrize("command", [(), ("access",), ("can", "deployer", "kms:Decrypt", "Key")])
def test_what_is_no_deployer(
    arn: str, command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "t.yaml", text=ADMIN_ONLY)
    done = run(capsys, *command, "--deployer", arn, str(tmp_path))
    assert done.code == 2
    assert "is not the ARN of a role, a user or a root user" in done.err


def deployed(
    policy: list[Plain],
    deployer: str | None,
    *identities: Identity,
    account: str | None = OWN,
    bypass: Value | None = None,
) -> Estate:
    """A key with that policy, and somebody who deploys it."""
    key = key_of(policy, key_with(KeySettings(bypass_lockout_check=bypass)))
    named = None if deployer is None else words(deployer)
    return estate_of(key, identities=identities, account=account)._replace(deployer=named)


OTHER_ACCOUNT = f"arn:aws:iam::{FOREIGN}:role/Dev"


@pytest.mark.parametrize(
    ("deployer", "account", "found"),
    [
        (role_arn("Dev"), OWN, (Standing.IDENTITY, "role Dev")),
        (role_arn("Other"), OWN, (Standing.NAMED, "role Other")),
        (f"arn:aws:iam::{OWN}:root", OWN, (Standing.ROOT_USER, "the root user")),
        (OTHER_ACCOUNT, OWN, None),
        (role_arn("Dev"), None, None),
        ("<deployer>", OWN, None),
        (None, OWN, None),
    ],
)
def test_who_makes_a_key(deployer: str | None, account: str | None, found: tuple[Standing, str] | None) -> None:
    estate = deployed([to("Admin")], deployer, role("Dev"), account=account)
    asker = deployer_of(estate.keys[0], estate)
    assert (asker and (asker.standing, asker.label)) == found
    assert bool(list(refused_policies(estate))) is (found is not None)
    assert deployer_of(estate.keys[0], estate._replace(in_other_accounts=True)) is None


def test_the_role_that_terraform_takes_on_for_the_key_makes_it() -> None:
    estate = deployed([to("Admin")], role_arn("Admin"))
    own = estate.keys[0]._replace(deployer=words(role_arn("Dev")))
    (found,) = refused_policies(estate._replace(keys=(own,)))
    assert deployer_of(own, estate) == found.deployer
    assert found.deployer.label == "role Dev"
    assert str(found.arn) == role_arn("Dev")


def test_a_role_that_may_not_be_there_is_not_known() -> None:
    perhaps = role("Dev")._replace(guards=frozenset({Guard("A", True)}))
    estate = deployed([to("Admin")], role_arn("Dev"), perhaps)
    assert deployer_of(estate.keys[0], estate) is None


@pytest.mark.parametrize(
    ("bypass", "is_checked"),
    [
        (None, True),
        (Null(HERE), True),
        (words("false"), True),
        (words("true"), False),
        (words("<Bypass>"), False),
        (unknown("Bypass", HERE), False),
    ],
)
def test_aws_looks_at_the_policy_unless_it_is_told_not_to(bypass: Value | None, is_checked: bool) -> None:
    assert bool(list(refused_policies(deployed([to("Admin")], role_arn("Dev"), bypass=bypass)))) is is_checked


READS: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:Describe*", "Resource": "*"}
UNSEEN = unknown("Policy", HERE)


def ann(*policies: Plain) -> Identity:
    return role("Ann", *policies, kind=IdentityKind.USER)._replace(groups=("Team",))


def team(*policies: Plain) -> Identity:
    return role("Team", *policies, kind=IdentityKind.GROUP)


@pytest.mark.parametrize(
    ("identities", "is_refused"),
    [
        ([role("Dev", READS)], True),
        ([role("Dev", ANY)], False),
        ([role("Dev", {**ANY, "Resource": "<<Resource>>"})], False),
        # Who has no policy here has one elsewhere, and so may who has one that is not here.
        ([role("Dev")], False),
        ([role("Dev")._replace(unseen_policies=(UNSEEN,))], False),
        ([role("Dev", READS)._replace(unseen_policies=(UNSEEN,))], False),
        ([role("Dev", deny(ANY))._replace(unseen_policies=(UNSEEN,))], True),
        # A boundary binds him all the same.
        ([role("Dev")._replace(boundary=policy_of("Limit", [READS]))], True),
        ([role("Dev")._replace(boundary=policy_of("Limit", [ANY]))], False),
        ([role("Dev", ANY)._replace(boundary=policy_of("Limit", [READS]))], True),
    ],
)
def test_a_deployer_with_policies_of_its_own(identities: list[Identity], is_refused: bool) -> None:
    assert bool(list(refused_policies(deployed([to("account")], role_arn("Dev"), *identities)))) is is_refused


@pytest.mark.parametrize(
    ("user", "group", "is_refused"),
    [
        (ann(READS), team(), True),
        (ann(), team(READS), True),
        (ann(), team(ANY), False),
        (ann(READS), team(ANY), False),
        (ann(), team(), False),
    ],
)
def test_a_user_deploys_with_what_its_groups_have(user: Identity, group: Identity, is_refused: bool) -> None:
    estate = deployed([to("account")], f"arn:aws:iam::{OWN}:user/Ann", user, group)
    assert bool(list(refused_policies(estate))) is is_refused


def guard(condition: str, holds: bool) -> Guards:
    return frozenset({Guard(condition, holds)})


@pytest.mark.parametrize(
    ("policy", "identity", "ways"),
    [
        ([to("Admin")], role("Dev"), [ALWAYS]),
        ([to("Admin"), when("A", to("Dev"))], role("Dev"), [guard("A", False)]),
        ([to("Dev"), when("A", deny(to("Dev")))], role("Dev"), [guard("A", True)]),
        ([to("account")], role("Dev", READS, when("A", ANY)), [guard("A", False)]),
        ([to("account")], role("Dev", ANY, when("A", deny(ANY))), [guard("A", True)]),
        ([when("A", to("account"))], role("Dev", READS, when("B", ANY)), [guard("A", False), guard("B", False)]),
        # Some requests are enough, and what is not known is not said.
        ([to("Dev", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], role("Dev"), []),
        ([to("Dev", Condition="<<Condition>>")], role("Dev"), []),
    ],
)
def test_when_the_policy_is_refused(policy: list[Plain], identity: Identity, ways: list[Guards]) -> None:
    found = list(refused_policies(deployed(policy, role_arn("Dev"), identity)))
    assert [way for one in found for way in one.ways] == ways
    assert all(one.decision.allowed.some is NO for one in found)
