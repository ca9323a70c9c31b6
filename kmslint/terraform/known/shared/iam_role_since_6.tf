# A role of terraform-aws-modules/iam, 6.0 and later. Who may assume it is not worked out: that is unknown. The modules
# attach `policies` to it each under a name of its own.

variable "description" {}
variable "max_session_duration" {}
variable "override_trust_policy_documents" {}
variable "source_trust_policy_documents" {}
variable "tags" {}

variable "create" {
  type    = bool
  default = true
}

variable "name" {
  type    = string
  default = null
}

variable "path" {
  type    = string
  default = "/"
}

variable "permissions_boundary" {
  type    = string
  default = null
}

variable "policies" {
  type    = map(string)
  default = {}
}

variable "use_name_prefix" {
  type    = bool
  default = true
}

resource "aws_iam_role" "this" {
  count = var.create ? 1 : 0

  name                 = var.use_name_prefix ? null : var.name
  name_prefix          = var.use_name_prefix ? "${var.name}-" : null
  path                 = var.path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.trust
}

# --- its inline policy

resource "aws_iam_role_policy" "inline" {
  count = var.create && var.create_inline_policy ? 1 : 0

  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline.json
}

# --- outputs

output "arn" {
  value = try(aws_iam_role.this[0].arn, null)
}

output "name" {
  value = try(aws_iam_role.this[0].name, null)
}
