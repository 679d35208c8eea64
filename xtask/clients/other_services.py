"""Calls other services of AWS at `lido dev` with boto3 and the AWS CLI, as AWS_ENDPOINT_URL makes them do.

Usage: other_services.py URL

Each call fails at once, with an error of its own protocol that names what the server serves.
"""

import os
import subprocess
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = sys.argv[1]
os.environ.update(AWS_ACCESS_KEY_ID="dev", AWS_SECRET_ACCESS_KEY="dev", AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="",
                  AWS_ENDPOINT_URL=URL)
TEXT = ("Lido serves Amazon Cognito user pools (cognito-idp) only, and this is a request for {}. Set "
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER instead of AWS_ENDPOINT_URL, so that requests for other services go "
        "elsewhere.")
# The service of boto3, the operation and its parameters, the name in the text, and the code of the error.
CALLS = [
    ("sts", "get_caller_identity", {}, "AWS STS", "InvalidAction"),
    ("iam", "list_users", {}, "AWS IAM", "InvalidAction"),
    ("cloudformation", "list_stacks", {}, "AWS CloudFormation", "InvalidAction"),
    ("ec2", "describe_regions", {}, "Amazon EC2", "InvalidAction"),
    ("s3", "list_buckets", {}, "Amazon S3", "NotImplemented"),
    ("s3", "list_objects_v2", {"Bucket": "b"}, "Amazon S3", "NotImplemented"),
    ("route53", "list_hosted_zones", {}, "the service route53", "InvalidAction"),
    ("lambda", "list_functions", {}, "AWS Lambda", "UnknownOperationException"),
    ("cognito-identity", "list_identity_pools", {"MaxResults": 1}, "Amazon Cognito identity pools",
     "UnknownOperationException"),
    ("cognito-identity", "get_id", {"IdentityPoolId": "us-east-1:12345678-1234-1234-1234-123456789012"},
     "Amazon Cognito identity pools", "UnknownOperationException"),
    ("dynamodb", "list_tables", {}, "Amazon DynamoDB", "UnknownOperationException"),
    ("secretsmanager", "list_secrets", {}, "AWS Secrets Manager", "UnknownOperationException"),
]

started = time.monotonic()
for service, operation, parameters, name, code in CALLS:
    client = boto3.client(service, config=Config(s3={"addressing_style": "path"}))
    try:
        getattr(client, operation)(**parameters)
        sys.exit(f"{service} {operation} succeeded")
    except ClientError as error:
        actual = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if actual != (code, TEXT.format(name)):
            sys.exit(f"{service} {operation}: {actual}")
took = time.monotonic() - started
if took > 20:
    sys.exit(f"the calls took {took:.0f} seconds: were they repeated?")

command = [sys.executable, "-m", "awscli", "sts", "get-caller-identity"]
printed = subprocess.run(command, capture_output=True, text=True).stderr.strip()
expected = "calling the GetCallerIdentity operation: " + TEXT.format("AWS STS")
if not printed.endswith(expected):
    sys.exit(f"aws sts get-caller-identity printed:\n{printed}")
print(f"other_services: {len(CALLS) + 1} passed, 0 failed")
