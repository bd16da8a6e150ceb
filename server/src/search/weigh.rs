//! What is kept of answers, in bytes: about what they take, with what their strings hold.

use reeve_model::search::{
    Facet, FacetValue, Hit, Mark, MatchedColumn, SearchRequest, SearchResponse, Suggestion, Why,
};

pub(super) fn request(request: &SearchRequest) -> u32 {
    let filters: usize = request.filters.iter().map(|filter| size_of_val(filter) + filter.1.len()).sum();
    let cursor = text(&request.cursor);
    bytes(size_of::<SearchRequest>() + request.q.len() + filters + cursor)
}

pub(super) fn answer(answer: &SearchResponse) -> u32 {
    let facet = |facet: &Facet| {
        let values = facet.values.iter().map(|value| size_of::<FacetValue>() + value.value.len());
        size_of::<Facet>() + values.sum::<usize>()
    };
    let words = answer.also_searched.iter().chain(&answer.left_out).map(|word| size_of::<String>() + word.len());
    let problems = answer.problems.iter().map(|problem| size_of_val(problem) + problem.text.len());
    bytes(
        size_of::<SearchResponse>()
            + answer.hits.iter().map(hit).sum::<usize>()
            + answer.facets.iter().map(facet).sum::<usize>()
            + words.sum::<usize>()
            + problems.sum::<usize>()
            + text(&answer.did_you_mean)
            + text(&answer.next_cursor),
    )
}

pub(super) fn suggestions(typed: &str, found: &[Suggestion]) -> u32 {
    let one = |found: &Suggestion| {
        size_of::<Suggestion>()
            + found.qualified_name.len()
            + found.source.len()
            + found.database.len()
            + text(&found.table)
            + text(&found.description)
            + size_of_val(found.name_marks.as_slice())
    };
    bytes(size_of::<(u64, String, usize)>() + typed.len() + found.iter().map(one).sum::<usize>())
}

fn hit(hit: &Hit) -> usize {
    let column = |column: &MatchedColumn| {
        let marks = column.name_marks.len() + column.comment_marks.len();
        size_of::<MatchedColumn>() + column.name.len() + text(&column.comment) + marks * size_of::<Mark>()
    };
    size_of::<Hit>()
        + hit.qualified_name.len()
        + hit.source.len()
        + hit.database.len()
        + [&hit.table, &hit.description, &hit.owner, &hit.format].into_iter().map(text).sum::<usize>()
        + hit.why.iter().map(|why| size_of::<Why>() + text(&why.detail)).sum::<usize>()
        + hit.columns.iter().map(column).sum::<usize>()
        + (hit.name_marks.len() + hit.description_marks.len()) * size_of::<Mark>()
        + hit.tags.iter().map(|tag| size_of::<String>() + tag.len()).sum::<usize>()
}

fn text(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len)
}

fn bytes(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
