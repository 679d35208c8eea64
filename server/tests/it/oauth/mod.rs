//! The OAuth 2.0 and OpenID Connect endpoints, over a real socket.

mod authorize;
mod browser_session;
mod client_credentials;
mod clients;
mod login;
mod logout;
mod metadata_clients;
mod places;
mod revoke;
mod security;
mod standards;
mod strict;
mod token;
mod user_info;
