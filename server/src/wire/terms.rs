//! Conversion of terms documents.

use std::collections::BTreeMap;

use lido_cognito_idp::types;
use lido_domain::{
    branding::terms::{Terms, TermsName},
    id::PoolId,
};

use super::{ConversionError, time};

/// Reads the name of a document.
///
/// # Errors
/// A name that the model has and the domain does not.
pub fn read_name(name: &types::TermsNameType) -> Result<TermsName, ConversionError> {
    let unknown = || ConversionError("a terms document has a name that the domain does not know".to_owned());
    TermsName::named(name.as_str()).ok_or_else(unknown)
}

/// Reads the links of a document.
pub fn read_links(links: types::LinksType) -> BTreeMap<String, String> {
    links.into_inner().into_iter().map(|(language, url)| (language.into_inner(), url.into_inner())).collect()
}

/// Converts a document.
pub fn to_terms_type(pool: &PoolId, terms: &Terms) -> Result<types::TermsType, ConversionError> {
    let links = terms.links.iter().map(|(language, url)| {
        Ok::<_, ConversionError>((language.as_str().try_into()?, url.as_str().try_into()?))
    });
    let links: BTreeMap<_, _> = links.collect::<Result<_, _>>()?;
    Ok(types::TermsType {
        terms_id: terms.id.as_str().try_into()?,
        user_pool_id: pool.as_str().try_into()?,
        client_id: terms.client.as_str().try_into()?,
        terms_name: terms.name.as_str().try_into()?,
        terms_source: types::TermsSourceType::Link,
        enforcement: types::TermsEnforcementType::None,
        links: links.try_into()?,
        creation_date: time::date(terms.created_at),
        last_modified_date: time::date(terms.modified_at),
    })
}

/// Converts a document for a list (*Documented*, api-0265).
pub fn to_terms_description_type(terms: &Terms) -> Result<types::TermsDescriptionType, ConversionError> {
    Ok(types::TermsDescriptionType {
        terms_id: terms.id.as_str().try_into()?,
        terms_name: terms.name.as_str().try_into()?,
        enforcement: types::TermsEnforcementType::None,
        creation_date: time::date(terms.created_at),
        last_modified_date: time::date(terms.modified_at),
    })
}
