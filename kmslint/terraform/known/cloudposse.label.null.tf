# https://registry.terraform.io/modules/cloudposse/label/null/latest
#
# Names of things: which ones is not worked out here. Whether a module is enabled goes through labels too, and that
# decides whether there is a key.

described {
  releases = ["0.22.0", "0.25.0"]
  includes = ["shared/label_inputs.tf"]
}

output "enabled" {
  value = local.enabled
}

output "context" {
  value = merge(local.rest_of_the_context, { enabled = local.enabled })
}
