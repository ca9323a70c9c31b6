# Three roles of terraform-aws-modules/iam, before 6.0: for administrators, for power users and for readers. Who may
# assume them is unknown unless a module says it as `local.trust_of_...`.

variable "force_detach_policies" {}
variable "max_session_duration" {}

variable "allow_self_assume_role" {
  type    = bool
  default = false
}

# --- for administrators

variable "admin_role_tags" {}

variable "create_admin_role" {
  type    = bool
  default = false
}

variable "admin_role_name" {
  type    = string
  default = "admin"
}

variable "admin_role_path" {
  type    = string
  default = "/"
}

variable "admin_role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "admin_role_policy_arns" {
  type    = list(string)
  default = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}

resource "aws_iam_role" "admin" {
  count = var.create_admin_role ? 1 : 0

  name                 = var.admin_role_name
  path                 = var.admin_role_path
  permissions_boundary = var.admin_role_permissions_boundary_arn
  assume_role_policy   = local.trust_of_admin
}

resource "aws_iam_role_policy_attachment" "admin" {
  count = var.create_admin_role ? length(var.admin_role_policy_arns) : 0

  role       = aws_iam_role.admin[0].name
  policy_arn = var.admin_role_policy_arns[count.index]
}

output "admin_iam_role_arn" {
  value = try(aws_iam_role.admin[0].arn, "")
}

output "admin_iam_role_name" {
  value = try(aws_iam_role.admin[0].name, "")
}

output "admin_iam_role_path" {
  value = try(aws_iam_role.admin[0].path, "")
}

# --- for power users

variable "poweruser_role_tags" {}

variable "create_poweruser_role" {
  type    = bool
  default = false
}

variable "poweruser_role_name" {
  type    = string
  default = "poweruser"
}

variable "poweruser_role_path" {
  type    = string
  default = "/"
}

variable "poweruser_role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "poweruser_role_policy_arns" {
  type    = list(string)
  default = ["arn:aws:iam::aws:policy/PowerUserAccess"]
}

resource "aws_iam_role" "poweruser" {
  count = var.create_poweruser_role ? 1 : 0

  name                 = var.poweruser_role_name
  path                 = var.poweruser_role_path
  permissions_boundary = var.poweruser_role_permissions_boundary_arn
  assume_role_policy   = local.trust_of_poweruser
}

resource "aws_iam_role_policy_attachment" "poweruser" {
  count = var.create_poweruser_role ? length(var.poweruser_role_policy_arns) : 0

  role       = aws_iam_role.poweruser[0].name
  policy_arn = var.poweruser_role_policy_arns[count.index]
}

output "poweruser_iam_role_arn" {
  value = try(aws_iam_role.poweruser[0].arn, "")
}

output "poweruser_iam_role_name" {
  value = try(aws_iam_role.poweruser[0].name, "")
}

output "poweruser_iam_role_path" {
  value = try(aws_iam_role.poweruser[0].path, "")
}

# --- for readers

variable "readonly_role_tags" {}

variable "create_readonly_role" {
  type    = bool
  default = false
}

variable "readonly_role_name" {
  type    = string
  default = "readonly"
}

variable "readonly_role_path" {
  type    = string
  default = "/"
}

variable "readonly_role_permissions_boundary_arn" {
  type    = string
  default = ""
}

variable "readonly_role_policy_arns" {
  type    = list(string)
  default = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

resource "aws_iam_role" "readonly" {
  count = var.create_readonly_role ? 1 : 0

  name                 = var.readonly_role_name
  path                 = var.readonly_role_path
  permissions_boundary = var.readonly_role_permissions_boundary_arn
  assume_role_policy   = local.trust_of_readonly
}

resource "aws_iam_role_policy_attachment" "readonly" {
  count = var.create_readonly_role ? length(var.readonly_role_policy_arns) : 0

  role       = aws_iam_role.readonly[0].name
  policy_arn = var.readonly_role_policy_arns[count.index]
}

output "readonly_iam_role_arn" {
  value = try(aws_iam_role.readonly[0].arn, "")
}

output "readonly_iam_role_name" {
  value = try(aws_iam_role.readonly[0].name, "")
}

output "readonly_iam_role_path" {
  value = try(aws_iam_role.readonly[0].path, "")
}
