//! `/people`: who there is, and what is not certain about them.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use crate::jobs::{Work, enqueue};
use crate::people::list::{Filter, counts, list, questions, teams};
use crate::people::manage;
use axum::extract::State;
use axum::response::{Html, Redirect};
use reeve_frontend::form::Form as Typed;
use reeve_frontend::pages::people::{ANSWER, APART, CONFLICTS, PeopleFilter, PeoplePage, SAME};
use reeve_model::Word;
use reeve_model::permission::{Action, Resource};
use reeve_model::person::PersonState;
use serde::Deserialize;

const PEOPLE: i64 = 50;
const TEAMS: i64 = 100;
const QUESTIONS: i64 = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    show: String,
    kind: String,
    cursor: Option<String>,
}

pub(super) async fn people(visit: Visit, Query(asked): Query<Asked>) -> Result<Html<String>> {
    visit.caller.actor.may(Action::SeePeople, &Resource::portal())?;
    let filter = Filter {
        q: asked.q.clone(),
        state: PersonState::parse(&asked.show),
        services: match asked.kind.as_str() {
            "person" => Some(false),
            "service" => Some(true),
            _ => None,
        },
        in_conflict: asked.show == CONFLICTS,
    };
    let cursor = asked.cursor.filter(|cursor| !cursor.is_empty());
    let mut tx = visit.read().await?;
    let page = PeoplePage {
        counts: counts(&mut tx).await?,
        people: list(&mut tx, &filter, cursor.as_deref(), PEOPLE).await?,
        teams: teams(&mut tx, TEAMS).await?,
        questions: questions(&mut tx, QUESTIONS).await?,
        filter: PeopleFilter { q: asked.q, show: asked.show, kind: asked.kind, cursor },
        may_manage: visit.caller.actor.can(Action::ManagePeople, &Resource::portal()),
    };
    visit.render(tx, &page).await
}

/// `POST /people/questions/{id}`: one person, or different ones. One that is no more asked changes nothing.
pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<i64>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect> {
    visit.caller.actor.may(Action::ManagePeople, &Resource::portal())?;
    let form = Typed::new(pairs);
    let same = match form.value(ANSWER) {
        SAME => true,
        APART => false,
        other => return Err(Error::not_one_of(ANSWER, other, &[SAME, APART])),
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if manage::answer(&mut tx, &origin, id, same, now).await? {
        enqueue(&mut tx, &Work::People, now, now).await.map_err(Error::internal)?;
    }
    tx.commit().await?;
    app.job_bell.notify_one();
    Ok(Redirect::to("/people"))
}
