"""Who asks: identities with a name, and the abstract callers that classify a key policy.

An abstract caller stands for somebody the policy does not name. Its name contains a character no
template writes, so no literal in a policy is ever equal to it; only wildcards cover it.
"""

from enum import Enum
from typing import Final, NamedTuple

from kmslint.location import Location, Source
from kmslint.model.arn import Arn, parse_arn, split_text
from kmslint.values import Hole, HoleKind, Part, Text, join, text
from kmslint.verdict import Verdict

NOWHERE: Final = Location(Source("", ""), 0, 0)
"""The place of texts that stand in no file."""

FRESH: Final = "\uf8ffsomebody\uf8ff"
"""A name that occurs in no policy."""

_OWN: Final = Hole(HoleKind.OWN_ACCOUNT, "own account")
_PARTITION: Final = Hole(HoleKind.PARTITION, "partition")


class CallerKind(Enum):
    ROOT_USER = "root user"
    ROLE = "role"
    USER = "user"
    SESSION = "role session"
    FEDERATED = "federated user"
    """A session of GetFederationToken."""
    SERVICE = "service"
    UNRESOLVED = "principal"
    """A principal whose ARN cannot be resolved: the deployer, an attribute of some resource."""


class Caller(NamedTuple):
    """Somebody who sends requests to KMS."""

    kind: CallerKind
    arn: Text
    """As `aws:PrincipalArn` carries it: of a session its role's."""
    account: Text
    own: bool
    """Whether it belongs to the account of the key."""
    session: Text | None = None
    """The ARN of the session itself, of a role session."""
    service: Text | None = None
    """The name of the service principal, of a service."""
    bounded: bool = False
    """Has a permissions boundary."""
    unnamed: bool = False
    """Nobody the policy names: an element that cannot be resolved is not this caller."""

    @property
    def is_stranger(self) -> bool:
        """Whether it may be anybody in an account other than the key's, where it takes the name that it likes."""
        return self.unnamed and not self.own

    @property
    def service_linked(self) -> Verdict:
        """Whether it is a service-linked role: as such only an AWS service can act.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
        """
        resource = str(self.arn).rpartition(":")[2]
        if self.kind is CallerKind.ROLE:
            return Verdict.of(resource.startswith("role/aws-service-role/"))
        # A session does not show the path of its role; the names of such roles begin so, and others may.
        perhaps = resource.startswith("role/AWSServiceRoleFor")
        return Verdict.UNKNOWN if perhaps else Verdict.NO


def own_arn(*resource: Part) -> Text:
    """The ARN of something in IAM of the key's account."""
    return join(("arn:", _PARTITION, ":iam::", _OWN, ":", *resource), NOWHERE)


OWN_ACCOUNT: Final = Text((_OWN,), NOWHERE)

ROOT_USER: Final = Caller(CallerKind.ROOT_USER, own_arn("root"), OWN_ACCOUNT, own=True)
"""R: the root user of the key's account."""

SOME_ROLE: Final = Caller(CallerKind.ROLE, own_arn(f"role/{FRESH}"), OWN_ACCOUNT, own=True, unnamed=True)
"""D, W: a role of the key's account that the policy does not name."""

SOME_USER: Final = Caller(CallerKind.USER, own_arn(f"user/{FRESH}"), OWN_ACCOUNT, own=True, unnamed=True)
"""D, W: a user of the key's account that the policy does not name."""

ANYBODY: Final = Caller(
    CallerKind.ROLE,
    text(f"arn:aws:iam::{FRESH}:role/{FRESH}", NOWHERE),
    text(FRESH, NOWHERE),
    own=False,
    unnamed=True,
)
"""A role of some account that nobody here knows."""


def service(name: Text) -> Caller:
    """An AWS service that calls in its own name: it belongs to no account.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
    """
    nobody = text("", NOWHERE)
    return Caller(CallerKind.SERVICE, nobody, nobody, own=False, service=name)


_KINDS: Final = {
    "role/": CallerKind.ROLE,
    "user/": CallerKind.USER,
    "assumed-role/": CallerKind.SESSION,
    "federated-user/": CallerKind.FEDERATED,
}


def named(arn: Text) -> Caller:
    """An own principal, as a Principal element names it; its account is taken to be the key's."""
    parts = parse_arn(arn)
    resource = str(parts.resource) if parts is not None else ""
    kind = next((kind for prefix, kind in _KINDS.items() if resource.startswith(prefix)), CallerKind.UNRESOLVED)
    session = None
    if parts is not None and kind is CallerKind.SESSION:
        session, arn = arn, _role_of(parts, arn.at)
    return Caller(kind, arn, OWN_ACCOUNT, own=True, session=session)


def _role_of(session: Arn, at: Location) -> Text:
    """What `aws:PrincipalArn` carries for a session: its role, whose path the session's ARN does not show.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    role = split_text(session.resource, "/", 2)[1]
    return join(("arn:", *session.partition.parts, ":iam::", *session.account.parts, ":role/", *role.parts), at)


def recreatable(pattern: Text) -> Caller:
    """C: a principal with a name that the pattern of an `aws:PrincipalArn` condition covers."""
    parts = tuple(part.replace("*", FRESH) if isinstance(part, str) else part for part in pattern.parts)
    # A new role of the name is not the one that a Principal element names: AWS goes by the unique id there.
    return named(join(parts, pattern.at))._replace(unnamed=True)
