//! The containers of Lido in the files: what they start, and as whom.

use serde_json::Value;

/// The user of the image, which owns nothing on the host.
const USER: &str = "65532";

/// A container that runs Lido.
#[derive(Debug)]
pub(super) struct Container {
    /// Where it is in its file.
    name: String,
    /// The tag of its image.
    image: String,
    /// The command and its options.
    command: Vec<String>,
    /// The names of its environment variables.
    variables: Vec<String>,
    is_read_only: bool,
    drops_capabilities: bool,
    gains_no_privileges: bool,
    user: String,
}

/// Returns the containers of a compose file.
pub(super) fn of_compose(document: &Value) -> Vec<Container> {
    let services = document["services"].as_object().into_iter().flatten();
    let servers = services.filter(|(_, service)| is_lido(&service["image"]));
    let container = |(name, service): (&String, &Value)| Container {
        name: name.clone(),
        image: text(&service["image"]),
        command: texts(&service["command"]),
        variables: service["environment"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect(),
        is_read_only: service["read_only"] == true,
        drops_capabilities: service["cap_drop"] == serde_json::json!(["ALL"]),
        gains_no_privileges: texts(&service["security_opt"])
            .iter()
            .any(|option| option == "no-new-privileges:true"),
        user: text(&service["user"]).split(':').next().unwrap_or_default().to_owned(),
    };
    servers.map(container).collect()
}

/// Returns the containers of a manifest.
pub(super) fn of_manifest(document: &Value) -> Vec<Container> {
    let pod = &document["spec"]["template"]["spec"];
    let containers = pod["containers"].as_array().into_iter().flatten();
    let container = |container: &Value| {
        let security = &container["securityContext"];
        Container {
            name: format!("{}/{}", text(&document["kind"]), text(&container["name"])),
            image: text(&container["image"]),
            command: texts(&container["args"]),
            variables: container["env"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|variable| text(&variable["name"]))
                .collect(),
            is_read_only: security["readOnlyRootFilesystem"] == true,
            drops_capabilities: security["capabilities"]["drop"] == serde_json::json!(["ALL"]),
            gains_no_privileges: security["allowPrivilegeEscalation"] == false
                && pod["securityContext"]["runAsNonRoot"] == true,
            user: pod["securityContext"]["runAsUser"].to_string(),
        }
    };
    containers.filter(|container| is_lido(&container["image"])).map(container).collect()
}

impl Container {
    /// Returns what is wrong with it. `configuration` is the page of all options.
    pub(super) fn faults(&self, configuration: &str) -> Vec<String> {
        let version = env!("CARGO_PKG_VERSION");
        let rules = [
            (
                self.image.ends_with(&format!(":{version}")),
                format!("has the image {}, not that of {version}", self.image),
            ),
            (self.is_read_only, "can write to its root file system".to_owned()),
            (self.drops_capabilities, "keeps capabilities".to_owned()),
            (self.gains_no_privileges, "can gain privileges".to_owned()),
            (self.user == USER, format!("runs as {}, not as {USER}", self.user)),
        ];
        let broken = rules.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault);
        let options = self
            .command
            .iter()
            .filter(|word| word.starts_with("--"))
            .map(|word| word.split('=').next().unwrap_or(word));
        let variables = self.variables.iter().map(String::as_str).filter(|name| name.starts_with("LIDO_"));
        let unknown = options.chain(variables).filter(|name| !configuration.contains(&format!("`{name}`")));
        let unknown = unknown.map(|name| format!("has {name}, which docs/configuration.md does not have"));
        broken.chain(unknown).map(|fault| format!("{} {fault}", self.name)).collect()
    }
}

fn is_lido(image: &Value) -> bool {
    let image = image.as_str().unwrap_or_default();
    image.rsplit('/').next().unwrap_or_default().split(':').next() == Some("lido")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CONFIGURATION: &str = "`--allow-remote` and `LIDO_STORE`";

    fn compose() -> Value {
        json!({"services": {
            "lido": {
                "image": concat!("lido:", env!("CARGO_PKG_VERSION")), "command": ["dev", "--allow-remote"],
                "environment": {"LIDO_STORE": "memory", "PGPASSFILE": "/pgpass"}, "read_only": true, "cap_drop": ["ALL"],
                "security_opt": ["no-new-privileges:true"], "user": "65532:65532",
            },
            "proxy": {"image": "caddy:2"},
        }})
    }

    fn manifest() -> Value {
        json!({"kind": "Deployment", "spec": {"template": {"spec": {
            "securityContext": {"runAsNonRoot": true, "runAsUser": 65532},
            "containers": [{
                "name": "lido", "image": concat!("registry.example.com/lido:", env!("CARGO_PKG_VERSION")), "args": ["dev", "--allow-remote"],
                "env": [{"name": "LIDO_STORE", "value": "memory"}],
                "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
            }],
        }}}})
    }

    fn faults(containers: &[Container]) -> usize {
        assert_eq!(containers.len(), 1);
        containers.iter().map(|container| container.faults(CONFIGURATION).len()).sum()
    }

    #[test]
    fn container_with_privileges_is_a_fault() {
        assert_eq!(faults(&of_compose(&compose())), 0);
        for (member, value) in [
            ("image", json!("lido:0.0.1")),
            ("read_only", json!(false)),
            ("cap_drop", json!([])),
            ("security_opt", json!([])),
            ("user", json!("0:0")),
            ("command", json!(["dev", "--unknown=1"])),
            ("environment", json!({"LIDO_UNKNOWN": "1"})),
        ] {
            let mut compose = compose();
            compose["services"]["lido"][member] = value;
            assert_eq!(faults(&of_compose(&compose)), 1, "{member}");
        }
    }

    #[test]
    fn pod_with_privileges_is_a_fault() {
        assert_eq!(faults(&of_manifest(&manifest())), 0);
        for (path, value) in [
            ("/spec/template/spec/securityContext/runAsNonRoot", json!(false)),
            ("/spec/template/spec/securityContext/runAsUser", json!(0)),
            ("/spec/template/spec/containers/0/image", json!("lido:latest")),
            ("/spec/template/spec/containers/0/args", json!(["serve", "--unknown"])),
            ("/spec/template/spec/containers/0/env", json!([{"name": "LIDO_UNKNOWN"}])),
            ("/spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation", json!(true)),
            ("/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem", json!(false)),
            ("/spec/template/spec/containers/0/securityContext/capabilities/drop", json!([])),
        ] {
            let mut manifest = manifest();
            *manifest.pointer_mut(path).expect(path) = value;
            assert_eq!(faults(&of_manifest(&manifest)), 1, "{path}");
        }
    }
}
