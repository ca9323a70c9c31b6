# https://registry.terraform.io/modules/cloudposse/iam-role/aws/latest
#
# A role, who may assume it, and its policies: those given as documents make one policy, inline or managed. Its name is
# that of the label: the description does not work labels out, so it is unknown.

described {
  releases = ["0.17.0", "0.22.0"]
  includes = ["shared/label_inputs.tf"]
}

# --- inputs that decide nothing here

variable "instance_profile_enabled" {}
variable "max_session_duration" {}
variable "policy_description" {}
variable "role_description" {}
variable "role_tags" {}
variable "tags_enabled" {}
variable "use_fullname" {}

# --- the role

variable "assume_role_actions" {
  type    = list(string)
  default = ["sts:AssumeRole", "sts:TagSession"]
}

variable "assume_role_conditions" {
  type    = list(object({ test = string, variable = string, values = list(string) }))
  default = []
}

variable "assume_role_policy" {
  type    = string
  default = null
}

variable "path" {
  type    = string
  default = "/"
}

variable "permissions_boundary" {
  type    = string
  default = ""
}

variable "principals" {
  type    = map(list(string))
  default = {}
}

data "aws_iam_policy_document" "trust" {
  override_policy_documents = var.assume_role_policy != null ? [var.assume_role_policy] : []

  dynamic "statement" {
    for_each = var.assume_role_policy == null ? var.principals : {}

    content {
      actions = var.assume_role_actions

      principals {
        type        = statement.key
        identifiers = statement.value
      }

      dynamic "condition" {
        for_each = var.assume_role_conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "default" {
  count = local.enabled ? 1 : 0

  name                 = local.role_name
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  path                 = var.path
  permissions_boundary = var.permissions_boundary
}

# --- its policies

variable "inline_policy_enabled" {
  type    = bool
  default = false
}

variable "managed_policy_arns" {
  type    = set(string)
  default = []
}

variable "managed_policy_arns_map" {
  type    = map(string)
  default = {}
}

variable "policy_document_count" {
  type    = number
  default = 1
}

variable "policy_documents" {
  type    = list(string)
  default = []
}

variable "policy_name" {
  type    = string
  default = null
}

locals {
  has_policy  = local.enabled && var.policy_document_count > 0
  policy_name = var.policy_name != null && var.policy_name != "" ? var.policy_name : local.id
  role        = one(aws_iam_role.default[*].name)
}

data "aws_iam_policy_document" "default" {
  count = local.has_policy ? 1 : 0

  override_policy_documents = var.policy_documents
}

resource "aws_iam_role_policy" "default" {
  count = local.has_policy && var.inline_policy_enabled ? 1 : 0

  name   = local.policy_name
  role   = local.role
  policy = one(data.aws_iam_policy_document.default[*].json)
}

resource "aws_iam_policy" "default" {
  count = local.has_policy && !var.inline_policy_enabled ? 1 : 0

  name   = local.policy_name
  path   = var.path
  policy = one(data.aws_iam_policy_document.default[*].json)
}

resource "aws_iam_role_policy_attachment" "default" {
  count = local.has_policy && !var.inline_policy_enabled ? 1 : 0

  role       = local.role
  policy_arn = one(aws_iam_policy.default[*].arn)
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each = local.enabled ? var.managed_policy_arns : []

  role       = local.role
  policy_arn = each.value
}

resource "aws_iam_role_policy_attachment" "managed_by_name" {
  for_each = local.enabled ? var.managed_policy_arns_map : {}

  role       = local.role
  policy_arn = each.value
}

# --- outputs

output "arn" {
  value = one(aws_iam_role.default[*].arn)
}

output "name" {
  value = local.role
}

output "policy" {
  value = one(data.aws_iam_policy_document.default[*].json)
}
