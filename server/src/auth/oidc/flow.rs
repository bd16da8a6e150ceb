use super::{OidcFailure, Provider};
use crate::auth::secret;
use crate::db::{Db, on};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, Scope};
use url::Url;

/// How long somebody may take to sign in there.
const LIVES: TimeDelta = TimeDelta::minutes(10);
/// More sign-ins than that have not begun in ten minutes: somebody fills the table.
const MOST: i64 = 100_000;

/// A sign-in that has begun here and goes on at the provider.
#[derive(Debug)]
pub struct Flow {
    pub(super) nonce: Nonce,
    pub(super) pkce_verifier: String,
    /// Where the browser wanted to go.
    pub next: String,
}

/// Begins a sign-in: where the browser goes now. `browser` is what only this browser knows.
///
/// # Errors
/// When the provider or the database does not answer.
pub async fn begin(
    provider: &Provider,
    db: &Db,
    browser: &str,
    next: &str,
    now: DateTime<Utc>,
) -> Result<Url, OidcFailure> {
    let metadata = provider.metadata(now).await?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = provider.client(&metadata);
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let mut request = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .set_pkce_challenge(challenge)
        // A form sent from there would come without our cookie.
        .add_extra_param("response_mode", "query");
    for scope in provider.config.scopes.iter().filter(|scope| *scope != "openid") {
        request = request.add_scope(Scope::new(scope.clone()));
    }
    let (url, state, nonce) = request.url();
    let mut tx = db.write().await?;
    on!(&mut tx, c => sqlx::query("DELETE FROM oidc_flow WHERE expires_at < $1").bind(now).execute(c).await.map(drop))?;
    let begun: i64 = on!(&mut tx, c => sqlx::query_scalar("SELECT count(*) FROM oidc_flow").fetch_one(c).await)?;
    if begun >= MOST {
        return Err(OidcFailure::NoAnswer(format!("{MOST} sign-ins have begun and not ended")));
    }
    on!(&mut tx, c => sqlx::query(
        "INSERT INTO oidc_flow (state_hash, provider, browser_hash, nonce, pkce_verifier, next, begun_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
        .bind(secret::hash(state.secret())).bind(&provider.config.name).bind(secret::hash(browser))
        .bind(nonce.secret()).bind(verifier.secret()).bind(next).bind(now).bind(now + LIVES)
        .execute(c).await.map(drop))?;
    tx.commit().await?;
    Ok(url)
}

impl Flow {
    /// The sign-in of this browser with this state, used up by that: a second one with it finds none. Whoever has the state
    /// and not the browser uses nothing up.
    ///
    /// # Errors
    /// [`OidcFailure::Expired`], or when the database does not answer.
    pub async fn take(
        provider: &Provider,
        db: &Db,
        state: &str,
        browser: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, OidcFailure> {
        let mut tx = db.write().await?;
        let row: Option<(String, String, String)> = on!(&mut tx, c => sqlx::query_as(
            "UPDATE oidc_flow SET used_at = $4
             WHERE state_hash = $1 AND provider = $2 AND browser_hash = $3 AND used_at IS NULL AND expires_at > $4
             RETURNING nonce, pkce_verifier, next",
        )
            .bind(secret::hash(state)).bind(&provider.config.name).bind(secret::hash(browser)).bind(now)
            .fetch_optional(c).await)?;
        tx.commit().await?;
        let (nonce, pkce_verifier, next) = row.ok_or(OidcFailure::Expired)?;
        Ok(Self { nonce: Nonce::new(nonce), pkce_verifier, next })
    }
}
