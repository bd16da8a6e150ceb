use crate::app::App;
use crate::http::api::{Filter, OfSource, Page};
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Query, Signed};
use axum::Json;
use axum::extract::State;
use reeve_model::asset::{ColumnDetail, Paged, TableDetail};
use reeve_model::problem::Problem;

/// The columns of a table, in their order, partition keys last
#[utoipa::path(
    get, path = "/tables/{database}/{table}/columns", tag = "catalog",
    params(("database" = String, Path), ("table" = String, Path), Page, Filter, OfSource),
    responses((status = 200, body = Paged<ColumnDetail>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub async fn columns(
    State(app): State<App>,
    caller: Signed,
    Path((database, table)): Path<(String, String)>,
    Query(page): Query<Page>,
    Query(filter): Query<Filter>,
    Query(of): Query<OfSource>,
) -> Result<Json<Paged<ColumnDetail>>> {
    let mut tx = app.db.read().await?;
    let table = super::find(&mut tx, &caller.hidden, &database, &table, of.name()).await?;
    let table = table.prefer(app.config.catalog.comments.into());
    Ok(Json(select(&table, &filter.q, page.cursor(), page.limit()?)?))
}

/// Columns whose name, type or comment contains `filter` in any case; the cursor counts those already shown.
///
/// # Errors
/// A bad request when the cursor is no number.
pub fn select(table: &TableDetail, filter: &str, cursor: Option<&str>, limit: i64) -> Result<Paged<ColumnDetail>> {
    let wanted = filter.to_lowercase();
    let matches = |column: &&ColumnDetail| {
        wanted.is_empty()
            || column.name.to_lowercase().contains(&wanted)
            || column.data_type.to_lowercase().contains(&wanted)
            || column.comment.as_ref().is_some_and(|comment| comment.to_lowercase().contains(&wanted))
    };
    let skip: usize = match cursor {
        None => 0,
        Some(text) => text.parse().map_err(|_| Error::bad_cursor(text))?,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let all: Vec<&ColumnDetail> = table.columns_list.iter().chain(&table.partition_keys).filter(matches).collect();
    let items: Vec<ColumnDetail> = all.iter().skip(skip).take(limit).map(|column| (*column).clone()).collect();
    let next_cursor = (skip + items.len() < all.len()).then(|| (skip + items.len()).to_string());
    Ok(Paged { items, total: i64::try_from(all.len()).unwrap_or(i64::MAX), next_cursor })
}
