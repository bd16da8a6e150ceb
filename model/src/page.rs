//! The data of each page: a page is a function of it and of nothing else.

use crate::CrawlId;
use crate::asset::{Change, Column, DatabaseSummary, Paged, Partition, TableDetail, TableSummary};
use crate::crawl::{Crawl, CrawlDetail, SourceStatus};
use crate::search::{SearchRequest, SearchResponse};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The languages that every text exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Lang {
    Ko,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Theme {
    Light,
    Dark,
}

/// What surrounds every page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chrome {
    pub lang: Lang,
    /// `None`: as the system says.
    pub theme: Option<Theme>,
    /// Path and query of this page, for links that change one thing of it.
    pub uri: String,
    /// Of Reeve: `0.1.0`.
    pub version: String,
    /// When the most lagging source was last read completely.
    pub fresh_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
    /// The nonce of the content-security policy; scripts without it do not run.
    pub nonce: String,
}

/// Every page, with its data.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made for each answer and moved once: a box would buy nothing")]
pub enum Page {
    Home(HomePage),
    Search(Box<SearchPage>),
    Databases(DatabasesPage),
    Database(DatabasePage),
    Table(Box<TablePage>),
    Sources(SourcesPage),
    Source(SourcePage),
    Crawl(CrawlDetail),
    StyleGuide,
    Api(ApiPage),
    Error(ErrorPage),
}

#[derive(Clone, Debug)]
pub struct HomePage {
    pub databases: i64,
    pub tables: i64,
    pub views: i64,
    /// Bytes before replication, as far as the sources' statistics tell.
    pub size_bytes: i64,
    /// Largest first.
    pub largest_databases: Vec<DatabaseSummary>,
    pub recently_changed: Vec<TableSummary>,
    pub changes: Vec<Happening>,
    pub sources: Vec<SourceStatus>,
}

/// One line of what happened last.
#[derive(Clone, Debug)]
pub enum Happening {
    Asset(AssetChange),
    /// A source was read for the first time.
    FirstCrawl {
        source: String,
        at: DateTime<Utc>,
        databases: i64,
        tables: i64,
        crawl_id: CrawlId,
    },
}

/// A change with the asset it happened to.
#[derive(Clone, Debug)]
pub struct AssetChange {
    pub source: String,
    /// Another source has a database of this name too: addresses must name the source.
    pub ambiguous: bool,
    pub database: String,
    /// `None` where it happened to the database itself.
    pub table: Option<String>,
    pub change: Change,
}

#[derive(Clone, Debug)]
pub struct SearchPage {
    pub request: SearchRequest,
    pub outcome: SearchOutcome,
    /// Number of the first hit on this page, from 1.
    pub first: u64,
}

#[derive(Clone, Debug)]
pub enum SearchOutcome {
    /// Nothing was asked for yet: show how to ask, with the facets of the whole catalog.
    Found(SearchResponse),
    /// The index is being built.
    NotReady,
}

#[derive(Clone, Debug)]
pub struct DatabasesPage {
    pub databases: Paged<DatabaseSummary>,
    pub cursor: Option<String>,
}

#[derive(Clone, Debug)]
pub struct DatabasePage {
    pub database: DatabaseSummary,
    pub tables: Paged<TableSummary>,
    /// What the names must contain.
    pub filter: String,
    pub cursor: Option<String>,
}

#[derive(Clone, Debug)]
pub struct TablePage {
    pub table: TableDetail,
    pub tab: TableTab,
}

/// The tab that is open, with its data.
#[derive(Clone, Debug)]
pub enum TableTab {
    /// The first columns and the newest changes and partitions.
    Overview {
        columns: Paged<Column>,
        changes: Paged<Change>,
        partitions: Paged<Partition>,
    },
    Columns {
        columns: Paged<Column>,
        filter: String,
        cursor: Option<String>,
    },
    Partitions {
        partitions: Paged<Partition>,
        filter: String,
        cursor: Option<String>,
    },
    History {
        changes: Paged<Change>,
        cursor: Option<String>,
    },
}

#[derive(Clone, Debug)]
pub struct SourcesPage {
    pub sources: Vec<SourceStatus>,
    /// The latest crawl of each source in detail, for those that have one.
    pub latest: Vec<CrawlDetail>,
}

#[derive(Clone, Debug)]
pub struct SourcePage {
    pub source: SourceStatus,
    /// Newest first.
    pub crawls: Paged<Crawl>,
    pub latest: Option<CrawlDetail>,
}

/// The API, for people.
#[derive(Clone, Debug)]
pub struct ApiPage {
    pub operations: Vec<ApiOperation>,
}

#[derive(Clone, Debug)]
pub struct ApiOperation {
    /// `GET`
    pub method: String,
    pub path: String,
    pub summary: String,
    pub tag: String,
    pub parameters: Vec<ApiParameter>,
    /// Status and what it means: `200`, `The table`.
    pub responses: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct ApiParameter {
    pub name: String,
    /// `query` or `path`
    pub place: String,
    pub description: String,
    pub required: bool,
}

#[derive(Clone, Debug)]
pub struct ErrorPage {
    pub status: u16,
    pub title: String,
    /// What went wrong this time.
    pub detail: String,
    /// What to do about it.
    pub advice: String,
}
