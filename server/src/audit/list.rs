//! Reading the log, newest first.

use crate::catalog::{CatalogError, Result, hidden};
use crate::db::{Tx, on};
use chrono::{DateTime, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use reeve_model::Word;
use reeve_model::asset::Paged;
use reeve_model::audit::{Entry, Event, Summary};
use reeve_model::visibility::Hidden;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Which rows of the log; an empty text asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words in the object's name, before, after or reason.
    pub q: String,
    /// Login name of who acted, or on whose behalf.
    pub actor: String,
    pub action: String,
    /// A kind, or a kind and an id: `table`, `table:12`.
    pub object: String,
    /// From this moment on.
    pub since: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
}

/// Whether a row is about an asset that is hidden: by its own number (`12` of a table, `12.name` of a column), or as what was
/// asked for or said of it.
const NOT_HIDDEN: &str = "coalesce(CASE
        WHEN object_kind IN ('database', 'table', 'column')
            THEN CAST(substr(object_id, 1, instr(object_id || '.', '.') - 1) AS BIGINT)
        WHEN object_kind = 'proposal' THEN (SELECT asset_id FROM proposal WHERE id = CAST(object_id AS BIGINT))
        WHEN object_kind = 'request' THEN (SELECT asset_id FROM request WHERE id = CAST(object_id AS BIGINT))
        WHEN object_kind = 'hold' THEN (SELECT asset_id FROM legal_hold WHERE id = CAST(object_id AS BIGINT))
        WHEN object_kind = 'exemption' THEN (SELECT asset_id FROM exemption WHERE id = CAST(object_id AS BIGINT))
    END, 0) NOT IN (
        SELECT d.id FROM catalog_database d WHERE d.id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($))
        UNION ALL SELECT t.id FROM catalog_table t
        WHERE t.database_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($)))";

/// The conditions of a filter and what is bound to them.
struct Conditions {
    sql: String,
    values: Vec<String>,
}

impl Conditions {
    /// `$` in `condition` stands for the value.
    fn add(&mut self, condition: &str, value: String) {
        self.values.push(value);
        self.sql += " AND ";
        self.sql += &condition.replace('$', &format!("${}", self.values.len()));
    }
}

impl Filter {
    /// `hidden`: as `hidden::ids` answers it.
    fn conditions(&self, hidden: String) -> Conditions {
        let mut all = Conditions { sql: "1 = 1".to_owned(), values: Vec::new() };
        if !self.actor.is_empty() {
            all.add("(actor = $ OR on_behalf_of = $)", self.actor.clone());
        }
        if !self.action.is_empty() {
            all.add("action = $", self.action.clone());
        }
        let (kind, id) = self.object.split_once(':').unwrap_or((&self.object, ""));
        if !kind.is_empty() {
            all.add("object_kind = $", kind.to_owned());
        }
        if !id.is_empty() {
            all.add("object_id = $", id.to_owned());
        }
        if let Some(since) = self.since {
            all.add("at >= $", super::moment(since));
        }
        if let Some(until) = self.until {
            all.add("at < $", super::moment(until));
        }
        if hidden != "[]" {
            all.add(NOT_HIDDEN, hidden);
        }
        let words = self.q.trim();
        if !words.is_empty() {
            let escaped = words.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let text = "lower(concat(object_name, ' ', old_value, ' ', new_value, ' ', reason))";
            all.add(&format!("{text} LIKE $ ESCAPE '\\'"), format!("%{escaped}%"));
        }
        all
    }
}

/// A bound of a filter: a moment of RFC 3339, or a day where the portal is. The end of a day is the next one's begin.
pub fn bound(text: &str, zone: Tz, is_end: bool) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let day: NaiveDate = text.parse().ok()?;
    let day = if is_end { day.checked_add_days(Days::new(1))? } else { day };
    // Where clocks jump over midnight the day begins with its first hour that there is.
    let hours = (0..=3).filter_map(|hour| day.and_hms_opt(hour, 0, 0));
    hours.filter_map(|time| zone.from_local_datetime(&time).earliest()).next().map(|at| at.to_utc())
}

