"""KMS418: a resource takes the ARN of its key, and is given an id or an alias."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.key_forms import WrongForm, wrong_forms
from kmslint.access.naming import under
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS418",
    name="key-reference-form",
    title="A key named by its id or an alias where only an ARN will do",
    severity=Severity.MEDIUM,
    rationale="""\
A KMS key has an id, an ARN and perhaps aliases, and each service says for itself which of them it takes. SNS and SQS
take all; CloudWatch Logs, Lambda and some others take an ARN alone. In CloudFormation Ref gives the id of a key, in
Terraform key_id and id do. The deployment fails there, and the message speaks of a key that "does not exist or is not
allowed to be used", or of a value that matches no pattern.""",
    remediation="""\
Give the ARN: !GetAtt Key.Arn in CloudFormation, aws_kms_key.NAME.arn in Terraform.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html",
    ),
    counterparts=(Counterpart(Catalogue.CFN_LINT, ("E1041",)),),
    cloudformation=Examples(
        bad="""\
Resources:
  AppKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Handler:
    Type: AWS::Lambda::Function
    Properties:
      KmsKeyArn: !Ref AppKey
      Role: arn:aws:iam::111122223333:role/handler
      Runtime: python3.13
      Handler: index.handler
      Code: {ZipFile: "def handler(event, context): pass"}
""",
        good="""\
Resources:
  AppKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Handler:
    Type: AWS::Lambda::Function
    Properties:
      KmsKeyArn: !GetAtt AppKey.Arn
      Role: arn:aws:iam::111122223333:role/handler
      Runtime: python3.13
      Handler: index.handler
      Code: {ZipFile: "def handler(event, context): pass"}
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_lambda_function" "handler" {
  function_name = "handler"
  role          = "arn:aws:iam::111122223333:role/handler"
  kms_key_arn   = aws_kms_key.app.key_id
}
""",
        good="""\
resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_lambda_function" "handler" {
  function_name = "handler"
  role          = "arn:aws:iam::111122223333:role/handler"
  kms_key_arn   = aws_kms_key.app.arn
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each resource that names its key so."""
    for wrong in wrong_forms(estate):
        yield _finding(wrong)


def _finding(wrong: WrongForm) -> Finding:
    consumer = wrong.consumer
    article = "the" if wrong.key is not None and wrong.form == "key id" else "an" if wrong.form == "alias" else "a"
    of_key = "" if wrong.key is None else f" of {wrong.key.address}"
    message = (
        f"{consumer.purpose.value} {consumer.address} is given {article} {wrong.form}{of_key} for its key"
        f"{under(consumer.guards)}, but it takes nothing but an ARN, so the deployment fails"
    )
    ask = "give it the ARN of the key" if wrong.key is None else f"give it the ARN of {wrong.key.address}"
    return RULE.finding(consumer.key_at, message, consumer.address, subject=wrong.form, advice=f"{ask}: {wrong.page}")
