# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-group
#
# A group with its users, the policies that it is given, and one of its own. What that lets users do with their
# credentials is not worked out here beyond its being of IAM. Its statement on those who sign in without a second factor
# is meant to deny; that it does so in every 6.x is not documented, so its effect is unknown.

described {
  releases = ["6.0.0", "6.2.1"]
}

variable "policy_description" {}
variable "tags" {}
variable "users_account_id" {}

# --- the group

variable "create" {
  type    = bool
  default = true
}

variable "name" {
  type    = string
  default = ""
}

variable "path" {
  type    = string
  default = "/"
}

variable "users" {
  type    = list(string)
  default = []
}

resource "aws_iam_group" "this" {
  count = var.create ? 1 : 0

  name = var.name
  path = var.path
}

resource "aws_iam_group_membership" "this" {
  count = var.create && length(var.users) > 0 ? 1 : 0

  group = aws_iam_group.this[0].name
  users = var.users
}

# --- its own policy

variable "create_policy" {
  type    = bool
  default = true
}

variable "enable_self_management_permissions" {
  type    = bool
  default = true
}

before_6_2_1 {
  variable "enable_mfa_enforcment" {
    type    = bool
    default = true
  }

  locals {
    asks_for_mfa = var.enable_mfa_enforcment
  }
}

since_6_2_1 {
  variable "enable_mfa_enforcement" {
    type    = bool
    default = true
  }

  locals {
    asks_for_mfa = var.enable_mfa_enforcement
  }
}

variable "permissions" {
  type = map(object({
    sid            = optional(string)
    effect         = optional(string, "Allow")
    actions        = optional(list(string))
    not_actions    = optional(list(string))
    resources      = optional(list(string))
    not_resources  = optional(list(string))
    principals     = optional(list(object({ type = string, identifiers = list(string) })))
    not_principals = optional(list(object({ type = string, identifiers = list(string) })))
    condition      = optional(list(object({ test = string, variable = string, values = list(string) })))
  }))
  default = null
}

variable "policy_name" {
  type    = string
  default = null
}

variable "policy_path" {
  type    = string
  default = null
}

variable "policy_use_name_prefix" {
  type    = bool
  default = true
}

locals {
  has_policy = (
    var.create && var.create_policy && (var.enable_self_management_permissions || var.permissions != null)
  )
  policy_name = coalesce(var.policy_name, var.name)
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = var.enable_self_management_permissions ? ["own"] : []

    content {
      actions   = ["iam:${local.what_concerns_the_own_credentials}"]
      resources = [local.the_own_user]
    }
  }

  dynamic "statement" {
    for_each = var.enable_self_management_permissions && local.asks_for_mfa ? ["DenyAllExceptListedIfNoMFA"] : []

    content {
      sid         = statement.value
      effect      = local.effect_without_a_second_factor
      not_actions = ["iam:${local.what_sets_up_a_second_factor}", "sts:GetSessionToken"]
      resources   = ["*"]

      condition {
        test     = "BoolIfExists"
        variable = "aws:MultiFactorAuthPresent"
        values   = ["false"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.permissions != null ? var.permissions : {}

    content {
      sid           = coalesce(statement.value.sid, statement.key)
      effect        = statement.value.effect
      actions       = statement.value.actions
      not_actions   = statement.value.not_actions
      resources     = statement.value.resources
      not_resources = statement.value.not_resources

      dynamic "condition" {
        for_each = statement.value.condition != null ? statement.value.condition : []

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_policy" "this" {
  count = local.has_policy ? 1 : 0

  name        = var.policy_use_name_prefix ? null : local.policy_name
  name_prefix = var.policy_use_name_prefix ? "${local.policy_name}-" : null
  path        = coalesce(var.policy_path, var.path, "/")
  policy      = data.aws_iam_policy_document.this.json
}

resource "aws_iam_group_policy_attachment" "this" {
  count = local.has_policy ? 1 : 0

  group      = aws_iam_group.this[0].name
  policy_arn = aws_iam_policy.this[0].arn
}

# --- the policies that it is given

variable "policies" {
  type    = map(string)
  default = {}
}

resource "aws_iam_group_policy_attachment" "additional" {
  for_each = var.create ? var.policies : {}

  group      = aws_iam_group.this[0].name
  policy_arn = each.value
}

# --- outputs

output "arn" {
  value = try(aws_iam_group.this[0].arn, null)
}

output "id" {
  value = try(aws_iam_group.this[0].id, null)
}

output "name" {
  value = try(aws_iam_group.this[0].name, null)
}

output "policy_arn" {
  value = try(aws_iam_policy.this[0].arn, null)
}

output "policy_id" {
  value = try(aws_iam_policy.this[0].id, null)
}

output "policy_name" {
  value = try(aws_iam_policy.this[0].name, null)
}

output "users" {
  value = var.create ? var.users : []
}
