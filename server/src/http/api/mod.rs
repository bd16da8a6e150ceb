//! `/api/v1`: JSON for scripts, islands and agents. One file per resource and verb; the OpenAPI document is
//! made from the handlers.

pub mod audit;
pub mod crawls;
pub mod databases;
pub mod holds;
pub mod me;
pub mod openapi;
pub mod owners;
pub mod people;
pub mod policies;
pub mod requests;
pub mod retention;
pub mod revision;
pub mod search;
pub mod sources;
pub mod succession;
pub mod suggest;
pub mod tables;
pub mod tags;
pub mod teams;
pub mod tokens;

use super::error::{Error, Result};
use crate::app::App;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every resource, under `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search::search))
        .routes(routes!(suggest::suggest))
        .routes(routes!(databases::list::list))
        .routes(routes!(databases::show::show, databases::edit::edit))
        .routes(routes!(databases::tables::tables))
        .routes(routes!(tables::show::show, tables::edit::edit))
        .routes(routes!(tables::columns::columns))
        .routes(routes!(tables::partitions::partitions))
        .routes(routes!(tables::history::history))
        .routes(routes!(tags::list::list))
        .routes(routes!(tags::define::define, tags::remove::remove))
        .routes(routes!(databases::owners::show, databases::owners::replace))
        .routes(routes!(tables::owners::show, tables::owners::replace))
        .routes(routes!(sources::list::list))
        .routes(routes!(sources::show::show))
        .routes(routes!(sources::crawl::crawl))
        .routes(routes!(crawls::list::list))
        .routes(routes!(crawls::show::show))
        .routes(routes!(me::me))
        .routes(routes!(tokens::list::list, tokens::create::create))
        .routes(routes!(tokens::revoke::revoke))
        .routes(routes!(requests::list::list, requests::create::create))
        .routes(routes!(requests::list::inbox))
        .routes(routes!(requests::show::show))
        .routes(routes!(requests::decide::decide))
        .routes(routes!(holds::list::list, holds::place::place))
        .routes(routes!(holds::lift::lift))
        .routes(routes!(policies::list::list))
        .routes(routes!(policies::write::write))
        .routes(routes!(retention::show::show))
        .routes(routes!(retention::query::query))
        .routes(routes!(retention::changes::changes))
        .routes(routes!(audit::list::list))
        .routes(routes!(audit::show::show))
        .routes(routes!(people::list::list))
        .routes(routes!(people::show::show))
        .routes(routes!(teams::show::show))
        .routes(routes!(succession::list::list))
        .routes(routes!(succession::show::show))
        .routes(routes!(succession::handover::handover))
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many items at most, 1 to 1000.
    #[serde(default = "fifty")]
    #[param(minimum = 1, maximum = 1000, default = 50)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which items of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only items whose name contains this, in any case.
    #[serde(default)]
    pub q: String,
}

/// Which of several sources is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfSource {
    /// Name of the source, where several have such a database.
    source: Option<String>,
}

fn fifty() -> i64 {
    50
}

impl Page {
    /// # Errors
    /// A bad request when the limit is out of bounds.
    pub fn limit(&self) -> Result<i64> {
        limit(self.limit, 1000)
    }

    /// An empty cursor asks for the first page.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty())
    }
}

impl OfSource {
    /// An empty name is none.
    pub fn name(&self) -> Option<&str> {
        self.source.as_deref().filter(|source| !source.is_empty())
    }
}

fn limit(limit: i64, most: i64) -> Result<i64> {
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::out_of_range("limit", limit, 1, most))
}
