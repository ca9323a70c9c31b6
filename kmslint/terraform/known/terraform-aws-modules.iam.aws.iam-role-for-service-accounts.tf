# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-role-for-service-accounts
#
# A role for service accounts of Kubernetes with the policies that it is given. Those for particular controllers, and
# who may assume the role, are not worked out here: they are unknown.

described {
  releases = ["6.0.0"]
  includes = ["shared/iam_inline_policy_since_6.tf", "shared/iam_role_since_6.tf"]
}

# --- inputs that decide only what is not worked out, or nothing

variable "amazon_managed_service_prometheus_workspace_arns" {}
variable "cert_manager_hosted_zone_arns" {}
variable "cluster_autoscaler_cluster_names" {}
variable "ebs_csi_kms_cmk_arns" {}
variable "ebs_csi_restrict_tagging_to_create" {}
variable "external_dns_hosted_zone_arns" {}
variable "external_secrets_kms_key_arns" {}
variable "external_secrets_secrets_manager_arns" {}
variable "external_secrets_secrets_manager_create_permission" {}
variable "external_secrets_ssm_parameter_arns" {}
variable "fsx_lustre_csi_service_role_arns" {}
variable "fsx_openzfs_csi_service_role_arns" {}
variable "load_balancer_controller_targetgroup_arns" {}
variable "mountpoint_s3_csi_bucket_arns" {}
variable "mountpoint_s3_csi_kms_arns" {}
variable "mountpoint_s3_csi_path_arns" {}
variable "node_termination_handler_sqs_queue_arns" {}
variable "oidc_providers" {}
variable "policy_description" {}
variable "policy_name" {}
variable "region" {}
variable "trust_condition_test" {}
variable "velero_s3_bucket_arns" {}
variable "vpc_cni_enable_cloudwatch_logs" {}
variable "vpc_cni_enable_ipv4" {}
variable "vpc_cni_enable_ipv6" {}

# --- its policies

resource "aws_iam_role_policy_attachment" "additional" {
  for_each = var.create ? var.policies : {}

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

# --- one policy of everything that it is to allow

variable "attach_amazon_managed_service_prometheus_policy" {
  type    = bool
  default = false
}

variable "attach_aws_gateway_controller_policy" {
  type    = bool
  default = false
}

variable "attach_cert_manager_policy" {
  type    = bool
  default = false
}

variable "attach_cluster_autoscaler_policy" {
  type    = bool
  default = false
}

variable "attach_ebs_csi_policy" {
  type    = bool
  default = false
}

variable "attach_efs_csi_policy" {
  type    = bool
  default = false
}

variable "attach_external_dns_policy" {
  type    = bool
  default = false
}

variable "attach_external_secrets_policy" {
  type    = bool
  default = false
}

variable "attach_fsx_lustre_csi_policy" {
  type    = bool
  default = false
}

variable "attach_fsx_openzfs_csi_policy" {
  type    = bool
  default = false
}

variable "attach_load_balancer_controller_policy" {
  type    = bool
  default = false
}

variable "attach_load_balancer_controller_aga_policy" {
  type    = bool
  default = false
}

variable "attach_load_balancer_controller_targetgroup_binding_only_policy" {
  type    = bool
  default = false
}

variable "attach_mountpoint_s3_csi_policy" {
  type    = bool
  default = false
}

variable "attach_node_termination_handler_policy" {
  type    = bool
  default = false
}

variable "attach_velero_policy" {
  type    = bool
  default = false
}

variable "attach_vpc_cni_policy" {
  type    = bool
  default = false
}

variable "attach_cloudwatch_observability_policy" {
  type    = bool
  default = false
}

variable "create_policy" {
  type    = bool
  default = true
}

variable "permissions" {
  type = map(object({
    sid            = optional(string)
    effect         = optional(string, "Allow")
    actions        = optional(list(string))
    not_actions    = optional(list(string))
    resources      = optional(list(string))
    not_resources  = optional(list(string))
    principals     = optional(list(object({ type = string, identifiers = list(string) })))
    not_principals = optional(list(object({ type = string, identifiers = list(string) })))
    condition      = optional(list(object({ test = string, variable = string, values = list(string) })))
  }))
  default = null
}

variable "source_policy_documents" {
  type    = list(string)
  default = []
}

variable "override_policy_documents" {
  type    = list(string)
  default = []
}

variable "policy_path" {
  type    = string
  default = null
}

locals {
  is_for_a_controller = anytrue([
    var.attach_amazon_managed_service_prometheus_policy,
    var.attach_aws_gateway_controller_policy,
    var.attach_cert_manager_policy,
    var.attach_cluster_autoscaler_policy,
    var.attach_ebs_csi_policy,
    var.attach_efs_csi_policy,
    var.attach_external_dns_policy,
    var.attach_external_secrets_policy,
    var.attach_fsx_lustre_csi_policy,
    var.attach_fsx_openzfs_csi_policy,
    var.attach_load_balancer_controller_policy,
    var.attach_load_balancer_controller_aga_policy,
    var.attach_load_balancer_controller_targetgroup_binding_only_policy,
    var.attach_mountpoint_s3_csi_policy,
    var.attach_node_termination_handler_policy,
    var.attach_velero_policy,
    var.attach_vpc_cni_policy,
  ])
  of_controllers = local.is_for_a_controller ? [local.policy_of_the_controller] : []
  has_permissions = (
    length(var.source_policy_documents) > 0 || length(var.override_policy_documents) > 0 || var.permissions != null
  )
  has_policy = var.create && var.create_policy && (local.is_for_a_controller || local.has_permissions)
}

data "aws_iam_policy_document" "this" {
  source_policy_documents   = concat(local.of_controllers, var.source_policy_documents)
  override_policy_documents = var.override_policy_documents

  dynamic "statement" {
    for_each = var.permissions != null ? var.permissions : {}

    content {
      sid           = coalesce(statement.value.sid, statement.key)
      effect        = statement.value.effect
      actions       = statement.value.actions
      not_actions   = statement.value.not_actions
      resources     = statement.value.resources
      not_resources = statement.value.not_resources

      dynamic "condition" {
        for_each = statement.value.condition != null ? statement.value.condition : []

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_policy" "this" {
  count = local.has_policy ? 1 : 0

  name   = local.name_of_the_policy
  path   = coalesce(var.policy_path, var.path)
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy_attachment" "this" {
  count = local.has_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.this[0].arn
}

resource "aws_iam_role_policy_attachment" "observability" {
  count = var.create && var.attach_cloudwatch_observability_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = local.policies_of_the_observability_agent
}

# --- outputs

output "iam_policy" {
  value = try(aws_iam_policy.this[0].policy, null)
}

output "iam_policy_arn" {
  value = try(aws_iam_policy.this[0].arn, null)
}
