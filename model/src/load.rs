//! Files in, one resolved model out: the whole way on one screen.

use crate::{
    Diagnostic, Model, apply, document::Document, findings::Findings, mixin, prelude, read, resolve, upgrade,
    validate,
};

/// Reads `files`, each a name for messages and its bytes, as one model.
///
/// # Errors
/// Everything that is wrong with the model, in the order of files and places. Where a file is not
/// JSON at all, what other files say of its shapes is not judged.
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
    match findings.is_empty() {
        true => Ok(resolve::resolve(drafts)),
        false => Err(findings.in_order(&documents)),
    }
}
