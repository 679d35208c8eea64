//! Finds files of this workspace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// Folders that hold nothing written by hand: output of the generator, of cargo and of npm.
const NOT_BY_HAND: [&str; 3] = ["generated", "node_modules", "target"];

/// The extensions of text files that are written by hand.
const TEXT: [&str; 15] =
    ["cjs", "css", "html", "js", "json", "jsonl", "md", "mjs", "py", "rs", "sh", "toml", "ts", "yaml", "yml"];

/// Returns the Rust files below `folder`, sorted by path.
pub(crate) fn find_rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    find(folder, &|_| true, &|path| has_extension(path, &["rs"]))
}

/// Returns the files below `folder` with this extension, sorted by path.
pub(crate) fn find_with_extension(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    find(folder, &|_| true, &|path| has_extension(path, &[extension]))
}

/// Returns the text files of the workspace that are written by hand, sorted by path. Hidden folders are left out.
pub(crate) fn find_handwritten_files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let is_by_hand = |folder: &Path| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && !NOT_BY_HAND.contains(&&*name)
    };
    find(root, &is_by_hand, &|path| has_extension(path, &TEXT))
}

/// Returns `path` below `root`, with `/` between its parts on every system.
pub(crate) fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|extension| extensions.iter().any(|one| extension == *one))
}

fn find(
    folder: &Path,
    is_searched: &dyn Fn(&Path) -> bool,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).with_context(|| format!("reading {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                if is_searched(&path) {
                    folders.push(path);
                }
            } else if is_wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handwritten_files_leave_out_generated_and_hidden_folders() {
        let root = tempfile::tempdir().unwrap();
        for file in ["a.rs", "docs/b.md", "generated/c.rs", ".git/d.md", "target/e.rs", "f.db"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = find_handwritten_files(root.path()).unwrap();
        let found: Vec<_> = found.iter().map(|path| relative(path, root.path())).collect();
        assert_eq!(found, ["a.rs", "docs/b.md"]);
    }
}
