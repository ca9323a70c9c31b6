"""How resources name their key: which of them take an ARN and nothing else.

Read from the patterns of AWS's resource schemas and the pages of the APIs.
"""

from __future__ import annotations

from typing import Final

from kmslint.model.consumers import Purpose

ARN_ONLY: Final = {
    Purpose.LOG_GROUP: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    Purpose.FUNCTION: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    Purpose.DELIVERY_STREAM: "https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamEncryptionConfigurationInput.html",
    Purpose.DELIVERED: "https://docs.aws.amazon.com/firehose/latest/APIReference/API_KMSEncryptionConfig.html",
    Purpose.USER_POOL: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html",
    Purpose.KEY_SIGNING_KEY: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateKeySigningKey.html",
}
"""What needs the ARN, with the page that says so."""
