//! Reads service descriptions from a botocore wheel, or from a file of one.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Seek},
    path::Path,
};

use anyhow::Context as _;
use flate2::read::GzDecoder;
use serde::Deserialize;
use zip::ZipArchive;

/// The folder of a service in botocore, and its description.
type NamedDescription = (String, Vec<u8>);

/// Returns the services of the JSON protocols in a wheel, in the order of their names. Each has the newest version of its
/// API, unpacked.
///
/// A single file is returned without a check of its protocol, with the name of the folder above its own.
pub(crate) fn services(
    path: &Path,
) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<NamedDescription>>>> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    if is_wheel(path) {
        let wheel = ZipArchive::new(file).with_context(|| format!("{} is not a wheel", path.display()))?;
        return Ok(Box::new(read_wheel(wheel)?));
    }
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    let bytes = unpack(file, is_packed).with_context(|| format!("reading {}", path.display()))?;
    let folder = path.parent().and_then(Path::parent).and_then(Path::file_name);
    let name = folder.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(Box::new(std::iter::once(Ok((name, bytes)))))
}

/// Returns the release of botocore that a wheel contains, such as `1.44.8`, or `None` for a single file.
///
/// # Errors
/// Returns an error if the wheel cannot be read or does not name its release.
pub(super) fn release(path: &Path) -> anyhow::Result<Option<String>> {
    if !is_wheel(path) {
        return Ok(None);
    }
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let wheel = ZipArchive::new(file).with_context(|| format!("{} is not a wheel", path.display()))?;
    for entry in wheel.file_names() {
        let entry = entry?;
        // Every wheel has a folder of that name (the specification of binary distributions).
        let folder = entry.split('/').next().and_then(|folder| folder.strip_suffix(".dist-info"));
        if let Some(release) = folder.and_then(|folder| folder.strip_prefix("botocore-")) {
            return Ok(Some(release.to_owned()));
        }
    }
    anyhow::bail!("{} does not name a release of botocore", path.display())
}

/// Returns whether `path` has the extension of a wheel.
pub(crate) fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "whl" || extension == "zip")
}

fn read_wheel<R: Read + Seek + 'static>(
    mut wheel: ZipArchive<R>,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<NamedDescription>>> {
    let mut newest: BTreeMap<String, (String, String)> = BTreeMap::new();
    for entry in wheel.file_names() {
        let entry = entry?;
        if let Some((name, version)) = parse_entry(&entry) {
            let found = (version.to_owned(), entry.clone().into_owned());
            let kept = newest.entry(name.to_owned()).or_insert_with(|| found.clone());
            if *kept < found {
                *kept = found;
            }
        }
    }
    Ok(newest.into_iter().filter_map(move |(name, (_, entry))| {
        let bytes = (|| unpack(wheel.by_name(&entry)?, entry.ends_with(".gz")))();
        match bytes.with_context(|| format!("reading {entry}")) {
            Ok(bytes) => uses_json(&bytes).then_some(Ok((name, bytes))),
            Err(error) => Some(Err(error)),
        }
    }))
}

/// Returns the service and the version that an entry of a wheel describes, or `None` for other entries.
fn parse_entry(entry: &str) -> Option<(&str, &str)> {
    let (folder, file) = entry.strip_prefix("botocore/data/")?.rsplit_once('/')?;
    let is_description = matches!(file, "service-2.json" | "service-2.json.gz");
    folder.split_once('/').filter(|(_, version)| is_description && !version.contains('/'))
}

fn unpack(mut file: impl Read, is_packed: bool) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if is_packed {
        GzDecoder::new(file).read_to_end(&mut bytes)?;
    } else {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Returns whether botocore uses JSON for the service. Returns `true` for a description that cannot be parsed, so that the
/// importer reports the error.
fn uses_json(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Head {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        protocol: String,
    }
    serde_json::from_slice::<Head>(bytes).map_or(true, |head| head.metadata.protocol == "json")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use flate2::{Compression, write::GzEncoder};
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    const JSON: &[u8] = br#"{"metadata": {"protocol": "json"}}"#;
    const QUERY: &[u8] = br#"{"metadata": {"protocol": "query"}}"#;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn wheel(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn found(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        services(&path).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn wheel_has_the_newest_json_description_of_each_service() {
        let wheel = wheel(&[
            ("botocore/data/b/2020-01-01/service-2.json.gz", &packed(JSON)),
            ("botocore/data/a/2019-01-01/service-2.json", b"old"),
            ("botocore/data/a/2021-01-01/service-2.json", JSON),
            ("botocore/data/a/2021-01-01/paginators-1.json", b"{}"),
            ("botocore/data/c/2020-01-01/service-2.json", QUERY),
            ("botocore/data/endpoints.json", b"{}"),
        ]);
        let names: Vec<_> = found("botocore.whl", &wheel);
        assert_eq!(names, [("a".to_owned(), JSON.to_vec()), ("b".to_owned(), JSON.to_vec())]);
    }

    #[test]
    fn release_is_that_of_the_metadata_of_the_wheel() {
        let folder = tempfile::tempdir().unwrap();
        let release_of = |name: &str, entries: &[(&str, &[u8])]| {
            let path = folder.path().join(name);
            std::fs::write(&path, wheel(entries)).unwrap();
            release(&path)
        };
        let entries: [(&str, &[u8]); 2] =
            [("botocore/a.py", b""), ("botocore-1.44.8.dist-info/METADATA", b"")];
        assert_eq!(release_of("any.whl", &entries).unwrap().as_deref(), Some("1.44.8"));
        assert_eq!(release_of("service-2.json", &[]).unwrap(), None);
        let error = release_of("other.whl", &[("boto3-1.44.8.dist-info/METADATA", b"")]).unwrap_err();
        assert!(error.to_string().contains("does not name a release"), "{error}");
    }

    #[test]
    fn single_file_is_returned_without_a_check() {
        assert_eq!(found("service-2.json", QUERY)[0].1, QUERY);
        assert_eq!(found("service-2.json.gz", &packed(JSON))[0].1, JSON);
    }

    #[test]
    fn file_that_is_not_an_archive_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broken.whl");
        std::fs::write(&path, "no zip").unwrap();
        assert!(services(&path).err().unwrap().to_string().contains("is not a wheel"));
        let packed = folder.path().join("service-2.json.gz");
        std::fs::write(&packed, "no gzip").unwrap();
        assert!(services(&packed).is_err());
        assert!(services(&folder.path().join("absent.whl")).is_err());
    }
}
