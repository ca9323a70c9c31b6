"""The sentences of a proof, with their names still open: one for each reason, and for whom it reads otherwise.

`{policy}` is the key policy, `{iam}` the IAM policy that allows, `{no_iam}` that none does, `{when}` what the request
must be like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kmslint.access.askers import Asker, Standing
from kmslint.access.reasons import Reason

Templates = Mapping[Reason | tuple[Reason, Standing], str]
"""By reason; where it reads otherwise for somebody, by reason and standing."""


def by_standing(templates: Templates, reason: Reason, asker: Asker) -> str:
    """The template for a reason and whoever asks; empty if there is none."""
    return templates.get((reason, asker.standing), templates.get(reason, ""))


UNDECIDED: Final = "whether {who} may use {action} on {key} hangs on {open}"
DELEGATED_UNSEEN: Final = "{policy} hands {action} to the account's IAM policies, and those of {who} are not seen here"

SENTENCES: Final[Templates] = {
    Reason.KEY_POLICY_DIRECT: "{policy} allows {action} to {who} directly{when}; no IAM policy is needed",
    Reason.ACCOUNT_DELEGATION: "{policy} hands {action} to the account's IAM policies, and {iam} allows it{when}",
    Reason.ROOT_USER: "{policy} allows {action} to the account, and so to its root user{when}",
    Reason.CROSS_ACCOUNT: "{policy} allows {action} to {who}{when}; an IAM policy in that account has to allow it too",
    (Reason.CROSS_ACCOUNT, Standing.ANYBODY): (
        "{policy} allows {action} to everybody{when}; an IAM policy in the caller's own account has to allow it too"
    ),
    Reason.SERVICE: "{policy} allows {action} to {who}{when}",
    Reason.GRANT: "a grant on {key} allows {action} to {who}{when}",
    Reason.IAM_ONLY_ACTION: "{action} concerns no key: {iam} allows it{when}, and no key policy has a say",
    (Reason.IAM_ONLY_ACTION, Standing.ROOT_USER): (
        "{action} concerns no key: the root user may use it, and no key policy has a say"
    ),
    Reason.KEY_POLICY_DENY: "{policy} denies {action} to {who}, whatever else allows it",
    Reason.IAM_DENY: "an IAM policy of {who} denies {action}, whatever {policy} allows",
    Reason.BOUNDARY_DENY: "the permissions boundary of {who} denies {action}",
    Reason.SESSION_DENY: "the session policy of {who} denies {action}",
    Reason.SCP_DENY: "a service control policy denies {action} to {who}",
    Reason.RCP_DENY: "a resource control policy denies {action} on {key} to {who}",
    Reason.ENDPOINT_DENY: "the policy of the VPC endpoint denies {action} to {who}",
    Reason.SCP_NO_ALLOW: "no service control policy allows {action} to {who}",
    Reason.ENDPOINT_NO_ALLOW: "the policy of the VPC endpoint does not allow {action} to {who}",
    Reason.IAM_ONLY_ACTION_NO_IAM: "{action} concerns no key: only IAM can allow it, and {no_iam}",
    (Reason.IAM_ONLY_ACTION_NO_IAM, Standing.SERVICE): (
        "{action} concerns no key: only IAM can allow it, and AWS services have no IAM policies"
    ),
    Reason.BOUNDARY_LIMITS_ROLE: (
        "{policy} names {who}, but the permissions boundary of {who} does not allow {action}"
    ),
    Reason.BOUNDARY: (
        "{policy} hands {action} to the account's IAM policies and {iam} allows it, but the permissions boundary of "
        "{who} does not"
    ),
    Reason.DELEGATED_BUT_NO_IAM_ALLOW: "{policy} hands {action} to the account's IAM policies, and {no_iam}",
    Reason.IAM_ALLOW_INEFFECTIVE: (
        "{iam} allows {action}, but {policy} neither allows it to {who} nor lets the account's IAM policies decide"
    ),
    (Reason.IAM_ALLOW_INEFFECTIVE, Standing.ADMINISTRATORS): (
        "{policy} does not let the account's IAM policies decide about {action}, so those of an administrator count "
        "for nothing"
    ),
    # Its IAM policies are not seen here: they may allow, and do not matter.
    (Reason.IAM_ALLOW_INEFFECTIVE, Standing.NAMED): (
        "{policy} neither allows {action} to {who} nor lets the account's IAM policies decide"
    ),
    Reason.NOT_CROSS_ACCOUNT: "{action} does not work on a key of another account, whatever the policies say",
    Reason.NO_KEY_POLICY: (
        "{policy} does not allow {action} to {who}, and without that IAM policies of another account count for nothing"
    ),
    Reason.FOREIGN_NO_IAM: "{policy} allows {action} to {who}, but its own IAM policies do not",
    Reason.FOREIGN_BOUNDARY: "{policy} allows {action} to {who}, but its permissions boundary does not",
    Reason.NONE: "{policy} does not allow {action} to {who}, and {no_iam}",
    (Reason.NONE, Standing.ROOT_USER): (
        "{policy} does not allow {action} to the account, and without that not even its root user may use it"
    ),
    (Reason.NONE, Standing.ANYONE): "{policy} does not allow {action} to every identity of the account",
    (Reason.NONE, Standing.SERVICE): "{policy} does not allow {action} to {who}",
    Reason.RETIRE_GRANT: (
        "{action} is decided by each grant: its grantee and its retiring principal have it as the grant says, and the "
        "account that made it by IAM"
    ),
    Reason.UNKNOWN: UNDECIDED,
}

NEXT: Final[Templates] = {
    Reason.DELEGATED_BUT_NO_IAM_ALLOW: "allow {action} on {key} in an IAM policy of {who}",
    Reason.IAM_ALLOW_INEFFECTIVE: (
        "allow {action} to {who} in {policy}, or to the account there, so that IAM policies decide"
    ),
    Reason.NONE: "allow {action} to {who} in {policy}; or to the account there, and to {who} in an IAM policy",
    (Reason.NONE, Standing.SERVICE): "allow {action} to {who} in {policy}",
    Reason.NO_KEY_POLICY: "allow {action} to {who} in {policy}",
    Reason.NOT_CROSS_ACCOUNT: "let an identity of the key's own account use {action}",
    Reason.KEY_POLICY_DENY: "let the Deny in {policy} spare {who}, if it is to use {action}",
    Reason.IAM_DENY: "take {action} on {key} out of the Deny in the IAM policy, if {who} is to use it",
    Reason.BOUNDARY: "allow {action} in the permissions boundary of {who}",
    Reason.BOUNDARY_LIMITS_ROLE: "allow {action} in the permissions boundary of {who}",
    Reason.IAM_ONLY_ACTION_NO_IAM: 'allow {action} on "*" in an IAM policy of {who}',
    (Reason.IAM_ONLY_ACTION_NO_IAM, Standing.SERVICE): "",
}
