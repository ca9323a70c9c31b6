"""The resources that encrypt with a key of the customer, and the property that says with which.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-eventdatastore.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail_event_data_store
"""

from typing import Final

TRAILS: Final = frozenset({"AWS::CloudTrail::Trail", "aws_cloudtrail"})

CONSUMER_KEYS: Final = {
    "AWS::CloudTrail::Trail": "KMSKeyId",
    "AWS::CloudTrail::EventDataStore": "KmsKeyId",
    "aws_cloudtrail": "kms_key_id",
    "aws_cloudtrail_event_data_store": "kms_key_id",
}
"""The property by the type of the resource. Every type that a row of `aws.service_sources` tells apart is here."""
