# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-assumable-roles-with-saml
#
# Roles for administrators, power users and readers with the policies that they are given, for people who sign in
# through SAML. Who may assume them is not worked out here: that is unknown. In 6.0 the module went away.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.60.0"]
  includes = ["shared/iam_roles_before_6.tf"]
}

# --- inputs that decide only who may assume the roles

variable "aws_saml_endpoint" {}
variable "provider_id" {}
variable "provider_ids" {}
variable "trusted_role_actions" {}
