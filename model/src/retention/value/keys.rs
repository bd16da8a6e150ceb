//! Which of a table's partition keys say the day, and how: from the values that each key has.

use super::company::{Decision, EpochEach, Format, Shape, Window};
use super::pattern::Pattern;
use super::span::{Fields, Span};
use super::{Declared, DeclaredError, FIRST_YEAR, Found, FoundKey, Key, Verdict, Why, Zones, enough, plain};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The different values of each key.
pub(super) type Columns = Vec<BTreeSet<String>>;

/// How the values of partitions are read, as it was found or declared.
#[derive(Clone, Debug)]
pub(super) enum How {
    /// From one key, and others that go on where it ends.
    Found {
        base: usize,
        column: Column,
        parts: Vec<(usize, Part)>,
    },
    Declared(Vec<(usize, Pattern)>, Option<Format>),
    Nothing(Why),
}

/// What is known of one key's values.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    shapes: BTreeMap<Shape, Decision>,
    /// Four digits are years here.
    has_years: bool,
    /// Those that were read, by how many values.
    formats: BTreeMap<String, usize>,
    each: Option<EpochEach>,
    /// Several times, and all of them midnight: these are days.
    at_midnight: bool,
    read: usize,
    counted: usize,
    ambiguous: Vec<String>,
}

/// What goes on where a date ends, each in a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Month,
    Day,
    Hour,
    Minute,
}

/// One value, read.
#[derive(Clone, Debug)]
enum Read {
    Fields(Fields),
    Span(Span),
}

/// One value, or why it is none.
enum Outcome {
    Read(Read, String),
    /// It stands for no day and is meant so: it does not speak against the others.
    Sentinel(Why),
    Unread(Why),
}

