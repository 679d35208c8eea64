//! Images that an administrator uploads for the sign-in pages: [`Asset`].
//!
//! An image is stored apart from what refers to it, under its owner and a digest, so that a page reads only what it
//! shows, and a browser may keep an image for ever: another image has another address.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::id::ClientId;

/// The number of bytes of a digest that name an image.
const DIGEST_BYTES: usize = 16;

/// The format of an image, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssetExtension {
    /// ICO.
    Ico,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// SVG.
    Svg,
    /// WEBP.
    Webp,
}

impl AssetExtension {
    /// All formats.
    pub const ALL: [Self; 5] = [Self::Ico, Self::Jpeg, Self::Png, Self::Svg, Self::Webp];

    /// Returns the format as the API names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ico => "ICO",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Webp => "WEBP",
        }
    }

    /// Returns the format with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Returns the format whose signature the bytes begin with, if it is PNG or JPEG.
    pub fn of_photo(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            _ => None,
        }
    }

    /// Returns the end of the name of a file.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Ico => "ico",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Webp => "webp",
        }
    }

    /// Returns the media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ico => "image/x-icon",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::Webp => "image/webp",
        }
    }
}

/// What an image belongs to, and with which it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssetOwner {
    /// The customization of the classic pages of an app client, or of all (`ALL`).
    Customization(String),
    /// The managed login style of an app client.
    Style(ClientId),
}

impl AssetOwner {
    /// Returns the owner that an address names.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once('-')?;
        match kind {
            "classic" => Some(Self::Customization(id.to_owned())),
            "style" => Some(Self::Style(ClientId::new(id))),
            _ => None,
        }
    }
}

impl fmt::Display for AssetOwner {
    /// Writes the owner as keys and addresses contain it. It has no space and no slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customization(scope) => write!(f, "classic-{scope}"),
            Self::Style(client) => write!(f, "style-{client}"),
        }
    }
}

/// The name of an image in what refers to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssetName {
    /// The digest of the image, in hexadecimal digits.
    pub digest: String,
    /// The format.
    pub extension: AssetExtension,
}

impl AssetName {
    /// Returns the path of the image below that of its pool.
    pub fn path(&self, owner: &AssetOwner) -> String {
        format!("branding/{owner}/{}.{}", self.digest, self.extension.suffix())
    }
}

/// An uploaded image.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The format.
    pub extension: AssetExtension,
    /// The bytes.
    #[serde(with = "base64_text")]
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Asset {
    /// Writes the length in place of the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Asset({:?}, {} bytes)", self.extension, self.bytes.len())
    }
}

impl Asset {
    /// Returns the name by which the image is found.
    ///
    /// The format is digested too, so that the same bytes in two formats are two images.
    pub fn name(&self) -> AssetName {
        let digest = Sha256::new().chain_update(self.extension.as_str()).chain_update(&self.bytes).finalize();
        let digest = digest.iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect();
        AssetName { digest, extension: self.extension }
    }
}

/// The images of an owner by the digests under which they are stored.
pub type AssetsByDigest = BTreeMap<String, Asset>;

/// Bytes as base64 text.
mod base64_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use base64::{Engine as _, engine::general_purpose::STANDARD};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asset_is_named_by_its_bytes_and_stored_as_base64() {
        let asset = Asset { extension: AssetExtension::Png, bytes: vec![0, 255, 1] };
        let name = asset.name();
        assert_eq!(name.digest.len(), 32);
        assert_ne!(name.digest, Asset { bytes: vec![0], ..asset.clone() }.name().digest);
        let other = Asset { extension: AssetExtension::Jpeg, ..asset.clone() };
        assert_ne!(name.digest, other.name().digest);
        let owner = AssetOwner::Style(ClientId::new("c"));
        assert_eq!(name.path(&owner), format!("branding/style-c/{}.png", name.digest));
        for owner in [owner, AssetOwner::Customization("ALL".to_owned())] {
            assert_eq!(AssetOwner::parse(&owner.to_string()), Some(owner));
        }
        assert_eq!(["", "ALL", "other-c"].map(AssetOwner::parse), [None, None, None]);
        let stored = serde_json::to_value(&asset).expect("JSON");
        assert_eq!(stored, serde_json::json!({ "extension": "PNG", "bytes": "AP8B" }));
        assert_eq!(serde_json::from_value::<Asset>(stored).expect("an asset"), asset);
        assert_eq!(format!("{asset:?}"), "Asset(Png, 3 bytes)");
    }

    #[test]
    fn photo_is_recognized_by_its_signature() {
        assert_eq!(AssetExtension::of_photo(b"\x89PNG\r\n\x1a\nrest"), Some(AssetExtension::Png));
        assert_eq!(AssetExtension::of_photo(b"\xff\xd8\xff\xe0"), Some(AssetExtension::Jpeg));
        for other in [&b""[..], b"GIF89a", b"<svg xmlns", b"\x89PNG", b"\xff\xd8"] {
            assert_eq!(AssetExtension::of_photo(other), None);
        }
    }
}
