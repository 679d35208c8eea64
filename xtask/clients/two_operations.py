"""Runs the AWS CLI, boto3 and plain HTTP against the example with two handlers.

Usage: two_operations.py URL
"""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import boto3

URL = sys.argv[1]
POOL = "us-east-1_abcdefghi"
os.environ.update(AWS_ACCESS_KEY_ID="example", AWS_SECRET_ACCESS_KEY="example", AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="")
passed = 0


def check(name, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"{name}:\n  expected {expected!r}\n  but got  {actual!r}")
    passed += 1


def aws(*arguments):
    command = [sys.executable, "-m", "awscli", "cognito-idp", *arguments, "--endpoint-url", URL]
    ended = subprocess.run(command, capture_output=True, text=True)
    return ended.returncode, (ended.stdout + ended.stderr).strip()


def refusal(operation, error, message):
    return (255, f"An error occurred ({error}) when calling the {operation} operation: {message}")


def confirm(user, code, client="1example23456789"):
    return aws("confirm-sign-up", "--client-id", client, "--username", user, "--confirmation-code", code)


def cli_refused(name, actual, expected):
    # Newer releases of the CLI print "aws: [ERROR]: " before the message, and have another exit code.
    check(name, (actual[0] != 0, actual[1].removeprefix("aws: [ERROR]: ").strip()), (True, expected[1]))


cli_refused("wrong code", confirm("mary", "000000"), refusal(
    "ConfirmSignUp", "CodeMismatchException", "Invalid verification code provided, please try again."))
check("right code", confirm("mary", "123456"), (0, ""))
cli_refused("confirmed already", confirm("mary", "123456"), refusal(
    "ConfirmSignUp", "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"))
cli_refused("constraint", confirm("mary", "12 34"), refusal(
    "ConfirmSignUp", "InvalidParameterException",
    "1 validation error detected: Value '12 34' at 'confirmationCode' failed to satisfy constraint: "
    r"Member must satisfy regular expression pattern: [\S]+"))
cli_refused("two constraints", confirm("mary", "1", client="*" * 129), refusal(
    "ConfirmSignUp", "InvalidParameterException",
    "2 validation errors detected: Value at 'clientId' failed to satisfy constraint: "
    r"Member must satisfy regular expression pattern: [\w+]+; Value at 'clientId' failed to satisfy constraint: "
    "Member must have length less than or equal to 128"))
check("admin", aws("admin-confirm-sign-up", "--user-pool-id", POOL, "--username", "bob"), (0, ""))
cli_refused("admin, pool id", aws("admin-confirm-sign-up", "--user-pool-id", "nowhere", "--username", "bob"), refusal(
    "AdminConfirmSignUp", "InvalidParameterException",
    "1 validation error detected: Value 'nowhere' at 'userPoolId' failed to satisfy constraint: "
    r"Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+"))
cli_refused("not served", aws("list-users", "--user-pool-id", POOL), refusal(
    "ListUsers", "NotImplementedException", "ListUsers is not served"))

cognito = boto3.client("cognito-idp", endpoint_url=URL)
try:
    cognito.confirm_sign_up(ClientId="abc", Username="unknown", ConfirmationCode="1")
    sys.exit("an unknown user was confirmed")
except cognito.exceptions.UserNotFoundException as error:
    check("boto3's own exception", error.response["Error"]["Message"], "Username/client id combination not found.")
    check("boto3's status", error.response["ResponseMetadata"]["HTTPStatusCode"], 400)


def post(target, body, content_type="application/x-amz-json-1.1"):
    request = urllib.request.Request(URL, data=body.encode(), headers={
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{target}", "Content-Type": content_type})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


check("wrong type", post("ConfirmSignUp", '{"ClientId": 5}'), (400, {
    "__type": "SerializationException", "Message": "NUMBER_VALUE can not be converted to a String"}))
check("no JSON", post("ConfirmSignUp", "{"), (400, {"__type": "SerializationException"}))
check("unknown operation", post("NoSuchOperation", "{}"), (400, {"__type": "UnknownOperationException"}))
check("not served, checked all the same", post("DeleteUserPool", "{}"), (400, {
    "__type": "InvalidParameterException",
    "message": "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: Member must not be null"}))
check("not served", post("DeleteUserPool", json.dumps({"UserPoolId": POOL})), (501, {
    "__type": "NotImplementedException", "message": "DeleteUserPool is not served"}))
print(f"two_operations: {passed} passed, 0 failed")
