"""Lists that take away what they do not name: what else the module attaches may be there or not."""

from __future__ import annotations

import pytest

from terraform_modules import module, reasons
from test_terraform_identities import described

ROLE = """
variable "names" {}
resource "aws_iam_role" "r" {
  name = "r"
}
resource "aws_iam_policy" "own" {
  name   = "own"
  policy = jsonencode({ Statement = [{ Sid = "Own" }] })
}
resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.own.arn
}
resource "aws_iam_role_policy" "named" {
  name   = "named"
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = [{ Sid = "Named" }] })
}
resource "aws_iam_role_policy" "nameless" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = [{ Sid = "Nameless" }] })
}
"""

INLINE = 'resource "aws_iam_role_policies_exclusive" "e" {{\n  role_name    = aws_iam_role.r.name\n  {}\n}}\n'
MANAGED = 'resource "aws_iam_role_policy_attachments_exclusive" "e" {{\n  role_name   = {}\n  policy_arns = {}\n}}\n'


@pytest.mark.parametrize(
    ("names", "doubted"),
    [
        ('policy_names = ["named", aws_iam_role_policy.nameless.name]', []),
        ("policy_names = [aws_iam_role_policy.named.name]", ["nameless"]),
        ("policy_names = []", ["named", "nameless"]),
        ("policy_names = var.names", ["named", "nameless"]),
        ('policy_names = concat(["named"], var.names)', ["nameless"]),
        ("policy_names = []\n  count = 0", []),
    ],
)
def test_inline_policies(names: str, doubted: list[str]) -> None:
    words = "Named{}, Nameless{}, Own"
    doubts = [
        f" (aws_iam_role_policies_exclusive.e leaves aws_iam_role_policy.{name} is true)" if name in doubted else ""
        for name in ("named", "nameless")
    ]
    assert role(ROLE + INLINE.format(names)) == words.format(*doubts)


@pytest.mark.parametrize(
    ("identity", "arns", "expected"),
    [
        ("aws_iam_role.r.name", "[aws_iam_policy.own.arn]", "Own"),
        ('"r"', "[]", "Own ({0} leaves aws_iam_role_policy_attachment.own is true)"),
        ('"other"', "[]", "Own"),
        (
            '"r"',
            '["arn:aws:iam::aws:policy/ReadOnlyAccess"]',
            "Own ({0} leaves aws_iam_role_policy_attachment.own is true), (arn:aws:iam::aws:policy/ReadOnlyAccess)",
        ),
        (
            '"r"',
            "[aws_iam_policy.own.arn, var.names]",
            "Own, unseen var.names",
        ),
    ],
)
def test_managed_policies(identity: str, arns: str, expected: str) -> None:
    words = expected.format("aws_iam_role_policy_attachments_exclusive.e")
    assert role(ROLE + MANAGED.format(identity, arns)) == f"Named, Nameless, {words}"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("inline_policy {}", "Named (X named is true), Nameless (X nameless is true), Own"),
        (
            'inline_policy {\n    name   = "named"\n    policy = jsonencode({ Statement = [{ Sid = "Block" }] })\n  }',
            "Block, Named, Nameless (X nameless is true), Own",
        ),
        ("managed_policy_arns = []", "Named, Nameless, Own (Y own is true)"),
        ("managed_policy_arns = [aws_iam_policy.own.arn]", "Own, Named, Nameless, Own"),
        ("managed_policy_arns = null", "Named, Nameless, Own"),
        ("managed_policy_arns = var.names", "Named, Nameless, Own, unseen var.names"),
    ],
)
def test_lists_in_the_role(arguments: str, expected: str) -> None:
    text = ROLE.replace('  name = "r"\n', f'  name = "r"\n  {arguments}\n')
    words = expected.replace("X ", "aws_iam_role.r leaves aws_iam_role_policy.")
    assert role(text) == words.replace("Y ", "aws_iam_role.r leaves aws_iam_role_policy_attachment.")


@pytest.mark.parametrize("kind", ["user", "group"])
def test_users_and_groups(kind: str) -> None:
    text = f"""
resource "aws_iam_{kind}" "r" {{
  name = "r"
}}
resource "aws_iam_{kind}_policy" "p" {{
  name   = "p"
  {kind} = aws_iam_{kind}.r.name
  policy = jsonencode({{ Statement = [{{ Sid = "P" }}] }})
}}
resource "aws_iam_{kind}_policies_exclusive" "e" {{
  {kind}_name  = aws_iam_{kind}.r.name
  policy_names = []
}}
resource "aws_iam_{kind}_policy_attachments_exclusive" "e" {{
  {kind}_name = aws_iam_{kind}.r.name
  policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}}
"""
    assert role(text) == (
        f"P (aws_iam_{kind}_policies_exclusive.e leaves aws_iam_{kind}_policy.p is true), "
        "(arn:aws:iam::aws:policy/ReadOnlyAccess)"
    )


def role(text: str) -> str:
    """The only identity of a module, in words, without its address."""
    estate = module(text)
    assert reasons(estate) == []
    (identity,) = estate.identities
    return described(identity).partition(": ")[2]
