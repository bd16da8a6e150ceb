//! Problem details for HTTP APIs (RFC 9457).

use serde::{Deserialize, Serialize};

/// The body of every error the API answers with, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable name for the kind of problem, relative to the portal: `/problems/not-found`.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// What went wrong this time, where, and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The path that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// Why a request could not be answered. The words for it are the portal's, in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    NotFound {
        what: Thing,
        name: String,
    },
    BadCursor {
        cursor: String,
    },
    OutOfRange {
        parameter: String,
        value: String,
        from: i64,
        to: i64,
    },
    NotOneOf {
        parameter: String,
        value: String,
        known: String,
    },
    /// Addressed by a name that is not this machine's.
    ForeignHost {
        host: String,
    },
    /// Sent by a page of another site.
    ForeignSite,
    CrawlUnderWay {
        source: String,
    },
    IndexBuilding,
    /// What it was is in the log.
    Internal,
}

/// What was asked for and is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Table,
    Database,
    Source,
    Crawl,
    File,
}

impl Reason {
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound { .. } => 404,
            Self::BadCursor { .. } | Self::OutOfRange { .. } | Self::NotOneOf { .. } => 400,
            Self::ForeignHost { .. } | Self::ForeignSite => 403,
            Self::CrawlUnderWay { .. } => 409,
            Self::IndexBuilding => 503,
            Self::Internal => 500,
        }
    }

    /// The problem for the API, with its `detail` in words.
    pub fn problem(&self, detail: String) -> Problem {
        let (kind, title) = match self.status() {
            404 => ("not-found", "Not found"),
            400 => ("bad-request", "Bad request"),
            403 => ("forbidden", "Forbidden"),
            409 => ("conflict", "Already under way"),
            503 => ("not-ready", "Not ready"),
            _ => ("internal", "Internal error"),
        };
        Problem {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: self.status(),
            detail: Some(detail),
            instance: None,
        }
    }
}
