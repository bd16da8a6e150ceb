//! How long tables are kept, for whoever asks before he deletes.

pub mod changes;
pub mod query;
pub mod show;

use crate::app::App;
use crate::db::Tx;
use crate::http::error::Result;
use crate::retention;
use chrono::{DateTime, Utc};
use reeve_model::AssetId;
use reeve_model::reader::Lang;
use reeve_model::retention::RetentionAnswer;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Since {
    /// `cursor` of the answer before; without one everything is answered, a part at a time.
    pub(super) cursor: String,
    /// How many at most, 1 to 1000.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub(super) limit: Option<i64>,
}

/// What is answered of a table; nothing where there is none any more.
///
/// # Errors
/// When the database does not answer.
pub(in crate::http) async fn answer(
    tx: &mut Tx,
    app: &App,
    asset: AssetId,
    lang: Lang,
    now: DateTime<Utc>,
) -> Result<Option<RetentionAnswer>> {
    let today = app.calendar(now).day(now);
    let found = retention::table(tx, app, asset, today).await?;
    Ok(found.map(|(standing, effective)| {
        let explanation = reeve_frontend::retention::explain(lang, &effective);
        RetentionAnswer::new(&standing.source, &standing.database, &standing.table, effective, explanation)
    }))
}

/// With the names that reeve.toml gives its fields, for a script that somebody already has.
pub(in crate::http) fn renamed(app: &App, answer: &RetentionAnswer) -> Value {
    let names = &app.config.governance.retention_fields;
    let value = serde_json::to_value(answer).unwrap_or_default();
    let Value::Object(fields) = value else { return value };
    let renamed = fields.into_iter().map(|(name, value)| (names.get(&name).cloned().unwrap_or(name), value));
    Value::Object(renamed.collect::<Map<_, _>>())
}
