# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-read-only-policy
#
# A managed policy that allows to read in the services that are listed, attached to nobody.

described {
  releases = ["4.8.0", "4.11.0", "4.24.1", "5.0.0", "5.17.0", "5.51.0", "5.60.0", "6.0.0"]
}

variable "description" {}
variable "tags" {}

# --- what it allows

variable "allow_cloudwatch_logs_query" {
  type    = bool
  default = true
}

variable "allow_predefined_sts_actions" {
  type    = bool
  default = true
}

variable "allow_web_console_services" {
  type    = bool
  default = true
}

variable "allowed_services" {
  type    = list(string)
  default = []
}

variable "web_console_services" {
  type = list(string)

  before_4_11 {
    default = ["resource-groups", "tag", "health"]
  }

  since_4_11 {
    default = ["resource-groups", "tag", "health", "ce"]
  }
}

locals {
  before_5_51 {
    reading = ["List", "Get", "Describe", "View"]
  }

  since_5_51 {
    reading = ["List", "Get", "BatchGet", "Describe", "View"]
  }
}

data "aws_iam_policy_document" "own" {
  since_6_0 {
    source_policy_documents   = var.source_inline_policy_documents
    override_policy_documents = var.override_inline_policy_documents
  }

  dynamic "statement" {
    for_each = toset(var.allowed_services)

    content {
      sid       = replace(statement.value, "-", "")
      actions   = [for verb in local.reading : "${statement.value}:${verb}*"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = toset(var.allow_web_console_services ? var.web_console_services : [])

    content {
      sid       = replace(statement.value, "-", "")
      actions   = [for verb in local.reading : "${statement.value}:${verb}*"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.allow_predefined_sts_actions ? ["STS"] : []

    content {
      sid       = statement.value
      actions   = ["sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.allow_cloudwatch_logs_query ? ["AllowLogsQuery"] : []

    content {
      sid       = statement.value
      actions   = ["logs:FilterLogEvents", "logs:StartQuery", "logs:StopQuery"]
      resources = ["*"]
    }
  }
}

before_6_0 {
  variable "additional_policy_json" {
    type    = string
    default = "{}"
  }

  data "aws_iam_policy_document" "policy" {
    source_policy_documents = [data.aws_iam_policy_document.own.json, var.additional_policy_json]
  }

  locals {
    policy = data.aws_iam_policy_document.policy.json
  }
}

since_6_0 {
  variable "override_inline_policy_documents" {
    type    = list(string)
    default = []
  }

  variable "source_inline_policy_documents" {
    type    = list(string)
    default = []
  }

  locals {
    policy = data.aws_iam_policy_document.own.json
  }
}

# --- the policy

variable "name" {
  type    = string
  default = null
}

variable "path" {
  type    = string
  default = "/"
}

variable "create_policy" {
  type    = bool
  default = true
}

before_6_0 {
  locals {
    is_made = var.create_policy
  }

  since_5_17 {
    variable "name_prefix" {
      type    = string
      default = null
    }
  }
}

since_6_0 {
  variable "create" {
    type    = bool
    default = true
  }

  variable "use_name_prefix" {
    type    = bool
    default = true
  }

  locals {
    is_made = var.create && var.create_policy
  }
}

resource "aws_iam_policy" "policy" {
  count = local.is_made ? 1 : 0

  path   = var.path
  policy = local.policy

  before_6_0 {
    name = var.name

    since_5_17 {
      name_prefix = var.name_prefix
    }
  }

  since_6_0 {
    name        = var.use_name_prefix ? null : var.name
    name_prefix = var.use_name_prefix ? "${var.name}-" : null
  }
}

# --- outputs

output "arn" {
  value = try(aws_iam_policy.policy[0].arn, null)
}

output "id" {
  value = try(aws_iam_policy.policy[0].id, null)
}

output "name" {
  value = try(aws_iam_policy.policy[0].name, null)
}

output "policy" {
  value = try(aws_iam_policy.policy[0].policy, null)
}

output "policy_json" {
  value = local.policy
}
