//! "Did you mean": near spellings, looked for only when nothing else answers.

use super::Deadline;
use crate::search::Error;
use crate::search::analysis::hangul;
use crate::search::analysis::words::Script;
use crate::search::analysis::words::{composed, pieces};
use crate::search::index::schema::WordField;
use crate::search::index::snapshot::Snapshot;
use crate::search::query::plan::Plan;
use reeve_model::query::{Query, What};
use std::collections::HashMap;
use tantivy::Term;
use tantivy::query::FuzzyTermQuery;

/// Fields whose words are offered; words of comments are too many and too rarely meant.
const OFFERED: [WordField; 4] = [WordField::Name, WordField::Database, WordField::Column, WordField::Description];
/// Of so many words, one is hardly ever the only reason why nothing is found.
const MOST_WORDS: usize = 6;
/// Terms compared one by one, for Hangul.
const MOST_COMPARED: usize = 50_000;

/// The query with each word that the index does not know replaced by the most frequent near one; `None` if there is none.
pub(crate) fn near_spelling(
    snapshot: &Snapshot,
    text: &str,
    query: &Query,
    plan: &Plan,
    deadline: &Deadline,
) -> Result<Option<String>, Error> {
    if plan.clauses.len() > MOST_WORDS {
        return Ok(None);
    }
    let mut out = String::new();
    let mut copied = 0;
    let mut changed = false;
    // A word may come many times.
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    for (start, end, word) in plain_words(query) {
        let word = composed(word);
        // Outside of its words the query stays as it is.
        out.push_str(&text[copied..start]);
        copied = end;
        let mut at = 0;
        for piece in pieces(&word) {
            out.push_str(&word[at..piece.start]);
            at = piece.end;
            if !known.contains_key(&piece.text) {
                let near = nearest(snapshot, &piece.text, piece.script, deadline)?;
                known.insert(piece.text.clone(), near);
            }
            match known.get(&piece.text).and_then(Option::as_ref) {
                Some(near) if *near != piece.text => {
                    out.push_str(near);
                    changed = true;
                }
                _ => out.push_str(&word[piece.start..piece.end]),
            }
        }
        out.push_str(&word[at..]);
    }
    out.push_str(&text[copied..]);
    Ok(changed.then_some(out))
}

/// The word itself if the index has it, or else the nearest one, the most frequent of those.
fn nearest(snapshot: &Snapshot, word: &str, script: Script, deadline: &Deadline) -> Result<Option<String>, Error> {
    let length = word.chars().count();
    if matches!(script, Script::Digits | Script::Cjk) || length < 2 {
        return Ok(None);
    }
    // By how many letters a candidate differs, and how often it occurs.
    let mut found: HashMap<String, (usize, u64)> = HashMap::new();
    for segment in snapshot.searcher.segment_readers() {
        for field in OFFERED {
            let reader = segment.inverted_index(snapshot.fields.words[field as usize])?;
            if let Some(info) = reader.terms().get(word)? {
                found.entry(word.to_owned()).or_insert((0, 0)).1 += u64::from(info.doc_freq);
                continue;
            }
            let mut take = |term: &str, away: usize, documents: u32| {
                found.entry(term.to_owned()).or_insert((away, 0)).1 += u64::from(documents);
            };
            if script == Script::Hangul {
                let wanted = letters(word);
                let most = if wanted.chars().count() >= 8 { 2 } else { 1 };
                // Hangul lies together in the dictionary, behind Latin.
                let mut terms = reader.terms().range().ge("가").lt("\u{d7a4}").into_stream()?;
                for number in 0..MOST_COMPARED {
                    if !terms.advance() || (number % 1_024 == 0 && deadline.is_over()) {
                        break;
                    }
                    let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                    if term.chars().count().abs_diff(length) > 1 || !shares_a_syllable(word, term) {
                        continue;
                    }
                    let away = strsim::osa_distance(&wanted, &letters(term));
                    if away <= most {
                        take(term, away, terms.value().doc_freq);
                    }
                }
                continue;
            }
            if length < 3 {
                continue;
            }
            let most = if length >= 6 { 2 } else { 1 };
            let term = Term::from_field_text(snapshot.fields.words[field as usize], word);
            let automaton = FuzzyTermQuery::new(term, most, true).automaton()?;
            let mut terms = reader.terms().search(automaton).into_stream()?;
            while terms.advance() && !deadline.is_over() {
                let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                if term.starts_with(|c: char| c.is_alphanumeric()) {
                    take(term, strsim::osa_distance(word, term), terms.value().doc_freq);
                }
            }
        }
    }
    let best = found.into_iter().min_by(|(a, (away, often)), (b, (b_away, b_often))| {
        away.cmp(b_away).then(b_often.cmp(often)).then_with(|| a.cmp(b))
    });
    Ok(best.map(|(term, _)| term))
}

/// Whether the words begin, go on or end alike: taking words apart into letters is for those that may be near.
fn shares_a_syllable(word: &str, term: &str) -> bool {
    let (mut one, mut other) = (word.chars(), term.chars());
    (one.next() == other.next()) || one.next() == other.next() || word.chars().next_back() == term.chars().next_back()
}

fn letters(word: &str) -> String {
    let mut out = String::new();
    hangul::letters_into(word, &mut out);
    out
}

/// The words of a query that a near spelling may replace.
fn plain_words(query: &Query) -> impl Iterator<Item = (usize, usize, &str)> {
    query.terms.iter().filter(|term| !term.negated).filter_map(|term| match &term.what {
        What::Word(text) => Some((term.start, term.end, text.as_str())),
        _ => None,
    })
}
