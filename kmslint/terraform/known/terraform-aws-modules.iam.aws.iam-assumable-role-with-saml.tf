# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-assumable-role-with-saml
#
# A role with the policies that it is given, for people who sign in through SAML. Who may assume it is not worked out
# here: that is unknown. In 6.0 the module became a part of `iam-role`.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.60.0"]
  includes = ["shared/iam_role_before_6.tf"]
}

# --- inputs that decide only who may assume the role

variable "aws_saml_endpoint" {}
variable "provider_id" {}
variable "provider_ids" {}
variable "trusted_role_actions" {}

# --- the role

variable "create_role" {
  type    = bool
  default = false
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