/// The newest rows first, but for what is about assets that are hidden from whoever asks; the cursor is the number of the
/// last one shown.
///
/// # Errors
/// A bad cursor, or the database fails.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    hidden: &Hidden,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Paged<Entry>> {
    let before: i64 = match cursor {
        None => i64::MAX,
        Some(text) => text.parse().map_err(|_| CatalogError::BadCursor(text.to_owned()))?,
    };
    let Conditions { sql, values } = filter.conditions(hidden::ids(tx, hidden).await?);
    // Nothing is missing between the first and the last.
    let count = if values.is_empty() { "coalesce(max(seq) - min(seq) + 1, 0)" } else { "count(*)" };
    let count = format!("SELECT {count} FROM audit WHERE {sql}");
    let total: i64 = on!(&mut *tx, c => {
        let query = values.iter().fold(sqlx::query_scalar(AssertSqlSafe(count)), |query, value| query.bind(value));
        query.fetch_one(c).await
    })?;
    let rows = format!(
        "SELECT seq, version, at, actor, actor_id, on_behalf_of, via, address, request, action, object_kind, object_id,
                object_name, old_value, new_value, reason, salt, content, prev, hash
         FROM audit WHERE {sql} AND seq < {before} ORDER BY seq DESC LIMIT {}",
        limit + 1
    );
    let rows: Vec<Entry> = on!(tx, c => {
        let query = values.iter().fold(sqlx::query_as(AssertSqlSafe(rows)), |query, value| query.bind(value));
        query.fetch_all(c).await
    })?;
    Ok(Paged::from_rows(rows, limit, total, |last: &Entry| last.seq.to_string()))
}

/// One row of the log, where it is not about what is hidden from whoever asks.
///
/// # Errors
/// When the database fails.
pub async fn entry(tx: &mut Tx, seq: i64, hidden: &Hidden) -> Result<Option<Entry>> {
    let after = seq.saturating_add(1).to_string();
    let page = list(tx, &Filter::default(), hidden, Some(&after), 1).await?;
    Ok(page.items.into_iter().find(|entry| entry.seq == seq))
}

/// What people and services that acted are called now.
///
/// # Errors
/// When the database fails.
pub async fn names(tx: &mut Tx, entries: &[Entry]) -> Result<BTreeMap<i64, String>> {
    let ids: Vec<i64> = entries.iter().filter_map(|entry| entry.actor_id).collect();
    let rows: Vec<(i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, name FROM person WHERE id IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT) FROM json_each($1))",
    ).bind(crate::catalog::to_json(&ids)).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// The log in figures; `midnight` is when today began.
///
/// # Errors
/// When the database fails.
pub async fn summary(tx: &mut Tx, midnight: DateTime<Utc>) -> Result<Summary> {
    let (first, last): (Option<i64>, Option<i64>) =
        on!(&mut *tx, c => sqlx::query_as("SELECT min(seq), max(seq) FROM audit").fetch_one(c).await)?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(Summary::default()) };
    let since: Option<String> = on!(&mut *tx, c => sqlx::query_scalar("SELECT at FROM audit WHERE seq = $1")
        .bind(first).fetch_optional(c).await)?;
    let refused = [Event::AccessRefused, Event::SignInRefused].map(Word::as_str);
    let (today, actors_today, refused_today): (i64, i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT count(*), count(DISTINCT actor), count(CASE WHEN action IN ($2, $3) THEN 1 END)
         FROM audit WHERE at >= $1",
    ).bind(super::moment(midnight)).bind(refused[0]).bind(refused[1]).fetch_one(c).await)?;
    let since = since.and_then(|at| DateTime::parse_from_rfc3339(&at).ok()).map(|at| at.to_utc());
    Ok(Summary { rows: last - first + 1, first, since, today, actors_today, refused_today })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_portals_own_and_counts_whole() {
        let zone = chrono_tz::Asia::Seoul;
        let at = |text: &str, is_end| bound(text, zone, is_end).map(super::super::moment);
        assert_eq!(at("2026-11-24", false).as_deref(), Some("2026-11-23T15:00:00.000000Z"));
        assert_eq!(at("2026-11-24", true).as_deref(), Some("2026-11-24T15:00:00.000000Z"));
        assert_eq!(at("2026-11-24T10:00:00+09:00", true).as_deref(), Some("2026-11-24T01:00:00.000000Z"));
        assert_eq!(bound("yesterday", zone, false), None);
        assert_eq!(bound("2026-02-30", zone, false), None);
        // Midnight does not exist there on that day.
        assert!(bound("2026-04-24", chrono_tz::Africa::Cairo, false).is_some());
    }

    #[test]
    fn a_filter_binds_what_it_is_given() {
        let filter = Filter { object: "table:12".to_owned(), q: "50%_a".to_owned(), ..Filter::default() };
        let Conditions { sql, values } = filter.conditions("[]".to_owned());
        assert_eq!(values, ["table", "12", "%50\\%\\_a%"]);
        assert!(sql.starts_with("1 = 1 AND object_kind = $1 AND object_id = $2 AND lower("), "{sql}");
    }
}
