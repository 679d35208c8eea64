//! Signatures: the operations that require one, and the error of each kind of invalid signature.

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata as _, operation::RequestId as _, types::VerifiedAttributeType,
};
use lido::{
    app::{App, Settings},
    clock::rfc3339,
    operations::Operation,
};
use lido_runtime::Operation as _;

use super::{
    ALL, SECRET, Signer, TOKEN, UNCHANGED, assert_refused, credentials, load_credentials,
    server_with_policies, server_with_system_clock,
};
use crate::support::{TestServer, raw_requests::send, test_store};

#[tokio::test]
async fn signature_of_the_sdk_is_verified() {
    let users = format!(
        r#"{{"name": "root", "accessKeyId": "ROOT", "secretAccessKey": "{SECRET}", "policies": [{{"Statement": {ALL}}}]}},
           {{"name": "temp", "accessKeyId": "TEMP", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}",
             "expiresAt": "2999-01-01T00:00:00Z", "policies": [{{"Statement": {ALL}}}]}}"#
    );
    let server = server_with_system_clock(load_credentials(&users)).await;
    for (key, token) in [("ROOT", None), ("TEMP", Some(TOKEN))] {
        let sdk = server.sdk_as(key, SECRET, token);
        let pool = sdk
            .create_user_pool()
            .pool_name("p")
            .user_pool_tags("Team", "Ärger & Söhne")
            .auto_verified_attributes(VerifiedAttributeType::Email)
            .send()
            .await;
        let pool = pool.expect("allowed").user_pool.and_then(|pool| pool.id).expect("an id");
        sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("allowed");
        sdk.list_user_pools().max_results(1).send().await.expect("allowed");
    }
    for (key, secret, token, code) in [
        ("ROOT", "another", None, "InvalidSignatureException"),
        ("UNKNOWN", SECRET, None, "UnrecognizedClientException"),
        ("ROOT", SECRET, Some(TOKEN), "UnrecognizedClientException"),
        ("TEMP", SECRET, None, "UnrecognizedClientException"),
        ("TEMP", SECRET, Some("another"), "UnrecognizedClientException"),
    ] {
        let error = server.sdk_as(key, secret, token).list_user_pools().max_results(1).send().await;
        let error = error.expect_err("refused").into_service_error();
        assert_eq!(error.code(), Some(code), "{key} {secret} {token:?}: {error:?}");
        assert!(error.request_id().is_some());
    }
}

/// cog-0340: every operation that the model signs is refused without a signature, and no other one is.
#[tokio::test]
async fn signed_operation_without_signature_is_refused() {
    let server = TestServer::with_gate(test_store::app(), credentials(&[])).await;
    let (mut signed, mut public) = (0, 0);
    for operation in Operation::ALL {
        let response = send(server.address, operation.name(), &[], "{").await;
        if operation.is_public() {
            assert!(response.body.contains("SerializationException"), "{operation:?}: {}", response.body);
            public += 1;
        } else {
            assert_refused(&response, "MissingAuthenticationTokenException", "Missing Authentication Token");
            signed += 1;
        }
    }
    assert_eq!((signed, public), (Operation::ALL.len() - 36, 36));
}

/// cog-0025
#[tokio::test]
async fn public_operation_ignores_the_signature() {
    let server = TestServer::with_gate(test_store::app(), credentials(&[])).await;
    for authorization in ["nonsense", "AWS4-HMAC-SHA256 Credential=A/1/us-east-1/s3/aws4_request"] {
        let response = send(server.address, "ConfirmSignUp", &[("Authorization", authorization)], "{}").await;
        assert!(response.body.contains("3 validation errors detected"), "{}", response.body);
    }
}

