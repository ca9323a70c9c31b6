# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-role-for-service-accounts-eks
#
# A role for service accounts of Kubernetes with the policies that it is given. Those for particular controllers, and
# who may assume the role, are not worked out here: they are unknown. In 6.0 the module got another name.

described {
  releases = ["5.0.0", "5.60.0"]
  includes = ["shared/iam_role_before_6.tf"]
}

# --- inputs that decide only what is not worked out, or nothing

variable "amazon_managed_service_prometheus_workspace_arns" {}
variable "assume_role_condition_test" {}
variable "cert_manager_hosted_zone_arns" {}
variable "cluster_autoscaler_cluster_ids" {}
variable "cluster_autoscaler_cluster_names" {}
variable "ebs_csi_kms_cmk_ids" {}
variable "enable_karpenter_instance_profile_creation" {}
variable "external_dns_hosted_zone_arns" {}
variable "external_secrets_kms_key_arns" {}
variable "external_secrets_secrets_manager_arns" {}
variable "external_secrets_secrets_manager_create_permission" {}
variable "external_secrets_ssm_parameter_arns" {}
variable "fsx_lustre_csi_service_role_arns" {}
variable "fsx_openzfs_csi_service_role_arns" {}
variable "karpenter_controller_cluster_id" {}
variable "karpenter_controller_cluster_ids" {}
variable "karpenter_controller_cluster_name" {}
variable "karpenter_controller_node_iam_role_arns" {}
variable "karpenter_controller_ssm_parameter_arns" {}
variable "karpenter_sqs_queue_arn" {}
variable "karpenter_subnet_account_id" {}
variable "karpenter_tag_key" {}
variable "load_balancer_controller_targetgroup_arns" {}
variable "mountpoint_s3_csi_bucket_arns" {}
variable "mountpoint_s3_csi_kms_arns" {}
variable "mountpoint_s3_csi_path_arns" {}
variable "node_termination_handler_sqs_queue_arns" {}
variable "oidc_providers" {}
variable "policy_name_prefix" {}
variable "velero_s3_bucket_arns" {}
variable "vpc_cni_enable_cloudwatch_logs" {}
variable "vpc_cni_enable_ipv4" {}
variable "vpc_cni_enable_ipv6" {}

# --- the role

variable "create_role" {
  type    = bool
  default = true
}

# --- its policies

variable "role_policy_arns" {
  type    = map(string)
  default = {}
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.create_role ? var.role_policy_arns : {}

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

variable "attach_amazon_managed_service_prometheus_policy" {
  type    = bool
  default = false
}

variable "attach_appmesh_controller_policy" {
  type    = bool
  default = false
}

variable "attach_appmesh_envoy_proxy_policy" {
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

variable "attach_cloudwatch_observability_policy" {
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

variable "attach_karpenter_controller_policy" {
  type    = bool
  default = false
}

variable "attach_load_balancer_controller_policy" {
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

locals {
  is_for_a_controller = anytrue([
    var.attach_amazon_managed_service_prometheus_policy,
    var.attach_appmesh_controller_policy,
    var.attach_appmesh_envoy_proxy_policy,
    var.attach_aws_gateway_controller_policy,
    var.attach_cert_manager_policy,
    var.attach_cloudwatch_observability_policy,
    var.attach_cluster_autoscaler_policy,
    var.attach_ebs_csi_policy,
    var.attach_efs_csi_policy,
    var.attach_external_dns_policy,
    var.attach_external_secrets_policy,
    var.attach_fsx_lustre_csi_policy,
    var.attach_fsx_openzfs_csi_policy,
    var.attach_karpenter_controller_policy,
    var.attach_load_balancer_controller_policy,
    var.attach_load_balancer_controller_targetgroup_binding_only_policy,
    var.attach_mountpoint_s3_csi_policy,
    var.attach_node_termination_handler_policy,
    var.attach_velero_policy,
    var.attach_vpc_cni_policy,
  ])
}

resource "aws_iam_role_policy_attachment" "controller" {
  count = var.create_role && local.is_for_a_controller ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = local.policy_of_the_controller
}
