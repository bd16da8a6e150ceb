//! The audit log: who did what, and whether the chain of it is whole.

use super::Visit;
use crate::app::App;
use crate::audit::{Act, Object, Origin, Walk, check, checkpoint, list as log};
use crate::catalog::to_json;
use crate::http::api::audit::Wanted;
use crate::http::error::{Error, Result};
use crate::http::extract::{Query, Signed};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Redirect, Response};
use futures::stream::try_unfold;
use reeve_frontend::pages::audit::{Asked, AuditPage};
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::permission::{Action, Denied, Resource};
use reeve_model::problem::Thing;
use serde::Deserialize;
use std::io;

const ROWS: i64 = 50;

/// Which part of the log is shown, and which row beside it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    cursor: String,
    row: String,
}

pub(super) async fn audit(
    State(app): State<App>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
    Query(shown): Query<Shown>,
) -> Result<Html<String>> {
    visit.caller.actor.may(Action::ReadAudit, &Resource::portal())?;
    let filter = wanted.filter(&app)?;
    let zone = app.config.server.time_zone;
    let today = app.clock.now().with_timezone(&zone).date_naive();
    let midnight = log::bound(&today.to_string(), zone, false).unwrap_or_else(|| app.clock.now());
    let mut tx = visit.read().await?;
    let cursor = Some(shown.cursor.as_str()).filter(|cursor| !cursor.is_empty());
    let entries = log::list(&mut tx, &filter, &visit.caller.hidden, cursor, ROWS).await?;
    let selected = match shown.row.as_str() {
        "" => None,
        row => {
            let found = match row.parse() {
                Ok(seq) => log::entry(&mut tx, seq, &visit.caller.hidden).await?,
                Err(_) => None,
            };
            Some(found.ok_or_else(|| Error::not_found(Thing::Act, row))?)
        }
    };
    let mut acted = entries.items.clone();
    acted.extend(selected.clone());
    let page = AuditPage {
        names: log::names(&mut tx, &acted).await?,
        summary: log::summary(&mut tx, midnight).await?,
        check: check::latest(&mut tx).await?,
        checkpoints: checkpoint::list(&mut tx).await?,
        asked: Asked {
            q: wanted.q,
            actor: wanted.actor,
            action: wanted.action,
            object: wanted.object,
            since: wanted.since,
            until: wanted.until,
        },
        is_first: cursor.is_none(),
        may_export: visit.caller.hidden.is_nothing(),
        entries,
        selected,
    };
    visit.render(tx, &page).await
}

/// `POST /audit/verify`: checks the whole chain now.
pub(super) async fn verify_now(State(app): State<App>, signed: Signed) -> Result<Redirect> {
    signed.actor.may(Action::ReadAudit, &Resource::portal())?;
    let found = check::examine(&app).await?;
    let mut tx = app.db.write().await?;
    check::keep(&mut tx, &found).await?;
    tx.commit().await?;
    Ok(Redirect::to("/audit"))
}

/// `POST /audit/export`: the whole log as JSON lines, each written after it was found right. Ends where the chain is
/// broken. The chain is whole or it is none: who may not know of everything does not get it.
pub(super) async fn export(State(app): State<App>, signed: Signed, origin: Origin) -> Result<Response> {
    signed.actor.may(Action::ReadAudit, &Resource::portal())?;
    if !signed.hidden.is_nothing() {
        return Err(Denied::Forbidden.into());
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    tx.record(Act::new(&origin, now, Event::AuditExported, Object::new(ObjectKind::Audit, "all", "audit log")));
    tx.commit().await?;
    let name = format!("attachment; filename=\"reeve-audit-{}.jsonl\"", now.format("%Y%m%dT%H%M%SZ"));
    let walk = Walk::begin(&mut app.db.read().await?, &[]).await?;
    let body = Body::from_stream(try_unfold((app, walk), next));
    Ok(([(CONTENT_TYPE, "application/jsonl".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

/// A part of the export. Each is read in a transaction of its own, so that a slow reader holds none: rows stay as they are.
async fn next((app, mut walk): (App, Walk)) -> io::Result<Option<(String, (App, Walk))>> {
    let mut tx = app.db.read().await.map_err(io::Error::other)?;
    let rows = walk.next(&mut tx).await.map_err(io::Error::other)?;
    let rows = rows.map_err(|broken| {
        tracing::error!(seq = broken.seq, "the export ends: the audit log is {broken}");
        io::Error::other(broken.to_string())
    })?;
    let text: String = rows.iter().map(|row| to_json(row) + "\n").collect();
    Ok((!text.is_empty()).then_some((text, (app, walk))))
}
