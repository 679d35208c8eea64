//! Replays the inputs that are kept for each target.

use std::{collections::BTreeSet, fs, path::Path};

use lido_fuzz::TARGETS;

/// Returns the files of a folder, sorted. `found/` has no folder for a target of which nothing was found.
fn files(folder: &Path) -> BTreeSet<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    entries.flatten().map(|entry| entry.path()).collect()
}

#[test]
fn every_target_withstands_the_inputs_that_are_kept() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in TARGETS {
        let corpus = files(&package.join("corpus").join(target.name));
        assert!(
            corpus.len() >= 5,
            "corpus/{} has {} inputs, too few to start from",
            target.name,
            corpus.len()
        );
        let found = files(&package.join("found").join(target.name));
        for path in corpus.iter().chain(&found) {
            // Shown only if the target panics.
            println!("{}", path.display());
            (target.run)(&fs::read(path).expect("an input"));
        }
        println!("{}: {} inputs of the corpus, {} that failed once", target.name, corpus.len(), found.len());
    }
}

#[test]
fn every_target_has_its_program_and_every_folder_its_target() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let stems = |folder: &str| -> BTreeSet<String> {
        let stem =
            |path: &std::path::PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
        files(&package.join(folder)).iter().map(stem).collect()
    };
    assert_eq!(stems("fuzz_targets"), targets);
    assert_eq!(stems("corpus"), targets);
    assert!(stems("found").is_subset(&targets));
}
