"""What stands around an expression: resources, data sources and variables of which some are known."""

AROUND = """
variable "open" {}
variable "flag" {
  type = bool
}
variable "list" {
  type = list(string)
}
variable "off" {
  default = false
}
data "aws_caller_identity" "me" {}
data "aws_iam_session_context" "me" {
  arn = data.aws_caller_identity.me.arn
}
data "aws_iam_session_context" "role" {
  arn = "arn:aws:iam::111122223333:role/x"
}
data "aws_iam_session_context" "unseen" {
  arn = var.open
}
data "aws_partition" "p" {}
data "aws_region" "r" {}
data "aws_ssm_parameter" "s" {
  name = "/kms/admin"
}
data "aws_iam_policy" "written" {
  arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
}
data "aws_iam_policy" "named" {
  name = "Mine"
}
resource "aws_iam_role" "one" {
  name = "One"
  path = "/team/"
}
resource "aws_iam_role" "generated" {
  name_prefix = "gen-"
}
resource "aws_iam_role" "nameless" {}
resource "aws_iam_role" "maybe" {
  count = var.flag ? 1 : 0
  name  = "maybe-${count.index}"
}
resource "aws_iam_role" "two" {
  count = 2
  name  = "two-${count.index}"
}
resource "aws_iam_role" "gone" {
  count = var.off ? 1 : 0
}
resource "aws_iam_role" "each" {
  for_each = toset(["a", "b"])
  name     = "each-${each.value}"
}
resource "aws_iam_role" "any" {
  for_each = var.open
  name     = each.value.name
}
resource "aws_iam_user" "u" {
  name = var.open
}
resource "aws_kms_key" "k" {}
resource "aws_kms_replica_key" "far" {
  provider        = aws.far
  primary_key_arn = aws_kms_key.k.arn
}
resource "aws_kms_alias" "a" {
  name          = "alias/a"
  target_key_id = aws_kms_key.k.id
}
resource "aws_s3_bucket" "b" {
  bucket = "logs"
}
"""
