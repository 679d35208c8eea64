"""Runs the AWS CLI, boto3 and botocore's signer against a lido with the IAM users of the documentation.

Usage: iam.py URL CREDENTIALS

The server runs with --credentials CREDENTIALS --trusted-proxy 127.0.0.1 --refuse-from 192.0.2.0/24
--request-limits on,UserPoolClientRead=2.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

URL, FILE = sys.argv[1:]
USERS = {user["name"]: user for user in json.load(open(FILE))["users"]}
ACCOUNT = "000000000000"
passed = 0


def check(name, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"{name}:\n  expected {expected!r}\n  but got  {actual!r}")
    passed += 1


def client(user, **changes):
    keys = dict(aws_access_key_id=USERS[user]["accessKeyId"], aws_secret_access_key=USERS[user]["secretAccessKey"],
                aws_session_token=USERS[user].get("sessionToken"), region_name="us-east-1")
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client("cognito-idp", endpoint_url=URL, config=once, **(keys | changes))


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        said = error.response["Error"]
        return error.response["ResponseMetadata"]["HTTPStatusCode"], said["Code"], said["Message"]
    return "no refusal"


def denied(user, operation, resource, why=None):
    why = why or f"because no identity-based policy allows the cognito-idp:{operation} action"
    return (400, "AccessDeniedException", f"User: arn:aws:iam::{ACCOUNT}:user/{user} is not authorized to perform: "
            f"cognito-idp:{operation} on resource: {resource} {why}")


def arn(pool):
    return f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{pool}"


# The permissions in the documentation.
ops, support, deploy = client("ops"), client("support"), client("deploy")
ours = ops.create_user_pool(PoolName="ours", UserPoolTags={"team": "shop"})["UserPool"]["Id"]
theirs = ops.create_user_pool(PoolName="theirs", UserPoolTags={"team": "bank"})["UserPool"]["Id"]
check("what support may", refusal(support.admin_get_user, UserPoolId=ours, Username="unknown"),
      (400, "UserNotFoundException", "User does not exist."))
check("another team's pool", refusal(support.admin_get_user, UserPoolId=theirs, Username="unknown"),
      denied("support", "AdminGetUser", arn(theirs)))
check("what support may not", refusal(support.delete_user_pool, UserPoolId=ours),
      denied("support", "DeleteUserPool", arn(ours)))
check("no pool in particular", refusal(support.list_user_pools, MaxResults=1), denied("support", "ListUserPools", "*"))
check("temporary credentials", refusal(deploy.describe_user_pool, UserPoolId=ours), "no refusal")
check("an explicit deny", refusal(deploy.delete_user_pool, UserPoolId=ours),
      denied("deploy", "DeleteUserPool", arn(ours), "with an explicit deny in an identity-based policy"))

# Invalid signatures.
UNKNOWN = (400, "UnrecognizedClientException", "The security token included in the request is invalid.")
MISMATCH = (400, "InvalidSignatureException", "The request signature we calculated does not match the signature you "
            "provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
WRONG_REGION = (400, "InvalidSignatureException", "Credential should be scoped to a valid region. ")
for name, other, expected in [
    ("an unknown key", client("ops", aws_access_key_id="AKIANOBODY"), UNKNOWN),
    ("a wrong secret", client("ops", aws_secret_access_key="another"), MISMATCH),
    ("a token too many", client("ops", aws_session_token="token"), UNKNOWN),
    ("another token", client("deploy", aws_session_token="token"), UNKNOWN),
    ("another Region", client("ops", region_name="eu-west-1"), WRONG_REGION),
]:
    check(name, refusal(other.list_user_pools, MaxResults=1), expected)

# botocore's signer alone: any header may be signed, and a signed header must not change.
BODY = json.dumps({"UserPoolId": ours}).encode()


def sign(user, headers):
    request = AWSRequest("POST", URL + "/", data=BODY, headers={
        "X-Amz-Target": "AWSCognitoIdentityProviderService.DescribeUserPool",
        "Content-Type": "application/x-amz-json-1.1"} | headers)
    known = USERS[user]
    credentials = Credentials(known["accessKeyId"], known["secretAccessKey"], known.get("sessionToken"))
    SigV4Auth(credentials, "cognito-idp", "us-east-1").add_auth(request)
    return dict(request.prepare().headers)


def post(headers, body=BODY):
    try:
        with urllib.request.urlopen(urllib.request.Request(URL, data=body, headers=headers)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        said = json.loads(error.read())
        return error.code, said["__type"], said["message"]


for user in ["ops", "deploy"]:
    for headers in [{}, {"X-Amz-Meta": "  a   b  "}, {"Accept-Language": "de, en", "Range": "x"},
                    {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}]:
        signed = sign(user, headers)
        if "X-Amz-Content-SHA256" in headers:
            check("a body that is not signed", post(signed), MISMATCH)
        else:
            check(f"signed {headers}", post(signed), 200)
            check("another body", post(signed, BODY.replace(b" ", b"\t")), MISMATCH)
            check("another header", post(signed | {"Content-Type": "application/json"}), MISMATCH)
            check("one more header", post(signed | {"X-Unsigned": "1"}), 200)
check("no signature", post({"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools"}),
      (400, "MissingAuthenticationTokenException", "Missing Authentication Token"))

# The AWS CLI.
ended = subprocess.run(
    [sys.executable, "-m", "awscli", "cognito-idp", "list-user-pools", "--max-results", "1", "--endpoint-url", URL],
    env={"AWS_ACCESS_KEY_ID": USERS["support"]["accessKeyId"], "AWS_DEFAULT_REGION": "us-east-1",
         "AWS_SECRET_ACCESS_KEY": USERS["support"]["secretAccessKey"], "AWS_PAGER": "", "PATH": "/usr/bin:/bin"},
    capture_output=True, text=True)
said = ended.stderr.strip().removeprefix("aws: [ERROR]: ").strip()
check("the CLI", said, "An error occurred (AccessDeniedException) when calling the ListUserPools operation: "
      + denied("support", "ListUserPools", "*")[2])


# The source address in the header of a proxy.
def from_address(user, address):
    other = client(user)
    other.meta.events.register("before-sign", lambda request, **_: request.headers.add_header("X-Forwarded-For", address))
    return other


check("from a private network", refusal(from_address("support", "10.1.2.3").admin_get_user, UserPoolId=ours, Username="x"),
      (400, "UserNotFoundException", "User does not exist."))
check("from elsewhere", refusal(from_address("support", "198.51.100.7").admin_get_user, UserPoolId=ours, Username="x"),
      denied("support", "AdminGetUser", arn(ours), "with an explicit deny in an identity-based policy"))
check("from a refused range", refusal(from_address("ops", "192.0.2.7").list_user_pools, MaxResults=1),
      (403, "ForbiddenException", "Request not allowed due to WAF block."))

# More requests than the limit, which refills at two a second.
answers = [refusal(ops.list_user_pool_clients, UserPoolId=ours) for _ in range(20)]
check("within the quota", answers[:2], ["no refusal"] * 2)
check("beyond the quota", set(answers) - {"no refusal"}, {(400, "TooManyRequestsException", "Too many requests")})
print(f"iam: {passed} passed, 0 failed")
