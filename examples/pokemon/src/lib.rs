//! The Pokémon service of smithy-rs, over awsJson. `CapturePokemon` streams events, and is left out.

mod passcode;

pub use passcode::PasscodePlugin;

/// The generated service.
pub mod service {
    lido_runtime::include_service!("pokemon_service");
}

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use lido_runtime::{
    Bytes, Config, Extension, MissingOperations,
    body::Body,
    http::{HeaderName, Request, Response, StatusCode},
    layer::{AddExtensionLayer, AlbHealthCheckLayer},
    plugin::Scoped,
    request_id::{ServerRequestId, ServerRequestIdProviderLayer},
    serve::HttpBody,
    tower::Service,
};
use service::{
    PokemonService,
    operations::{self, *},
    types::{FlavorText, Language, ResourceNotFoundException},
};

service::scope! {
    /// The operations whose input has a passcode.
    pub struct WithPasscode { includes: [GetStorage] }
}

/// The number of calls so far.
#[derive(Debug, Default)]
pub struct Statistics {
    calls: AtomicI64,
}

/// Returns the service. `B` is the body of its requests.
///
/// # Errors
/// Returns the operations that have no handler.
pub fn pokemon<B>() -> Result<
    impl Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static,
    MissingOperations,
>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
{
    let config = Config::new()
        .layer(AddExtensionLayer::new(Arc::new(Statistics::default())))
        .layer(ServerRequestIdProviderLayer::new_with_response_header(HeaderName::from_static(
            "x-request-id",
        )))
        .layer(AlbHealthCheckLayer::from_handler("/ping", async |_: Request<B>| StatusCode::OK))
        .model_plugin(Scoped::new::<WithPasscode>(PasscodePlugin))
        .instrument();
    PokemonService::builder(config)
        .get_pokemon_species(get_pokemon_species)
        .get_storage(get_storage)
        .get_server_statistics(get_server_statistics)
        .do_nothing(async |_: DoNothingInput| DoNothingOutput::default())
        .check_health(async |_: CheckHealthInput| CheckHealthOutput::default())
        .build()
}

async fn get_pokemon_species(
    input: GetPokemonSpeciesInput,
    statistics: Extension<Arc<Statistics>>,
) -> Result<GetPokemonSpeciesOutput, GetPokemonSpeciesError> {
    statistics.0.calls.fetch_add(1, Ordering::Relaxed);
    if input.name != "pikachu" {
        return Err(ResourceNotFoundException::new(format!("There is no species {}.", input.name)).into());
    }
    let text = |text: &str, language| FlavorText::new(text.to_owned(), language);
    let texts = vec![
        text("Keeps electricity in its cheeks.", Language::English),
        text("Tiene electricidad en las mejillas.", Language::Spanish),
    ];
    Ok(GetPokemonSpeciesOutput::new(input.name, texts))
}

/// The plugin has compared the passcode.
async fn get_storage(
    input: GetStorageInput,
    statistics: Extension<Arc<Statistics>>,
) -> Result<GetStorageOutput, GetStorageError> {
    statistics.0.calls.fetch_add(1, Ordering::Relaxed);
    match input.user.as_str() {
        "ash" => Ok(GetStorageOutput::new(vec!["pikachu".to_owned(), "bulbasaur".to_owned()])),
        user => Err(ResourceNotFoundException::new(format!("There is no trainer {user}.")).into()),
    }
}

/// An operation without errors returns its output.
async fn get_server_statistics(
    _: GetServerStatisticsInput,
    statistics: Extension<Arc<Statistics>>,
    id: ServerRequestId,
) -> GetServerStatisticsOutput {
    println!("request {id} asks for the statistics");
    GetServerStatisticsOutput::new(statistics.0.calls.load(Ordering::Relaxed))
}
