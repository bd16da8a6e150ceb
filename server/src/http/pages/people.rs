//! `/people`: who there is, and what is not certain about them.

use super::Visit;
use crate::app::App;
use crate::audit::Origin;
use crate::db::Tx;
use crate::http::error::{Error, Result};
use crate::http::extract::{Form, Path, Query};
use crate::jobs::{Work, enqueue};
use crate::people::accounts::{self, Answered, Whose};
use crate::people::list::{Filter, counts, list, questions, teams};
use crate::people::manage;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use reeve_frontend::form::{Form as Typed, Mistake};
use reeve_frontend::pages::people::{ANSWER, APART, CONFLICTS, KNOWN, LOGIN, NEW, PeopleFilter, PeoplePage, SAME};
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
    let mut tx = visit.read().await?;
    let page = page(&visit, &mut tx, asked, (0, Typed::default())).await?;
    visit.render(tx, &page).await
}

async fn page(visit: &Visit, tx: &mut Tx, asked: Asked, answer: (i64, Typed)) -> Result<PeoplePage> {
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
    let may_manage = visit.caller.actor.can(Action::ManagePeople, &Resource::portal());
    Ok(PeoplePage {
        counts: counts(tx).await?,
        people: list(tx, &filter, cursor.as_deref(), PEOPLE).await?,
        teams: teams(tx, TEAMS).await?,
        questions: questions(tx, QUESTIONS).await?,
        accounts: if may_manage { accounts::questions(tx, QUESTIONS).await? } else { vec![] },
        answer,
        filter: PeopleFilter { q: asked.q, show: asked.show, kind: asked.kind, cursor },
        may_manage,
    })
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

/// `POST /people/accounts/{id}`: whose an account is. What cannot be so comes back; one that is no more asked changes nothing.
pub(super) async fn join(
    State(app): State<App>,
    Path(id): Path<i64>,
    visit: Visit,
    origin: Origin,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    visit.caller.actor.may(Action::ManagePeople, &Resource::portal())?;
    let mut form = Typed::new(pairs);
    let whose = match form.value(ANSWER) {
        KNOWN => Whose::Known,
        NEW => Whose::New,
        other => return Err(Error::not_one_of(ANSWER, other, &[KNOWN, NEW])),
    };
    let login = form.text(LOGIN, 1, 200);
    if form.is_right() {
        let mut tx = app.db.write().await?;
        let answered = accounts::answer(&mut tx, &origin, id, (whose, &login), app.clock.now()).await?;
        tx.commit().await?;
        match answered {
            Answered::Joined(_) | Answered::NotAsked => return Ok(Redirect::to("/people").into_response()),
            Answered::Nobody => form.refuse(LOGIN, Mistake::Nobody),
            Answered::HasLeft => form.refuse(LOGIN, Mistake::HasLeft),
            Answered::LoginTaken => form.refuse(LOGIN, Mistake::Taken),
        }
    }
    let mut tx = visit.read().await?;
    let page = page(&visit, &mut tx, Asked::default(), (id, form)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.render(tx, &page).await?).into_response())
}
