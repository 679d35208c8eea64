//! Conversion of resource servers.

use lido_cognito_idp::types;
use lido_domain::{
    id::{PoolId, ResourceServerId},
    pool::resource_server::{ResourceServer, Scope},
};

use super::ConversionError;

/// Reads a resource server from the members of a request.
pub fn read(
    id: types::ResourceServerIdentifierType,
    name: types::ResourceServerNameType,
    scopes: Option<types::ResourceServerScopeListType>,
) -> ResourceServer {
    let scopes = scopes.map(|scopes| scopes.into_inner().into_iter().map(read_scope).collect());
    ResourceServer { id: ResourceServerId::new(id.into_inner()), name: name.into_inner(), scopes }
}

fn read_scope(scope: types::ResourceServerScopeType) -> Scope {
    Scope { name: scope.scope_name.into_inner(), description: scope.scope_description.into_inner() }
}

/// Converts a resource server.
pub fn to_resource_server_type(
    pool: &PoolId,
    server: &ResourceServer,
) -> Result<types::ResourceServerType, ConversionError> {
    let scopes = server.scopes.as_ref().map(|scopes| {
        let scopes = scopes.iter().map(to_scope_type).collect::<Result<Vec<_>, ConversionError>>()?;
        Ok::<_, ConversionError>(scopes.try_into()?)
    });
    Ok(types::ResourceServerType {
        user_pool_id: Some(pool.as_str().try_into()?),
        identifier: Some(server.id.as_str().try_into()?),
        name: Some(server.name.as_str().try_into()?),
        scopes: scopes.transpose()?,
        // Only the service's own resource servers have a value (*Documented*).
        managed_by: None,
    })
}

fn to_scope_type(scope: &Scope) -> Result<types::ResourceServerScopeType, ConversionError> {
    Ok(types::ResourceServerScopeType {
        scope_name: scope.name.as_str().try_into()?,
        scope_description: scope.description.as_str().try_into()?,
    })
}
