//! What a page looks like: the branding of its app client, with the addresses that its images have for the page.

use lido_domain::{
    branding::{asset::AssetName, design::ColorScheme},
    id::PoolId,
};

use crate::{
    oauth::{browser::Visit, page::Looks},
    operations::oauth::looks::PageLooks,
};

/// Returns the look of a page of an app client of this pool.
pub(super) fn of(looks: &PageLooks, visit: &Visit<'_>, pool: &PoolId) -> Looks {
    let (design, up) = (&looks.design, visit.up());
    let address = |image: &Option<AssetName>| {
        let path = design.image_path(image.as_ref()?)?;
        // Images are below the path of the pool, at every place.
        Some(match visit.place.is_path() {
            true => format!("{up}{path}"),
            false => format!("{up}{pool}/{path}"),
        })
    };
    let scheme = match design.scheme {
        ColorScheme::Both => "",
        ColorScheme::Light => "light",
        ColorScheme::Dark => "dark",
    };
    let logo = design.logo.each_ref().map(address);
    let mut looks = Looks { css: design.to_css(), scheme, logo, icon: address(&design.icon) };
    let background = design.background.each_ref().map(address);
    let (image, dark) = looks.images(&background);
    if let Some(image) = image {
        // What is read has the color of the card behind it, on narrow screens too.
        let text = "main,footer{background:var(--card)}";
        looks.css.push_str(&format!("body{{background:url(\"{image}\") center/cover fixed}}{text}"));
    }
    if let Some(dark) = dark {
        looks.css.push_str(&format!(
            "@media (prefers-color-scheme:dark){{body{{background-image:url(\"{dark}\")}}}}"
        ));
    }
    // It has none; a style element would end there.
    looks.css.retain(|character| character != '<');
    looks
}
