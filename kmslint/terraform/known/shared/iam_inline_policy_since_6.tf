# What the inline policy of a role or user of terraform-aws-modules/iam says, 6.0 and later.

since_6_0 {
  variable "create_inline_policy" {
    type    = bool
    default = false
  }

  variable "inline_policy_permissions" {
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

  variable "source_inline_policy_documents" {
    type    = list(string)
    default = []
  }

  variable "override_inline_policy_documents" {
    type    = list(string)
    default = []
  }

  data "aws_iam_policy_document" "inline" {
    source_policy_documents   = var.source_inline_policy_documents
    override_policy_documents = var.override_inline_policy_documents

    dynamic "statement" {
      for_each = var.inline_policy_permissions != null ? var.inline_policy_permissions : {}

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
}
