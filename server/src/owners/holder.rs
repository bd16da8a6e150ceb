//! Persons, service accounts and teams, as something can be theirs.

use crate::auth::person;
use crate::catalog::{Result, bad_word};
use crate::db::{Tx, on};
use chrono::{DateTime, Utc};
use reeve_model::owner::{Holder, HolderKind, OwnerState};
use reeve_model::person::PersonState;
use reeve_model::{AssetId, Word};

/// A holder as a row; the columns come from [`select_holder!`].
#[derive(sqlx::FromRow)]
pub(super) struct HolderRow {
    holder_id: AssetId,
    holder_kind: String,
    holder_name: Option<String>,
    holder_title: Option<String>,
    holder_state: Option<String>,
    holder_ended_at: Option<DateTime<Utc>>,
}

/// The columns of a holder; `h` is its asset, `hp` the person and `ht` the team that it may be.
macro_rules! select_holder {
    () => {
        "h.id AS holder_id, h.kind AS holder_kind, coalesce(hp.login, ht.name) AS holder_name,
         coalesce(hp.name, ht.title) AS holder_title, hp.state AS holder_state,
         coalesce(hp.disabled_at, ht.deleted_at) AS holder_ended_at "
    };
}
/// Where [`select_holder!`] reads.
macro_rules! join_holder {
    ($id:literal) => {
        concat!(
            " JOIN asset h ON h.id = ",
            $id,
            " LEFT JOIN person hp ON hp.id = h.id LEFT JOIN team ht ON ht.id = h.id "
        )
    };
}
pub(super) use {join_holder, select_holder};

impl HolderRow {
    pub(super) fn holder(self) -> Result<Holder> {
        let id = self.holder_id;
        let kind =
            HolderKind::parse(&self.holder_kind).ok_or_else(|| bad_word("asset", "kind", id.0, &self.holder_kind))?;
        let is_over = self.holder_ended_at.is_some();
        let state = match &self.holder_state {
            Some(word) => {
                let state = PersonState::parse(word).ok_or_else(|| bad_word("person", "state", id.0, word))?;
                OwnerState::of_person(state, is_over)
            }
            None if is_over => OwnerState::Departed,
            None => OwnerState::Active,
        };
        let name = self.holder_name.unwrap_or_else(|| id.to_string());
        Ok(Holder { id, kind, title: self.holder_title.unwrap_or_else(|| name.clone()), name, state })
    }
}

/// Why a text names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unresolved {
    Nobody,
    /// Several people are called so: a login says which.
    Several,
}

pub async fn by_id(tx: &mut Tx, id: AssetId) -> Result<Option<Holder>> {
    let row: Option<HolderRow> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", select_holder!(), " FROM (SELECT CAST($1 AS BIGINT) AS id) one", join_holder!("one.id"),
        "WHERE hp.id IS NOT NULL OR ht.id IS NOT NULL"
    )).bind(id).fetch_optional(c).await)?;
    row.map(HolderRow::holder).transpose()
}

/// Whom a text means: `team/NAME`, a login, a team's name or title, a mail address, or a name that one person alone has.
pub async fn resolve(tx: &mut Tx, text: &str) -> Result<std::result::Result<Holder, Unresolved>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Err(Unresolved::Nobody));
    }
    let lower = person::login(text);
    let (team, is_team) = match lower.strip_prefix("team/") {
        Some(team) => (team.to_owned(), true),
        None => (lower.clone(), false),
    };
    // The best reading first; of equal ones there must be one alone.
    let found: Vec<(i64, AssetId)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT CAST(0 AS BIGINT) AS rank, id FROM team WHERE CAST($3 AS BIGINT) = 1 AND lower(name) = $2 AND deleted_at IS NULL
         UNION ALL SELECT 1, id FROM person WHERE CAST($3 AS BIGINT) = 0 AND login = $1
         UNION ALL SELECT 2, id FROM team WHERE CAST($3 AS BIGINT) = 0 AND lower(name) = $2 AND deleted_at IS NULL
         UNION ALL SELECT 3, id FROM team WHERE lower(title) = $2 AND deleted_at IS NULL
         UNION ALL SELECT 4, id FROM person WHERE CAST($3 AS BIGINT) = 0 AND lower(mail) = $1
         UNION ALL SELECT 5, id FROM person WHERE CAST($3 AS BIGINT) = 0 AND lower(name) = $1
         ORDER BY 1 LIMIT 50",
    ).bind(&lower).bind(&team).bind(i64::from(is_team)).fetch_all(c).await)?;
    let Some((best, id)) = found.first().copied() else { return Ok(Err(Unresolved::Nobody)) };
    if found.iter().filter(|(rank, _)| *rank == best).count() > 1 {
        return Ok(Err(Unresolved::Several));
    }
    Ok(by_id(tx, id).await?.ok_or(Unresolved::Nobody))
}
