# https://registry.terraform.io/modules/cloudposse/label/null/latest
#
# Names of things: which ones is not worked out here. Whether a module is enabled goes through labels too, and that
# decides whether there is a key.

described {
  releases = ["0.22.0", "0.25.0"]
}

variable "additional_tag_map" {}
variable "attributes" {}
variable "delimiter" {}
variable "descriptor_formats" {}
variable "environment" {}
variable "id_length_limit" {}
variable "label_key_case" {}
variable "label_order" {}
variable "label_value_case" {}
variable "labels_as_tags" {}
variable "name" {}
variable "namespace" {}
variable "regex_replace_chars" {}
variable "stage" {}
variable "tags" {}
variable "tenant" {}

variable "enabled" {
  type    = bool
  default = null
}

variable "context" {
  default = { enabled = true }
}

locals {
  enabled = var.enabled != null ? var.enabled : var.context.enabled
}

output "enabled" {
  value = local.enabled
}

output "context" {
  value = merge(local.rest_of_the_context, { enabled = local.enabled })
}
