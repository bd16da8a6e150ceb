//! Takes a query apart.

use super::value::{bytes, when};
use super::{FIELDS, Filter, Is, MOST_CHARACTERS, MOST_TERMS, Part, Personal, Query, Term, What};
use crate::Word;
use crate::asset::AssetKind;
use crate::personal_data::Class;
use crate::search::{QueryProblem, QueryProblemCode};

const PARTS: [(&str, Part); 7] = [
    ("description", Part::Description),
    ("owner", Part::Owner),
    ("tag", Part::Tag),
    ("format", Part::Format),
    ("size", Part::Size),
    ("created", Part::Created),
    ("partitions", Part::Partitions),
];

/// Takes a query apart.
pub fn parse(text: &str) -> Query {
    let read = text.char_indices().nth(MOST_CHARACTERS).map_or(text, |(end, _)| &text[..end]);
    let mut parser = Parser { text: read, at: 0, different: 0, query: Query::default() };
    while parser.skip_space() {
        let start = parser.at;
        if parser.different >= MOST_TERMS {
            parser.limit(QueryProblemCode::TooManyWords, MOST_TERMS, read, start);
            break;
        }
        parser.term();
    }
    if read.len() < text.len() {
        parser.limit(QueryProblemCode::TooLong, MOST_CHARACTERS, text, read.len());
    }
    parser.query
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Terms that are no repetition.
    different: usize,
    query: Query,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Moves to the next term; false at the end.
    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.at < self.text.len()
    }

    fn term(&mut self) {
        let start = self.at;
        let negated = self.rest().starts_with('-');
        if negated {
            self.at += 1;
            if self.rest().is_empty() || self.rest().starts_with(char::is_whitespace) {
                self.problem(QueryProblemCode::Dangling, start, self.at, Some("-tmp".into()));
                return;
            }
        }
        if self.rest().starts_with('"') {
            let phrase = self.quoted();
            if !phrase.trim().is_empty() {
                self.push(negated, What::Phrase(phrase.into()), start);
            }
            return;
        }
        let Some(colon) = field_colon(self.rest()) else {
            self.words(negated, start);
            return;
        };
        let name = &self.rest()[..colon];
        let Some(field) = field_named(name) else {
            let name_end = self.at + colon;
            let near = nearest(name, FIELDS.iter().map(|(field, _)| *field)).map(|field| format!("{field}:"));
            let from = self.at;
            self.words(negated, start);
            self.problem(QueryProblemCode::UnknownField, from, name_end, near);
            return;
        };
        self.at += colon + 1;
        let value_start = self.at;
        let value = if self.rest().starts_with('"') { self.quoted() } else { self.chunk() };
        let value_end = self.at;
        if value.trim().is_empty() {
            let example = FIELDS.iter().find(|(name, _)| *name == field).map(|(_, example)| (*example).to_owned());
            self.problem(QueryProblemCode::EmptyValue, start, value_end, example);
            return;
        }
        let (flipped, filters) = match filters(field, value.trim()) {
            Ok(found) => found,
            Err(suggestion) => {
                self.problem(QueryProblemCode::BadValue, value_start, value_end, suggestion);
                return;
            }
        };
        for filter in filters {
            self.push(negated != flipped, What::Filter(filter), start);
        }
    }

    /// Plain text up to the next white space or quote.
    fn words(&mut self, negated: bool, start: usize) {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
        self.at += end;
        self.push(negated, What::Word(rest[..end].into()), start);
    }

    /// A value up to the next white space.
    fn chunk(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// What stands between the quote here and the next one, or the end.
    fn quoted(&mut self) -> &'a str {
        let start = self.at;
        let inner = &self.rest()[1..];
        let Some(end) = inner.find('"') else {
            self.at = self.text.len();
            self.problem(QueryProblemCode::UnclosedQuote, start, self.at, Some(format!("\"{}\"", inner.trim_end())));
            return inner;
        };
        self.at += end + 2;
        &inner[..end]
    }

    fn push(&mut self, negated: bool, what: What, start: usize) {
        let is_same = |term: &Term| term.negated == negated && term.what == what;
        self.different += usize::from(!self.query.terms.iter().any(is_same));
        self.query.terms.push(Term { negated, what, start, end: self.at });
    }

    fn problem(&mut self, code: QueryProblemCode, start: usize, end: usize, suggestion: Option<String>) {
        let text = self.text[start..end].to_owned();
        self.query.problems.push(QueryProblem { code, start, end, text, suggestion, limit: None });
    }

    /// From `start` on nothing is searched any more; the first word of it is shown.
    fn limit(&mut self, code: QueryProblemCode, limit: usize, text: &str, start: usize) {
        let word = text[start..].char_indices().find(|(at, c)| *at > 0 && (*at > 40 || c.is_whitespace()));
        let end = word.map_or(text.len(), |(at, _)| start + at);
        let limit = u32::try_from(limit).ok();
        let text = text[start..end].to_owned();
        self.query.problems.push(QueryProblem { code, start, end, text, suggestion: None, limit });
    }
}

