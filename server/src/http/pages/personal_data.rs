//! Personal data over the whole catalog, to be decided many at a time.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::curation::edit::{Editor, apply, standing};
use crate::curation::may;
use crate::curation::personal::{self, Filter};
use crate::http::error::Result;
use crate::http::extract::{Form, Query};
use crate::http::preferences;
use axum::extract::State;
use axum::response::{Html, Redirect};
use reeve_frontend::pages::personal_data::{COLUMN, CONFIRM, DECISION, Found, PersonalDataPage, REJECT, address};
use reeve_model::curation::{ColumnEdit, Edit};
use reeve_model::permission::{Action, Resource};
use reeve_model::personal_data::Class;
use reeve_model::problem::RequestRefusal;
use reeve_model::{AssetId, Word};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Columns on a page.
const COLUMNS: i64 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    class: String,
    database: String,
    cursor: String,
    decided: Option<i64>,
    forbidden: Option<i64>,
}

/// `GET /personal-data`
pub(super) async fn show(Query(asked): Query<Asked>, visit: Visit) -> Result<Html<String>> {
    visit.caller.actor.may(Action::Propose, &Resource::portal())?;
    let filter = Filter {
        decided: asked.state == "decided",
        class: Class::parse(&asked.class),
        database: asked.database.trim().to_owned(),
    };
    let cursor = Some(asked.cursor.as_str()).filter(|cursor| !cursor.is_empty());
    let mut tx = visit.read().await?;
    let list = personal::list(&mut tx, &filter, &visit.caller.hidden, cursor, COLUMNS).await?;
    let items = list.items.into_iter().map(|found| Found {
        table: found.table.0,
        source: found.source,
        ambiguous: found.ambiguous,
        database: found.database,
        name: found.name,
        column: found.column,
        class: found.class,
        suggested: found.suggested,
        reason_ko: found.reason_ko,
        reason_en: found.reason_en,
        by: found.by,
    });
    let page = PersonalDataPage {
        found: reeve_model::asset::Paged { items: items.collect(), total: list.total, next_cursor: list.next_cursor },
        back: address(filter.decided, filter.class, &filter.database),
        decided: filter.decided,
        class: filter.class,
        database: filter.database,
        is_first: cursor.is_none(),
        done: asked.decided.map(|decided| (decided, asked.forbidden.unwrap_or_default())),
    };
    visit.render(tx, &page).await
}

/// `POST /personal-data`: one decision for all columns that are chosen. Those of tables that are not his to classify are
/// left, and told.
pub(super) async fn decide(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let value =
        |name: &str| pairs.iter().rev().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let decision = value(DECISION);
    let class = match decision {
        CONFIRM => None,
        REJECT => Some(Class::None),
        word => {
            Some(Class::parse(word).ok_or_else(|| crate::http::error::Error::from(RequestRefusal::UnreadableBody))?)
        }
    };
    let mut chosen: BTreeMap<AssetId, Vec<&str>> = BTreeMap::new();
    for (field, key) in &pairs {
        if field == COLUMN
            && let Some((table, column)) = key.split_once(':')
            && let Ok(table) = table.parse()
        {
            chosen.entry(AssetId(table)).or_default().push(column);
        }
    }
    let actor = &visit.caller.actor;
    let by = Editor { login: &actor.login, origin: &origin, now: app.clock.now() };
    let (mut decided, mut forbidden) = (0_i64, 0_i64);
    let mut tx = app.db.write().await?;
    for (table, columns) in chosen {
        let Some(now) = standing(&mut tx, table).await? else { continue };
        let mut edit = Edit::default();
        for name in columns.into_iter().filter(|name| now.columns.contains(*name)) {
            let shown = now.notes.get(name).and_then(|note| note.personal_data.as_ref()).map(|data| data.class);
            if let Some(class) = class.or(shown) {
                let column = ColumnEdit { comment: None, personal_data: Some(Some(class)) };
                edit.columns.insert(name.to_owned(), column);
            }
        }
        let count = i64::try_from(edit.columns.len()).unwrap_or(i64::MAX);
        if may::check(actor, &may::known(&mut tx, actor, &visit.caller.hidden, table).await?, &edit).is_err() {
            forbidden += count;
        } else if apply(&mut tx, by, table, None, &edit).await?.is_some() {
            decided += count;
        }
    }
    tx.commit().await?;
    let back = preferences::local(value("back"));
    let sign = if back.contains('?') { '&' } else { '?' };
    Ok(Redirect::to(&format!("{back}{sign}decided={decided}&forbidden={forbidden}")))
}
