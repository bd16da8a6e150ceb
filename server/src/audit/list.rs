use crate::catalog::{CatalogError, Result};
use crate::db::{Tx, on};
use reeve_model::asset::Paged;
use reeve_model::audit::Entry;

/// Which rows of the log; an empty text asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words in the object's name, before, after or reason.
    pub q: String,
    /// Login name of who acted, or on whose behalf.
    pub who: String,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// RFC 3339 in UTC, or the beginning of one: `2026-11-24`.
    pub from: String,
    /// Before this moment.
    pub until: String,
}

macro_rules! matching {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM audit WHERE ($1 = '' OR actor = $1 OR on_behalf_of = $1) AND ($2 = '' OR action = $2)
             AND ($3 = '' OR object_kind = $3) AND ($4 = '' OR object_id = $4) AND ($5 = '' OR at >= $5)
             AND ($6 = '' OR at < $6)
             AND ($7 = '' OR lower(concat(object_name, ' ', old_value, ' ', new_value, ' ', reason)) LIKE $7 ESCAPE '\\') ",
            $rest
        )
    };
}

/// The newest rows first; the cursor is the number of the last one shown. With words the total is counted no further
/// than the rows before the cursor.
///
/// # Errors
/// A bad cursor, or the database fails.
pub async fn list(tx: &mut Tx, filter: &Filter, cursor: Option<&str>, limit: i64) -> Result<Paged<Entry>> {
    let before: i64 = match cursor {
        None => i64::MAX,
        Some(text) => text.parse().map_err(|_| CatalogError::BadCursor(text.to_owned()))?,
    };
    let words = match filter.q.trim() {
        "" => String::new(),
        words => {
            let escaped = words.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{escaped}%")
        }
    };
    macro_rules! bound {
        ($query:expr) => {
            $query
                .bind(&filter.who)
                .bind(&filter.action)
                .bind(&filter.object_kind)
                .bind(&filter.object_id)
                .bind(&filter.from)
                .bind(&filter.until)
                .bind(&words)
        };
    }
    let total: i64 =
        on!(&mut *tx, c => bound!(sqlx::query_scalar(matching!("SELECT count(*)", ""))).fetch_one(c).await)?;
    let rows: Vec<Entry> = on!(tx, c => bound!(sqlx::query_as(matching!(
        "SELECT seq, version, at, actor, actor_id, on_behalf_of, via, address, request, action, object_kind, object_id,
                object_name, old_value, new_value, reason, salt, content, prev, hash",
        "AND seq < $8 ORDER BY seq DESC LIMIT $9"
    ))).bind(before).bind(limit + 1).fetch_all(c).await)?;
    Ok(Paged::from_rows(rows, limit, total, |last: &Entry| last.seq.to_string()))
}

/// One row of the log.
///
/// # Errors
/// When the database fails.
pub async fn entry(tx: &mut Tx, seq: i64) -> Result<Option<Entry>> {
    Ok(after(tx, seq - 1, 1).await?.pop().filter(|entry| entry.seq == seq))
}

/// The rows behind a number, in their order.
pub(super) async fn after(tx: &mut Tx, seq: i64, limit: i64) -> sqlx::Result<Vec<Entry>> {
    on!(tx, c => sqlx::query_as(
        "SELECT seq, version, at, actor, actor_id, on_behalf_of, via, address, request, action, object_kind, object_id,
                object_name, old_value, new_value, reason, salt, content, prev, hash
         FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
    ).bind(seq).bind(limit).fetch_all(c).await)
}

/// How many rows there are, the number of the first, and how many since a moment.
///
/// # Errors
/// When the database fails.
pub async fn summary(tx: &mut Tx, since: &str) -> Result<(i64, i64, i64)> {
    let (first, last): (Option<i64>, Option<i64>) =
        on!(&mut *tx, c => sqlx::query_as("SELECT min(seq), max(seq) FROM audit").fetch_one(c).await)?;
    let recent: i64 = on!(tx, c => sqlx::query_scalar("SELECT count(*) FROM audit WHERE at >= $1")
        .bind(since).fetch_one(c).await)?;
    let first = first.unwrap_or(0);
    Ok((last.map_or(0, |last| last - first + 1), first, recent))
}
