# https://registry.terraform.io/modules/cloudposse/kms-key/aws/latest
#
# The key has the policy that it is given, or AWS's default one. Its name is that of the label unless `alias` says
# otherwise: the description does not work labels out, so they are unknown.

described {
  releases = ["0.7.0", "0.12.2"]
  includes = ["shared/label_inputs.tf"]
}

# --- the key

variable "description" {}

variable "alias" {
  type    = string
  default = ""
}

variable "customer_master_key_spec" {
  type    = string
  default = "SYMMETRIC_DEFAULT"
}

variable "deletion_window_in_days" {
  type    = number
  default = 10
}

variable "enable_key_rotation" {
  type    = bool
  default = true
}

variable "key_usage" {
  type    = string
  default = "ENCRYPT_DECRYPT"
}

variable "multi_region" {
  type    = bool
  default = false
}

variable "policy" {
  type    = string
  default = ""
}

resource "aws_kms_key" "default" {
  count = local.enabled ? 1 : 0

  customer_master_key_spec = var.customer_master_key_spec
  deletion_window_in_days  = var.deletion_window_in_days
  enable_key_rotation      = var.enable_key_rotation
  key_usage                = var.key_usage
  multi_region             = var.multi_region
  policy                   = var.policy
}

resource "aws_kms_alias" "default" {
  count = local.enabled ? 1 : 0

  name          = coalesce(var.alias, "alias/${local.id}")
  target_key_id = join("", aws_kms_key.default[*].id)
}

# --- outputs

output "key_arn" {
  value = join("", aws_kms_key.default[*].arn)
}

output "key_id" {
  value = join("", aws_kms_key.default[*].key_id)
}

output "alias_arn" {
  value = join("", aws_kms_alias.default[*].arn)
}

output "alias_name" {
  value = join("", aws_kms_alias.default[*].name)
}
