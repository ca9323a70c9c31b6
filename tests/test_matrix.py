"""Who may do what with a key, cell by cell: what is said of the requests, and of the conditions of the template."""

from __future__ import annotations

import pytest

from document_estates import estate_of, key_of
from kmslint.access.askers import Asker, Standing, abstract_askers, askers, identity_asker
from kmslint.access.matrix import USES, Answer, is_beside, reply, row
from kmslint.access.open_parts import hole_name, open_parts
from kmslint.access.reasons import Reason
from kmslint.access.replicas import divergences
from kmslint.access.sentences import NEXT, SENTENCES, by_standing
from kmslint.model.estate import Estate, Grant, KeyKind, KeyPolicy, KeySettings, Language, PolicyOrigin
from kmslint.model.facts import Equals, Facts
from kmslint.values import ALWAYS, Guards, Hole, HoleKind
from kmslint.verdict import YES
from plain_policies import FOREIGN, HERE, OWN, Plain, action_of, document, value, words
from plain_uses import ACCOUNT, ARN, NOT_C, ON_KEY, C, D, allow, dev, iam

MFA: Plain = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
PERHAPS: Plain = {"StringEquals": {"aws:PrincipalAccount": "<Account>"}}
DEV = allow({"AWS": ARN})


def when(condition: str, then: Plain, other: Plain = None) -> Plain:
    return {"if": condition, "then": then, "else": other}


def estate_with(policy: list[Plain], *statements: Plain, guards: Guards = ALWAYS) -> Estate:
    return estate_of(document(policy), identities=[dev(*statements)._replace(guards=guards)])


def asker_of(estate: Estate) -> Asker:
    return identity_asker(estate.identities[0], estate)


def answered(estate: Estate, action: str = "kms:Decrypt") -> tuple[Answer, str]:
    key = estate.keys[0]
    assert key.policy.document is not None
    found = reply(key.policy.document, action_of(action), key, asker_of(estate), estate)
    assert found.action.name == action
    assert (found.decision.allowed.some is YES) is (found.answer in (Answer.YES, Answer.CONDITIONAL))
    return found.answer, found.conditions


LETS = iam("kms:*", ON_KEY)
REPLIES: list[tuple[list[Plain], list[Plain], Answer, str]] = [
    ([DEV], [], Answer.YES, ""),
    ([], [LETS], Answer.NO, ""),
    ([ACCOUNT], [LETS], Answer.YES, ""),
    ([ACCOUNT], [], Answer.NO, ""),
    ([{**DEV, "Condition": MFA}], [], Answer.CONDITIONAL, "only with MFA"),
    ([allow({"AWS": "<Somebody>"})], [], Answer.UNKNOWN, ""),
    ([when("C", DEV)], [], Answer.CONDITIONAL, "only when C is true"),
    ([when("C", None, DEV)], [], Answer.CONDITIONAL, "only when C is false"),
    ([when("C", DEV, DEV)], [], Answer.YES, ""),
    ([when("C", allow({"AWS": FOREIGN}))], [], Answer.NO, ""),
    ([DEV, when("C", {**allow("*"), "Effect": "Deny"})], [], Answer.CONDITIONAL, "only when C is false"),
    ([when("C", {**DEV, "Condition": MFA}, {**DEV, "Condition": MFA})], [], Answer.CONDITIONAL, "only with MFA"),
    # In one way in some requests, in another in none: no word says that.
    ([when("C", {**DEV, "Condition": MFA})], [], Answer.UNKNOWN, ""),
    ([when("C", DEV, allow({"AWS": "<Somebody>"}))], [], Answer.UNKNOWN, ""),
    ([ACCOUNT], [when("C", LETS)], Answer.CONDITIONAL, "only when C is true"),
    ([when("C", ACCOUNT)], [when("C", LETS)], Answer.CONDITIONAL, "only when C is true"),
    ([when("C", ACCOUNT)], [when("C", None, LETS)], Answer.NO, ""),
    ([when("C", ACCOUNT, DEV)], [when("C", LETS)], Answer.YES, ""),
    ([when("C", ACCOUNT)], [when("D", LETS)], Answer.CONDITIONAL, "only when C is true and D is true"),
]


