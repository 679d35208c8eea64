//! Compares the names of the generated Cognito crate with those of the AWS SDK for Rust: operations, types, fields and
//! variants. `listed.rs` lists the differences with their reasons.

#![cfg(test)]

mod listed;
mod sdk;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    path::Path,
};

use lido_codegen::{
    Config, disk,
    ir::{Kind, Service, Structure},
};

const PACKAGE: &str = "aws-sdk-cognitoidentityprovider";

/// The names that a crate declares.
#[derive(Debug, Default)]
struct Names {
    /// Operations, each with the name of its module.
    operations: BTreeMap<String, String>,
    /// Types, each with its fields or variants.
    types: BTreeMap<String, Vec<String>>,
}

impl Names {
    /// Returns every name on its own: `Operation: module`, `Type` and `Type.member`.
    fn flat(&self) -> BTreeSet<String> {
        let operations = self.operations.iter().map(|(name, module)| format!("{name}: {module}"));
        let members = self.types.iter().flat_map(|(name, members)| {
            members.iter().map(move |member| format!("{name}.{}", member.trim_start_matches("r#")))
        });
        operations.chain(self.types.keys().cloned()).chain(members).collect()
    }
}

/// Returns the entry of the list that explains why `name` is in one crate only.
fn find_listed(name: &str, operations: &BTreeMap<String, String>) -> Option<&'static str> {
    let ty = name.split(['.', ':']).next().unwrap_or(name);
    let operation = ["Input", "Output", "Error"].iter().find_map(|part| ty.strip_suffix(part));
    // `CreateCIMDPolicy` has the types `CreateCimdPolicyInput` and so on.
    let operation = operation.and_then(|part| operations.keys().find(|name| name.eq_ignore_ascii_case(part)));
    let mut listed = listed::DEVIATIONS.iter().flat_map(|(_, names)| names.iter().copied());
    listed.find(|listed| {
        *listed == name || *listed == ty || operation.is_some_and(|operation| operation == listed)
    })
}

#[test]
fn names_of_cognito_crate_equal_those_of_sdk() {
    let source = match sdk::find_source(PACKAGE) {
        Ok(source) => source,
        Err(why) => {
            assert_ne!(env::var("LIDO_REQUIRE_SHARED").as_deref(), Ok("1"), "{why}");
            println!("skipped: names of {PACKAGE}: {why}");
            return;
        }
    };
    let (sdk, generated) = (sdk::read(&source), generated());
    let (theirs, ours) = (sdk.flat(), generated.flat());
    let (mut unlisted, mut used, mut listed) = (Vec::new(), BTreeSet::new(), 0);
    for name in theirs.symmetric_difference(&ours) {
        match find_listed(name, &generated.operations) {
            Some(entry) => {
                used.insert(entry);
                listed += 1;
            }
            None => unlisted.push(format!("{}{name}", if ours.contains(name) { '+' } else { '-' })),
        }
    }
    assert!(
        unlisted.is_empty(),
        "names differ from {PACKAGE} (+ only here, - only there); correct the names or list them with a reason in \
         `listed.rs`: {unlisted:#?}"
    );
    let entries = listed::DEVIATIONS.iter().flat_map(|(_, names)| names.iter().copied());
    let stale: Vec<_> = entries.filter(|entry| !used.contains(entry)).collect();
    assert!(stale.is_empty(), "names listed in `listed.rs` are equal; remove them: {stale:?}");

    let count = |names: &Names| {
        let members: usize = names.types.values().map(Vec::len).sum();
        format!("{} operations, {} types, {members} members", names.operations.len(), names.types.len())
    };
    let compared = theirs.union(&ours).count();
    let counts = format!("SDK: {}; {compared} names compared, {listed} listed", count(&sdk));
    println!("{counts}");
    assert_eq!(counts, listed::COUNTS, "the counts changed; review the difference and update `listed.rs`");
}

/// Returns the names of the crate that is generated from the model in this repository.
fn generated() -> Names {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = ["model/cognito-idp", "model/documentation.json", "model/lido.json"]
        .iter()
        .flat_map(|path| disk::model_files(&root.join(path)).unwrap())
        .collect::<Vec<_>>();
    let model = lido_model::load(&files).unwrap();
    let (service, _) = lido_codegen::lower(&model, &Config::default()).unwrap();
    names(&service)
}

fn names(service: &Service) -> Names {
    let mut names = Names::default();
    let fields = |structure: &Structure| -> (String, Vec<String>) {
        let fields = structure.members.iter().map(|member| member.field.clone());
        (structure.name.clone(), fields.collect())
    };
    for operation in &service.operations {
        names.operations.insert(operation.name.clone(), operation.method.clone());
        names.types.extend([fields(&operation.input), fields(&operation.output)]);
        names.types.extend(operation.error.iter().map(|error| (error.name.clone(), error.variants.clone())));
    }
    for def in &service.types {
        let members = match &def.kind {
            Kind::Structure(structure) | Kind::Error(structure, _) => fields(structure).1,
            Kind::Union(variants) => variants.iter().map(|variant| variant.name.clone()).collect(),
            Kind::Enum(values) => values.iter().map(|value| value.name.clone()).collect(),
            Kind::IntEnum(values) => values.iter().map(|value| value.name.clone()).collect(),
            // The SDK has no types for constrained values.
            Kind::Scalar(..) | Kind::List(..) | Kind::Map(..) => continue,
        };
        names.types.insert(def.name.clone(), members);
    }
    names
}
