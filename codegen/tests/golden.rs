//! Compares the files generated from the models in `golden/` with the committed ones. To update them, run
//! `LIDO_BLESS=1 cargo test -p lido-codegen --test golden` and review the difference.
//!
//! Every model in the folder is tested. The test `kitchen_sink` compiles and runs one of them.

use std::{env, fs, path::Path};

use lido_codegen::{Config, disk, generate};

#[test]
fn goldens_are_up_to_date() {
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
        let model = lido_model::load(&[file]).unwrap_or_else(|errors| panic!("{package}: {errors:#?}"));
        let config = Config { package: package.to_owned(), ..Config::default() };
        let generated = generate(&model, &config).unwrap_or_else(|errors| panic!("{package}: {errors:#?}"));
        let golden = folder.join(package);
        if bless {
            fs::create_dir_all(&golden).unwrap();
            disk::write(&golden, &generated.files).unwrap();
            let paths = generated.files.keys().map(Path::new);
            assert!(disk::format(&golden, paths), "rustfmt is not installed");
        }
        let difference = disk::compare(&golden, &generated.files).unwrap();
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