@pytest.mark.parametrize(("policy", "statements", "answer", "conditions"), REPLIES)
def test_replies(policy: list[Plain], statements: list[Plain], answer: Answer, conditions: str) -> None:
    assert answered(estate_with(policy, *statements)) == (answer, conditions)


def test_where_the_caller_is_there_conditions_have_come_out() -> None:
    assert answered(estate_with([when("C", DEV)], guards=C)) == (Answer.YES, "")
    assert answered(estate_with([when("C", DEV)], guards=NOT_C)) == (Answer.NO, "")
    assert answered(estate_with([when("C", ACCOUNT)], when("C", LETS), guards=C)) == (Answer.YES, "")


def test_who_is_never_there_with_the_key_is_not_beside_it() -> None:
    policy = document([when("C", DEV)]).with_facts(Facts({"C": Equals("Env", "prod"), "D": Equals("Env", "dev")}, {}))
    estate = estate_with([DEV], guards=C)
    assert is_beside(asker_of(estate), policy)
    assert is_beside(asker_of(estate), policy.under(C))
    assert not is_beside(asker_of(estate), policy.under(D))
    assert all(is_beside(one, policy.under(D)) for one in abstract_askers())
    key = estate.keys[0]
    assert row(policy, key, asker_of(estate), estate).guards == C
    assert row(policy.under(C), key, asker_of(estate), estate).guards == ALWAYS
    assert row(policy.under(D), key, asker_of(estate), estate).guards == ALWAYS


def test_a_grant_counts() -> None:
    grant = Grant("Grant", HERE, words("<key>"), words(ARN), value(["Decrypt"]), constrained=False)
    estate = estate_with([])._replace(grants=(grant,), language=Language.TERRAFORM)
    assert answered(estate) == (Answer.YES, "")
    assert answered(estate, "kms:Encrypt") == (Answer.NO, "")


def test_a_cell_says_the_best_of_its_answers() -> None:
    statements: list[Plain] = [
        allow({"AWS": ARN}, "kms:Encrypt", Condition=MFA),
        allow({"AWS": ARN}, "kms:ReEncryptTo"),
        allow({"AWS": "<Somebody>"}, "kms:Sign"),
        allow({"AWS": ARN}, "kms:Verify", "kms:GenerateMac", Condition=MFA),
        allow({"AWS": "<Somebody>"}, "kms:CreateGrant"),
    ]
    estate = estate_with(statements)
    key = estate.keys[0]
    assert key.policy.document is not None
    found = row(key.policy.document, key, asker_of(estate), estate)
    cells = {cell.use.name: cell for cell in found.cells}
    told = {name: (cell.answer, [one.name for one in cell.of_that_answer]) for name, cell in cells.items()}
    assert told["encrypt"] == (Answer.YES, ["kms:ReEncryptTo"])
    assert told["sign/verify"] == (Answer.CONDITIONAL, ["kms:Verify", "kms:GenerateMac"])
    assert told["grant"] == (Answer.UNKNOWN, ["kms:CreateGrant"])
    assert told["decrypt"] == (Answer.NO, ["kms:Decrypt", "kms:ReEncryptFrom"])
    assert cells["sign/verify"].best.conditions == "only with MFA"
    assert not found.is_empty
    nobody = estate_with([])
    assert row(document([]), nobody.keys[0], asker_of(nobody), nobody).is_empty


