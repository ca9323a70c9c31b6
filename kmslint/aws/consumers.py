"""The resources that encrypt with a key of the customer, and the property that says with which.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-eventdatastore.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-eks-cluster-provider.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail_event_data_store
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_cluster
"""

from typing import Final

TRAILS: Final = frozenset({"AWS::CloudTrail::Trail", "aws_cloudtrail"})
CLUSTERS: Final = frozenset({"AWS::EKS::Cluster", "aws_eks_cluster"})
"""They encrypt their secrets with the key."""

CONSUMER_KEYS: Final = {
    "AWS::CloudTrail::Trail": ("KMSKeyId",),
    "AWS::CloudTrail::EventDataStore": ("KmsKeyId",),
    "AWS::EKS::Cluster": ("EncryptionConfig", "Provider", "KeyArn"),
    "aws_cloudtrail": ("kms_key_id",),
    "aws_cloudtrail_event_data_store": ("kms_key_id",),
    "aws_eks_cluster": ("encryption_config", "provider", "key_arn"),
}
"""The way to the property by the type of the resource, through lists and nested blocks."""
