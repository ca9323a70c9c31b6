# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-group-with-policies
#
# A group with its users and the policies that it is given. What its own policy lets users do with their credentials is
# not worked out here beyond its being of IAM: that is unknown. In 6.0 the module got another name.

described {
  releases = ["4.0.0", "4.6.0", "4.24.1", "5.0.0", "5.11.0", "5.14.3", "5.24.0", "5.27.0", "5.60.0"]
}

variable "aws_account_id" {}
variable "tags" {}

# --- the group

variable "create_group" {
  type    = bool
  default = true
}

variable "name" {
  type    = string
  default = ""
}

variable "group_users" {
  type    = list(string)
  default = []
}

since_5_24 {
  variable "path" {
    type    = string
    default = "/"
  }
}

resource "aws_iam_group" "this" {
  count = var.create_group ? 1 : 0

  name = var.name

  since_5_24 {
    path = var.path
  }
}

locals {
  group = try(aws_iam_group.this[0].name, var.name)
}

resource "aws_iam_group_membership" "this" {
  count = length(var.group_users) > 0 ? 1 : 0

  group = local.group
  users = var.group_users
}

# --- its own policy

variable "attach_iam_self_management_policy" {
  type    = bool
  default = true
}

variable "iam_self_management_policy_name_prefix" {
  type    = string
  default = "IAMSelfManagement-"
}

# Before 5.11 nobody is forced to sign in with a second factor, and before 5.14.3 everybody is from then on.

before_5_11 {
  locals {
    asks_for_mfa = false
  }
}

since_5_11 {
  before_5_14_3 {
    locals {
      asks_for_mfa = true
    }
  }
}

since_5_14_3 {
  before_5_27 {
    variable "enable_mfa_enforcment" {
      type    = bool
      default = true
    }

    locals {
      asks_for_mfa = var.enable_mfa_enforcment
    }
  }
}

since_5_27 {
  variable "enable_mfa_enforcement" {
    type    = bool
    default = true
  }

  locals {
    asks_for_mfa = var.enable_mfa_enforcement
  }
}

data "aws_iam_policy_document" "self_management" {
  statement {
    actions   = ["iam:${local.what_concerns_the_own_credentials}"]
    resources = [local.the_own_user]
  }

  dynamic "statement" {
    for_each = local.asks_for_mfa ? ["DenyAllExceptListedIfNoMFA"] : []

    content {
      sid         = statement.value
      effect      = "Deny"
      not_actions = ["iam:${local.what_sets_up_a_second_factor}", "sts:GetSessionToken"]
      resources   = ["*"]

      condition {
        test     = "BoolIfExists"
        variable = "aws:MultiFactorAuthPresent"
        values   = ["false"]
      }
    }
  }
}

resource "aws_iam_policy" "iam_self_management" {
  count = var.attach_iam_self_management_policy ? 1 : 0

  name_prefix = var.iam_self_management_policy_name_prefix
  policy      = data.aws_iam_policy_document.self_management.json
}

resource "aws_iam_group_policy_attachment" "iam_self_management" {
  count = var.attach_iam_self_management_policy ? 1 : 0

  group      = local.group
  policy_arn = aws_iam_policy.iam_self_management[0].arn
}

# --- the policies that it is given

variable "custom_group_policies" {
  type    = list(map(string))
  default = []
}

resource "aws_iam_policy" "custom" {
  count = length(var.custom_group_policies)

  name   = var.custom_group_policies[count.index]["name"]
  policy = var.custom_group_policies[count.index]["policy"]
}

resource "aws_iam_group_policy_attachment" "custom" {
  count = length(var.custom_group_policies)

  group      = local.group
  policy_arn = aws_iam_policy.custom[count.index].arn
}

variable "custom_group_policy_arns" {
  type    = list(string)
  default = []
}

resource "aws_iam_group_policy_attachment" "custom_arns" {
  count = length(var.custom_group_policy_arns)

  group      = local.group
  policy_arn = var.custom_group_policy_arns[count.index]
}

# --- outputs

since_4_6 {
  output "group_arn" {
    value = try(aws_iam_group.this[0].arn, "")
  }
}

output "group_name" {
  value = local.group
}

output "group_users" {
  value = var.group_users
}
