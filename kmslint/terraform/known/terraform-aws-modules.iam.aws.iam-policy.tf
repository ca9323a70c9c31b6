# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-policy
#
# A managed policy, attached to nobody.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.60.0", "6.0.0"]
}

variable "description" {}
variable "policy" {}
variable "tags" {}

variable "name" {
  type    = string
  default = null
}

variable "name_prefix" {
  type    = string
  default = null
}

variable "path" {
  type    = string
  default = "/"
}

before_6_0 {
  variable "create_policy" {
    type    = bool
    default = true
  }
}

since_6_0 {
  variable "create" {
    type    = bool
    default = true
  }
}

resource "aws_iam_policy" "policy" {
  before_6_0 {
    count = var.create_policy ? 1 : 0
  }

  since_6_0 {
    count = var.create ? 1 : 0
  }

  name        = var.name
  name_prefix = var.name_prefix
  path        = var.path
  policy      = var.policy
}

output "arn" {
  value = try(aws_iam_policy.policy[0].arn, null)
}

output "id" {
  value = try(aws_iam_policy.policy[0].id, null)
}

output "name" {
  value = try(aws_iam_policy.policy[0].name, null)
}

output "policy" {
  value = try(aws_iam_policy.policy[0].policy, null)
}
