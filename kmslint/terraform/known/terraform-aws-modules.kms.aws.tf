# https://registry.terraform.io/modules/terraform-aws-modules/kms/aws/latest
#
# What the documented inputs decide of the key, its policy, its aliases and its grants. Before 1.0.2 owners were left
# out by mistake, so that is where the description begins.

described {
  releases = [
    "1.0.2", "1.0.3", "1.1.0", "1.2.0", "1.2.1", "1.2.2", "1.3.0", "1.3.1", "1.4.0", "1.5.0",
    "2.0.0", "2.0.1", "2.1.0", "2.2.0", "2.2.1",
    "3.0.0", "3.1.0", "3.1.1",
    "4.0.0", "4.1.0",
  ]
}

# --- inputs that decide nothing here

variable "description" {}
variable "key_material_base64" {}
variable "region" {}
variable "rotation_period_in_days" {}
variable "tags" {}
variable "valid_to" {}

# --- which key is made

variable "create" {
  type    = bool
  default = true
}

variable "create_external" {
  type    = bool
  default = false
}

variable "create_replica" {
  type    = bool
  default = false
}

variable "create_replica_external" {
  type    = bool
  default = false
}

locals {
  is_plain = !var.create_external && !var.create_replica && !var.create_replica_external
}

# --- its settings

variable "bypass_policy_lockout_safety_check" {
  type    = bool
  default = null
}

variable "custom_key_store_id" {
  type    = string
  default = null
}

variable "customer_master_key_spec" {
  type    = string
  default = null
}

variable "deletion_window_in_days" {
  type    = number
  default = null
}

variable "enable_key_rotation" {
  type    = bool
  default = true
}

variable "is_enabled" {
  type    = bool
  default = null
}

variable "key_spec" {
  type    = string
  default = null
}

variable "key_usage" {
  type    = string
  default = null
}

variable "multi_region" {
  type    = bool
  default = false
}

variable "primary_external_key_arn" {
  type    = string
  default = null
}

variable "primary_key_arn" {
  type    = string
  default = null
}

resource "aws_kms_key" "this" {
  count = var.create && local.is_plain ? 1 : 0

  policy                             = local.policy
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  custom_key_store_id                = var.custom_key_store_id
  customer_master_key_spec           = var.customer_master_key_spec
  deletion_window_in_days            = var.deletion_window_in_days
  enable_key_rotation                = var.enable_key_rotation
  is_enabled                         = var.is_enabled
  key_usage                          = var.key_usage
  multi_region                       = var.multi_region
}

resource "aws_kms_external_key" "this" {
  count = var.create && var.create_external && !var.create_replica && !var.create_replica_external ? 1 : 0

  policy                             = local.policy
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  deletion_window_in_days            = var.deletion_window_in_days
  enabled                            = var.is_enabled
  key_spec                           = var.key_spec
  key_usage                          = local.since_4_1 ? var.key_usage : null
  multi_region                       = var.multi_region
}

resource "aws_kms_replica_key" "this" {
  count = var.create && var.create_replica && !var.create_external && !var.create_replica_external ? 1 : 0

  policy                             = local.policy
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  deletion_window_in_days            = var.deletion_window_in_days
  enabled                            = var.is_enabled
  primary_key_arn                    = var.primary_key_arn
}

resource "aws_kms_replica_external_key" "this" {
  count = var.create && var.create_replica_external && !var.create_external && !var.create_replica ? 1 : 0

  policy                             = local.policy
  bypass_policy_lockout_safety_check = var.bypass_policy_lockout_safety_check
  deletion_window_in_days            = var.deletion_window_in_days
  enabled                            = var.is_enabled
  primary_key_arn                    = var.primary_external_key_arn
}

# --- its policy: `policy` as it is given, or else a statement for each kind of principal

