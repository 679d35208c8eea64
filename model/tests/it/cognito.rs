//! Loads the Cognito model of this package.

use std::{fs, path::Path};

use lido_model::load;

use crate::models::{operations, shown};

#[test]
fn cognito_model_loads() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [here.join("cognito-idp"), here.to_owned()] {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_model = |path: &Path| {
            path.extension().is_some_and(|of| of == "json") && !path.ends_with("corrections.json")
        };
        files.extend(entries.filter(|path| is_model(path)).map(|path| {
            let bytes = fs::read(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), bytes)
        }));
    }
    files.sort();
    let model = load(&files).unwrap_or_else(|found| panic!("{}", shown(&found)));
    let service = model.services().next().unwrap();
    assert_eq!(operations(&model, service.id.as_str()).len(), 153);
}
