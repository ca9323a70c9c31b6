# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-github-oidc-role
#
# A role with the policies that it is given, for workflows of GitHub. What it asks of the issuer of their tokens is known
# from 5.43 on, and of their subjects from 5.7 on. In 6.0 the module became a part of `iam-role`.

described {
  releases = ["5.6.0", "5.7.0", "5.43.0", "5.45.0", "5.53.0", "5.60.0"]
}

variable "description" {}
variable "force_detach_policies" {}
variable "max_session_duration" {}
variable "tags" {}

# --- who may assume the role

variable "audience" {
  type    = string
  default = "sts.amazonaws.com"
}

variable "provider_url" {
  type    = string
  default = "token.actions.githubusercontent.com"
}

variable "subjects" {
  type    = list(string)
  default = []
}

before_5_45 {
  locals {
    test_of_subjects = "StringLike"
  }
}

since_5_45 {
  variable "subject_condition" {
    type    = string
    default = "StringLike"
  }

  locals {
    test_of_subjects = var.subject_condition
  }
}

since_5_53 {
  variable "additional_trust_policy_conditions" {
    type    = list(object({ test = string, variable = string, values = list(string) }))
    default = []
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  provider = replace(var.provider_url, "https://", "")

  since_5_7 {
    subjects = [for subject in var.subjects : "repo:${trimprefix(subject, "repo:")}"]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "GithubOidcAuth"
    actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]

    principals {
      type = "Federated"
      identifiers = [join("", [
        "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}",
        ":oidc-provider/${local.provider}",
      ])]
    }

    condition {
      test = "ForAllValues:StringEquals"

      before_5_43 {
        variable = "token.actions.githubusercontent.com:iss"
        values   = [local.issuer]
      }

      since_5_43 {
        variable = "${local.provider}:iss"
        values   = ["https://${local.provider}"]
      }
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "${local.provider}:aud"
      values   = [var.audience]
    }

    condition {
      test     = local.test_of_subjects
      variable = "${local.provider}:sub"
      values   = local.subjects
    }

    since_5_53 {
      dynamic "condition" {
        for_each = var.additional_trust_policy_conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

# --- the role

variable "create" {
  type    = bool
  default = true
}

variable "name" {
  type    = string
  default = null
}

variable "name_prefix" {
  type    = string
  default = null
}

variable "path" {
  type    = string
  default = "/"
}

variable "permissions_boundary_arn" {
  type    = string
  default = null
}

resource "aws_iam_role" "this" {
  count = var.create ? 1 : 0

  name                 = var.name
  name_prefix          = var.name_prefix
  path                 = var.path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

# --- its policies

variable "policies" {
  type    = map(string)
  default = {}
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = var.create ? var.policies : {}

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

# --- outputs

output "arn" {
  value = try(aws_iam_role.this[0].arn, null)
}

output "name" {
  value = try(aws_iam_role.this[0].name, null)
}

output "path" {
  value = try(aws_iam_role.this[0].path, null)
}
