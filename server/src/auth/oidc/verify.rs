use super::claims::{self, Claims};
use super::flow::Flow;
use super::known::Wants;
use super::{ALGORITHMS, Metadata, OidcFailure, Provider};
use crate::auth::Verified;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreErrorResponseType, CoreIdToken, CoreTokenResponse};
use openidconnect::http::{Request, header};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, HttpRequest, OAuth2TokenResponse, PkceCodeVerifier, RequestTokenError,
    SignatureVerificationError, StandardErrorResponse,
};

/// How far a provider's clock may be from ours.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// How old a token may be that comes straight from there.
const OLDEST: TimeDelta = TimeDelta::minutes(10);

/// What came back with the browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Callback<'a> {
    pub code: Option<&'a str>,
    pub iss: Option<&'a str>,
    pub error: Option<&'a str>,
}

impl Provider {
    /// Whom the provider vouches for, in the sign-in that this browser began.
    ///
    /// # Errors
    /// [`OidcFailure`]; nothing that the browser brought is told to it again.
    pub async fn finish(&self, flow: &Flow, back: Callback<'_>, now: DateTime<Utc>) -> Result<Verified, OidcFailure> {
        let metadata = self.metadata(now).await?;
        self.check_issuer(&metadata, back.iss)?;
        if let Some(error) = back.error {
            return Err(OidcFailure::Cancelled(format!("{error:?}")));
        }
        let code = back.code.ok_or_else(|| OidcFailure::Unproven("it sent no code".to_owned()))?;
        let token = self.exchange(&metadata, flow, code).await?;
        let id_token = token.extra_fields().id_token();
        let id_token = id_token.ok_or_else(|| OidcFailure::Unproven("it sent no id_token".to_owned()))?;
        self.verify(metadata.clone(), id_token, flow, now).await?;
        let raw = id_token.to_string();
        let mut said = payload(&raw).ok_or_else(|| OidcFailure::Unproven("its id_token is unreadable".to_owned()))?;
        if said.get("azp").is_some_and(|azp| *azp != self.config.client_id.as_str()) {
            return Err(OidcFailure::Unproven("its id_token was made for another (azp)".to_owned()));
        }
        if self.config.userinfo && claims::has_gaps(&said, &self.config.claims) {
            self.fill(&metadata, &token, &mut said).await?;
        }
        self.verified(&said, raw)
    }

    /// Another provider's answer is none of this one's (RFC 9207): whoever runs one of two could have it taken for the other's.
    fn check_issuer(&self, metadata: &Metadata, iss: Option<&str>) -> Result<(), OidcFailure> {
        let announced = metadata.additional_metadata().authorization_response_iss_parameter_supported == Some(true);
        match iss {
            Some(iss) if iss == self.issuer.as_str() => Ok(()),
            None if !announced => Ok(()),
            None => Err(OidcFailure::Unproven("the answer does not say whose it is (iss)".to_owned())),
            Some(iss) => Err(OidcFailure::Unproven(format!("the answer is of another provider (iss {iss:?})"))),
        }
    }