COLUMNS = """
encrypt: Encrypt ReEncryptTo
decrypt: Decrypt ReEncryptFrom
data keys: GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
sign/verify: Sign Verify GenerateMac VerifyMac DeriveSharedSecret
grant: CreateGrant
view: DescribeKey ListGrants GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus GetPublicKey ListKeyPolicies
    ListKeyRotations ListResourceTags
administer: EnableKey RevokeGrant CancelKeyDeletion DisableKeyRotation EnableKeyRotation GetParametersForImport
    ImportKeyMaterial ReplicateKey RotateKeyOnDemand TagResource UntagResource UpdateKeyDescription
    UpdatePrimaryRegion CreateAlias DeleteAlias UpdateAlias
change policy: PutKeyPolicy
delete: ScheduleKeyDeletion DeleteImportedKeyMaterial DisableKey
"""


def test_the_columns_are_every_action_of_a_key_in_an_order_that_tells() -> None:
    listed = COLUMNS.strip().replace("\n    ", " ").splitlines()
    assert [f"{use.name}: {' '.join(one.name.removeprefix('kms:') for one in use.actions)}" for use in USES] == listed


OTHER_ARN = f"arn:aws:iam::{OWN}:role/Ops"
SERVICE = allow({"Service": "logs.amazonaws.com"})
OPS_ENCRYPTS = allow({"AWS": OTHER_ARN}, "kms:Encrypt")
DIVERGENT: list[tuple[list[Plain], list[Plain], list[str], list[str]]] = [
    # the policy of the primary key, that of the replica, who may use the replica alone, and who the primary key
    ([DEV], [DEV], [], []),
    ([DEV], [DEV, allow({"AWS": OTHER_ARN})], ["role Ops"], []),
    ([DEV, allow({"AWS": OTHER_ARN})], [DEV], [], ["role Ops"]),
    ([DEV], [allow({"AWS": OTHER_ARN})], ["role Ops"], ["role Dev"]),
    ([DEV], [allow({"AWS": ARN}, "kms:DescribeKey")], [], []),
    ([DEV], [DEV, allow({"AWS": f"arn:aws:iam::{OWN}:user/Ann"})], ["user Ann"], []),
    ([DEV], [DEV, SERVICE], [], []),
    ([ACCOUNT], [ACCOUNT, DEV], ["role Dev"], []),  # what is left to IAM, the administrators stand for
    ([DEV], [DEV, ACCOUNT], ["root user", "account administrators"], []),
    ([DEV], [DEV, allow({"AWS": FOREIGN})], [f"account {FOREIGN}"], []),
    ([DEV], [DEV, {**allow("*"), "Effect": "Deny"}], [], ["role Dev"]),
    ([DEV], [DEV, {**allow("*"), "Effect": "Deny", "Condition": MFA}], [], []),
    ([DEV], [DEV, when("C", allow({"AWS": OTHER_ARN}))], [], []),
    ([DEV], [DEV, when("C", allow({"AWS": OTHER_ARN}), allow({"AWS": OTHER_ARN}, "kms:Sign"))], ["role Ops"], []),
    ([DEV], [when("C", DEV, allow({"AWS": ARN}, "kms:Encrypt"))], [], []),
    ([DEV], [DEV, when("C", OPS_ENCRYPTS, allow({"AWS": OTHER_ARN}, "kms:Sign"))], ["role Ops"], []),
    ([DEV], [DEV, allow({"AWS": OTHER_ARN}, Condition=PERHAPS)], [], []),
]


def replicated(primary: list[Plain], replica: list[Plain]) -> Estate:
    first = key_of(document(primary), "Primary")
    settings = KeySettings(primary=first.arn)
    second = key_of(document(replica), "Replica", settings)._replace(kind=KeyKind.REPLICA)
    elsewhere = HERE._replace(start=7, end=9)
    second = second._replace(policy=second.policy._replace(at=elsewhere))
    return estate_of(document([*primary, *replica]))._replace(keys=(first, second))


