//! Reads and writes the folder of the model.

use std::{collections::BTreeMap, fs, io, path::Path};

use anyhow::Context as _;

/// The contents of files by their names.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// How many files were written, left unchanged and removed.
pub(super) struct WriteSummary {
    pub(super) written: usize,
    pub(super) unchanged: usize,
    pub(super) removed: usize,
}

/// Reads the JSON files in `folder`. Returns none if the folder does not exist.
pub(super) fn read(folder: &Path) -> anyhow::Result<Files> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Files::new()),
        entries => entries.with_context(|| format!("reading {}", folder.display()))?,
    };
    let mut files = Files::new();
    for entry in entries {
        let path = entry?.path();
        if let (Some(name), Some("json")) = (path.file_name(), path.extension().and_then(|it| it.to_str())) {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            files.insert(name.to_string_lossy().into_owned(), bytes);
        }
    }
    Ok(files)
}

/// Replaces the JSON files `before` in `folder` by those of `after`, and leaves unchanged files alone.
pub(super) fn write(folder: &Path, before: &Files, after: &Files) -> anyhow::Result<WriteSummary> {
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let changed: Vec<_> = after.iter().filter(|(name, bytes)| before.get(*name) != Some(bytes)).collect();
    for (name, bytes) in &changed {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
    }
    let orphans: Vec<_> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    for name in &orphans {
        let path = folder.join(name);
        fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
    }
    Ok(WriteSummary {
        written: changed.len(),
        unchanged: after.len() - changed.len(),
        removed: orphans.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn write_touches_only_changed_files() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("new");
        assert!(read(&folder).unwrap().is_empty());
        let first = files(&[("a.json", "1"), ("b.json", "2")]);
        let written = write(&folder, &Files::new(), &first).unwrap();
        assert_eq!((written.written, written.unchanged, written.removed), (2, 0, 0));
        assert_eq!(read(&folder).unwrap(), first);

        fs::write(folder.join("note.md"), "by hand").unwrap();
        let second = files(&[("a.json", "1"), ("c.json", "3")]);
        let written = write(&folder, &first, &second).unwrap();
        assert_eq!((written.written, written.unchanged, written.removed), (1, 1, 1));
        assert_eq!(read(&folder).unwrap(), second);
        assert!(folder.join("note.md").exists());
    }
}
