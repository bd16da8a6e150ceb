use crate::app::App;
use crate::http::api::OfSource;
use crate::http::api::revision::Tagged;
use crate::http::error::Result;
use crate::http::extract::{Path, Query, Signed};
use axum::extract::State;
use reeve_model::asset::TableDetail;
use reeve_model::problem::Problem;

/// One table or view, with its columns
#[utoipa::path(
    get, path = "/tables/{database}/{table}", tag = "catalog",
    params(("database" = String, Path), ("table" = String, Path), OfSource),
    responses((status = 200, body = TableDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn show(
    State(app): State<App>,
    caller: Signed,
    Path((database, table)): Path<(String, String)>,
    Query(of): Query<OfSource>,
) -> Result<Tagged<TableDetail>> {
    let mut tx = app.db.read().await?;
    let table = super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    let table = table.prefer(app.config.catalog.comments.into());
    Ok(Tagged(table.said.revision, table))
}
