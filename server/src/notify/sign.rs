//! Signatures of links that leave the house.

use crate::auth::secret;
use crate::catalog::Result;
use crate::db::{Tx, WriteTx, on};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::hmac;

/// What signs, and by which number it is found again.
pub(super) struct Key {
    pub(super) id: i64,
    key: hmac::Key,
}

impl Key {
    fn of(id: i64, secret: &str) -> Self {
        Self { id, key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()) }
    }

    /// `purpose` keeps what was signed for one thing from passing for another.
    pub(super) fn sign(&self, purpose: &str, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, format!("{purpose}|{text}").as_bytes()))
    }

    /// In a time that does not tell where they differ.
    pub(super) fn verify(&self, purpose: &str, text: &str, signature: &str) -> bool {
        let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return false };
        hmac::verify(&self.key, format!("{purpose}|{text}").as_bytes(), &signature).is_ok()
    }
}

/// The key that signs now; the first who needs one makes it.
pub(super) async fn newest(tx: &mut WriteTx, now: DateTime<Utc>) -> Result<Key> {
    let known: Option<(i64, String)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT id, secret FROM signing_key ORDER BY id DESC LIMIT 1",
    ).fetch_optional(c).await)?;
    if let Some((id, secret)) = known {
        return Ok(Key::of(id, &secret));
    }
    let secret = secret::random().map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
    let id: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO signing_key (secret, created_at) VALUES ($1, $2) RETURNING id",
    ).bind(&secret).bind(now).fetch_one(c).await)?;
    Ok(Key::of(id, &secret))
}

pub(super) async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Key>> {
    let secret: Option<String> = on!(tx, c => sqlx::query_scalar("SELECT secret FROM signing_key WHERE id = $1")
        .bind(id).fetch_optional(c).await)?;
    Ok(secret.map(|secret| Key::of(id, &secret)))
}
