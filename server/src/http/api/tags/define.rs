use crate::app::App;
use crate::audit::Origin;
use crate::curation::edit::Editor;
use crate::curation::tags::{self, LONGEST_TITLE, is_name};
use crate::http::error::{Error, Result};
use crate::http::extract::{Json, Path, Signed};
use axum::extract::State;
use axum::http::StatusCode;
use reeve_model::curation::TagTitles;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{CurationRefusal, Problem, Reason};

/// Put a tag on the list, or give it other titles
#[utoipa::path(
    put, path = "/tags/{name}", tag = "catalog",
    params(("name" = String, Path, description = "Letters, digits, `-`, `_` and `.`; kept in lower case")),
    request_body = TagTitles,
    responses(
        (status = 204, description = "It is on the list"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn define(
    State(app): State<App>,
    Path(name): Path<String>,
    caller: Signed,
    origin: Origin,
    Json(titles): Json<TagTitles>,
) -> Result<StatusCode> {
    caller.actor.may(Action::ManageRules, &Resource::portal())?;
    let refused = |refusal: CurationRefusal| Error::from(Reason::from(refusal));
    if !is_name(name.trim()) {
        return Err(refused(CurationRefusal::NoTagName { name: name.chars().take(100).collect() }));
    }
    for (field, title) in [("title_ko", &titles.title_ko), ("title_en", &titles.title_en)] {
        if title.chars().count() > LONGEST_TITLE {
            let most = i64::try_from(LONGEST_TITLE).unwrap_or(i64::MAX);
            return Err(refused(CurationRefusal::TooLong { field: field.to_owned(), most }));
        }
    }
    let mut tx = app.db.write().await?;
    let by = Editor { login: &caller.actor.login, origin: &origin, now: app.clock.now() };
    tags::define(&mut tx, by, &name, &titles.title_ko, &titles.title_en, false).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
