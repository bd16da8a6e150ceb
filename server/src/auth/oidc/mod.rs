//! Sign-in at OpenID providers: discovery, authorization code with PKCE, and the ways out (OpenID Connect Core 1.0).
//!
//! Who somebody is, is (issuer, subject), which a signature proves; everything else a provider says is hearsay that the
//! settings trust or do not.

mod claims;
mod flow;
mod http;
mod known;
mod logout;
mod verify;

pub use flow::{Flow, begin};
pub use logout::{Ends, end};
pub use verify::Callback;

use crate::config::OidcConfig;
use anyhow::Context;
use http::Http;
use known::Known;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, ProviderMetadata, RedirectUrl,
};
use reeve_crawlers::Secret;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// What a provider may sign with. Never a key that we know too (HS256), whatever its discovery says.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// An OpenID provider that people sign in at.
#[derive(Debug)]
pub struct Provider {
    pub config: OidcConfig,
    issuer: IssuerUrl,
    secret: Option<Secret>,
    http: Http,
    known: Known,
    /// Where it sends people back to.
    redirect: RedirectUrl,
    /// Where people land who signed out there.
    signed_out: Url,
}

/// Why nobody came in by a provider. What it was exactly is for the log.
#[derive(Debug, thiserror::Error)]
pub enum OidcFailure {
    #[error("the provider does not answer: {0}")]
    NoAnswer(String),
    #[error("the provider refused: {0}")]
    Cancelled(String),
    #[error("no sign-in of this browser has this state, or it was used, or it is too old")]
    Expired,
    #[error("what the provider said cannot be believed: {0}")]
    Unproven(String),
    #[error("{0}")]
    NotAllowed(String),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What discovery says besides what the crate reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct More {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_session_endpoint: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl Provider {
    /// Reads the secret and the authorities; asks nobody yet. `portal`: where people reach this portal.
    ///
    /// # Errors
    /// Says which setting is wrong.
    pub fn new(config: &OidcConfig, portal: &Url) -> anyhow::Result<Self> {
        let place = || format!("[[auth.oidc]] `{}`", config.name);
        let secret = config.secret().map_err(anyhow::Error::msg).with_context(place)?;
        let http = Http::new(config.ca_file.as_deref(), Duration::from_secs(config.timeout_seconds));
        let callback = portal.join(&format!("/sign-in/oidc/{}/callback", config.name)).with_context(place)?;
        Ok(Self {
            issuer: IssuerUrl::new(config.issuer.clone()).with_context(place)?,
            secret,
            http: http.with_context(place)?,
            known: Known::default(),
            redirect: RedirectUrl::from_url(callback),
            signed_out: portal.join("/sign-in").with_context(place)?,
            config: config.clone(),
        })
    }

    pub fn title(&self) -> &str {
        self.config.title.as_deref().unwrap_or(&self.config.name)
    }

    /// Made anew for each sign-in: it holds the keys that are known now.
    fn client(&self, metadata: &Metadata) -> Client {
        let secret = self.secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let methods = metadata.token_endpoint_auth_methods_supported();
        let only_post = methods.is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let client_id = ClientId::new(self.config.client_id.clone());
        CoreClient::from_provider_metadata(metadata.clone(), client_id, secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(if only_post { AuthType::RequestBody } else { AuthType::BasicAuth })
    }
}
