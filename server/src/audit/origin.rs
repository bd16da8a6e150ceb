use crate::app::App;
use crate::auth::{self, Caller};
use crate::http::layers::ClientAddress;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use reeve_model::AssetId;
use reeve_model::audit::Via;
use reeve_model::permission::Actor;
use std::convert::Infallible;
use std::net::IpAddr;

/// How much of a path is kept, in characters.
const PATH: usize = 300;

/// Who acts, on whose behalf, by which way and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub actor: String,
    /// `None` for the command line and for Reeve itself.
    pub person: Option<AssetId>,
    pub on_behalf_of: Option<String>,
    pub via: Via,
    pub address: Option<IpAddr>,
    /// Method and path, without the query.
    pub request: Option<String>,
}

impl Origin {
    /// Whoever runs the command line on this machine, by the operating system's name of him.
    pub fn command_line() -> Self {
        let user = ["LOGNAME", "USER"].iter().find_map(|name| std::env::var(name).ok());
        Self::of(user.unwrap_or_else(|| "unknown".to_owned()), Via::CommandLine)
    }

    /// Reeve itself, by a part of it: `succession`, `retention`.
    pub fn system(part: &str) -> Self {
        Self::of(format!("reeve/{part}"), Via::System)
    }

    /// Outside of a request.
    pub fn of_caller(caller: &Caller) -> Self {
        let via = match caller.via {
            auth::Via::Session(_) => Via::Session,
            auth::Via::Token(_) => Via::Token,
            auth::Via::CommandLine => return Self::command_line(),
            auth::Via::Nobody => return Self { address: caller.address, ..Self::of("nobody".to_owned(), Via::SignIn) },
        };
        Self { address: caller.address, ..Self::of(String::new(), via).by(&caller.actor) }
    }

    fn of(actor: String, via: Via) -> Self {
        Self { actor, person: None, on_behalf_of: None, via, address: None, request: None }
    }

    /// The same request, by another: who signs in was nobody before.
    #[must_use]
    pub fn by(mut self, actor: &Actor) -> Self {
        self.actor.clone_from(&actor.login);
        self.person = actor.person;
        self
    }
}

impl FromRequestParts<App> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        let path: String = uri.path().chars().take(PATH).collect();
        let request = Some(format!("{} {path}", parts.method));
        Ok(match parts.extensions.get::<std::sync::Arc<Caller>>() {
            Some(caller) => Self { address: caller.address, request, ..Self::of_caller(caller) },
            None => {
                let address = parts.extensions.get::<ClientAddress>().map(|client| client.0);
                Self { address, request, ..Self::of("nobody".to_owned(), Via::SignIn) }
            }
        })
    }
}
