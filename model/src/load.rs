//! The steps of loading a model: parse, read, merge, upgrade, flatten, validate, resolve.

use crate::{
    Diagnostic, Model, apply, document::Document, findings::Findings, mixin, prelude, read, resolve, upgrade,
    validate,
};

/// Loads `files` as one model. Each file is its name, which diagnostics show, and its content.
///
/// # Errors
/// Returns every error of the model, sorted by file and position. If a file is not JSON, references between files are
/// not checked. Warnings do not keep a model from being loaded: [`Model::warnings`] has them.
pub fn load<N: AsRef<str>, B: AsRef<[u8]>>(files: &[(N, B)]) -> Result<Model, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    let mut documents = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        documents.push(Document::read(name.as_ref(), bytes.as_ref(), &mut findings));
    }
    let mut drafts = prelude::drafts();
    for document in &documents {
        read::read(document, &mut drafts, &mut findings);
    }
    if documents.iter().all(|document| document.root.is_some()) {
        apply::merge(&mut drafts, &mut findings);
        upgrade::defaults(&mut drafts);
        mixin::flatten(&mut drafts, &mut findings);
        upgrade::enums(&mut drafts, &mut findings);
        validate::validate(&drafts, &mut findings);
    }
    let warnings = findings.in_order(&documents)?;
    let sources = documents.iter().map(|document| (document.file.clone(), document.bytes.to_vec()));
    Ok(resolve::resolve(drafts, warnings, sources.collect()))
}
