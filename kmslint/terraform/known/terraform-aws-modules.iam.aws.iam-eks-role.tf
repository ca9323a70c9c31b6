# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-eks-role
#
# A role with the policies that it is given, for service accounts of Kubernetes. Who issues the tokens of a cluster is
# looked up, and in which words the role lets itself assume itself is not worked out here: both are unknown. In 6.0 the
# module went away.

described {
  releases = ["4.23.0", "4.24.1", "5.0.0", "5.18.0", "5.60.0"]
  includes = ["shared/iam_role_before_6.tf"]
}

# --- the role

variable "create_role" {
  type    = bool
  default = true
}

variable "cluster_service_accounts" {
  type    = map(list(string))
  default = {}
}

before_5_18 {
  locals {
    test = "StringEquals"
  }
}

since_5_18 {
  variable "assume_role_condition_test" {
    type    = string
    default = "StringEquals"
  }

  locals {
    test = var.assume_role_condition_test
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_iam_policy_document" "trust" {
  source_policy_documents = var.allow_self_assume_role ? [local.trust_in_itself] : []

  dynamic "statement" {
    for_each = var.cluster_service_accounts

    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type = "Federated"
        identifiers = [join("", [
          "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}",
          ":oidc-provider/${local.issuer_of_the_cluster}",
        ])]
      }

      condition {
        test     = local.test
        variable = "${local.issuer_of_the_cluster}:sub"
        values   = [for account in statement.value : "system:serviceaccount:${account}"]
      }
    }
  }
}

locals {
  trust = data.aws_iam_policy_document.trust.json
}

# --- its policies

before_5_0 {
  variable "role_policy_arns" {
    type    = list(string)
    default = []
  }

  resource "aws_iam_role_policy_attachment" "custom" {
    count = var.create_role ? length(var.role_policy_arns) : 0

    role       = aws_iam_role.this[0].name
    policy_arn = var.role_policy_arns[count.index]
  }
}

since_5_0 {
  variable "role_policy_arns" {
    type    = map(string)
    default = {}
  }

  resource "aws_iam_role_policy_attachment" "this" {
    for_each = var.create_role ? var.role_policy_arns : {}

    role       = aws_iam_role.this[0].name
    policy_arn = each.value
  }
}
