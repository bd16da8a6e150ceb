//! What the search box offers while typing.

use super::Answering;
use crate::search::Error;
use reeve_model::query;
use reeve_model::search::{SearchRequest, Suggestion};
use reeve_model::visibility::Hidden;

/// Most lines offered.
const MOST: usize = 20;

/// The first hits of a search for what is typed so far. An empty box offers nothing.
pub(crate) fn suggest(
    answering: &Answering<'_>,
    typed: &str,
    limit: usize,
    hidden: &Hidden,
) -> Result<Vec<Suggestion>, Error> {
    if typed.trim().is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let request = SearchRequest {
        q: typed.to_owned(),
        limit: limit.min(MOST),
        hidden: hidden.clone(),
        ..SearchRequest::default()
    };
    let answer = answering.search(&request, &query::parse(typed))?;
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
