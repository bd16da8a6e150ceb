//! How people want to be told.

use super::Post;
use crate::catalog::{Result, bad_word, json, to_json};
use crate::db::{Tx, WriteTx, on};
use chrono::{DateTime, NaiveTime, Utc};
use reeve_model::notice::{DigestEvery, NoticeKind, Quiet};
use reeve_model::reader::Lang;
use reeve_model::{AssetId, Word};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    /// `None`: as reeve.toml says.
    pub lang: Option<Lang>,
    pub digest: DigestEvery,
    /// What does not wait for the digest.
    pub at_once: BTreeSet<NoticeKind>,
    /// Quiet hours of his own.
    pub quiet: Option<(NaiveTime, NaiveTime)>,
}

impl Default for Preference {
    fn default() -> Self {
        Self { lang: None, digest: DigestEvery::Daily, at_once: NoticeKind::at_once(), quiet: None }
    }
}

impl Preference {
    pub(super) fn lang(&self, post: &Post) -> Lang {
        self.lang.unwrap_or(post.config.language)
    }

    /// When he is not disturbed: weekends and holidays are everybody's, the hours may be his own.
    pub(super) fn quiet(&self, post: &Post) -> Option<Quiet> {
        match (post.quiet(), self.quiet) {
            (Some(quiet), Some((from, to))) => Some(Quiet { from, to, ..quiet }),
            (quiet, _) => quiet,
        }
    }
}

/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, person: AssetId) -> Result<Preference> {
    const TABLE: &str = "notice_preference";
    let row: Option<(Option<String>, String, String, Option<String>, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT lang, digest, at_once, quiet_from, quiet_to FROM notice_preference WHERE person_id = $1",
    ).bind(person).fetch_optional(c).await)?;
    let Some((lang, digest, at_once, from, to)) = row else { return Ok(Preference::default()) };
    let time = |text: Option<String>| text.and_then(|text| text.parse().ok());
    Ok(Preference {
        lang: lang.as_deref().and_then(Lang::parse),
        digest: DigestEvery::parse(&digest).ok_or_else(|| bad_word(TABLE, "digest", person.0, &digest))?,
        at_once: json(TABLE, "at_once", person.0, &at_once)?,
        quiet: time(from).zip(time(to)),
    })
}

/// # Errors
/// When the database does not answer.
pub async fn set(tx: &mut WriteTx, person: AssetId, wanted: &Preference, now: DateTime<Utc>) -> Result<()> {
    let at_once: BTreeSet<NoticeKind> = wanted.at_once.iter().copied().filter(|kind| kind.may_be_at_once()).collect();
    let (from, to) = wanted.quiet.map(|(from, to)| (from.to_string(), to.to_string())).unzip();
    on!(&mut *tx, c => sqlx::query(
        "INSERT INTO notice_preference (person_id, lang, digest, at_once, quiet_from, quiet_to, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (person_id) DO UPDATE SET lang = excluded.lang, digest = excluded.digest, at_once = excluded.at_once,
             quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, changed_at = excluded.changed_at",
    )
        .bind(person).bind(wanted.lang.map(Word::as_str)).bind(wanted.digest.as_str()).bind(to_json(&at_once)).bind(from)
        .bind(to).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
