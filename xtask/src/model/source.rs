//! Where a service description comes from: a botocore wheel, or a file taken out of one.

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

/// The folder of a service and its description.
type Described = (String, Vec<u8>);

/// The services of the JSON protocols at `path`, each by its folder in botocore and as plain JSON,
/// in the order of their names. Of several versions of an API the newest is given.
///
/// A single file is given as it is, under the name of its folder's folder where it has one.
pub(crate) fn services(path: &Path) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<Described>>>> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    if is_wheel(path) {
        let wheel = ZipArchive::new(file).with_context(|| format!("{} is no wheel", path.display()))?;
        return Ok(Box::new(of_wheel(wheel)?));
    }
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    let bytes = plain(file, is_packed).with_context(|| format!("reading {}", path.display()))?;
    let folder = path.parent().and_then(Path::parent).and_then(Path::file_name);
    let name = folder.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(Box::new(std::iter::once(Ok((name, bytes)))))
}

/// Whether `path` is taken for a wheel rather than for one service description.
pub(crate) fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "whl" || extension == "zip")
}

fn of_wheel<R: Read + Seek + 'static>(
    mut wheel: ZipArchive<R>,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Described>>> {
    let mut newest: BTreeMap<String, (String, String)> = BTreeMap::new();
    for entry in wheel.file_names() {
        let entry = entry?;
        if let Some((name, version)) = service_of(&entry) {
            let found = (version.to_owned(), entry.clone().into_owned());
            let kept = newest.entry(name.to_owned()).or_insert_with(|| found.clone());
            if *kept < found {
                *kept = found;
            }
        }
    }
    Ok(newest.into_iter().filter_map(move |(name, (_, entry))| {
        let bytes = (|| plain(wheel.by_name(&entry)?, entry.ends_with(".gz")))();
        match bytes.with_context(|| format!("reading {entry}")) {
            Ok(bytes) => speaks_json(&bytes).then_some(Ok((name, bytes))),
            Err(error) => Some(Err(error)),
        }
    }))
}

/// The service and the version that an entry of a wheel describes.
fn service_of(entry: &str) -> Option<(&str, &str)> {
    let (folder, file) = entry.strip_prefix("botocore/data/")?.rsplit_once('/')?;
    let is_description = matches!(file, "service-2.json" | "service-2.json.gz");
    folder.split_once('/').filter(|(_, version)| is_description && !version.contains('/'))
}

fn plain(mut file: impl Read, is_packed: bool) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if is_packed {
        GzDecoder::new(file).read_to_end(&mut bytes)?;
    } else {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Whether botocore would speak JSON to the service. One that cannot be read is given as well, so
/// that the reading says what is wrong with it.
fn speaks_json(bytes: &[u8]) -> bool {
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
    fn a_wheel_gives_the_newest_json_description_of_each_service() {
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
    fn a_single_file_is_given_as_it_is() {
        assert_eq!(found("service-2.json", QUERY)[0].1, QUERY);
        assert_eq!(found("service-2.json.gz", &packed(JSON))[0].1, JSON);
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broken.whl");
        std::fs::write(&path, "no zip").unwrap();
        assert!(services(&path).err().unwrap().to_string().contains("is no wheel"));
        let packed = folder.path().join("service-2.json.gz");
        std::fs::write(&packed, "no gzip").unwrap();
        assert!(services(&packed).is_err());
        assert!(services(&folder.path().join("absent.whl")).is_err());
    }
}
