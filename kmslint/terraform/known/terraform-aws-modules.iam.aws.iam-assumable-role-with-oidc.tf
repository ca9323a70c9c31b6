# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-assumable-role-with-oidc
#
# A role with the policies that it is given. Who may assume it is not worked out here: that is unknown.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.60.0"]
}

# --- inputs that decide only who may assume the role, or nothing

variable "allow_self_assume_role" {}
variable "aws_account_id" {}
variable "force_detach_policies" {}
variable "max_session_duration" {}
variable "oidc_fully_qualified_audiences" {}
variable "oidc_fully_qualified_subjects" {}
variable "oidc_subjects_with_wildcards" {}
variable "provider_trust_policy_conditions" {}
variable "provider_url" {}
variable "provider_urls" {}
variable "role_description" {}
variable "tags" {}

# --- the role

variable "create_role" {
  type    = bool
  default = false
}

variable "role_name" {
  type    = string
  default = null
}

variable "role_name_prefix" {
  type    = string
  default = null
}

variable "role_path" {
  type    = string
  default = "/"
}

variable "role_permissions_boundary_arn" {
  type    = string
  default = null
}

resource "aws_iam_role" "this" {
  count = var.create_role ? 1 : 0

  name                 = var.role_name
  name_prefix          = var.role_name_prefix
  path                 = var.role_path
  permissions_boundary = var.role_permissions_boundary_arn
  assume_role_policy   = local.trust
}

# --- its policies

variable "number_of_role_policy_arns" {
  type    = number
  default = null
}

variable "role_policy_arns" {
  type    = list(string)
  default = []
}

resource "aws_iam_role_policy_attachment" "custom" {
  count = var.create_role ? coalesce(var.number_of_role_policy_arns, length(var.role_policy_arns)) : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.role_policy_arns[count.index]
}

# --- outputs

output "iam_role_arn" {
  value = try(aws_iam_role.this[0].arn, "")
}

output "iam_role_name" {
  value = try(aws_iam_role.this[0].name, "")
}
