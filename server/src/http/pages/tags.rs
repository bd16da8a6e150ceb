//! The governed list of tags.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::curation::CurationError;
use crate::curation::edit::Editor;
use crate::curation::tags::{self, LONGEST_TITLE, define, is_name, remove};
use crate::http::error::Result;
use crate::http::extract::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::{Form as Typed, Mistake};
use reeve_frontend::pages::tags::{NAME, TITLE_EN, TITLE_KO, TagsPage};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Reason;

async fn load(visit: &Visit, form: Typed, refused: Option<Reason>) -> Result<Html<String>> {
    let mut tx = visit.read().await?;
    let tags = tags::list(&mut tx).await?;
    let may_manage = visit.caller.actor.can(Action::ManageRules, &Resource::portal());
    visit.render(tx, &TagsPage { tags, may_manage, form, refused }).await
}

/// `GET /tags`
pub(super) async fn show(visit: Visit) -> Result<Html<String>> {
    load(&visit, Typed::default(), None).await
}

/// `POST /tags`
pub(super) async fn add(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let actor = &visit.caller.actor;
    actor.may(Action::ManageRules, &Resource::portal())?;
    let mut form = Typed::new(pairs);
    let name = form.value(NAME).trim().to_lowercase();
    if !is_name(&name) {
        form.refuse(NAME, Mistake::NoChoice);
    }
    let (ko, en) = (form.text(TITLE_KO, 1, LONGEST_TITLE), form.text(TITLE_EN, 1, LONGEST_TITLE));
    let mut refused = None;
    if form.is_right() {
        let mut tx = app.db.write().await?;
        let by = Editor { login: &actor.login, origin: &origin, now: app.clock.now() };
        match define(&mut tx, by, &name, &ko, &en, true).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(Redirect::to("/tags").into_response());
            }
            Err(CurationError::Refused(refusal)) => refused = Some(Reason::from(refusal)),
            Err(other) => return Err(other.into()),
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, load(&visit, form, refused).await?).into_response())
}

/// `POST /tags/remove`
pub(super) async fn take(
    State(app): State<App>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    let actor = &visit.caller.actor;
    actor.may(Action::ManageRules, &Resource::portal())?;
    let form = Typed::new(pairs);
    let mut tx = app.db.write().await?;
    let by = Editor { login: &actor.login, origin: &origin, now: app.clock.now() };
    remove(&mut tx, by, form.value(NAME)).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tags"))
}
