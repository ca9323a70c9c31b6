# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-role
#
# A role with the policies that it is given. Who may assume it is not worked out here: that is unknown.

described {
  releases = ["6.0.0"]
  includes = ["shared/iam_inline_policy_since_6.tf", "shared/iam_role_since_6.tf"]
}

# --- inputs that decide only who may assume the role, or nothing

variable "create_instance_profile" {}
variable "enable_bitbucket_oidc" {}
variable "enable_github_oidc" {}
variable "enable_oidc" {}
variable "enable_saml" {}
variable "github_provider" {}
variable "oidc_account_id" {}
variable "oidc_audiences" {}
variable "oidc_provider_urls" {}
variable "oidc_subjects" {}
variable "oidc_wildcard_subjects" {}
variable "saml_endpoints" {}
variable "saml_provider_ids" {}
variable "saml_trust_actions" {}
variable "trust_policy_conditions" {}
variable "trust_policy_permissions" {}

# --- its policies

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.create ? var.policies : {}

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}
