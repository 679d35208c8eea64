//! Requests for other services of AWS, as boto3 1.44 sends them: the refusal in the protocol of each names what is served.

use std::net::SocketAddr;

use crate::support::{TestServer, raw_requests::exchange};

/// A request of boto3: the service, the request line, the headers after the signature, and the body.
struct Case {
    /// The service in the scope of the signature; empty for a request that is not signed.
    service: &'static str,
    line: &'static str,
    headers: &'static str,
    body: &'static str,
    /// The content type, the body around the text, and the name of the service in the text.
    answer: (&'static str, &'static str, &'static str),
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
const XML: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>TEXT</Message></Error>\
                   </ErrorResponse>";
const JSON: &str = r#"{"__type":"UnknownOperationException","message":"TEXT"}"#;
const EC2: &str =
    "<Response><Errors><Error><Code>InvalidAction</Code><Message>TEXT</Message></Error></Errors></Response>";
const S3: &str = "<Error><Code>NotImplemented</Code><Message>TEXT</Message></Error>";

const CASES: &[Case] = &[
    Case {
        service: "sts",
        line: "POST /",
        headers: FORM,
        body: "Action=GetCallerIdentity&Version=2011-06-15",
        answer: ("text/xml", XML, "AWS STS"),
    },
    // A presigned URL, as clusters use it in place of a token.
    Case {
        service: "",
        line: "GET /?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=dev%2F20261129%2Fus-east-1%2Fsts%2F\
               aws4_request&X-Amz-Signature=00",
        headers: "",
        body: "",
        answer: ("text/xml", XML, "AWS STS"),
    },
    // An operation of STS that is never signed.
    Case {
        service: "",
        line: "POST /",
        headers: FORM,
        body: "Action=AssumeRoleWithWebIdentity&Version=2011-06-15",
        answer: ("text/xml", XML, "another service"),
    },
    Case {
        service: "iam",
        line: "POST /",
        headers: FORM,
        body: "Action=ListUsers&Version=2010-05-08",
        answer: ("text/xml", XML, "AWS IAM"),
    },
    Case {
        service: "ec2",
        line: "POST /",
        headers: FORM,
        body: "Action=DescribeRegions&Version=2016-11-15",
        answer: ("text/xml", EC2, "Amazon EC2"),
    },
    Case {
        service: "s3",
        line: "GET /",
        headers: "",
        body: "",
        answer: ("application/xml", S3, "Amazon S3"),
    },
    Case {
        service: "s3",
        line: "GET /bucket?list-type=2&encoding-type=url",
        headers: "",
        body: "",
        answer: ("application/xml", S3, "Amazon S3"),
    },
    Case {
        service: "route53",
        line: "GET /2013-04-01/hostedzone",
        headers: "",
        body: "",
        answer: ("text/xml", XML, "the service route53"),
    },
    Case {
        service: "lambda",
        line: "GET /2015-03-31/functions",
        headers: "",
        body: "",
        answer: ("application/json", JSON, "AWS Lambda"),
    },
    Case {
        service: "ses",
        line: "POST /v2/email/list-identities",
        headers: "Content-Type: application/json\r\n",
        body: "{}",
        answer: ("application/json", JSON, "the service ses"),
    },
    Case {
        service: "cognito-identity",
        line: "POST /",
        headers: "Content-Type: application/x-amz-json-1.1\r\n\
                  X-Amz-Target: AWSCognitoIdentityService.ListIdentityPools\r\n",
        body: r#"{"MaxResults": 1}"#,
        answer: ("application/x-amz-json-1.1", JSON, "Amazon Cognito identity pools"),
    },
    Case {
        service: "",
        line: "POST /",
        headers: "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: AWSCognitoIdentityService.GetId\r\n",
        body: r#"{"IdentityPoolId": "us-east-1:12345678-1234-1234-1234-123456789012"}"#,
        answer: ("application/x-amz-json-1.1", JSON, "Amazon Cognito identity pools"),
    },
    Case {
        service: "dynamodb",
        line: "POST /",
        headers: "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n",
        body: "{}",
        answer: ("application/x-amz-json-1.0", JSON, "Amazon DynamoDB"),
    },
];

async fn send(address: SocketAddr, case: &Case) -> (u16, String, String) {
    let Case { service, line, headers, body, .. } = case;
    let signature = match *service {
        "" => String::new(),
        service => format!(
            "Authorization: AWS4-HMAC-SHA256 Credential=dev/20261129/us-east-1/{service}/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=00\r\nX-Amz-Date: 20261129T210000Z\r\n"
        ),
    };
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{signature}{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let response = exchange(address, request.into_bytes()).await;
    (response.status, response.head, response.body)
}

#[tokio::test]
async fn request_for_another_service_is_refused_in_its_protocol() {
    let server = TestServer::new().await;
    for case in CASES {
        let (content_type, body, name) = case.answer;
        let text = format!(
            "Lido serves Amazon Cognito user pools (cognito-idp) only, and this is a request for {name}. Set \
             AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER instead of AWS_ENDPOINT_URL, so that requests for other services \
             go elsewhere."
        );
        let (status, head, answer) = send(server.address, case).await;
        assert_eq!((status, answer), (400, body.replace("TEXT", &text)), "{} {}", case.service, case.line);
        assert!(head.contains(&format!("content-type: {content_type}\r\n")), "{head}");
        assert!(head.contains("x-amzn-requestid: "), "{head}");
    }
}

/// cog-0279: an unknown operation of this service, and a request that names no service, are answered as before.
#[tokio::test]
async fn request_that_names_no_other_service_is_an_unknown_operation() {
    let server = TestServer::new().await;
    let of = |service, line, headers, body| Case { service, line, headers, body, answer: ("", "", "") };
    let cases = [
        of("", "POST /nowhere", "", ""),
        of("", "POST /", FORM, "grant_type=client_credentials"),
        of("cognito-idp", "POST /", FORM, "Action=ListUsers&Version=2016-04-18"),
        of("cognito-idp", "POST /", "X-Amz-Target: AWSCognitoIdentityService.GetId\r\n", "{}"),
        of("", "POST /", "X-Amz-Target: Other.GetId\r\n", "{}"),
        of("<script>", "POST /nowhere", "", ""),
        of("S3", "POST /nowhere", "", ""),
    ];
    for case in &cases {
        let (status, _, body) = send(server.address, case).await;
        let unknown = r#"{"__type":"UnknownOperationException"}"#;
        assert_eq!((status, &*body), (400, unknown), "{} {}", case.service, case.line);
    }
}

/// A browser, or a tool with a mistyped path, learns what is there.
#[tokio::test]
async fn request_for_an_unknown_path_names_what_is_served() {
    let server = TestServer::new().await;
    for line in ["GET /", "GET /nowhere", "PUT /", "DELETE /us-east-1_Absent000/nowhere"] {
        let case = Case { service: "", line, headers: "", body: "", answer: ("", "", "") };
        let (status, head, body) = send(server.address, &case).await;
        assert_eq!(status, 404, "{line}");
        let named = ["UnknownOperationException", "X-Amz-Target", "/_lido/health"];
        assert!(named.iter().all(|part| body.contains(part)), "{line}: {body}");
        assert!(head.contains("content-type: application/x-amz-json-1.1\r\n"), "{head}");
    }
}
