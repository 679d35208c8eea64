"""Uses a server with a fixed confirmation code through boto3: a pool, a client, a confirmed user, a sign-in.

The second argument, if there is one, is the app client of a seed, whose user mary@example.com signs in, too.
"""

import sys

import boto3

cognito = boto3.client(
    "cognito-idp",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="dev",
    aws_secret_access_key="dev",
)
pool = cognito.create_user_pool(PoolName="image", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
client = cognito.create_user_pool_client(
    UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
)["UserPoolClient"]["ClientId"]
user = {"ClientId": client, "Username": "mary"}
attributes = [{"Name": "email", "Value": "mary@example.com"}]
cognito.sign_up(**user, Password="Correct-Horse-1", UserAttributes=attributes)
cognito.confirm_sign_up(**user, ConfirmationCode="123456")
answer = cognito.initiate_auth(
    ClientId=client,
    AuthFlow="USER_PASSWORD_AUTH",
    AuthParameters={"USERNAME": "mary", "PASSWORD": "Correct-Horse-1"},
)
assert answer["AuthenticationResult"]["AccessToken"].count(".") == 2
for client in sys.argv[2:]:
    parameters = {"USERNAME": "mary@example.com", "PASSWORD": "Correct-Horse-1"}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert answer["AuthenticationResult"]["AccessToken"].count(".") == 2
