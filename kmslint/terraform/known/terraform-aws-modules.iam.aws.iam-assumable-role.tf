# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-assumable-role
#
# A role with the policies that it is given. Who may assume it is not worked out here: that is unknown, and so is an
# inline policy that is given as statements.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.60.0"]
  includes = ["shared/iam_role_before_6.tf"]
}

# --- inputs that decide only who may assume the role, or nothing

variable "create_custom_role_trust_policy" {}
variable "create_instance_profile" {}
variable "custom_role_trust_policy" {}
variable "mfa_age" {}
variable "role_requires_mfa" {}
variable "role_requires_session_name" {}
variable "role_session_name" {}
variable "role_sts_externalid" {}
variable "trust_policy_conditions" {}
variable "trusted_role_actions" {}
variable "trusted_role_arns" {}
variable "trusted_role_services" {}

# --- the role

variable "create_role" {
  type    = bool
  default = false
}

# --- its policies

variable "custom_role_policy_arns" {
  type    = list(string)
  default = []
}

variable "number_of_custom_role_policy_arns" {
  type    = number
  default = null
}

resource "aws_iam_role_policy_attachment" "custom" {
  count = var.create_role ? coalesce(var.number_of_custom_role_policy_arns, length(var.custom_role_policy_arns)) : 0

  role       = aws_iam_role.this[0].name
  policy_arn = element(var.custom_role_policy_arns, count.index)
}

variable "attach_admin_policy" {
  type    = bool
  default = false
}

variable "admin_role_policy_arn" {
  type    = string
  default = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role_policy_attachment" "admin" {
  count = var.create_role && var.attach_admin_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.admin_role_policy_arn
}

variable "attach_poweruser_policy" {
  type    = bool
  default = false
}

variable "poweruser_role_policy_arn" {
  type    = string
  default = "arn:aws:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_role_policy_attachment" "poweruser" {
  count = var.create_role && var.attach_poweruser_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.poweruser_role_policy_arn
}

variable "attach_readonly_policy" {
  type    = bool
  default = false
}

variable "readonly_role_policy_arn" {
  type    = string
  default = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role_policy_attachment" "readonly" {
  count = var.create_role && var.attach_readonly_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.readonly_role_policy_arn
}

variable "inline_policy_statements" {
  default = []
}

variable "inline_policy_json_document" {
  type    = string
  default = null
}

resource "aws_iam_role_policy" "inline" {
  count = var.create_role && (length(var.inline_policy_statements) > 0 || var.inline_policy_json_document != null) ? 1 : 0

  role   = aws_iam_role.this[0].name
  policy = var.inline_policy_json_document != null ? var.inline_policy_json_document : local.policy_of_the_statements
}