/// cog-0045, cog-0250, cog-0348, cog-0349, cog-0350
#[tokio::test]
async fn invalid_signature_is_refused_with_the_type_of_its_error() {
    let users = format!(
        r#"{{"name": "ci", "accessKeyId": "CI", "secretAccessKey": "{SECRET}"}},
           {{"name": "temp", "accessKeyId": "TEMP", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}",
             "expiresAt": "2026-11-21T07:30:00Z"}}"#
    );
    let settings = Settings { has_one_region: true, ..Settings::default() };
    let server = TestServer::with_gate(App { settings, ..test_store::app() }, load_credentials(&users)).await;
    let ci = Signer::CI;
    let stamp = |seconds: i64| {
        let at =
            lido_domain::Timestamp::from_millis(server.app.clock.real_now().as_millis() + seconds * 1_000);
        let (second, _) =
            rfc3339(at).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a fraction");
        format!("{}Z", second.replace(['-', ':'], ""))
    };
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS \
                    Secret Access Key and signing method. Consult the service documentation for details.";
    let invalid = "The security token included in the request is invalid.";
    let cases = [
        (Signer { key: "UNKNOWN", ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (Signer { secret: "another", ..ci }, "InvalidSignatureException", mismatch.to_owned()),
        (Signer { token: Some("x"), ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (Signer { key: "TEMP", ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (Signer { key: "TEMP", token: Some("x"), ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (
            Signer { key: "TEMP", token: Some(TOKEN), ..ci },
            "ExpiredTokenException",
            "The security token included in the request is expired".to_owned(),
        ),
        (
            Signer { region: "eu-west-1", ..ci },
            "InvalidSignatureException",
            "Credential should be scoped to a valid region. ".to_owned(),
        ),
        (
            Signer { service: "s3", ..ci },
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'cognito-idp'. ".to_owned(),
        ),
        (
            Signer { ahead: -301, ..ci },
            "InvalidSignatureException",
            format!(
                "Signature expired: {} is now earlier than {} ({} - 5 min.)",
                stamp(-301),
                stamp(-300),
                stamp(0)
            ),
        ),
        (
            Signer { ahead: 301, ..ci },
            "InvalidSignatureException",
            format!(
                "Signature not yet current: {} is still later than {} ({} + 5 min.)",
                stamp(301),
                stamp(300),
                stamp(0)
            ),
        ),
    ];
    for (signer, name, text) in cases {
        // The body is invalid JSON: it is read only after the signature was verified.
        assert_refused(&signer.send(&server, "ListUserPools", "{").await, name, &text);
    }
    let credential = "Credential=CI/20261121/us-east-1/cognito-idp/aws4_request";
    let headers = [
        (
            // cog-0351
            "AWS4-HMAC-SHA256 nonsense".to_owned(),
            "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 \
             nonsense'."
                .to_owned(),
        ),
        ("Bearer abc".to_owned(), "Unsupported AWS 'algorithm': 'Bearer'.".to_owned()),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host"),
            format!(
                "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 {credential}, \
                 SignedHeaders=host"
            ),
        ),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00"),
            format!(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
                 Authorization=AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00"
            ),
        ),
    ];
    for (header, text) in headers {
        let response = send(server.address, "ListUserPools", &[("Authorization", &header)], "{}").await;
        assert_refused(&response, "IncompleteSignatureException", &text);
    }
}

#[tokio::test]
async fn request_that_differs_from_the_signed_one_is_refused() {
    let (server, pool) = server_with_policies(ALL, UNCHANGED).await;
    let body = format!(r#"{{"UserPoolId":"{pool}"}}"#);
    let signed = Signer::CI.sign(&server, "DescribeUserPool", &[], &body);
    let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(send(server.address, "DescribeUserPool", &headers, &body).await.status, 200);
    let unsigned = [&headers[..], &[("x-unsigned", "anything")]].concat();
    assert_eq!(send(server.address, "DescribeUserPool", &unsigned, &body).await.status, 200);
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS \
                    Secret Access Key and signing method. Consult the service documentation for details.";
    for (operation, body) in [("DescribeUserPool", format!("{body} ")), ("DeleteUserPool", body.clone())] {
        let response = send(server.address, operation, &headers, &body).await;
        assert_refused(&response, "InvalidSignatureException", mismatch);
    }
    // UNSIGNED-PAYLOAD does not take the place of the body's hash.
    let unsigned_payload = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    let without_hash = Signer::CI.sign(&server, "DescribeUserPool", &unsigned_payload, &body);
    let without_hash = without_hash.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let without_hash: Vec<_> = without_hash.chain(unsigned_payload).collect();
    let response = send(server.address, "DescribeUserPool", &without_hash, "{}").await;
    assert_refused(&response, "InvalidSignatureException", mismatch);
    // Blanks in values and more signed headers are accepted.
    let more = [("x-amz-meta", "  a   b  "), ("accept", "*/*")];
    assert_eq!(Signer::CI.send_with_headers(&server, "DescribeUserPool", &more, &body).await.status, 200);
}

/// The header with the name of the operation must be signed, or the signature of a harmless operation would carry any
/// other one with the same body.
#[tokio::test]
async fn signature_that_leaves_the_target_out_is_refused() {
    let (server, pool) = server_with_policies(ALL, UNCHANGED).await;
    let body = format!(r#"{{"UserPoolId":"{pool}"}}"#);
    let signed = Signer::CI.sign_without_target(&server, &body);
    let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let text = "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.";
    for operation in ["DescribeUserPool", "DeleteUserPool"] {
        let response = send(server.address, operation, &headers, &body).await;
        assert_refused(&response, "InvalidSignatureException", text);
    }
    assert_eq!(Signer::CI.send(&server, "DescribeUserPool", &body).await.status, 200, "it is still there");
}