@pytest.mark.parametrize(("primary", "replica", "more", "fewer"), DIVERGENT)
def test_who_may_use_a_replica_and_not_its_primary_key(
    primary: list[Plain], replica: list[Plain], more: list[str], fewer: list[str]
) -> None:
    found = list(divergences(replicated(primary, replica)))
    assert [[asker.label for asker in one.only_replica] for one in found] == ([more] if more or fewer else [])
    assert [[asker.label for asker in one.only_primary] for one in found] == ([fewer] if more or fewer else [])
    assert all((one.replica.address, one.primary.address) == ("Replica", "Primary") for one in found)


def test_only_conditions_that_matter_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmslint.limits.BRANCHES", 2)
    idle = when("A", allow({"AWS": OTHER_ARN}, "kms:Decrypt"))
    denied = {**allow({"AWS": OTHER_ARN}, "kms:Decrypt"), "Effect": "Deny"}
    (found,) = divergences(replicated([DEV], [DEV, idle, denied, when("C", OPS_ENCRYPTS, OPS_ENCRYPTS)]))
    assert [asker.label for asker in found.only_replica] == ["role Ops"]


def test_what_is_left_to_iam_counts_for_no_role_of_the_estate_either() -> None:
    (found,) = divergences(replicated([ACCOUNT], [ACCOUNT, DEV])._replace(identities=(dev(),)))
    assert [asker.label for asker in found.only_replica] == ["role Dev"]


def test_policies_that_are_one_or_not_seen_do_not_diverge() -> None:
    estate = replicated([DEV], [allow({"AWS": OTHER_ARN})])
    first, second = estate.keys
    unseen = KeyPolicy(PolicyOrigin.UNKNOWN, HERE._replace(start=3, end=4))
    shared = second._replace(policy=second.policy._replace(at=first.policy.at))
    for keys in (
        (first._replace(policy=unseen), second),
        (first, second._replace(policy=unseen)),
        (first, shared),
        (first, second._replace(settings=KeySettings())),
    ):
        assert list(divergences(estate._replace(keys=keys))) == []


OPEN: list[tuple[list[Plain], list[str]]] = [
    ([DEV], []),
    (["<<Statement>>"], ["Statement"]),
    ([{**DEV, "Effect": "<Effect>"}], ["the Effect of statement number 1"]),
    ([{**DEV, "Principal": None, "NotPrincipal": {"AWS": OWN}}], ["what NotPrincipal means of statement number 1"]),
    ([allow({"AWS": "<Somebody>"})], ["principal parameter Somebody"]),
    ([allow({"AWS": "<<Somebody>>"})], ["principal Somebody"]),
    ([allow({"AWS": "arn:aws:iam::1:<A>/<B>"})], []),
    ([allow({"AWS": "<A>x"})], ["principal ${A}x"]),
    ([allow({"AWS": ["<role Dev>", "<deployer>", "*"]})], []),
    ([{**DEV, "Action": ["kms:<A>", "<B>"], "Sid": "S"}], ['parameter A in the Action of statement "S"']),
    ([{**DEV, "Resource": ["<<R>>", "<B>"]}], ["R in the Resource of statement number 1"]),
    ([{**DEV, "Resource": "arn:<partition>:kms:<region>:<own>:key/<key>"}], []),
    ([{"Effect": "Deny", "Principal": "*", "NotAction": "<A>", "NotResource": "<A>"}], []),
    ([{**DEV, "Principal": {"<Type>": "x"}}], ["principal x"]),
    ([{**DEV, "Condition": "<<Condition>>"}], ["the Condition of statement number 1"]),
    ([{**DEV, "Condition": {"StringSame": {"a": "b"}}}], ["the Condition of statement number 1"]),
    ([{**DEV, "Condition": {"StringEquals": {"<Key>": "b"}}}], ["the Condition of statement number 1"]),
    ([{**DEV, "Condition": {"StringEquals": {"a": []}}}], ["the Condition of statement number 1"]),
    ([{**DEV, "Condition": {"StringEquals": {"a": ["b", "<C>"]}}}], ["the Condition of statement number 1"]),
    ([{**DEV, "Condition": {"StringEquals": {"a": "<C>", "b": "<C>"}}}], ["the Condition of statement number 1"]),
    ([{**DEV, "Condition": {"StringEquals": {"a": "<own>"}}}], []),
]


