//! `cargo xtask docs`: the documentation as a static site, in `target/site/`.
//!
//! Sphinx builds it from README.md, `docs/` and the other pages where they lie (`docs/conf.py` says why Sphinx). A warning
//! fails, such as a link that leads nowhere. What is built must not make a browser load anything from another host.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// Elements whose addresses a browser loads by itself.
const LOADING: [&str; 10] =
    ["audio", "embed", "iframe", "image", "img", "link", "object", "script", "source", "video"];

/// Builds the site, and checks that it is complete by itself.
pub(crate) fn run() -> anyhow::Result<()> {
    let probe =
        Command::new("sphinx-build").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        let why = "Sphinx is not installed (pip install -r docs/requirements.txt)";
        return crate::shared::skip("the documentation's site", why);
    }
    let root = crate::workspace()?;
    let site = root.join("target/site");
    if site.is_dir() {
        // A page that was removed must not stay.
        fs::remove_dir_all(&site).with_context(|| format!("removing {}", site.display()))?;
    }
    let status = Command::new("sphinx-build")
        .args(["--quiet", "--fail-on-warning", "--builder", "html", "--conf-dir", "docs"])
        .args(["--doctree-dir", "target/site-doctrees", "--jobs", "auto", ".", "target/site"])
        .current_dir(&root)
        .status()
        .context("sphinx-build cannot be started")?;
    if !status.success() {
        bail!("sphinx-build ended with {status}");
    }
    let mut pages = 0;
    let mut foreign = Vec::new();
    for path in files(&site)? {
        let kind = path.extension().unwrap_or_default();
        if kind != "html" && kind != "css" {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let addresses = if kind == "html" { loaded_by_html(&text) } else { loaded_by_css(&text) };
        let addresses = addresses.into_iter().filter(|address| is_foreign(address));
        foreign.extend(addresses.map(|address| format!("{}: {address}", path.display())));
        pages += usize::from(kind == "html");
    }
    if !foreign.is_empty() {
        bail!("the site loads from other hosts:\n{}", foreign.join("\n"));
    }
    println!("target/site/: {pages} pages, nothing loaded from other hosts");
    Ok(())
}

/// Returns all files below a folder.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// Returns the addresses that a browser loads by itself while it shows a page.
fn loaded_by_html(page: &str) -> Vec<&str> {
    let mut addresses = loaded_by_css(page);
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        if !LOADING.contains(&name) {
            continue;
        }
        for attribute in [" src=\"", " href=\"", " data=\"", " srcset=\"", " poster=\""] {
            addresses.extend(tag.split(attribute).skip(1).filter_map(|value| value.split('"').next()));
        }
    }
    addresses
}

/// Returns the addresses in the `url(…)` and `@import "…"` of a style.
fn loaded_by_css(style: &str) -> Vec<&str> {
    let quoted = |value: &'static str| style.split(value).skip(1);
    let end = |letter: char| matches!(letter, ')' | '"' | '\'' | ';');
    let urls = quoted("url(").map(|value| value.trim_start_matches(['"', '\'']));
    let imports = quoted("@import ").map(|value| value.trim_start_matches(['"', '\'']));
    urls.chain(imports).filter_map(|value| value.split(end).next()).collect()
}

/// Whether an address names a host.
fn is_foreign(address: &str) -> bool {
    let address = address.trim();
    ["http:", "https:", "//"].iter().any(|start| address.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(addresses: Vec<&str>) -> Vec<&str> {
        addresses.into_iter().filter(|address| is_foreign(address)).collect()
    }

    #[test]
    fn page_with_own_files_and_outward_links_loads_nothing_foreign() {
        let page = r#"<link rel="stylesheet" href="_static/furo.css"><a href="https://example.com">a</a>
            <script src="_static/search.js"></script><style>a { background: url(data:image/svg+xml;x) }</style>"#;
        assert_eq!(foreign(loaded_by_html(page)), Vec::<&str>::new());
    }

    #[test]
    fn page_with_foreign_script_style_or_font_is_found() {
        let page = r#"<script src="https://cdn.example/a.js"></script><link href="//fonts.example/b.css">
            <style>@import "https://c.example/c.css"; a { src: url('http://d.example/d.woff') }</style>"#;
        let mut found = foreign(loaded_by_html(page));
        found.sort_unstable();
        let expected = [
            "//fonts.example/b.css",
            "http://d.example/d.woff",
            "https://c.example/c.css",
            "https://cdn.example/a.js",
        ];
        assert_eq!(found, expected);
    }
}
