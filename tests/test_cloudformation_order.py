"""Which resources are made before others, and which policies are those of what AWS manages the keys of."""

from __future__ import annotations

from kmslint.cloudformation.dependencies import Dependencies
from kmslint.cloudformation.stack import read_stack
from kmslint.cloudformation.template import read_template
from kmslint.location import Source
from kmslint.model.sharing import Sharing
from kmslint.syntax.yaml import read_yaml

ORDER = """
Resources:
  A:
    Type: Custom::A
    DependsOn: [F, Nobody, A]
    Properties: {a: !Ref B, b: !GetAtt C.Arn, c: !Sub "x${D.Arn}-${E}-${!G}", d: &d [H], e: *d, f: "K L", M: n}
  B: {Type: Custom::B}
  C: {Type: Custom::C}
  D: {Type: Custom::D}
  E: {Type: Custom::E}
  F: {Type: Custom::F, DependsOn: I}
  G: {Type: Custom::G}
  H: {Type: Custom::H, Properties: {a: !Ref A}}
  I: {Type: Custom::I, DependsOn: J}
  J: {Type: Custom::J}
  K: {Type: Custom::K}
  L: {Type: Custom::L}
  M: {Type: Custom::M}
"""


def test_what_is_made_before() -> None:
    source = Source("t.yaml", ORDER)
    template = read_template(read_yaml(source).documents[0], source)
    order = Dependencies(template)
    before = {one.name: "".join(sorted(order.made_before(one))) for one in template.resources}
    alone = dict.fromkeys("BCDEGJKLM", "")
    assert before == {**alone, "A": "ABCDEFHIJ", "F": "IJ", "H": "ABCDEFHIJ", "I": "J"}


def test_what_a_nested_stack_makes_is_called_by_its_address() -> None:
    source = Source("t.yaml", ORDER, stack="N/")
    template = read_template(read_yaml(source).documents[0], source)
    made = {one.name: one for one in template.resources}
    assert Dependencies(template).made_before(made["F"]) == {"N/I", "N/J"}


POLICY = "{Statement: [{Effect: Allow, Principal: '*', Action: a, Resource: r}]}"
HEAD = (
    "Parameters: {Open: {Type: String}}\nConditions: {C: !Equals [!Ref Open, a], D: !Not [!Condition C]}\nResources:\n"
)
UNDER_AWS_KEY = {
    "Topic": "{Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: alias/aws/sns}}",
    "Queue": "{Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: alias/aws/sqs}}",
    "Bucket": (
        "{Type: AWS::S3::Bucket, Properties: {BucketName: b, BucketEncryption: {ServerSideEncryptionConfiguration: "
        "[{ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms}}]}}}"
    ),
    "Secret": "{Type: AWS::SecretsManager::Secret}",
}
SHARED = {
    "AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: @}": ["SNS topic"],
    "AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Queue], PolicyDocument: @}": [],
    "AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue], PolicyDocument: @}": ["SQS queue"],
    "AWS::SQS::QueuePolicy, Properties: {Queues: [!GetAtt Queue.Arn], PolicyDocument: @}": ["SQS queue"],
    "AWS::SQS::QueuePolicy, Properties: {Queues: [!GetAtt Queue.QueueName], PolicyDocument: @}": [],
    "AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Bucket, PolicyDocument: @}": ["bucket"],
    "AWS::S3::BucketPolicy, Properties: {Bucket: b, PolicyDocument: @}": ["bucket"],
    "AWS::S3::BucketPolicy, Properties: {Bucket: c, PolicyDocument: @}": [],
    "AWS::S3::BucketPolicy, Properties: {PolicyDocument: @}": [],
    "AWS::S3::BucketPolicy, Properties: {Bucket: b}": [],
    "AWS::S3::BucketPolicy, Condition: C, Properties: {Bucket: !If [D, b, c], PolicyDocument: @}": [],
    "AWS::S3::BucketPolicy, Condition: C, Properties: {Bucket: !If [C, b, c], PolicyDocument: @}": ["bucket C is true"],
    "AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Secret, ResourcePolicy: @}": ["secret"],
    "AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Secret, PolicyDocument: @}": [],
    "AWS::SNS::Topic": [],
}


def sharing(resources: str) -> Sharing:
    source = Source("t.yaml", HEAD + resources)
    return read_stack(read_yaml(source).documents[0], source).sharing


def test_the_policies_of_what_is_under_keys_of_aws() -> None:
    things = "".join(f"  {name}: {body}\n" for name, body in UNDER_AWS_KEY.items())
    found = {}
    for policy in SHARED:
        shares = sharing(f"{things}  P: {{Type: {policy.replace('@', POLICY)}}}\n").shares
        found[policy] = [" ".join([one.thing.value, *map(str, one.guards)]) for one in shares]
    assert found == SHARED


SECRETS = {
    "{Type: AWS::SecretsManager::Secret}": [""],
    "{Type: AWS::SecretsManager::Secret, Condition: C}": ["C is true"],
    "{Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: ~}}": [""],
    "{Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: alias/aws/secretsmanager}}": [""],
    "{Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: alias/own}}": [],
    "{Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: !If [C, a, !Ref AWS::NoValue]}}": ["C is false"],
    "{Type: AWS::SecretsManager::Secret, Condition: C, Properties: {KmsKeyId: !If [C, a, !Ref AWS::NoValue]}}": [],
    "{Type: AWS::SecretsManager::Secret, Properties: {Fn::Transform: More}}": [],
    "{Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: ~, Fn::Transform: More}}": [""],
    "{Type: AWS::SecretsManager::SecretTargetAttachment}": [],
}


def test_secrets_under_the_key_of_aws() -> None:
    policy = f"  P: {{Type: AWS::SNS::TopicPolicy, Properties: {{Topics: [a], PolicyDocument: {POLICY}}}}}\n"
    found = {}
    for secret in SECRETS:
        managed = sharing(f"  S: {secret}\n{policy}").managed
        found[secret] = [" ".join(map(str, one.guards)) for one in managed]
    assert found == SECRETS
