//! A minimal server with the generated crate: handlers for two operations on a table of users.
//!
//! The inputs of all other operations are checked, and then answered with `NotImplementedException`. The real server is the
//! rest of this package.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use clap::Parser;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown, service::TowerToHyperService};
use lido_cognito_idp::{
    AwsCognitoIdentityProviderService,
    operations::{
        AdminConfirmSignUpError, AdminConfirmSignUpInput, AdminConfirmSignUpOutput, ConfirmSignUpError,
        ConfirmSignUpInput, ConfirmSignUpOutput,
    },
    types::{CodeMismatchException, NotAuthorizedException, UserNotFoundException},
};
use lido_runtime::Config;
use tokio::net::TcpListener;

/// Serve ConfirmSignUp and AdminConfirmSignUp for the users on the command line
#[derive(Parser)]
struct Arguments {
    /// Address to listen on; port 0 is a free port
    #[arg(long, default_value = "127.0.0.1:9228")]
    listen: SocketAddr,

    /// Unconfirmed user and confirmation code
    #[arg(long = "user", value_name = "NAME=CODE", value_parser = user, default_value = "mary=123456")]
    users: Vec<(String, String)>,
}

fn user(text: &str) -> Result<(String, String), String> {
    let (name, code) = text.split_once('=').ok_or("use the form NAME=CODE")?;
    Ok((name.to_owned(), code.to_owned()))
}

/// Users by name, each with the confirmation code, or `None` if confirmed.
type Users = Arc<Mutex<HashMap<String, Option<String>>>>;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let users = arguments.users.into_iter().map(|(name, code)| (name, Some(code)));
    let users: Users = Arc::new(Mutex::new(users.collect()));
    let users_for_admin = Arc::clone(&users);
    let service = AwsCognitoIdentityProviderService::builder(Config::new())
        .confirm_sign_up(move |input| confirm_sign_up(input, Arc::clone(&users)))
        .admin_confirm_sign_up(move |input| admin_confirm_sign_up(input, Arc::clone(&users_for_admin)))
        .unserved(lido_runtime::not_implemented)
        .build()?;

    let listener = TcpListener::bind(arguments.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, TowerToHyperService::new(service)).await;
    Ok(())
}

async fn confirm_sign_up(
    input: ConfirmSignUpInput,
    users: Users,
) -> Result<ConfirmSignUpOutput, ConfirmSignUpError> {
    let mut users = users.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(user) = users.get_mut(input.username.as_str()) else {
        let message = Some("Username/client id combination not found.".to_owned());
        return Err(UserNotFoundException { message }.into());
    };
    match user {
        None => Err(already_confirmed().into()),
        Some(code) if *code != *input.confirmation_code => {
            let message = Some("Invalid verification code provided, please try again.".to_owned());
            Err(CodeMismatchException { message }.into())
        }
        unconfirmed => {
            *unconfirmed = None;
            Ok(ConfirmSignUpOutput::default())
        }
    }
}

async fn admin_confirm_sign_up(
    input: AdminConfirmSignUpInput,
    users: Users,
) -> Result<AdminConfirmSignUpOutput, AdminConfirmSignUpError> {
    let mut users = users.lock().unwrap_or_else(PoisonError::into_inner);
    match users.get_mut(input.username.as_str()) {
        None => Err(UserNotFoundException { message: Some("User does not exist.".to_owned()) }.into()),
        Some(None) => Err(already_confirmed().into()),
        Some(unconfirmed) => {
            *unconfirmed = None;
            Ok(AdminConfirmSignUpOutput::default())
        }
    }
}

fn already_confirmed() -> NotAuthorizedException {
    NotAuthorizedException {
        message: Some("User cannot be confirmed. Current status is CONFIRMED".to_owned()),
    }
}

/// Serves until Ctrl-C, and then finishes open requests.
async fn serve<S>(listener: TcpListener, service: TowerToHyperService<S>)
where
    S: tower::Service<
            hyper::Request<hyper::body::Incoming>,
            Response = hyper::Response<lido_runtime::server::body::BoxBody>,
            Error = Infallible,
            Future: Send,
        > + Clone
        + Send
        + 'static,
{
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    eprintln!("accepting a connection failed: {error}");
                    continue;
                }
            },
            _ = tokio::signal::ctrl_c() => break,
        };
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("a connection failed: {error}");
            }
        });
    }
    connections.shutdown().await;
}
