use super::{answer, renamed};
use crate::app::App;
use crate::catalog::tables;
use crate::http::error::{Error, Result};
use crate::http::extract::{Json as Sent, Signed, Spoken};
use axum::Json;
use axum::extract::State;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// More than these nobody asks at once.
const MOST: usize = 1_000;

/// Of which tables.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// `db.table`, 1,000 at most.
    tables: Vec<String>,
    #[serde(default)]
    source: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Answers {
    /// As of one table, in the order of the question.
    #[schema(value_type = Vec<reeve_model::retention::RetentionAnswer>)]
    items: Vec<Value>,
    /// Those that are not in the catalog: nothing is known of them, and unknown means keep.
    unknown: Vec<String>,
}

/// How long many tables are kept
#[utoipa::path(
    post, path = "/retention/query", tag = "governance", request_body = Tables,
    responses((status = 200, body = Answers), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
pub async fn query(
    State(app): State<App>,
    caller: Signed,
    Spoken(lang): Spoken,
    Sent(asked): Sent<Tables>,
) -> Result<Json<Answers>> {
    caller.actor.may(Action::See, &Resource::portal())?;
    if asked.tables.len() > MOST {
        return Err(Error::out_of_range("tables", asked.tables.len(), 0, i64::try_from(MOST).unwrap_or(i64::MAX)));
    }
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let mut answers = Answers { items: Vec::with_capacity(asked.tables.len()), unknown: Vec::new() };
    for name in asked.tables {
        let found = match name.split_once('.') {
            Some((database, table)) => {
                tables::find(&mut tx, database, table, asked.source.as_deref(), &caller.hidden).await?
            }
            None => None,
        };
        let answer = match found {
            Some(table) => answer(&mut tx, &app, table.summary.id, lang, now).await?,
            None => None,
        };
        match answer {
            Some(answer) => answers.items.push(renamed(&app, &answer)),
            None => answers.unknown.push(name),
        }
    }
    Ok(Json(answers))
}
