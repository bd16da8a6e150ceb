//! Comments and classes of columns, edited in a form.

use super::{ListQuery, Visit};
use crate::app::App;
use crate::audit::Origin;
use crate::curation::edit::{Editor, apply};
use crate::curation::{CurationError, may};
use crate::db::Tx;
use crate::http::api::tables::columns::select;
use crate::http::api::tables::find;
use crate::http::error::Result;
use crate::http::extract::{Form, Path, Query};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::link::table_page;
use reeve_frontend::pages::edit_columns::{CLASS, COMMENT, EditColumnsPage, REVISION};
use reeve_model::Word;
use reeve_model::asset::TableDetail;
use reeve_model::curation::{Author, ColumnEdit, Edit};
use reeve_model::permission::{Action, Resource};
use reeve_model::personal_data::Class;
use reeve_model::problem::{AuthRefusal, CurationRefusal, Reason};
use std::collections::BTreeMap;

/// Columns on one page of the form.
const COLUMNS: i64 = 100;

async fn load(
    tx: &mut Tx,
    visit: &Visit,
    place: &(String, String),
    query: &ListQuery,
) -> Result<(TableDetail, EditColumnsPage)> {
    let table = find(tx, &visit.caller.hidden, &place.0, &place.1, query.source.as_deref()).await?;
    let resource = may::resource(tx, &visit.caller.actor, table.summary.id).await?;
    let can = |action, resource: &Resource| visit.caller.actor.can(action, resource);
    let (may_comment, may_classify) = (can(Action::EditDescription, &resource), can(Action::Classify, &resource));
    if !may_comment && !may_classify {
        return Err(AuthRefusal::Forbidden.into());
    }
    let page = EditColumnsPage {
        name: table.qualified_name.clone(),
        home: table_page(&table.summary, "columns"),
        action: visit.uri.clone(),
        revision: table.said.revision,
        columns: select(&table, &query.q, query.cursor(), COLUMNS)?,
        is_first: query.cursor().is_none(),
        may_comment,
        may_classify,
        refused: None,
    };
    Ok((table, page))
}

/// `GET /tables/{database}/{table}/columns/edit`
pub(super) async fn show(
    Path(place): Path<(String, String)>,
    Query(query): Query<ListQuery>,
    visit: Visit,
) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let (_, page) = load(&mut tx, &visit, &place, &query).await?;
    visit.render(tx, &page).await
}

/// `POST /tables/{database}/{table}/columns/edit`
pub(super) async fn save(
    State(app): State<App>,
    Path(place): Path<(String, String)>,
    Query(query): Query<ListQuery>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (table, mut page) = load(&mut visit.read().await?, &visit, &place, &query).await?;
    let sent: BTreeMap<String, String> = pairs.into_iter().collect();
    let mut columns: BTreeMap<String, ColumnEdit> = BTreeMap::new();
    for (field, value) in &sent {
        let value = value.trim();
        if let Some(name) = field.strip_prefix(COMMENT).filter(|_| page.may_comment) {
            columns.entry(name.to_owned()).or_default().comment = Some((!value.is_empty()).then(|| value.to_owned()));
        } else if let Some(name) = field.strip_prefix(CLASS).filter(|_| page.may_classify) {
            columns.entry(name.to_owned()).or_default().personal_data = Some(Class::parse(value));
        }
    }
    let edit = Edit { columns, ..Edit::default() };
    let actor = &visit.caller.actor;
    let id = table.summary.id;
    let mut tx = app.db.write().await?;
    may::check(actor, &may::resource(&mut tx, actor, id).await?, &edit)?;
    let seen = sent.get(REVISION).and_then(|seen| seen.parse().ok()).unwrap_or(-1);
    let by = Editor { login: &actor.login, origin: &origin, now: app.clock.now() };
    match apply(&mut tx, by, id, Some(seen), &edit).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to(&page.home).into_response())
        }
        Err(CurationError::Refused(refusal)) => {
            drop(tx);
            let is_stale = matches!(refusal, CurationRefusal::Stale { .. });
            let status = if is_stale { StatusCode::PRECONDITION_FAILED } else { StatusCode::UNPROCESSABLE_ENTITY };
            // What was typed stays; what it says now is on the tab.
            for column in &mut page.columns.items {
                if let Some(typed) = sent.get(&format!("{COMMENT}{}", column.column.name)) {
                    let source = match column.comment_from {
                        Some(Author::Portal) => column.other_comment.take(),
                        _ => column.column.comment.take(),
                    };
                    column.column.comment = Some(typed.clone());
                    column.other_comment = source;
                    column.comment_from = Some(Author::Portal);
                }
            }
            page.refused = Some(Reason::from(refusal));
            Ok((status, visit.render(visit.read().await?, &page).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
