//! One change to all tables that a search finds.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::curation::bulk::{self, MOST, Place};
use crate::curation::edit::Editor;
use crate::curation::{CurationError, tags};
use crate::http::api::search::parse;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::bulk_edit::{BulkEditPage, BulkMadePage, COUNT, Preview, QUERY, change};
use reeve_model::Word;
use reeve_model::asset::AssetKind;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Reason, RequestRefusal};
use reeve_model::search::{FacetField, SearchRequest, Sort};

/// Hits that one search answers with.
const AT_ONCE: usize = 100;

/// A search for tables and views alone.
fn request(query: &str) -> Result<SearchRequest> {
    let mut request = parse(query)?;
    let is_kind = |(field, _): &(FacetField, String)| *field == FacetField::Type;
    if !request.filters.iter().any(is_kind) {
        for kind in [AssetKind::Table, AssetKind::View] {
            request.filters.push((FacetField::Type, kind.as_str().to_owned()));
        }
    }
    Ok(SearchRequest { sort: Sort::Name, limit: AT_ONCE, cursor: None, facets: false, explain: false, ..request })
}

/// What a search finds, as far as one edit goes, and how many there are in all.
async fn found(app: &App, visit: &Visit, query: &str) -> Result<(Vec<Place>, u64)> {
    let mut request = request(query)?;
    let mut places = Vec::new();
    loop {
        let answer = app.search(request.clone(), &visit.caller.hidden).await?;
        for hit in answer.hits {
            if let (Some(table), AssetKind::Table | AssetKind::View) = (hit.table, hit.kind) {
                places.push(Place { source: hit.source, database: hit.database, table });
            }
        }
        match answer.next_cursor {
            Some(cursor) if places.len() < MOST => request.cursor = Some(cursor),
            _ => {
                places.truncate(MOST);
                return Ok((places, answer.total));
            }
        }
    }
}

async fn page(app: &App, visit: &Visit, query: &str, total: u64, form: Typed) -> Result<BulkEditPage> {
    let request = request(query)?;
    let filters = parse(query)?.filters;
    let filters: Vec<String> = filters.iter().map(|(field, value)| format!("{}:{value}", field.as_str())).collect();
    let tags = tags::list(&mut app.db.read().await?).await?;
    visit.caller.actor.may(Action::Propose, &Resource::portal())?;
    Ok(BulkEditPage {
        query: query.to_owned(),
        searched: format!("{} {}", request.q, filters.join(" ")).trim().to_owned(),
        found: i64::try_from(total).unwrap_or(i64::MAX),
        most: i64::try_from(MOST).unwrap_or(i64::MAX),
        tags,
        form,
        preview: None,
        refused: None,
    })
}

/// `GET /search/edit?q=`
pub(super) async fn show(State(app): State<App>, RawQuery(query): RawQuery, visit: Visit) -> Result<Html<String>> {
    let query = query.unwrap_or_default();
    let answer = app.search(SearchRequest { limit: 1, ..request(&query)? }, &visit.caller.hidden).await?;
    let page = page(&app, &visit, &query, answer.total, Typed::default()).await?;
    visit.render(visit.read().await?, &page).await
}

/// `POST /search/edit`: what it would do.
pub(super) async fn preview(
    State(app): State<App>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    look(&app, &visit, Typed::new(pairs)).await
}

async fn look(app: &App, visit: &Visit, form: Typed) -> Result<Response> {
    let query = form.value(QUERY).to_owned();
    let change = change(&form).ok_or_else(|| Error::from(RequestRefusal::UnreadableBody))?;
    let (places, total) = found(app, visit, &query).await?;
    let mut page = page(app, visit, &query, total, form).await?;
    let mut tx = visit.read().await?;
    let tables = bulk::tables_at(&mut tx, &places).await?;
    let status = match bulk::preview(&mut tx, &visit.caller.actor, &tables, &change).await {
        Ok(seen) => {
            let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            page.preview = Some(Preview {
                changed: count(seen.changed),
                unchanged: count(seen.unchanged),
                forbidden: count(seen.forbidden),
                examples: seen.examples,
            });
            StatusCode::OK
        }
        Err(CurationError::Refused(refusal)) => {
            page.refused = Some(Reason::from(refusal));
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(other) => return Err(other.into()),
    };
    Ok((status, visit.render(tx, &page).await?).into_response())
}

/// `POST /search/edit/make`. Where the search finds another number of tables than the preview said, it is shown again.
pub(super) async fn make(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let form = Typed::new(pairs);
    let actor = &visit.caller.actor;
    actor.may(Action::Propose, &Resource::portal())?;
    let query = form.value(QUERY).to_owned();
    let change = change(&form).ok_or_else(|| Error::from(RequestRefusal::UnreadableBody))?;
    let (places, _) = found(&app, &visit, &query).await?;
    let mut tx = app.db.write().await?;
    let tables = bulk::tables_at(&mut tx, &places).await?;
    let seen = match bulk::preview(&mut tx, actor, &tables, &change).await {
        Ok(seen) => seen,
        Err(CurationError::Refused(_)) => {
            drop(tx);
            return look(&app, &visit, form).await;
        }
        Err(other) => return Err(other.into()),
    };
    if form.value(COUNT) != seen.changed.to_string() {
        drop(tx);
        return look(&app, &visit, form).await;
    }
    let by = Editor { login: &actor.login, origin: &origin, now: app.clock.now() };
    match bulk::make(&mut tx, by, actor, &tables, &change, &query).await? {
        Some(id) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/search/edit/{id}")).into_response())
        }
        None => Ok(Redirect::to(&format!("/search?{query}")).into_response()),
    }
}

/// `GET /search/edit/{id}`: to whoever made it and who reads the audit log.
pub(super) async fn made(Path(id): Path<i64>, visit: Visit) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let made = bulk::find(&mut tx, id).await?.ok_or_else(|| Error::from(RequestRefusal::NoSuchAddress))?;
    let actor = &visit.caller.actor;
    let is_own = actor.person.is_some_and(|person| made.person_id == Some(person.0));
    if !is_own {
        actor.may(Action::ReadAudit, &Resource::portal())?;
    }
    let page = BulkMadePage {
        id,
        change: made.change()?,
        query: made.query,
        tables: made.tables,
        made_by: made.made_by,
        made_at: made.made_at,
        undone_by: made.undone_by,
        undone_at: made.undone_at,
        kept: made.kept,
        may_undo: is_own || actor.can(Action::ManageRules, &Resource::portal()),
    };
    visit.render(tx, &page).await
}

/// `POST /search/edit/{id}/undo`
pub(super) async fn undo(
    State(app): State<App>,
    Path(id): Path<i64>,
    visit: Visit,
    origin: Origin,
) -> Result<Redirect> {
    let actor = &visit.caller.actor;
    let mut tx = app.db.write().await?;
    let made = bulk::find(&mut tx, id).await?.ok_or_else(|| Error::from(RequestRefusal::NoSuchAddress))?;
    if actor.person.is_none_or(|person| made.person_id != Some(person.0)) {
        actor.may(Action::ManageRules, &Resource::portal())?;
    }
    let by = Editor { login: &actor.login, origin: &origin, now: app.clock.now() };
    bulk::undo(&mut tx, by, actor, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/search/edit/{id}")))
}
