//! The query language: `주문 owner:me size:>1tb created:<30d -tmp "order detail"`.
//!
//! Parsing never fails. What cannot be taken as meant becomes a [`QueryProblem`] with its place, and the rest is
//! searched all the same: an unknown `foo:bar` as words, a filter with an unreadable value left out.

use crate::Word;
use crate::asset::AssetKind;
use crate::search::{QueryProblem, QueryProblemCode};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};

/// A query in parts, in the order they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub terms: Vec<Term>,
    pub problems: Vec<QueryProblem>,
}

/// One part of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub negated: bool,
    pub what: What,
    /// Byte range in the query, with its sign, field and quotes.
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Text without white space, to be split into words by the search's own rules.
    Word(String),
    /// Words that follow each other.
    Phrase(String),
    Filter(Filter),
}

/// A restriction. `no:owner` is `Has(Part::Owner)`, negated.
///
/// Several of the same of `Db`, `Owner`, `Type`, `Format` and `Source` mean any of them; everything else must hold together.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Values may hold `*` for any characters; so may those of `Owner`, `Tag`, `Format` and `Source`.
    Db(String),
    /// A column whose name is or begins like this, or has these words.
    Column(String),
    Owner(String),
    Tag(String),
    Type(AssetKind),
    Format(String),
    Source(String),
    Partitioned(bool),
    Created(When),
    Changed(When),
    Size(Bytes),
    Has(Part),
}

/// What an asset may have or lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Description,
    Owner,
    Tag,
    Format,
    Size,
    Created,
    Partitions,
}

/// A size in bytes, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// A time span, fixed or counted back from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// From `from` up to but not including `until`, in UTC.
    Between { from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>> },
    /// `<30d`: at most this long ago.
    Within(TimeDelta),
    /// `>30d`: longer ago than this.
    Before(TimeDelta),
}

impl When {
    /// The span as `(from, until)`, `until` not included.
    pub fn span(self, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        match self {
            Self::Between { from, until } => (from, until),
            Self::Within(age) => (now.checked_sub_signed(age), None),
            Self::Before(age) => (None, now.checked_sub_signed(age)),
        }
    }

    /// Whether the span moves as time passes.
    pub fn is_relative(self) -> bool {
        !matches!(self, Self::Between { .. })
    }
}

/// The fields of the language with a value that shows their form.
pub const FIELDS: [(&str, &str); 13] = [
    ("db", "db:mart"),
    ("column", "column:order_id"),
    ("owner", "owner:kim"),
    ("tag", "tag:pii"),
    ("type", "type:view"),
    ("format", "format:orc"),
    ("source", "source:hive"),
    ("partitioned", "partitioned:yes"),
    ("created", "created:<30d"),
    ("changed", "changed:>2026-01-01"),
    ("size", "size:>1tb"),
    ("has", "has:description"),
    ("no", "no:owner"),
];

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
    let mut parser = Parser { text, at: 0, query: Query::default() };
    while parser.skip_space() {
        parser.term();
    }
    parser.query
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
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
        self.query.terms.push(Term { negated, what, start, end: self.at });
    }

    fn problem(&mut self, code: QueryProblemCode, start: usize, end: usize, suggestion: Option<String>) {
        let text = self.text[start..end].to_owned();
        self.query.problems.push(QueryProblem { code, start, end, text, suggestion });
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
        other => other,
    };
    FIELDS.iter().map(|(field, _)| *field).find(|field| *field == name)
}

/// The filters of a value, which may list several with commas, and whether the field itself says "not".
fn filters(field: &str, value: &str) -> Result<(bool, Vec<Filter>), Option<String>> {
    let several = matches!(field, "db" | "owner" | "type" | "format" | "source");
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

/// `>2026-01-01`, `<30d`, `2026-01`, `2026-01..2026-03`.
fn when(value: &str) -> Option<When> {
    if let Some((from, until)) = value.split_once("..") {
        let from = if from.is_empty() { None } else { Some(day_span(from)?.0) };
        let until = if until.is_empty() { None } else { Some(day_span(until)?.1) };
        return (from.is_some() || until.is_some()).then_some(When::Between { from, until });
    }
    let (sign, rest) = comparison(value);
    if let Some(age) = age(rest) {
        return match sign {
            Some(Sign::Less | Sign::AtMost) => Some(When::Within(age)),
            Some(Sign::More | Sign::AtLeast) => Some(When::Before(age)),
            None => None,
        };
    }
    let (first, after) = day_span(rest)?;
    let (from, until) = match sign {
        None => (Some(first), Some(after)),
        Some(Sign::More) => (Some(after), None),
        Some(Sign::AtLeast) => (Some(first), None),
        Some(Sign::Less) => (None, Some(first)),
        Some(Sign::AtMost) => (None, Some(after)),
    };
    Some(When::Between { from, until })
}

/// The start of the year, month or day named and of the one after it.
fn day_span(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let mut numbers = text.split('-');
    let year = numbers.next()?;
    if year.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let month = numbers.next().map(str::parse).transpose().ok()?;
    let day = numbers.next().map(str::parse).transpose().ok()?;
    if numbers.next().is_some() {
        return None;
    }
    let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.unwrap_or(1), day.unwrap_or(1))?;
    let after = match (month, day) {
        (None, _) => first.with_year(first.year() + 1)?,
        (Some(_), None) => first.checked_add_months(Months::new(1))?,
        _ => first.checked_add_days(Days::new(1))?,
    };
    let midnight = |date: NaiveDate| Some(date.and_hms_opt(0, 0, 0)?.and_utc());
    Some((midnight(first)?, midnight(after)?))
}

