# The inputs of a label, which the modules of Cloud Posse have among their own: `enabled` alone decides something here.

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
