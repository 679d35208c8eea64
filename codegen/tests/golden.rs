//! What the generator makes of the models in `golden/`, compared byte by byte with what lies beside
//! them. `LIDO_BLESS=1` writes it anew; the difference is then for the eyes of a reviewer.
//!
//! A model that is dropped there is covered; `kitchen_sink` compiles and runs one of them.

use std::{env, fs, path::Path};

use lido_codegen::{Config, disk, generate};

#[test]
fn every_golden_is_what_its_model_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = env::var_os("LIDO_BLESS").is_some();
    let mut models = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        models += 1;
        let package = path.file_stem().unwrap().to_str().unwrap();
        let file = (format!("{package}.json"), fs::read(&path).unwrap());
        let model = lido_model::load(&[file]).unwrap_or_else(|said| panic!("{package}: {said:#?}"));
        let config = Config { package: package.to_owned(), ..Config::default() };
        let made = generate(&model, &config).unwrap_or_else(|said| panic!("{package}: {said:#?}"));
        let beside = folder.join(package);
        if bless {
            fs::create_dir_all(&beside).unwrap();
            disk::write(&beside, &made.files).unwrap();
        }
        let difference = disk::compare(&beside, &made.files).unwrap();
        assert!(
            difference.is_empty(),
            "{package}: {}: {:?} {:?}; run: LIDO_BLESS=1 cargo test -p lido-codegen --test golden",
            difference.summary(),
            difference.stale,
            difference.orphans
        );
    }
    assert!(models > 0, "no model in {}", folder.display());
}