/// `12h`, `30d`, `2w`, `6m` of 30 days, `1y` of 365.
fn age(text: &str) -> Option<TimeDelta> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count: i64 = text[..digits].parse().ok()?;
    let hours = match text[digits..].to_ascii_lowercase().as_str() {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        "m" | "mo" => 24 * 30,
        "y" => 24 * 365,
        _ => return None,
    };
    TimeDelta::try_hours(count.checked_mul(hours)?)
}

/// `>1tb`, `<=500mb`, `1gb..1tb`.
fn bytes(value: &str) -> Result<Bytes, Option<String>> {
    let wrong = || Some(">1tb".to_owned());
    if let Some((min, max)) = value.split_once("..") {
        let end = |text: &str| match text {
            "" => Ok(None),
            _ => byte_count(text).map(Some).ok_or_else(wrong),
        };
        let (min, max) = (end(min)?, end(max)?);
        return if min.is_none() && max.is_none() { Err(wrong()) } else { Ok(Bytes { min, max }) };
    }
    let (sign, rest) = comparison(value);
    let count = byte_count(rest).ok_or_else(wrong)?;
    match sign {
        Some(Sign::More) => Ok(Bytes { min: Some(count.saturating_add(1)), max: None }),
        Some(Sign::AtLeast) => Ok(Bytes { min: Some(count), max: None }),
        Some(Sign::Less) => Ok(Bytes { min: None, max: Some(count.saturating_sub(1)) }),
        Some(Sign::AtMost) => Ok(Bytes { min: None, max: Some(count) }),
        // Nobody means exactly this many bytes.
        None => Err(Some(format!(">{value}"))),
    }
}

fn byte_count(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let unit: f64 = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "p" | "pb" => 1e15,
        "kib" => 1024.0,
        "mib" => 1024f64.powi(2),
        "gib" => 1024f64.powi(3),
        "tib" => 1024f64.powi(4),
        "pib" => 1024f64.powi(5),
        _ => return None,
    };
    // A float beyond i64 is cut to i64::MAX, which no table reaches.
    Some((number * unit).round() as i64)
}

enum Sign {
    Less,
    AtMost,
    More,
    AtLeast,
}