/// Where the colon of `field:` stands; a field is letters only, and `hdfs://` is none.
fn field_colon(text: &str) -> Option<usize> {
    let colon = text.find(|c: char| !c.is_ascii_alphabetic() && c != '_')?;
    let rest = text[colon..].strip_prefix(':')?;
    (colon > 0 && !rest.starts_with("//")).then_some(colon)
}

fn field_named(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let name = match name.as_str() {
        "database" | "schema" => "db",
        "col" => "column",
        "personal" | "personal_data" => "pii",
        other => other,
    };
    FIELDS.iter().map(|(field, _)| *field).find(|field| *field == name)
}

/// The filters of a value, which may list several with commas, and whether the field itself says "not".
fn filters(field: &str, value: &str) -> Result<(bool, Vec<Filter>), Option<String>> {
    let several = matches!(field, "db" | "owner" | "type" | "format" | "source" | "pii");
    let values: Vec<&str> = match several {
        true => value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(),
        false => vec![value],
    };
    if values.is_empty() {
        return Err(None);
    }
    let filters = values.into_iter().map(|value| filter(field, value)).collect::<Result<_, _>>()?;
    Ok((field == "no", filters))
}

fn filter(field: &str, value: &str) -> Result<Filter, Option<String>> {
    let text = || value.to_owned();
    Ok(match field {
        "db" => Filter::Db(text()),
        "column" => Filter::Column(text()),
        "owner" => Filter::Owner(text()),
        "tag" => Filter::Tag(text()),
        "format" => Filter::Format(text()),
        "source" => Filter::Source(text()),
        "type" => {
            let found = AssetKind::parse(value).or_else(|| AssetKind::parse(value.strip_suffix(['s', 'S'])?));
            let suggest = || nearest(value, AssetKind::words()).or_else(|| Some("table".into()));
            Filter::Type(found.ok_or_else(suggest)?)
        }
        "partitioned" => Filter::Partitioned(match value.to_lowercase().as_str() {
            "yes" | "true" | "y" | "1" => true,
            "no" | "false" | "n" | "0" => false,
            _ => return Err(Some("yes".into())),
        }),
        "pii" => Filter::Personal(match value.to_lowercase().as_str() {
            "yes" | "true" | "y" | "any" => Personal::Any(true),
            "no" | "false" | "n" | "none" => Personal::Any(false),
            "undecided" | "suggested" => Personal::Undecided,
            other => match Class::parse(other) {
                Some(class) => Personal::Class(class),
                None => {
                    let near = nearest(other, Class::words().into_iter().chain(["yes", "no", "undecided"]));
                    return Err(near.or_else(|| Some("direct".into())));
                }
            },
        }),
        "is" => Filter::Is(match value.to_lowercase().as_str() {
            "certified" => Is::Certified,
            "deprecated" => Is::Deprecated,
            other => {
                let near = nearest(other, ["certified", "deprecated"]);
                return Err(near.or_else(|| Some("certified".into())));
            }
        }),
        "created" => Filter::Created(when(value).ok_or_else(|| Some(">2026-01-01".to_owned()))?),
        "changed" => Filter::Changed(when(value).ok_or_else(|| Some("<30d".to_owned()))?),
        "size" => Filter::Size(bytes(value)?),
        _ => {
            let lower = value.to_lowercase();
            let found = PARTS.iter().find(|(name, _)| *name == lower || name.strip_suffix('s') == Some(&lower));
            let suggest = || nearest(&lower, PARTS.iter().map(|(name, _)| *name)).or_else(|| Some("owner".into()));
            Filter::Has(found.ok_or_else(suggest)?.1)
        }
    })
}

/// The candidate that `text` is probably a slip of: at most two letters away, and fewer than half of them wrong.
pub fn nearest<'c>(text: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let text = text.to_lowercase();
    let distance = |candidate: &&str| strsim::osa_distance(&text, candidate);
    let best = candidates.into_iter().min_by_key(distance)?;
    let away = distance(&best);
    let begins = text.chars().count() >= 2 && best.starts_with(&text);
    (begins || (away <= 2 && away * 2 < best.chars().count().max(3))).then(|| best.to_owned())
}
