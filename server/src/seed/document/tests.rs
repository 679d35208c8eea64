use super::*;

const TOML: &str = "\
[[UserPools]]
PoolName = \"shop\"

[UserPools.Policies.PasswordPolicy]
MinimumLength = 6

[[UserPools.Users]]
Username = \"mary\"
Enabled = true
UserAttributes = { email = \"m\" }
";

const JSON: &str = r#"{
  "UserPools": [
    {
      "PoolName": "shop",
      "Policies": { "PasswordPolicy": {
        "MinimumLength": 6 } },
      "Users": [
        { "Username": "mary", "Enabled": true,
          "UserAttributes": { "email": "m" } }
      ]
    }
  ]
}"#;

const YAML: &str = "\
UserPools:
  - PoolName: shop
    Policies:
      PasswordPolicy:
        MinimumLength: 6
    Users:
      - Username: mary
        Enabled: true
        UserAttributes:
          email: m
";

fn path(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[test]
fn document_of_each_format_is_the_same_with_its_own_lines() {
    let nodes = [(SeedFormat::Toml, TOML), (SeedFormat::Json, JSON), (SeedFormat::Yaml, YAML)]
        .map(|(format, text)| Node::parse(format, text).expect("a document"));
    assert_eq!(nodes[0].to_json(), nodes[1].to_json());
    assert_eq!(nodes[1].to_json(), nodes[2].to_json());
    let cases = [
        (&["UserPools", "0", "PoolName"][..], [2, 4, 2]),
        (&["UserPools", "0", "Policies", "PasswordPolicy", "MinimumLength"], [5, 6, 5]),
        (&["UserPools", "0", "Users", "0", "Username"], [8, 8, 7]),
        (&["UserPools", "0", "Users", "0", "UserAttributes", "email"], [10, 9, 10]),
        (&["UserPools", "0", "Users", "0", "Absent"], [7, 8, 7]),
    ];
    for (keys, lines) in cases {
        let found = [0, 1, 2].map(|at: usize| nodes[at].line_at(&path(keys)));
        assert_eq!(found, lines, "{keys:?}");
    }
}

#[test]
fn malformed_document_is_refused_with_its_line() {
    let cases = [
        (SeedFormat::Toml, "a = 1\nb = ", 2),
        (SeedFormat::Toml, "a = 1\na = 2", 2),
        (SeedFormat::Toml, "a = 1\nb = inf", 2),
        (SeedFormat::Json, "{\n  \"a\": 1,\n}", 3),
        (SeedFormat::Json, "{\n  // no\n}", 2),
        (SeedFormat::Json, "{\"a\": 1,\n \"a\": 2}", 2),
        (SeedFormat::Json, "{\"a\": 1}\n2", 2),
        (SeedFormat::Yaml, "a: 1\nb: [", 2),
        (SeedFormat::Yaml, "a: 1\na: 2", 2),
        (SeedFormat::Yaml, "a: 1\n---\nb: 2", 2),
        (SeedFormat::Yaml, "a: .nan", 1),
    ];
    for (format, text, line) in cases {
        let error = Node::parse(format, text).expect_err(text);
        assert!(error.line.abs_diff(line) <= 1 && !error.reason.is_empty(), "{text:?}: {error:?}");
        assert_eq!(error.reason.lines().count(), 1, "{error:?}");
    }
}

#[test]
fn nesting_and_aliases_are_bounded() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000));
    let toml = format!("a = {}", deep("[", "]"));
    let nested =
        [(SeedFormat::Toml, toml), (SeedFormat::Json, deep("[", "]")), (SeedFormat::Yaml, deep("[", "]"))];
    for (format, text) in nested {
        assert!(Node::parse(format, &text).is_err(), "{format:?}");
    }
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 9].join(", ")));
    }
    assert!(Node::parse(SeedFormat::Yaml, &bomb).is_err());
}

#[test]
fn yaml_scalars_are_those_of_yaml_1_2() {
    let node =
        Node::parse(SeedFormat::Yaml, "a: no\nb: true\nc: 1.5\nd: ~\ne: '1'\nf: 2026-01-01\ng: +1555\n")
            .expect("YAML");
    let expected = serde_json::json!({"a": "no", "b": true, "c": 1.5, "d": null, "e": "1", "f": "2026-01-01", "g": 1555});
    assert_eq!(node.to_json(), expected);
}
