//! Searches over enough documents that every way to walk through postings is taken, against counting by hand.

use super::tests::{built, opened};
use super::{IndexDoc, SearchIndex};
use chrono::DateTime;
use proptest::prelude::*;
use reeve_model::asset::AssetKind;
use reeve_model::search::{FacetField, QueryProblemCode, SearchRequest, SearchResponse};
use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const DOCUMENTS: i64 = 20_000;
/// A word and how often it comes: in every so many documents.
const WORDS: [(&str, i64); 6] =
    [("every", 1), ("second", 2), ("third", 3), ("hundredth", 100), ("thousandth", 1_000), ("rarest", 7_919)];

fn has(id: i64, word: &str) -> bool {
    WORDS.iter().any(|(known, step)| *known == word && id % step == 0)
}

/// Three letters for a number: the numbers below 676 begin with an `a`.
fn letters(number: i64) -> String {
    [number / 676, number / 26 % 26, number % 26].map(|digit| char::from(b'a' + digit as u8)).iter().collect()
}

struct Many {
    _folder: tempfile::TempDir,
    index: SearchIndex,
}

static MANY: LazyLock<Many> = LazyLock::new(|| {
    let docs: Vec<IndexDoc> = (0..DOCUMENTS)
        .map(|id| {
            let mut doc = IndexDoc::new(id, AssetKind::Table, "hive", &format!("db{}", id % 7), &format!("t{id}"));
            let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).filter(|word| has(id, word)).collect();
            doc.description = Some(format!("{} zz{}", words.join(" "), letters(id % 4_000)));
            doc
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    built(folder.path(), &docs, 1);
    Many { index: opened(folder.path()), _folder: folder }
});

fn ask(q: &str, limit: usize, cursor: Option<String>) -> SearchResponse {
    let request = SearchRequest { q: q.to_owned(), limit, cursor, facets: true, ..SearchRequest::default() };
    MANY.index.search(&request, DateTime::UNIX_EPOCH).expect("an answer")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn words_are_counted_as_by_hand(chosen in prop::sample::subsequence(&WORDS[..], 1..4), out in 0..WORDS.len()) {
        let out = WORDS[out].0;
        let out = if chosen.iter().any(|(word, _)| *word == out) { None } else { Some(out) };
        let mut q: Vec<String> = chosen.iter().map(|(word, _)| (*word).to_owned()).collect();
        q.extend(out.map(|word| format!("-{word}")));
        let fits = |id: &i64| chosen.iter().all(|(word, _)| has(*id, word)) && out.is_none_or(|out| !has(*id, out));
        let expected: Vec<i64> = (0..DOCUMENTS).filter(fits).collect();
        let answer = ask(&q.join(" "), 20, None);
        // A near spelling may stand in where nothing matches.
        if !expected.is_empty() {
            prop_assert_eq!(answer.total, expected.len() as u64, "{:?}", q);
            let databases = answer.facets.iter().find(|facet| facet.field == FacetField::Db).expect("databases");
            let mut by_hand = [0u64; 7];
            expected.iter().for_each(|id| by_hand[(id % 7) as usize] += 1);
            for value in &databases.values {
                let number: usize = value.value[2..].parse().expect("a number");
                prop_assert_eq!(value.count, by_hand[number]);
            }
        }
    }
}

#[test]
fn a_prefix_follows_very_many_rare_terms() {
    let expected = (0..DOCUMENTS).filter(|id| id % 4_000 < 676).count() as u64;
    assert_eq!(ask("zza", 1, None).total, expected);
    let with_a_word = (0..DOCUMENTS).filter(|id| id % 4_000 < 676 && has(*id, "third")).count() as u64;
    assert_eq!(ask("third zza", 1, None).total, with_a_word);
}

#[test]
fn pages_of_many_hits_join() {
    let (mut seen, mut cursor) = (HashSet::new(), None);
    loop {
        let answer = ask("hundredth third", 13, cursor);
        assert!(answer.hits.iter().all(|hit| seen.insert(hit.qualified_name.clone())), "a hit came twice");
        cursor = answer.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), (0..DOCUMENTS).filter(|id| id % 300 == 0).count());
}

#[test]
fn what_a_query_may_cost_is_bounded() {
    let different: String = (0..6_000).map(|n| format!("{} ", letters(n % 4_000))).collect();
    let same = "a ".repeat(5_000);
    let columns = "column:every ".repeat(400);
    let owners: String = (0..400).map(|n| format!("owner:o{n} ")).collect();
    let out: String = (0..400).map(|n| format!("-{} ", letters(n))).collect();
    let syllables = "가나다라마바사".repeat(200);
    for q in [&different, &same, &columns, &owners, &out, &syllables] {
        let started = Instant::now();
        let answer = ask(q, 20, None);
        assert!(started.elapsed() < Duration::from_secs(3), "{} took {:?}", &q[..20], started.elapsed());
        assert!(answer.problems.iter().any(|problem| problem.limit.is_some()), "{}: {:?}", &q[..20], answer.problems);
    }
    // A repeated word is one word.
    assert_eq!(ask(&"third ".repeat(100), 1, None).total, ask("third", 1, None).total);
    assert!(ask(&"third ".repeat(100), 1, None).problems.is_empty());
}

#[test]
fn long_queries_do_not_keep_an_ordinary_one_waiting() {
    let usual = {
        let started = Instant::now();
        ask("hundredth second -thousandth", 20, None);
        started.elapsed()
    };
    let long: Vec<String> =
        (0..2).map(|who| (0..6_000).map(|n| format!("{} ", letters(n * 2 + who))).collect()).collect();
    std::thread::scope(|scope| {
        for q in &long {
            scope.spawn(move || ask(q, 20, None));
        }
        let started = Instant::now();
        ask("hundredth third -thousandth", 20, None);
        let limit = usual * 10 + Duration::from_secs(1);
        assert!(started.elapsed() < limit, "{:?} instead of {usual:?}", started.elapsed());
    });
}

#[test]
fn a_search_whose_time_is_up_says_so() {
    let request = SearchRequest { q: "every second".to_owned(), limit: 20, facets: true, ..SearchRequest::default() };
    let deadline = super::Deadline::after(Duration::ZERO);
    let snapshot = MANY.index.shared.live.snapshot();
    let answering = MANY.index.answering(&snapshot, DateTime::UNIX_EPOCH, &deadline);
    let answer = answering.search(&request, &reeve_model::query::parse(&request.q)).expect("what was found");
    assert!(answer.total < DOCUMENTS as u64 / 2);
    assert_eq!(answer.problems.last().map(|problem| problem.code), Some(QueryProblemCode::Unfinished));
}
