use crate::app::App;
use crate::auth::Via;
use crate::catalog::to_json;
use crate::db::on;
use crate::http::error::{Error, Result};
use crate::http::extract::Signed;
use axum::Json;
use axum::extract::State;
use reeve_model::account::Me;
use reeve_model::problem::{AuthRefusal, Problem};

/// Who asks, and what he may
#[utoipa::path(
    get, path = "/me", tag = "people",
    responses((status = 200, body = Me), (status = 401, body = Problem, content_type = "application/problem+json"))
)]
pub async fn me(State(app): State<App>, caller: Signed) -> Result<Json<Me>> {
    let actor = &caller.actor;
    let person = actor.person.ok_or_else(|| Error::from(AuthRefusal::SignInNeeded))?;
    let mut tx = app.db.read().await?;
    let (mail, kind): (Option<String>, String) = on!(&mut tx, c => sqlx::query_as(
        "SELECT p.mail, a.kind FROM person p JOIN asset a ON a.id = p.id WHERE p.id = $1",
    ).bind(person).fetch_one(c).await)?;
    let ids: Vec<[i64; 1]> = actor.teams.iter().map(|team| [team.0]).collect();
    let teams: Vec<String> = on!(&mut tx, c => sqlx::query_scalar(
        "SELECT name FROM team WHERE id IN (SELECT CAST(value->>0 AS BIGINT) FROM json_each($1)) ORDER BY name",
    ).bind(to_json(&ids)).fetch_all(c).await)?;
    Ok(Json(Me {
        login: actor.login.clone(),
        name: actor.name.clone(),
        mail,
        kind,
        roles: actor.roles.clone(),
        groups: actor.groups.clone(),
        teams,
        via: if matches!(caller.via, Via::Token(_)) { "token" } else { "session" }.to_owned(),
        scopes: actor.scopes.clone(),
    }))
}