fn comparison(value: &str) -> (Option<Sign>, &str) {
    let signs = [(">=", Sign::AtLeast), ("<=", Sign::AtMost), (">", Sign::More), ("<", Sign::Less)];
    for (text, sign) in signs {
        if let Some(rest) = value.strip_prefix(text) {
            return (Some(sign), rest.trim_start());
        }
    }
    (None, value)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn only(text: &str) -> Term {
        let query = parse(text);
        assert_eq!(query.problems, vec![], "{text}");
        assert_eq!(query.terms.len(), 1, "{text}");
        query.terms.into_iter().next().expect("one term")
    }

    fn filter_of(text: &str) -> Filter {
        match only(text).what {
            What::Filter(filter) => filter,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn date(text: &str) -> DateTime<Utc> {
        format!("{text}T00:00:00Z").parse().expect("a date")
    }

    fn between(from: Option<&str>, until: Option<&str>) -> When {
        When::Between { from: from.map(date), until: until.map(date) }
    }

    #[test]
    fn words_phrases_and_signs() {
        let query = parse("주문  order_detail \"배송 지연\" -tmp -\"old one\"");
        let what: Vec<_> = query.terms.iter().map(|t| (t.negated, t.what.clone())).collect();
        assert_eq!(
            what,
            [
                (false, What::Word("주문".into())),
                (false, What::Word("order_detail".into())),
                (false, What::Phrase("배송 지연".into())),
                (true, What::Word("tmp".into())),
                (true, What::Phrase("old one".into())),
            ]
        );
        assert_eq!((query.terms[1].start, query.terms[1].end), (8, 20));
        assert!(query.problems.is_empty());
    }

    #[test]
    fn fields_in_any_case_with_quoted_and_listed_values() {
        assert_eq!(filter_of("DB:mart"), Filter::Db("mart".into()));
        assert_eq!(filter_of("database:mart"), Filter::Db("mart".into()));
        assert_eq!(filter_of("Owner:\"Kim Minsu\""), Filter::Owner("Kim Minsu".into()));
        assert_eq!(filter_of("column:order_id"), Filter::Column("order_id".into()));
        assert_eq!(filter_of("type:Views"), Filter::Type(AssetKind::View));
        assert_eq!(filter_of("partitioned:no"), Filter::Partitioned(false));
        assert_eq!(filter_of("has:description"), Filter::Has(Part::Description));
        assert!(only("no:owner").negated);
        assert!(!only("-no:owner").negated);
        assert!(only("-owner:kim").negated);
        assert_eq!(parse("db:mart,ods").terms.len(), 2);
    }

    #[test]
    fn times() {
        assert_eq!(filter_of("created:>2026-01-01"), Filter::Created(between(Some("2026-01-02"), None)));
        assert_eq!(filter_of("created:>=2026-01-01"), Filter::Created(between(Some("2026-01-01"), None)));
        assert_eq!(filter_of("created:<2026"), Filter::Created(between(None, Some("2026-01-01"))));
        assert_eq!(
            filter_of("created:2026-01..2026-03"),
            Filter::Created(between(Some("2026-01-01"), Some("2026-04-01")))
        );
        assert_eq!(filter_of("created:2026-12"), Filter::Created(between(Some("2026-12-01"), Some("2027-01-01"))));
        assert_eq!(filter_of("created:<30d"), Filter::Created(When::Within(TimeDelta::days(30))));
        assert_eq!(filter_of("changed:>1y"), Filter::Changed(When::Before(TimeDelta::days(365))));
        let now = date("2026-11-23");
        assert_eq!(When::Within(TimeDelta::days(1)).span(now), (Some(date("2026-11-22")), None));
        assert_eq!(When::Within(TimeDelta::MAX).span(now), (None, None));
    }

    #[test]
    fn sizes_are_decimal() {
        let size = |min, max| Filter::Size(Bytes { min, max });
        assert_eq!(filter_of("size:>1tb"), size(Some(1_000_000_000_001), None));
        assert_eq!(filter_of("size:>=1.5GB"), size(Some(1_500_000_000), None));
        assert_eq!(filter_of("size:<500mb"), size(None, Some(499_999_999)));
        assert_eq!(filter_of("size:1gb..1tb"), size(Some(1_000_000_000), Some(1_000_000_000_000)));
        assert_eq!(filter_of("size:>99999999pb"), size(Some(i64::MAX), None));
    }

    fn problem_of(text: &str) -> (QueryProblemCode, String, Option<String>) {
        let query = parse(text);
        assert_eq!(query.problems.len(), 1, "{text}: {:?}", query.problems);
        let problem = &query.problems[0];
        assert_eq!(problem.text, text[problem.start..problem.end]);
        (problem.code, problem.text.clone(), problem.suggestion.clone())
    }

    #[test]
    fn mistakes_are_pointed_at() {
        use QueryProblemCode::*;
        let say = |text: &str| Some(text.to_owned());
        assert_eq!(problem_of("주문 onwer:kim"), (UnknownField, "onwer".into(), say("owner:")));
        assert_eq!(problem_of("foo:bar"), (UnknownField, "foo".into(), None));
        assert_eq!(problem_of("type:tabel"), (BadValue, "tabel".into(), say("table")));
        assert_eq!(problem_of("size:1tb"), (BadValue, "1tb".into(), say(">1tb")));
        assert_eq!(problem_of("size:big"), (BadValue, "big".into(), say(">1tb")));
        assert_eq!(problem_of("created:yesterday"), (BadValue, "yesterday".into(), say(">2026-01-01")));
        assert_eq!(problem_of("has:descripton"), (BadValue, "descripton".into(), say("description")));
        assert_eq!(problem_of("order db:"), (EmptyValue, "db:".into(), say("db:mart")));
        assert_eq!(problem_of("a - b"), (Dangling, "-".into(), say("-tmp")));
        assert_eq!(problem_of("\"order detail"), (UnclosedQuote, "\"order detail".into(), say("\"order detail\"")));
        // What is odd is searched all the same.
        assert_eq!(parse("foo:bar").terms[0].what, What::Word("foo:bar".into()));
        assert_eq!(parse("\"order detail").terms[0].what, What::Phrase("order detail".into()));
        assert_eq!(parse("size:big order").terms.len(), 1);
        assert_eq!(only("hdfs://nn/a").what, What::Word("hdfs://nn/a".into()));
    }

    proptest! {
        #[test]
        fn never_panics_and_points_inside(text in ".{0,80}") {
            check(&text);
        }

        #[test]
        fn never_panics_near_the_language(
            text in "(-?(db|size|created|has|no|foo|type|주문|ㅈㅁ)?:?[<>=]{0,2}[\"0-9a-z가-힣ㄱ-ㅣ.,-]{0,8}[ \"]?){0,6}"
        ) {
            check(&text);
        }
    }

    fn check(text: &str) {
        let query = parse(text);
        for term in &query.terms {
            assert!(text.get(term.start..term.end).is_some());
            assert!(term.start < term.end);
            if let What::Filter(Filter::Created(when) | Filter::Changed(when)) = &term.what {
                when.span(DateTime::UNIX_EPOCH);
            }
        }
        for problem in &query.problems {
            assert_eq!(text.get(problem.start..problem.end), Some(problem.text.as_str()));
        }
        // Plain words always search.
        if text.split_whitespace().next().is_some_and(|w| w.chars().all(char::is_alphanumeric)) {
            assert!(!query.terms.is_empty());
        }
    }
}
