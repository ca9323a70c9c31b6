# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-assumable-roles
#
# Roles for administrators, power users and readers with the policies that they are given, for those who are trusted.
# In which words a role lets itself assume itself is not worked out here: that is unknown. In 6.0 the module went away.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.23.0", "5.52.0", "5.60.0"]
  includes = ["shared/iam_roles_before_6.tf"]
}

# --- who may assume the roles

variable "admin_role_requires_mfa" {
  type    = bool
  default = true
}

variable "poweruser_role_requires_mfa" {
  type    = bool
  default = true
}

variable "readonly_role_requires_mfa" {
  type    = bool
  default = true
}

variable "mfa_age" {
  type    = number
  default = 86400
}

variable "trusted_role_arns" {
  type    = list(string)
  default = []
}

variable "trusted_role_services" {
  type    = list(string)
  default = []
}

since_5_23 {
  variable "trusted_role_actions" {
    type    = list(string)
    default = ["sts:AssumeRole", "sts:TagSession"]
  }
}

since_5_52 {
  variable "trust_policy_conditions" {
    type    = list(object({ test = string, variable = string, values = list(string) }))
    default = []
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = {
    admin     = var.admin_role_requires_mfa
    poweruser = var.poweruser_role_requires_mfa
    readonly  = var.readonly_role_requires_mfa
  }

  source_policy_documents = var.allow_self_assume_role ? [local.trust_in_themselves] : []

  statement {
    before_5_23 {
      actions = ["sts:AssumeRole"]
    }

    since_5_23 {
      actions = distinct(concat(["sts:AssumeRole"], compact(var.trusted_role_actions)))
    }

    principals {
      type        = "AWS"
      identifiers = var.trusted_role_arns
    }

    principals {
      type        = "Service"
      identifiers = var.trusted_role_services
    }

    dynamic "condition" {
      for_each = each.value ? ["true"] : []

      content {
        test     = "Bool"
        variable = "aws:MultiFactorAuthPresent"
        values   = [condition.value]
      }
    }

    dynamic "condition" {
      for_each = each.value ? [var.mfa_age] : []

      content {
        test     = "NumericLessThan"
        variable = "aws:MultiFactorAuthAge"
        values   = [condition.value]
      }
    }

    since_5_52 {
      dynamic "condition" {
        for_each = var.trust_policy_conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

locals {
  trust_of_admin     = data.aws_iam_policy_document.trust["admin"].json
  trust_of_poweruser = data.aws_iam_policy_document.trust["poweruser"].json
  trust_of_readonly  = data.aws_iam_policy_document.trust["readonly"].json
}

# --- outputs

output "admin_iam_role_requires_mfa" {
  value = var.admin_role_requires_mfa
}

output "poweruser_iam_role_requires_mfa" {
  value = var.poweruser_role_requires_mfa
}

output "readonly_iam_role_requires_mfa" {
  value = var.readonly_role_requires_mfa
}