/// As it is compared: without spaces around it, and Korean put together.
pub(super) fn clean(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() || is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

pub(super) fn find(
    keys: &[Key],
    columns: &Columns,
    rows: &[Option<Vec<String>>],
    zones: Zones,
    window: Window,
) -> (Found, How) {
    let read: Vec<Column> =
        keys.iter().zip(columns).map(|(key, values)| Column::of(key, values, zones, window)).collect();
    let parts: Vec<Option<Part>> = keys.iter().zip(columns).map(|(key, values)| Part::of(key, values)).collect();
    let dates: Vec<usize> =
        (0..keys.len()).filter(|at| read[*at].read > 0 && enough(read[*at].read, read[*at].counted)).collect();
    let how = |base: usize| {
        let mut found: Vec<(usize, Part)> =
            (0..keys.len()).filter(|at| *at != base).filter_map(|at| parts[at].map(|part| (at, part))).collect();
        found.sort_by_key(|(_, part)| *part);
        // Two that say the same part leave it unsaid.
        let twice = |part: Part| found.iter().filter(|(_, other)| *other == part).count() > 1;
        let found: Vec<(usize, Part)> = found.iter().copied().filter(|(_, part)| !twice(*part)).collect();
        // Only what goes on without a gap.
        let mut used = BTreeSet::new();
        for mut fields in columns[base].iter().filter_map(|value| read[base].fields(value, window)) {
            used.extend(found.iter().filter(|(_, part)| part.put(&mut fields, 1)).map(|(at, _)| *at));
        }
        let parts = found.into_iter().filter(|(at, _)| used.contains(at)).collect();
        How::Found { base, column: read[base].clone(), parts }
    };
    let found = |how: How| {
        let How::Found { base, column, parts } = &how else { return (Found::NoDateKey, how) };
        let mut named = vec![FoundKey {
            key: keys[*base].name.clone(),
            formats: column.formats.keys().cloned().collect(),
            each: column.each,
        }];
        named.extend(parts.iter().map(|(at, part)| FoundKey {
            key: keys[*at].name.clone(),
            formats: vec![part.pattern(&columns[*at]).to_owned()],
            each: None,
        }));
        (Found::Read { keys: named, declared: false }, how)
    };
    match dates[..] {
        [] => {
            let several = read.iter().enumerate().find(|(_, column)| !column.ambiguous.is_empty());
            match several {
                Some((at, column)) => {
                    let (key, formats) = (keys[at].name.clone(), column.ambiguous.clone());
                    let why = Why::Ambiguous { key: key.clone(), formats: formats.clone() };
                    (Found::Ambiguous { key, formats }, How::Nothing(why))
                }
                None => (Found::NoDateKey, How::Nothing(Why::NoDateKey)),
            }
        }
        [one] => found(how(one)),
        // Keys that name the same time, one more exactly than the other (`ym=202603/dt=20260302`), are one.
        _ => match innermost(&dates, &how, keys, rows, zones, window) {
            Some(one) => found(how(one)),
            None => {
                let keys: Vec<String> = dates.iter().map(|at| keys[*at].name.clone()).collect();
                (Found::SeveralDateKeys { keys: keys.clone() }, How::Nothing(Why::SeveralDateKeys { keys }))
            }
        },
    }
}

/// The key whose time lies within that of every other, in every partition.
fn innermost(
    dates: &[usize],
    how: &dyn Fn(usize) -> How,
    keys: &[Key],
    rows: &[Option<Vec<String>>],
    zones: Zones,
    window: Window,
) -> Option<usize> {
    let hows: Vec<How> = dates.iter().map(|at| how(*at)).collect();
    let mut alive: Vec<bool> = vec![true; dates.len()];
    for row in rows.iter().flatten() {
        let spans: Vec<Option<Span>> = hows.iter().map(|how| how.span(row, keys, window).ok()).collect();
        for (at, span) in spans.iter().enumerate() {
            let Some(span) = span else { continue };
            alive[at] &= spans.iter().flatten().all(|other| span.is_within(other, zones.values));
        }
        if alive.iter().all(|alive| !alive) {
            return None;
        }
    }
    alive.iter().position(|alive| *alive).map(|at| dates[at])
}

/// # Errors
/// A declared key that the table has not, or more or fewer patterns than keys.
pub(super) fn declared(
    keys: &[Key],
    columns: &Columns,
    said: &Declared,
    zones: Zones,
) -> Result<(Found, How), DeclaredError> {
    let mut found = Vec::new();
    let mut epoch = None;
    for (name, pattern) in said.keys.iter().zip(&said.patterns) {
        let at = keys.iter().position(|key| key.name.eq_ignore_ascii_case(name));
        let at = at.ok_or_else(|| DeclaredError::NoSuchKey(name.clone()))?;
        if let Some(unit) = pattern.epoch() {
            let values: Vec<&str> = columns[at].iter().map(String::as_str).collect();
            epoch = Some(Format::epoch(unit, &values, zones));
        }
        found.push((at, pattern.clone()));
    }
    if said.keys.len() != said.patterns.len() || found.is_empty() || (epoch.is_some() && found.len() > 1) {
        return Err(DeclaredError::Patterns { keys: said.keys.len(), patterns: said.patterns.len() });
    }
    let named = found.iter().map(|(at, pattern)| FoundKey {
        key: keys[*at].name.clone(),
        formats: vec![pattern.to_string()],
        each: epoch.as_ref().and_then(Format::each),
    });
    Ok((Found::Read { keys: named.collect(), declared: true }, How::Declared(found, epoch)))
}

impl How {
    /// The day of a partition with these values, or why there is none.
    pub(super) fn verdict(&self, row: &[String], keys: &[Key], zones: Zones, today: NaiveDate) -> Verdict {
        match self.span(row, keys, Window::around(today)) {
            Err(why) => Verdict::Unknown { why },
            Ok(span) if span.year() < FIRST_YEAR => Verdict::Unknown { why: Why::BeforeAnyData },
            Ok(span) => {
                let (first, last) = span.days(zones);
                if first > today { Verdict::Future } else { Verdict::Day(last) }
            }
        }
    }

    fn span(&self, row: &[String], keys: &[Key], window: Window) -> Result<Span, Why> {
        let unread = |at: usize, value: &str| {
            let key = &keys[at].name;
            stand_in(key, value).unwrap_or_else(|| Why::Unreadable { key: key.clone() })
        };
        match self {
            Self::Nothing(why) => Err(why.clone()),
            Self::Found { base, column, parts } => {
                let value = row.get(*base).ok_or(Why::OtherKeys)?;
                let mut fields = match column.outcome(&keys[*base].name, value, window) {
                    Outcome::Read(Read::Span(span), _) => return Ok(span),
                    Outcome::Read(Read::Fields(fields), _) => fields,
                    Outcome::Sentinel(why) | Outcome::Unread(why) => return Err(why),
                };
                if column.at_midnight {
                    fields.drop_midnight();
                }
                for (at, part) in parts {
                    let value = row.get(*at).ok_or(Why::OtherKeys)?;
                    let number = part.number(value).ok_or_else(|| unread(*at, value))?;
                    part.put(&mut fields, number);
                }
                fields.span().ok_or_else(|| Why::Unreadable {
                    key: keys[parts.last().map_or(*base, |(at, _)| *at)].name.clone(),
                })
            }
            Self::Declared(patterns, epoch) => {
                let mut all = Fields::default();
                for (at, pattern) in patterns {
                    let value = row.get(*at).ok_or(Why::OtherKeys)?;
                    if let Some(epoch) = epoch {
                        return epoch.read(value).ok_or_else(|| unread(*at, value));
                    }
                    all.merge(&pattern.read(value).ok_or_else(|| unread(*at, value))?);
                }
                let (last, value) =
                    patterns.last().and_then(|(at, _)| Some((*at, row.get(*at)?))).ok_or(Why::OtherKeys)?;
                all.span().ok_or_else(|| unread(last, value))
            }
        }
    }
}

impl Column {
    fn of(key: &Key, values: &BTreeSet<String>, zones: Zones, window: Window) -> Self {
        let mut column = Self { has_years: has_years(key, values, window), ..Self::default() };
        if key.holds_no_dates() {
            return column;
        }
        let mut shapes: BTreeMap<Shape, Vec<&str>> = BTreeMap::new();
        for value in values {
            if stand_in(&key.name, value).is_none()
                && column.alone(value, window).is_none()
                && !column.is_bound(value, window)
                && let Some(shape) = Shape::of(value)
            {
                shapes.entry(shape).or_default().push(value);
            }
        }
        column.shapes = shapes.iter().map(|(shape, values)| (*shape, shape.decide(values, zones, window))).collect();
        let (mut times, mut midnights) = (0, 0);
        for value in values {
            match column.outcome(&key.name, value, window) {
                Outcome::Read(read, format) => {
                    if let Read::Fields(fields) = read
                        && fields.hour.is_some()
                    {
                        times += 1;
                        midnights += usize::from(fields.is_midnight());
                    }
                    *column.formats.entry(format).or_default() += 1;
                    (column.read, column.counted) = (column.read + 1, column.counted + 1);
                }
                Outcome::Unread(why) => {
                    if let Why::Ambiguous { formats, .. } = why {
                        column.ambiguous = formats;
                    }
                    column.counted += 1;
                }
                Outcome::Sentinel(_) => {}
            }
        }
        column.at_midnight = times > 1 && times == midnights;
        column.each = column.shapes.values().find_map(|decision| match decision {
            Decision::One(format) => format.each(),
            _ => None,
        });
        column
    }

    /// A value that says its day by itself. Ten digits do where they are no likely second since 1970.
    fn alone(&self, value: &str, window: Window) -> Option<(Fields, String)> {
        let (fields, pattern) = plain::read(value)?;
        let span = fields.span()?;
        match value.len() {
            4 if pattern == "yyyy" && !self.has_years => None,
            10 if pattern == "yyyyMMddHH" && (span.year() < FIRST_YEAR || is_likely_second(value, window)) => None,
            _ => Some((fields, pattern)),
        }
    }

    fn outcome(&self, key: &str, value: &str, window: Window) -> Outcome {
        if let Some(why) = stand_in(key, value) {
            return Outcome::Sentinel(why);
        }
        if let Some((fields, pattern)) = self.alone(value, window) {
            return match fields.span() {
                Some(span) if span.year() < FIRST_YEAR => Outcome::Sentinel(Why::BeforeAnyData),
                _ => Outcome::Read(Read::Fields(fields), pattern),
            };
        }
        let unread = || Outcome::Unread(Why::Unreadable { key: key.to_owned() });
        match Shape::of(value).and_then(|shape| self.shapes.get(&shape)) {
            Some(Decision::One(format)) => {
                let label = format.to_string();
                match format {
                    Format::Pattern(pattern) => match pattern.read(value) {
                        Some(fields) if fields.span().is_some() => Outcome::Read(Read::Fields(fields), label),
                        _ => self.old(value).unwrap_or_else(unread),
                    },
                    Format::Epoch { .. } => match format.read(value) {
                        Some(span) if window.holds(&span) => Outcome::Read(Read::Span(span), label),
                        _ => self.old(value).unwrap_or_else(unread),
                    },
                }
            }
            Some(Decision::Several(formats)) => {
                let formats = formats.iter().map(Format::to_string).collect();
                Outcome::Unread(Why::Ambiguous { key: key.to_owned(), formats })
            }
            Some(Decision::None) | None => self.old(value).unwrap_or_else(unread),
        }
    }

    /// `999912`, `1900010100`: it tells nothing of how the others are written.
    fn is_bound(&self, value: &str, window: Window) -> bool {
        let bounds = ["9999", "1900", "0000"];
        match value.len() {
            6 => bounds.iter().any(|year| value.starts_with(year)),
            10 if !is_likely_second(value, window) => {
                self.old(value).is_some() || bounds.iter().any(|year| value.ends_with(year))
            }
            _ => false,
        }
    }

    /// An hour long before there was any data: `1900010100`.
    fn old(&self, value: &str) -> Option<Outcome> {
        let (fields, _) = plain::read(value).filter(|_| value.len() != 4 || self.has_years)?;
        (fields.span()?.year() < FIRST_YEAR).then_some(Outcome::Sentinel(Why::BeforeAnyData))
    }

    fn fields(&self, value: &str, window: Window) -> Option<Fields> {
        match self.outcome("", value, window) {
            Outcome::Read(Read::Fields(fields), _) => Some(fields),
            _ => None,
        }
    }
}

impl Fields {
    fn merge(&mut self, other: &Self) {
        macro_rules! take {
            ($($field:ident)+) => { $(self.$field = other.$field.or(self.$field);)+ };
        }
        take!(year quarter week weekday month day hour minute second offset);
    }

    fn is_midnight(&self) -> bool {
        self.hour == Some(0) && self.minute.unwrap_or(0) == 0 && self.second.unwrap_or(0) == 0
    }

    fn drop_midnight(&mut self) {
        if self.is_midnight() {
            (self.hour, self.minute, self.second) = (None, None, None);
        }
    }
}

impl Part {
    const ALL: [Self; 4] = [Self::Month, Self::Day, Self::Hour, Self::Minute];

    /// By the key's name, where its values are such numbers. One that is too large is a mistake, and counts with them.
    fn of(key: &Key, values: &BTreeSet<String>) -> Option<Self> {
        let part = Self::ALL.into_iter().find(|part| part.is_called(&key.name))?;
        let meant = values.iter().filter(|value| is_short_number(value) || stand_in("", value).is_none());
        let (short, all) =
            meant.fold((0, 0), |(short, all), value| (short + usize::from(is_short_number(value)), all + 1));
        enough(short, all).then_some(part)
    }

    fn is_called(self, name: &str) -> bool {
        let names: &[&str] = match self {
            Self::Month => &["m", "mm", "mon", "mth", "month", "월"],
            Self::Day => &["d", "dd", "day", "일"],
            Self::Hour => &["h", "hh", "hh24", "hr", "hour", "시", "시간"],
            Self::Minute => &["mi", "min", "minute", "분"],
        };
        names.iter().any(|word| is_called(name, word))
    }

    fn number(self, value: &str) -> Option<u32> {
        let range = match self {
            Self::Month => 1..=12,
            Self::Day => 1..=31,
            Self::Hour => 0..=23,
            Self::Minute => 0..=59,
        };
        value.parse().ok().filter(|number| is_short_number(value) && range.contains(number))
    }

    /// Whether it goes on where the fields end.
    fn put(self, fields: &mut Fields, number: u32) -> bool {
        if fields.week.is_some() || fields.quarter.is_some() || fields.offset.is_some() {
            return false;
        }
        let (before, place) = match self {
            Self::Month => (fields.year, &mut fields.month),
            Self::Day => (fields.month.map(|_| 0), &mut fields.day),
            Self::Hour => (fields.day.map(|_| 0), &mut fields.hour),
            Self::Minute => (fields.hour.map(|_| 0), &mut fields.minute),
        };
        let fits = before.is_some() && place.is_none();
        if fits {
            *place = Some(number);
        }
        fits
    }

    fn pattern(self, values: &BTreeSet<String>) -> &'static str {
        let is_padded = values.iter().all(|value| value.len() != 1);
        match (self, is_padded) {
            (Self::Month, true) => "MM",
            (Self::Month, false) => "M",
            (Self::Day, true) => "dd",
            (Self::Day, false) => "d",
            (Self::Hour, true) => "HH",
            (Self::Hour, false) => "H",
            (Self::Minute, true) => "mm",
            (Self::Minute, false) => "m",
        }
    }
}

