# https://registry.terraform.io/modules/terraform-aws-modules/iam/aws/latest/submodules/iam-user
#
# A user with the policies that it is given. What the user signs in with decides nothing here.

described {
  releases = ["4.0.0", "4.24.1", "5.0.0", "5.28.0", "5.60.0", "6.0.0", "6.1.0", "6.2.0"]
  includes = ["shared/iam_inline_policy_since_6.tf"]
}

# --- inputs that decide only what the user signs in with, or nothing

variable "force_destroy" {}
variable "password_length" {}
variable "password_reset_required" {}
variable "pgp_key" {}
variable "ssh_key_encoding" {}
variable "ssh_public_key" {}
variable "tags" {}

before_6_0 {
  variable "create_iam_access_key" {}
  variable "create_iam_user_login_profile" {}
  variable "iam_access_key_status" {}
  variable "upload_iam_user_ssh_key" {}
}

since_6_0 {
  variable "access_key_status" {}
  variable "create_access_key" {}
  variable "create_login_profile" {}
  variable "create_ssh_key" {}
}

# --- the user

variable "name" {
  type    = string
  default = ""
}

variable "path" {
  type    = string
  default = "/"
}

variable "permissions_boundary" {
  type    = string
  default = ""
}

before_6_0 {
  variable "create_user" {
    type    = bool
    default = true
  }

  locals {
    create = var.create_user
  }
}

since_6_0 {
  variable "create" {
    type    = bool
    default = true
  }

  locals {
    create = var.create
  }
}

resource "aws_iam_user" "this" {
  count = local.create ? 1 : 0

  name                 = var.name
  path                 = var.path
  permissions_boundary = var.permissions_boundary
}

# --- its policies

since_5_28 {
  before_6_0 {
    variable "policy_arns" {
      type    = list(string)
      default = []
    }

    resource "aws_iam_user_policy_attachment" "this" {
      count = local.create ? length(var.policy_arns) : 0

      user       = aws_iam_user.this[0].name
      policy_arn = var.policy_arns[count.index]
    }
  }
}

since_6_0 {
  variable "policies" {
    type    = map(string)
    default = {}
  }

  # Before 6.1 the policies go to a role that is called as the user is.
  before_6_1 {
    resource "aws_iam_role_policy_attachment" "additional" {
      for_each = local.create ? var.policies : {}

      role       = aws_iam_user.this[0].name
      policy_arn = each.value
    }
  }

  since_6_1 {
    resource "aws_iam_user_policy_attachment" "additional" {
      for_each = local.create ? var.policies : {}

      user       = aws_iam_user.this[0].name
      policy_arn = each.value
    }
  }

  resource "aws_iam_user_policy" "inline" {
    count = local.create && var.create_inline_policy ? 1 : 0

    user   = aws_iam_user.this[0].name
    policy = data.aws_iam_policy_document.inline.json
  }
}

# --- outputs

before_6_0 {
  output "iam_user_arn" {
    value = try(aws_iam_user.this[0].arn, "")
  }

  output "iam_user_name" {
    value = try(aws_iam_user.this[0].name, "")
  }
}

since_6_0 {
  output "arn" {
    value = try(aws_iam_user.this[0].arn, null)
  }

  output "name" {
    value = try(aws_iam_user.this[0].name, null)
  }
}
