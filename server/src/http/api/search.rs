use crate::app::App;
use crate::auth::Caller;
use crate::http::error::{Error, Result};
use crate::http::extract::Signed;
use crate::owners::words_of;
use axum::Json;
use axum::extract::{RawQuery, State};
use reeve_model::Word;
use reeve_model::problem::Problem;
use reeve_model::search::{FacetField, SearchRequest, SearchResponse, Sort};

/// Chosen values of facets in one request.
const MOST_FILTERS: usize = 100;

/// Search tables, views, databases and columns
#[utoipa::path(
    get, path = "/search", tag = "search",
    params(
        ("q" = Option<String>, Query, description = "The query: words, \"phrases\", -not, db:, column:, owner: (a login, team/NAME, me, departed, suspected, on_leave), tag:, type:, format:, partitioned:, created:, size:, pii:, is:, has:, no:"),
        ("limit" = Option<i64>, Query, description = "How many hits at most, 1 to 100; 20 unless told", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("facets" = Option<bool>, Query, description = "Count hits by type, db, owner, tag, format, source, partitioned, description, personal_data, undecided, certified, deprecated, owner_state"),
        ("sort" = Option<Sort>, Query, description = "relevance unless told"),
        ("explain" = Option<bool>, Query, description = "Say what each reason added to the score"),
        ("type" = Option<Vec<String>>, Query, description = "Filters: any of the values of one field, and all of the fields"),
        ("db" = Option<Vec<String>>, Query, description = "As type, by database"),
        ("owner" = Option<Vec<String>>, Query, description = "As type, by owner"),
        ("tag" = Option<Vec<String>>, Query, description = "As type, by tag"),
        ("format" = Option<Vec<String>>, Query, description = "As type, by storage format"),
        ("source" = Option<Vec<String>>, Query, description = "As type, by source"),
        ("partitioned" = Option<Vec<String>>, Query, description = "As type, yes or no"),
        ("description" = Option<Vec<String>>, Query, description = "As type, yes or no"),
        ("personal_data" = Option<Vec<String>>, Query, description = "As type, by the strictest class of its columns: indirect, direct, sensitive"),
        ("undecided" = Option<Vec<String>>, Query, description = "As type, yes or no: classes that are suggested and not decided"),
        ("certified" = Option<Vec<String>>, Query, description = "As type, yes or no"),
        ("deprecated" = Option<Vec<String>>, Query, description = "As type, yes or no"),
        ("owner_state" = Option<Vec<String>>, Query, description = "As type, by how it stands with the data owners: active, on_leave, suspected, departed, none"),
    ),
    responses(
        (status = 200, body = SearchResponse),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The index is being built", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn search(State(app): State<App>, caller: Signed, RawQuery(query): RawQuery) -> Result<Json<SearchResponse>> {
    let mut request = parse(query.as_deref().unwrap_or_default())?;
    ask_as(&app, &caller, &mut request).await?;
    Ok(Json(app.search(request, &caller.hidden).await?))
}

/// Says who `owner:me` is, where the query asks for it.
///
/// # Errors
/// When the database does not answer.
pub(in crate::http) async fn ask_as(app: &App, caller: &Caller, request: &mut SearchRequest) -> Result<()> {
    if reeve_model::query::parse(&request.q).asks_for_me() {
        request.me = words_of(&mut app.db.read().await?, &caller.actor).await?;
    }
    Ok(())
}

/// A search request out of a URL's query string; the search page reads its URL in the same way.
///
/// # Errors
/// A bad request that names the parameter and what it takes.
pub fn parse(query: &str) -> Result<SearchRequest> {
    let mut request = SearchRequest { limit: 20, ..SearchRequest::default() };
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "q" => request.q = value.into_owned(),
            "limit" => request.limit = limit(&value)?,
            "cursor" if value.is_empty() => {}
            "cursor" => request.cursor = Some(value.into_owned()),
            "facets" => request.facets = flag(&key, &value)?,
            "explain" => request.explain = flag(&key, &value)?,
            "sort" => {
                let known = || Error::not_one_of("sort", &value, &Sort::words());
                request.sort = Sort::parse(&value).ok_or_else(known)?;
            }
            other => {
                if let Some(field) = FacetField::parse(other)
                    && !value.is_empty()
                {
                    request.filters.push((field, value.into_owned()));
                }
            }
        }
    }
    // Nobody chooses so many; each costs.
    if request.filters.len() > MOST_FILTERS {
        return Err(Error::out_of_range("filters", request.filters.len(), 0, 100));
    }
    if let Some(cursor) = &request.cursor
        && crate::search::shown_before(cursor, request.sort).is_none()
    {
        return Err(Error::bad_cursor(cursor));
    }
    Ok(request)
}

fn limit(value: &str) -> Result<usize> {
    match value.parse() {
        Ok(limit @ 1..=100) => Ok(limit),
        _ => Err(Error::out_of_range("limit", value, 1, 100)),
    }
}

fn flag(key: &str, value: &str) -> Result<bool> {
    match value {
        "true" | "1" | "" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Error::not_one_of(key, value, &["true", "false"])),
    }
}