fn is_short_number(value: &str) -> bool {
    matches!(value.len(), 1 | 2) && value.bytes().all(|b| b.is_ascii_digit())
}

/// `hour`, `log_hour`, `hour_kst`.
fn is_called(name: &str, word: &str) -> bool {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> = lower.split('_').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.last().is_some_and(|last| matches!(*last, "kst" | "utc" | "gmt" | "local")) {
        words.pop();
    }
    // The day of a week is no day.
    words.last() == Some(&word) && !words.contains(&"of")
}

/// Whether four digits are years: under a name that says so, or where most are likely ones. Numbers of shops are none.
fn has_years(key: &Key, values: &BTreeSet<String>, window: Window) -> bool {
    if ["y", "yr", "yyyy", "year", "년", "연도", "년도"].iter().any(|word| is_called(&key.name, word)) {
        return true;
    }
    let (mut likely, mut other) = (0, 0);
    for value in values.iter().filter(|value| value.len() == 4 && value.bytes().all(|b| b.is_ascii_digit())) {
        let year = Fields { year: value.parse().ok(), ..Fields::default() };
        match value.as_str() {
            "0000" | "0001" | "1900" | "1970" | "9999" => {}
            _ if year.span().is_some_and(|span| window.holds(&span)) => likely += 1,
            _ => other += 1,
        }
    }
    other <= likely || other < 3
}

/// Words and numbers that stand where a date would, and mean that there is none.
fn stand_in(key: &str, value: &str) -> Option<Why> {
    const WORDS: [&str; 14] = [
        "latest", "all", "null", "none", "n/a", "na", "unknown", "default", "current", "\\n", "-", "-1", "최신", "전체",
    ];
    if value.is_empty() {
        return Some(Why::Empty { key: key.to_owned() });
    }
    if value == crate::partition_name::DEFAULT_PARTITION {
        return Some(Why::DefaultPartition { key: key.to_owned() });
    }
    if WORDS.iter().any(|word| value.eq_ignore_ascii_case(word)) {
        return Some(Why::NoDay { key: key.to_owned() });
    }
    let is_zero = value.contains('0') && value.chars().all(|c| matches!(c, '0' | '-' | '/' | '.' | '_' | ':' | ' '));
    is_zero.then_some(Why::BeforeAnyData)
}

fn is_likely_second(value: &str, window: Window) -> bool {
    let moment = value.parse().ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    moment
        .and_then(|moment| Span::from_moment(moment, chrono::TimeDelta::seconds(1)))
        .is_some_and(|span| window.holds(&span))
}
