# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-group-with-assumable-roles-policy
#
# A group with its users, who may assume the roles that are listed. In 6.0 the module became a part of `iam-group`.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.13.0", "5.39.0", "5.60.0"]
}

variable "tags" {}

variable "assumable_roles" {
  type    = list(string)
  default = []
}

variable "group_users" {
  type    = list(string)
  default = []
}

variable "name" {
  type = string
}

since_5_13 {
  variable "path" {
    type    = string
    default = "/"
  }
}

since_5_39 {
  variable "assumable_roles_policy_name_suffix" {
    type    = string
    default = ""
  }
}

resource "aws_iam_group" "this" {
  name = var.name

  since_5_13 {
    path = var.path
  }
}

resource "aws_iam_group_membership" "this" {
  count = length(var.group_users) > 0 ? 1 : 0

  group = aws_iam_group.this.name
  users = var.group_users
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = var.assumable_roles
  }
}

resource "aws_iam_policy" "this" {
  policy = data.aws_iam_policy_document.assume_role.json

  before_5_39 {
    name = var.name
  }

  since_5_13 {
    path = var.path
  }

  since_5_39 {
    name = "${var.name}${var.assumable_roles_policy_name_suffix}"
  }
}

resource "aws_iam_group_policy_attachment" "this" {
  group      = aws_iam_group.this.name
  policy_arn = aws_iam_policy.this.arn
}

# --- outputs

output "assumable_roles" {
  value = var.assumable_roles
}

output "group_arn" {
  value = aws_iam_group.this.arn
}

output "group_name" {
  value = aws_iam_group.this.name
}

output "group_users" {
  value = var.group_users
}

output "policy_arn" {
  value = aws_iam_policy.this.arn
}
