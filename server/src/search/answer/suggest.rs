//! What the search box offers while typing.

use super::Answering;
use crate::search::Error;
use crate::search::index::snapshot::Snapshot;
use crate::search::query::synonyms::Synonyms;
use chrono::DateTime;
use reeve_model::query;
use reeve_model::search::{SearchRequest, Suggestion};

/// Most lines offered.
const MOST: usize = 20;

/// The first hits of a search for what is typed so far. An empty box offers nothing.
pub(crate) fn suggest(
    snapshot: &Snapshot,
    typed: &str,
    limit: usize,
    synonyms: &Synonyms,
) -> Result<Vec<Suggestion>, Error> {
    if typed.trim().is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let request = SearchRequest { q: typed.to_owned(), limit: limit.min(MOST), ..SearchRequest::default() };
    // Relative times hardly occur half-typed; they count from the epoch, which finds nothing rather than something odd.
    let answer = Answering { snapshot, synonyms, now: DateTime::UNIX_EPOCH }.search(&request, &query::parse(typed))?;
    let suggestion = |hit: reeve_model::search::Hit| Suggestion {
        kind: hit.kind,
        qualified_name: hit.qualified_name,
        source: hit.source,
        ambiguous: hit.ambiguous,
        database: hit.database,
        table: hit.table,
        description: hit.description,
        name_marks: hit.name_marks,
    };
    Ok(answer.hits.into_iter().map(suggestion).collect())
}
