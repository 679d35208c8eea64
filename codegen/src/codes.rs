//! The codes of the generator's diagnostics, and the explanation of any code.

use lido_model::Code;

lido_model::codes! {
    OPTION "G001" "an option is wrong"
        "The name of the package must be one that Cargo and Rust take, and the dependency on lido-runtime the value of a \
         dependency in `Cargo.toml`: `\"0.1\"`, or `{ path = \"../runtime\" }`.";
    SERVICE "G002" "the service is not clear"
        "A server is generated for one service. If the model has several, name one: on the command line with \
         `--service example.weather#Weather`, in a build script with `service`.";
    NO_OPERATIONS "G003" "the service has no operations"
        "The service lists no operation, and its resources have none. Add one to `operations` of the service or of a resource.";
    PROTOCOL "G004" "the protocol of the service is not supported"
        "Services of awsJson 1.0 and 1.1 are generated. The message names the protocols that the service has. All operations \
         of a service with another protocol can be served with awsJson, if its clients speak it: name it with \
         `--protocol aws-json-1.1`, in a build script with `protocol`.";
    STREAMING "G005" "an operation streams"
        "Event streams and streaming blobs are not supported. A warning: the operation is left out, and the others are \
         generated. It is an error if no operation is left.";
    PATTERN "G006" "a pattern is not supported"
        "Patterns are those of ECMA-262 with the flag `u`, and the forms of Java that AWS's models use, where their meaning \
         is certain. An operation whose input has another pattern is left out with a warning, since values could not be \
         checked. It is an error if no operation is left.";
    SAME_NAME "G007" "two shapes have the same name in Rust"
        "Names are converted to Rust's, so that `getURL` and `GetUrl` are one. Rename one of them, in the model or, without \
         a change for clients, with the service's `rename`.";
    AUTH "G008" "an operation selects a scheme that the service does not have"
        "The trait `smithy.api#auth` lists schemes of authentication by the ids of their traits. The service must have each \
         of these traits.";
    VALIDATION_ERROR "G009" "the error for violated constraints is not usable"
        "It is an error shape with a member for the message: one named `message`, or with the trait \
         `smithy.framework.rust#validationMessage`. The server sets this member and the list of fields, so that other \
         required members need a default.";
    BOUND "G010" "a bound is too large"
        "The bounds of a `range` on integers must be integers that fit in 64 bits.";
    DEFAULT "G011" "a default violates the constraints of its target"
        "A server would fill the default in, and then refuse it. The default 0 of older models is taken as none, with a \
         warning.";
    NO_FINITE_VALUE "G012" "a shape contains itself without end"
        "A structure cannot require a member of its own type, and lists and maps need a structure or union in a cycle. Make \
         the member optional.";
    NO_VALUE "G013" "a shape has no value, or none that can be constrained"
        "Members target data shapes. Constraints apply to strings, numbers, blobs, lists and maps.";
    CONSTRAINT "G014" "a constraint on a member does not fit its target"
        "A member may have constraints of its own, which take precedence over those of its target. On a member that targets \
         an enum they have no effect, unless they exclude one of its values, which is refused.";
    PRINTED_VALUES "G015" "the printed values of an enum are not its values"
        "The trait `lido.api#printedValues` has the order in which messages list the values of an enum: each once.";
    TEST "G016" "a protocol test of the model is malformed"
        "The traits `smithy.test#httpRequestTests`, `httpResponseTests` and `httpMalformedRequestTests` define tests, which \
         are generated on request. The message names the test and what is missing in it.";
    BUG "G017" "the generator printed invalid Rust"
        "This is a bug of lido-codegen, never of the model. Please report it with the model.";
}

/// Returns the code with this id, such as `M014` of the loader or `G006` of the generator; case is ignored.
pub fn find(id: &str) -> Option<&'static Code> {
    every().find(|code| code.id().eq_ignore_ascii_case(id))
}

/// Iterates over the codes of the loader and of the generator.
pub fn every() -> impl Iterator<Item = &'static Code> {
    ALL.iter().chain(lido_model::codes::ALL).copied()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::{every, find};

    /// Returns the text of all sources below `folder`, but the tables of codes.
    fn sources(folder: &Path) -> String {
        let mut text = String::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => text.push_str(&sources(&path)),
                false if path.ends_with("codes.rs") => {}
                false => text.push_str(&fs::read_to_string(path).unwrap()),
            }
        }
        text
    }

    /// The type of a diagnostic ensures that it has a code.
    #[test]
    fn codes_are_unique_explained_and_in_use() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let texts = [("M", package.join("../model/src")), ("G", package.join("src"))];
        for (letter, folder) in texts {
            let source = sources(&folder);
            let table = fs::read_to_string(folder.join("codes.rs")).unwrap();
            let (macro_rows, _) = table.split_once("\n}\n").unwrap();
            let rows = macro_rows.lines().filter(|line| line.contains(&format!(" \"{letter}0")));
            let mut count = 0;
            for row in rows {
                let name = row.trim().split(' ').next().unwrap();
                assert!(source.contains(&format!("codes::{name}")), "{name} is not in use");
                count += 1;
            }
            assert_eq!(count, every().filter(|code| code.id().starts_with(letter)).count());
        }
        let ids: Vec<_> = every().map(|code| code.id()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        for code in every() {
            assert_eq!(find(&code.id().to_lowercase()), Some(code));
            assert!(!code.title().is_empty() && !code.title().ends_with('.'), "{code}");
            assert!(code.explanation().len() > 60 && code.explanation().ends_with('.'), "{code}");
        }
    }

    /// `LIDO_BLESS=1` writes the page.
    #[test]
    fn page_of_diagnostics_has_every_code() {
        let mut page = String::from(
            "# Diagnostics\n\nThe errors and warnings of the generator, by their codes. `lido-codegen explain CODE` prints the same.\n\
             This page is written by a test of `lido-codegen`.\n",
        );
        for code in every() {
            page.push_str(&format!("\n## {code}: {}\n\n{}\n", code.title(), code.explanation()));
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("DIAGNOSTICS.md");
        if std::env::var_os("LIDO_BLESS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        assert_eq!(
            fs::read_to_string(path).unwrap(),
            page,
            "run: LIDO_BLESS=1 cargo test -p lido-codegen --lib"
        );
    }
}