@pytest.mark.parametrize(("policy", "told"), OPEN)
def test_what_is_open_in_a_policy(policy: list[Plain], told: list[str]) -> None:
    read = document(policy)
    assert list(open_parts(read, (), estate_of(read))) == told


def test_whose_an_account_is_may_be_open_too() -> None:
    policy = document([allow({"AWS": [OWN, FOREIGN, OWN]}), DEV])
    asked = [f"whether account {one} is the key's own" for one in (OWN, FOREIGN)]
    assert list(open_parts(policy, ("C",), estate_of(policy, account=None)))[1:] == asked
    assert list(open_parts(policy, (), estate_of(policy))) == []
    symbolic = document([allow({"AWS": ["arn:aws:iam::<own>:root", FOREIGN]})])
    assert list(open_parts(symbolic, (), estate_of(symbolic, account=None))) == asked[1:]
    alone = document([allow({"AWS": FOREIGN})])
    assert list(open_parts(alone, (), estate_of(alone, account=None))) == []


def test_a_parameter_is_called_one() -> None:
    assert hole_name(Hole(HoleKind.PARAMETER, "Policy")) == "parameter Policy"
    assert hole_name(Hole(HoleKind.PARAMETER, "var.policy")) == "var.policy"
    assert hole_name(Hole(HoleKind.EXPRESSION, "Policy")) == "Policy"


STANDINGS = {
    Standing.ROOT_USER: {Reason.IAM_ONLY_ACTION, Reason.NONE},
    Standing.ADMINISTRATORS: {Reason.IAM_ALLOW_INEFFECTIVE},
    Standing.ANYONE: {Reason.NONE},
    Standing.ANYBODY: {Reason.CROSS_ACCOUNT},
    Standing.NAMED: {Reason.IAM_ALLOW_INEFFECTIVE},
    Standing.SERVICE: {Reason.IAM_ONLY_ACTION_NO_IAM, Reason.NONE},
    Standing.IDENTITY: set(),
    Standing.FOREIGN: set(),
}
ADVISED = """
DELEGATED_BUT_NO_IAM_ALLOW IAM_ALLOW_INEFFECTIVE NONE NO_KEY_POLICY NOT_CROSS_ACCOUNT KEY_POLICY_DENY IAM_DENY BOUNDARY
BOUNDARY_LIMITS_ROLE IAM_ONLY_ACTION_NO_IAM
"""


def of_every_standing() -> dict[Standing, Asker]:
    policy = document([allow({"AWS": [FOREIGN, OTHER_ARN], "Service": "logs.amazonaws.com"})])
    estate = estate_of(policy, identities=[dev()])
    found = {asker.standing: asker for asker in askers(policy, estate)}
    assert found.keys() == set(Standing)
    return found


def test_every_reason_has_a_sentence_and_some_have_another_for_somebody() -> None:
    for standing, asker in of_every_standing().items():
        for reason in Reason:
            said = by_standing(SENTENCES, reason, asker)
            assert said
            assert (said != SENTENCES[reason]) is (reason in STANDINGS[standing]), (reason, standing)


def test_what_can_be_done_is_said_of_every_no_that_a_template_can_change() -> None:
    everybody = of_every_standing()
    advised = {reason for reason in Reason if by_standing(NEXT, reason, everybody[Standing.IDENTITY])}
    assert advised == {Reason[name] for name in ADVISED.split()}
    of_service = {reason for reason in Reason if by_standing(NEXT, reason, everybody[Standing.SERVICE])}
    assert advised - of_service == {Reason.IAM_ONLY_ACTION_NO_IAM}  # AWS services have no IAM policies
    assert "IAM policy" not in by_standing(NEXT, Reason.NONE, everybody[Standing.SERVICE])