variable "policy" {
  type    = string
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

variable "enable_default_policy" {
  type    = bool
  default = true
}

variable "key_owners" {
  type    = list(string)
  default = []
}

variable "key_administrators" {
  type    = list(string)
  default = []
}

variable "key_users" {
  type    = list(string)
  default = []
}

variable "key_service_users" {
  type    = list(string)
  default = []
}

variable "key_service_roles_for_autoscaling" {
  type    = list(string)
  default = []
}

variable "key_symmetric_encryption_users" {
  type    = list(string)
  default = []
}

variable "key_hmac_users" {
  type    = list(string)
  default = []
}

variable "key_asymmetric_public_encryption_users" {
  type    = list(string)
  default = []
}

variable "key_asymmetric_sign_verify_users" {
  type    = list(string)
  default = []
}

variable "enable_route53_dnssec" {
  type    = bool
  default = false
}

before_4_0 {
  variable "route53_dnssec_sources" {
    type    = list(any)
    default = []
  }

  variable "key_statements" {
    default = {}
  }
}

since_4_0 {
  variable "route53_dnssec_sources" {
    type = list(object({
      account_ids     = optional(list(string))
      hosted_zone_arn = optional(string)
    }))
    default = null
  }

  variable "key_statements" {
    type = list(object({
      sid            = optional(string)
      effect         = optional(string)
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
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  policy   = coalesce(var.policy, data.aws_iam_policy_document.this.json)
  route53  = "dnssec-route53.${data.aws_partition.current.dns_suffix}"
  any_zone = "arn:${data.aws_partition.current.partition}:route53:::hostedzone/*"
  usage    = ["kms:DescribeKey", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]

  administration = [
    "kms:CancelKeyDeletion", "kms:Create*", "kms:Delete*", "kms:Describe*", "kms:Disable*", "kms:Enable*", "kms:Get*",
    "kms:List*", "kms:Put*", "kms:Revoke*", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
    "kms:Update*",
  ]
  for_special_keys = local.since_2_0_1 ? ["kms:ImportKeyMaterial", "kms:ReplicateKey"] : []

  before_4_0 {
    dnssec_sources = var.route53_dnssec_sources
  }

  since_4_0 {
    dnssec_sources = var.route53_dnssec_sources != null ? var.route53_dnssec_sources : []
  }
}

# A block for each statement, however alike: those that one dynamic block makes of a list stand in one place, and what is
# found in one of them would silence what is found in another.

data "aws_iam_policy_document" "this" {
  source_policy_documents   = var.source_policy_documents
  override_policy_documents = var.override_policy_documents

  dynamic "statement" {
    for_each = var.enable_default_policy ? ["Default"] : []

    content {
      sid       = "Default"
      actions   = ["kms:*"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_owners) > 0 ? ["KeyOwner"] : []

    content {
      sid       = "KeyOwner"
      actions   = ["kms:*"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_owners
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_administrators) > 0 ? ["KeyAdministration"] : []

    content {
      sid       = "KeyAdministration"
      actions   = concat(local.administration, local.for_special_keys)
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_administrators
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_users) > 0 ? ["KeyUsage"] : []

    content {
      sid       = "KeyUsage"
      actions   = local.usage
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_service_users) > 0 ? ["KeyServiceUsage"] : []

    content {
      sid       = "KeyServiceUsage"
      actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_service_users
      }

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = [true]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_service_roles_for_autoscaling) > 0 ? ["KeyServiceRolesASG"] : []

    content {
      sid       = "KeyServiceRolesASG"
      actions   = local.usage
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_service_roles_for_autoscaling
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_service_roles_for_autoscaling) > 0 ? ["KeyServiceRolesASGPersistentVol"] : []

    content {
      sid       = "KeyServiceRolesASGPersistentVol"
      actions   = ["kms:CreateGrant"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_service_roles_for_autoscaling
      }

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = [true]
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_symmetric_encryption_users) > 0 ? ["KeySymmetricEncryption"] : []

    content {
      sid       = "KeySymmetricEncryption"
      actions   = local.usage
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_symmetric_encryption_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_hmac_users) > 0 ? ["KeyHMAC"] : []

    content {
      sid       = "KeyHMAC"
      actions   = ["kms:DescribeKey", "kms:GenerateMac", "kms:VerifyMac"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_hmac_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_asymmetric_public_encryption_users) > 0 ? ["KeyAsymmetricPublicEncryption"] : []

    content {
      sid       = "KeyAsymmetricPublicEncryption"
      actions   = ["kms:DescribeKey", "kms:Decrypt", "kms:Encrypt", "kms:GetPublicKey", "kms:ReEncrypt*"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_asymmetric_public_encryption_users
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.key_asymmetric_sign_verify_users) > 0 ? ["KeyAsymmetricSignVerify"] : []

    content {
      sid       = "KeyAsymmetricSignVerify"
      actions   = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:Verify"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.key_asymmetric_sign_verify_users
      }
    }
  }

  dynamic "statement" {
    for_each = var.enable_route53_dnssec ? ["Route53DnssecService"] : []

    content {
      sid       = "Route53DnssecService"
      actions   = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [local.route53]
      }
    }
  }

  dynamic "statement" {
    for_each = var.enable_route53_dnssec ? ["Route53DnssecGrant"] : []

    content {
      sid       = "Route53DnssecGrant"
      actions   = ["kms:CreateGrant"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [local.route53]
      }

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }

      dynamic "condition" {
        for_each = local.dnssec_sources

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"

          before_4_0 {
            values = try(condition.value.account_ids, [data.aws_caller_identity.current.account_id])
          }

          since_4_0 {
            values = coalescelist(condition.value.account_ids, [data.aws_caller_identity.current.account_id])
          }
        }
      }

      dynamic "condition" {
        for_each = local.dnssec_sources

        content {
          test     = "ArnLike"
          variable = "aws:SourceArn"

          before_4_0 {
            values = [try(condition.value.hosted_zone_arn, local.any_zone)]
          }

          since_4_0 {
            values = [coalesce(condition.value.hosted_zone_arn, local.any_zone)]
          }
        }
      }
    }
  }

  dynamic "statement" {
    before_4_0 {
      for_each = var.key_statements
    }

    since_4_0 {
      for_each = var.key_statements != null ? var.key_statements : []
    }

    content {
      before_4_0 {
        sid           = try(statement.value.sid, null)
        effect        = try(statement.value.effect, null)
        actions       = try(statement.value.actions, null)
        not_actions   = try(statement.value.not_actions, null)
        resources     = try(statement.value.resources, null)
        not_resources = try(statement.value.not_resources, null)
      }

      since_4_0 {
        sid           = statement.value.sid
        effect        = statement.value.effect
        actions       = statement.value.actions
        not_actions   = statement.value.not_actions
        resources     = statement.value.resources
        not_resources = statement.value.not_resources
      }

      dynamic "principals" {
        before_4_0 {
          for_each = try(statement.value.principals, [])
        }

        since_4_0 {
          for_each = statement.value.principals != null ? statement.value.principals : []
        }

        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }

      dynamic "not_principals" {
        before_4_0 {
          for_each = try(statement.value.not_principals, [])
        }

        since_4_0 {
          for_each = statement.value.not_principals != null ? statement.value.not_principals : []
        }

        content {
          type        = not_principals.value.type
          identifiers = not_principals.value.identifiers
        }
      }

      # 4.0 renamed `conditions`, and drops what goes by the old name without a word.
      dynamic "condition" {
        before_4_0 {
          for_each = try(statement.value.conditions, [])
        }

        since_4_0 {
          for_each = statement.value.condition != null ? statement.value.condition : []
        }

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

# --- aliases and grants

variable "aliases" {
  type    = list(string)
  default = []
}

before_4_0 {
  variable "computed_aliases" {
    default = {}
  }

  variable "grants" {
    default = {}
  }
}

since_4_0 {
  variable "computed_aliases" {
    type    = map(object({ name = string }))
    default = {}
  }

  variable "grants" {
    type = map(object({
      constraints = optional(list(object({
        encryption_context_equals = optional(map(string))
        encryption_context_subset = optional(map(string))
      })))
      grant_creation_tokens = optional(list(string))
      grantee_principal     = string
      name                  = optional(string)
      operations            = list(string)
      retire_on_delete      = optional(bool)
      retiring_principal    = optional(string)
    }))
    default = null
  }
}

variable "aliases_use_name_prefix" {
  type    = bool
  default = false
}

locals {
  key_id = try(
    aws_kms_key.this[0].key_id,
    aws_kms_external_key.this[0].id,
    aws_kms_replica_key.this[0].key_id,
    aws_kms_replica_external_key.this[0].key_id,
    null,
  )
}

resource "aws_kms_alias" "this" {
  for_each = var.create ? merge({ for name in var.aliases : name => { name = name } }, var.computed_aliases) : {}

  name          = var.aliases_use_name_prefix ? null : "alias/${each.value.name}"
  name_prefix   = var.aliases_use_name_prefix ? "alias/${each.value.name}-" : null
  target_key_id = local.key_id
}

resource "aws_kms_grant" "this" {
  before_4_0 {
    for_each = { for name, grant in var.grants : name => grant if var.create }
  }

  since_4_0 {
    for_each = var.create && var.grants != null ? var.grants : {}
  }

  key_id            = local.key_id
  grantee_principal = each.value.grantee_principal
  operations        = each.value.operations

  dynamic "constraints" {
    before_4_0 {
      for_each = length(lookup(each.value, "constraints", {})) > 0 ? [each.value.constraints] : []
    }

    since_4_0 {
      for_each = each.value.constraints != null ? each.value.constraints : []
    }

    content {
      encryption_context_equals = try(constraints.value.encryption_context_equals, null)
      encryption_context_subset = try(constraints.value.encryption_context_subset, null)
    }
  }
}

# --- outputs

output "key_arn" {
  value = try(
    aws_kms_key.this[0].arn,
    aws_kms_external_key.this[0].arn,
    aws_kms_replica_key.this[0].arn,
    aws_kms_replica_external_key.this[0].arn,
    null,
  )
}

output "key_id" {
  value = local.key_id
}

output "key_policy" {
  value = var.create ? local.policy : null
}

output "aliases" {
  value = aws_kms_alias.this
}
