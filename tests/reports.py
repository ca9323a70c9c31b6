"""Outcomes made by hand, for the tests of the reporters: three rules, and sources that mean mischief."""

from __future__ import annotations

from findings import statement_at
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Confidence, Finding, Related, Severity
from kmslint.engine.outcome import Counts, KeyVerdict, Outcome, SwitchedOff
from kmslint.engine.rule import Examples, Profile, Rule, Scope, Silence
from kmslint.errors import Problem
from kmslint.location import Location, Source

EXAMPLES = Examples(bad="a: [bad]\n", good="a: [good]\n")

NOT_ANALYSED = Rule(
    id="KMS000",
    name="not-analysed",
    title="A part of the input could not be analysed",
    severity=Severity.HIGH,
    rationale="What cannot be read cannot be judged.",
    remediation="Correct the file. Then run again.",
    references=("https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",),
    cloudformation=EXAMPLES,
    terraform=EXAMPLES,
)
UNDECIDED = NOT_ANALYSED._replace(
    id="KMS001",
    name="policy-not-resolved",
    title="The verdict hangs on something that cannot be seen",
    severity=Severity.INFO,
)
DELEGATION = NOT_ANALYSED._replace(
    id="KMS301",
    name="iam-allow-without-delegation",
    title="An IAM policy allows what the key policy does not hand over",
    severity=Severity.HIGH,
    rationale="KMS asks the key policy first.\nIAM policies count where it says so.\n\nOtherwise they do nothing.",
    remediation="Name the role in the key policy, or delegate to the account. Both work.",
    cloudformation=None,
    precision=Confidence.MEDIUM,
    profile=Profile.STRICT,
    silenced_by=(Silence("KMS304", Scope.KEY),),
)
PUBLIC = NOT_ANALYSED._replace(
    id="KMS201",
    name="public-key",
    title="Everybody may use the key",
    severity=Severity.CRITICAL,
    counterparts=(
        Counterpart(Catalogue.CWE, ("CWE-732",)),
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_33", "CKV_AWS_283")),
    ),
)
RULES = (NOT_ANALYSED, UNDECIDED, PUBLIC, DELEGATION)

APP = Source(
    "stacks/app.yaml",
    "Resources:\n  Dev:\n    Policies:\n      - Effect: Allow\n        Action: [kms:Decrypt, kms:DescribeKey]\n",
)
KEYS = Source("stacks/keys.yaml", "# 鍵\r\nKey: {Principal: !GetAtt Sec.Arn, Sid: 鍵😀 of 'Sec'}\r\n")
HOSTILE = Source(
    "we\u0131rd dir/a:b\n::error::x %41#?.tf",
    "\tname\t= \"\x1b[31m\u202e鍵\" # ##[error]x\u200b\r::error file=x::forged\n\tlast = '](javascript:1)'\n",
)


def locate(source: Source, text: str, nth: int = 1) -> Location:
    """Where the text stands in the source, the first time or a later one."""
    start = -1
    for _ in range(nth):
        start = source.text.index(text, start + 1)
    return Location(source, start, start + len(text))


def outcome(*findings: Finding, problems: tuple[Problem, ...] = (), errors: tuple[str, ...] = ()) -> Outcome:
    """An outcome of `RULES` with these findings, of one estate with one key and two identities."""
    undecided = any(finding.rule_id == "KMS001" for finding in findings)
    lockout = "unknown" if undecided else "deletable-only"
    key = KeyVerdict("Key", KEYS.path, 2, "explicit", "no", "no", lockout, ("${Sec.Arn}",), undecided)
    counts = Counts(len(problems) + 2, 2, len(problems), 0, 1, 2)
    return Outcome(RULES, findings, problems, (key,), counts, errors)


TWO_HALVES = DELEGATION.finding(
    locate(APP, "kms:Decrypt"),
    "role Dev may not use key Key: its IAM policy allows kms:Decrypt, but the key policy does not delegate",
    "Dev",
    related=(Related(locate(KEYS, "!GetAtt Sec.Arn"), "Key names only role Sec, here"),),
    statement=statement_at(locate(APP, "Effect: Allow\n        Action: [kms:Decrypt, kms:DescribeKey]")),
    subject="kms:Decrypt",
)
EVERYBODY = PUBLIC.finding(
    locate(KEYS, "鍵😀"), "everybody may use Key", "Key", confidence=Confidence.MEDIUM, advice="name an account"
)
OPEN = UNDECIDED.finding(locate(KEYS, "Key"), "cannot decide Key: parameter Admin is not set", "Key")
MISCHIEF = PUBLIC.finding(
    locate(HOSTILE, "\u202e鍵"),
    "role a]\n::error::x\x1b[2J ##[error]y [here](1) {0} ${AWS::AccountId} %0A may use the key",
    'aws_kms_key.a["\udcff\n"]',
    related=(
        Related(locate(HOSTILE, "](javascript:1)"), "a [link](javascript:1) \\ \u2028 ::error::x"),
        Related(Location(Source("../gone.tf", ""), 0, 0), "not here"),
    ),
)
UNREADABLE = Source("bad\udcff.yaml", "")
PROBLEM = Problem(UNREADABLE.path, "not UTF-8 at byte 7")
BROKEN = NOT_ANALYSED.finding(Location(UNREADABLE, 0, 0), PROBLEM.reason, "")
BLOCK_PROBLEM = Problem(APP.path, "a [tab](1) where none may be", locate(APP, "Policies:"))
EVERYTHING = outcome(
    TWO_HALVES, EVERYBODY, OPEN, MISCHIEF, BROKEN, problems=(PROBLEM, BLOCK_PROBLEM), errors=("rule KMS9 failed",)
)._replace(
    switched_off=(
        SwitchedOff(("KMS201",), ".kmslint.yaml:3", ("a\x1b[2J\n::error::x ##[error]",), 2),
        SwitchedOff(("KMS301",), "--ignore"),
    )
)
