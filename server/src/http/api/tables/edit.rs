use crate::app::App;
use crate::audit::Origin;
use crate::curation::edit::{Editor, apply};
use crate::curation::may;
use crate::http::api::OfSource;
use crate::http::api::revision::{self, Tagged};
use crate::http::error::Result;
use crate::http::extract::{Json, Path, Query, Signed};
use axum::extract::State;
use axum::http::HeaderMap;
use reeve_model::asset::TableDetail;
use reeve_model::curation::Edit;
use reeve_model::problem::Problem;

/// Change what is said of a table: description, tags, certification, deprecation, comments and classes of columns
#[utoipa::path(
    patch, path = "/tables/{database}/{table}", tag = "catalog",
    params(
        ("database" = String, Path), ("table" = String, Path), OfSource,
        ("If-Match" = String, Header, description = "The entity tag of the answer that the change is made from"),
    ),
    request_body = Edit,
    responses(
        (status = 200, description = "As it is now", body = TableDetail),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else has edited it meanwhile", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "Without If-Match", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn edit(
    State(app): State<App>,
    Path((database, table)): Path<(String, String)>,
    Query(of): Query<OfSource>,
    caller: Signed,
    origin: Origin,
    headers: HeaderMap,
    Json(edit): Json<Edit>,
) -> Result<Tagged<TableDetail>> {
    let mut tx = app.db.write().await?;
    let found = super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    let id = found.summary.id;
    may::check(&caller.actor, &may::resource(&mut tx, &caller.actor, id).await?, &edit)?;
    let expected = revision::expected(&headers, &found.qualified_name)?;
    let by = Editor { login: &caller.actor.login, origin: &origin, now: app.clock.now() };
    apply(&mut tx, by, id, expected, &edit).await?;
    let table = super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    let table = table.prefer(app.config.catalog.comments.into());
    tx.commit().await?;
    Ok(Tagged(table.said.revision, table))
}