    async fn exchange(&self, metadata: &Metadata, flow: &Flow, code: &str) -> Result<CoreTokenResponse, OidcFailure> {
        let client = self.client(metadata);
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|_| OidcFailure::NoAnswer("its discovery names no token endpoint".to_owned()))?;
        let verifier = PkceCodeVerifier::new(flow.pkce_verifier.clone());
        let answer = request.set_pkce_verifier(verifier).request_async(&self.http).await;
        answer.map_err(|error: RequestTokenError<_, StandardErrorResponse<CoreErrorResponseType>>| match error {
            RequestTokenError::ServerResponse(refusal) => {
                OidcFailure::Unproven(format!("it refused the code: {refusal}"))
            }
            RequestTokenError::Request(error) => OidcFailure::NoAnswer(error.to_string()),
            // What it is may be a secret.
            RequestTokenError::Parse(error, _) => {
                OidcFailure::NoAnswer(format!("its answer to the code is unreadable: {error}"))
            }
            RequestTokenError::Other(error) => OidcFailure::NoAnswer(error),
        })
    }

    /// Signature, issuer, audience, times and nonce. Where no known key fits, the keys may be new: they are fetched once.
    async fn verify(
        &self,
        metadata: std::sync::Arc<Metadata>,
        id_token: &CoreIdToken,
        flow: &Flow,
        now: DateTime<Utc>,
    ) -> Result<(), OidcFailure> {
        let check = |metadata: &Metadata| {
            let client = self.client(metadata);
            let verifier = client
                .id_token_verifier()
                .set_allowed_algs(ALGORITHMS)
                .set_time_fn(move || now - LEEWAY)
                .set_issue_time_verifier_fn(move |at| match now + LEEWAY >= at && at >= now - OLDEST {
                    true => Ok(()),
                    false => Err(format!("it was made at {at}, and here it is {now}")),
                });
            id_token.claims(&verifier, &flow.nonce).map(drop)
        };
        let mut checked = check(&metadata);
        if let Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey
            | SignatureVerificationError::CryptoError(_)
            | SignatureVerificationError::AmbiguousKeyId(_),
        )) = &checked
            && let Some(newer) = self.newer(Wants::SignIn, now).await
        {
            checked = check(&newer);
        }
        checked.map_err(|error| OidcFailure::Unproven(chain(&error)))
    }

    /// What the token leaves out and userinfo has. Who it is about is the token's word alone.
    async fn fill(&self, metadata: &Metadata, token: &CoreTokenResponse, said: &mut Claims) -> Result<(), OidcFailure> {
        let Some(endpoint) = metadata.userinfo_endpoint() else { return Ok(()) };
        let request: HttpRequest = Request::get(endpoint.url().as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", token.access_token().secret()))
            .body(Vec::new())
            .map_err(|error| OidcFailure::NoAnswer(error.to_string()))?;
        let answer = self.http.send(request).await.map_err(|error| OidcFailure::NoAnswer(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(OidcFailure::NoAnswer(format!("userinfo: {}", answer.status())));
        }
        let more: Claims = serde_json::from_slice(answer.body())
            .map_err(|error| OidcFailure::NoAnswer(format!("userinfo is no JSON object: {error}")))?;
        if more.get("sub") != said.get("sub") {
            return Err(OidcFailure::Unproven("userinfo is about somebody else".to_owned()));
        }
        for (name, value) in more {
            if !["iss", "sub", "sid", "aud", "azp"].contains(&name.as_str()) {
                said.entry(name).or_insert(value);
            }
        }
        Ok(())
    }

    fn verified(&self, said: &Claims, id_token: String) -> Result<Verified, OidcFailure> {
        let names = &self.config.claims;
        // Whole, as it was signed: it is compared and never shown.
        let subject = said.get("sub").and_then(|sub| sub.as_str()).filter(|sub| !sub.is_empty());
        let subject = subject.ok_or_else(|| OidcFailure::Unproven("its id_token has no sub".to_owned()))?;
        let groups = claims::groups(said, names);
        if groups.is_none() {
            let why = match claims::too_many_groups(said, names) {
                true => {
                    "it names an address instead, as Entra does above 200: let it send app roles, or take groups from LDAP"
                }
                false => "his groups stay as they were",
            };
            let received: Vec<&String> = said.keys().collect();
            tracing::warn!(
                "{}: no claim {:?} came for {subject:?}: {why}; claims received: {received:?}",
                self.config.name,
                names.groups
            );
        }
        let required = &self.config.required_groups;
        let has = |group: &String| groups.as_ref().is_some_and(|groups| groups.contains(group));
        if !required.is_empty() && !required.iter().any(has) {
            return Err(OidcFailure::NotAllowed(format!(
                "{subject:?} is in none of the groups {required:?}, but in {groups:?}"
            )));
        }
        let login = claims::text(said, &names.login).unwrap_or_else(|| subject.to_owned());
        Ok(Verified {
            provider: self.config.name.clone(),
            issuer: self.issuer.to_string(),
            subject: subject.to_owned(),
            name: claims::text(said, &names.name).unwrap_or_else(|| login.clone()),
            mail: claims::text(said, &names.mail),
            mail_verified: self.config.trust_mail && claims::is_true(said, "email_verified"),
            groups,
            employee_number: names.employee_number.as_ref().and_then(|name| claims::text(said, name)),
            sid: claims::text(said, "sid"),
            id_token: Some(id_token),
            login,
        })
    }
}

/// What a token says; whether it is true is another question.
pub(super) fn payload(token: &str) -> Option<Claims> {
    let body = token.split('.').nth(1)?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
