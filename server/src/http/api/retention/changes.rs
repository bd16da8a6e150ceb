use super::{Since, answer, renamed};
use crate::app::App;
use crate::db::{Tx, on};
use crate::http::error::{Error, Result};
use crate::http::extract::{Query, Signed, Spoken};
use axum::Json;
use axum::extract::State;
use reeve_model::AssetId;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    /// How long each is kept now; what is no more in the catalog has `days` null and `gone` true.
    #[schema(value_type = Vec<reeve_model::retention::RetentionAnswer>)]
    items: Vec<Value>,
    cursor: String,
    /// Nothing else has changed so far.
    complete: bool,
}

/// Where a reader stands: which day and policies his answers are by, the last table of a walk through all of them, and the
/// last change that he knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    /// Changes of policies, and the day: where either is another, everything is told again.
    epoch: (i64, i64),
    /// Last table of the walk; `None` where it is over.
    after: Option<i64>,
    seq: i64,
}

/// Tables whose retention may have changed since a cursor
#[utoipa::path(
    get, path = "/retention/changes", tag = "governance", params(Since),
    responses((status = 200, body = Changes), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
pub async fn changes(
    State(app): State<App>,
    caller: Signed,
    Spoken(lang): Spoken,
    Query(since): Query<Since>,
) -> Result<Json<Changes>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    let limit = since.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(Error::out_of_range("limit", limit, 1, 1000));
    }
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let day = app.calendar(now).day(now).to_epoch_days().into();
    let (policies, seq): (i64, i64) = on!(&mut tx, c => sqlx::query_as(
        "SELECT (SELECT count(*) FROM policy_version) + (SELECT count(*) FROM policy WHERE retired_at IS NOT NULL),
             (SELECT coalesce(max(seq), 0) FROM change_log)",
    ).fetch_one(c).await)?;
    let begin = Cursor { epoch: (policies, day), after: Some(0), seq };
    let at = match since.cursor.as_str() {
        "" => begin,
        text => match Cursor::parse(text).ok_or_else(|| Error::bad_cursor(text))? {
            known if known.epoch == begin.epoch => known,
            _ => begin,
        },
    };
    let (tables, next) = match at.after {
        Some(after) => walk(&mut tx, at, after, limit).await?,
        None => changed(&mut tx, at, limit).await?,
    };
    let mut items = Vec::with_capacity(tables.len());
    for (asset, source, database, table) in tables {
        if caller.hidden.hides(&source, &database) {
            continue;
        }
        items.push(match answer(&mut tx, &app, asset, lang, now).await? {
            Some(answer) => renamed(&app, &answer),
            None => serde_json::json!({ "source": source, "database": database, "table": table, "days": null, "gone": true }),
        });
    }
    let complete = next.after.is_none() && next.seq >= seq;
    Ok(Json(Changes { items, cursor: next.to_string(), complete }))
}

type Row = (AssetId, String, String, String);

/// The next tables of all.
async fn walk(tx: &mut Tx, at: Cursor, after: i64, limit: i64) -> Result<(Vec<Row>, Cursor)> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT t.id, s.name, d.name, t.name FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id
         JOIN source s ON s.id = d.source_id WHERE t.id > $1 AND t.deleted_at IS NULL ORDER BY t.id LIMIT $2",
    ).bind(after).bind(limit).fetch_all(c).await)?;
    let is_over = i64::try_from(rows.len()).unwrap_or(i64::MAX) < limit;
    let last = rows.last().map(|row| row.0.0);
    Ok((rows, Cursor { after: if is_over { None } else { last }, ..at }))
}

/// Tables that were changed, and those of databases that were.
async fn changed(tx: &mut Tx, at: Cursor, limit: i64) -> Result<(Vec<Row>, Cursor)> {
    let seqs: Vec<(i64, i64)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT seq, asset_id FROM change_log WHERE seq > $1 ORDER BY seq LIMIT $2",
    ).bind(at.seq).bind(limit).fetch_all(c).await)?;
    let seq = seqs.last().map_or(at.seq, |(seq, _)| *seq);
    let ids = crate::catalog::to_json(&seqs.iter().map(|(_, asset)| [asset]).collect::<Vec<_>>());
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT t.id, s.name, d.name, t.name FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id
         JOIN source s ON s.id = d.source_id
         WHERE t.id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1))
             OR t.database_id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1)) AND t.deleted_at IS NULL
         ORDER BY t.id",
    ).bind(ids).fetch_all(c).await)?;
    Ok((rows, Cursor { seq, ..at }))
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<i64> = text.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [policies, day, after, seq] = parts[..] else { return None };
        Some(Self { epoch: (policies, day), after: (after > 0).then(|| after - 1), seq })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let after = self.after.map_or(0, |after| after + 1);
        write!(f, "{}-{}-{after}-{}", self.epoch.0, self.epoch.1, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for cursor in [
            Cursor { epoch: (3, 20_788), after: Some(0), seq: 0 },
            Cursor { epoch: (3, 20_788), after: Some(41), seq: 9 },
            Cursor { epoch: (0, 0), after: None, seq: 7 },
        ] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        for wrong in ["", "1", "1-2-3", "a-b-c-d", "1-2-3-4-5"] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
