//! Policies: for what, how long, by which clock and why. A policy has versions, and none of them ever changes.

use super::period::{Period, PeriodError, Term};
use super::value::{Declared, DeclaredError};
use crate::PolicyId;
use crate::personal_data::Class;
use crate::visibility::glob;
use crate::word::words;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// The fewest characters that say why.
pub const SHORTEST_BASIS: usize = 20;

/// One version of a policy, as it is read from TOML and JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// A draft has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PolicyId>,
    /// From 1; the later goes before.
    #[serde(default = "first")]
    pub version: u32,
    pub name: String,
    pub scope: Scope,
    #[serde(default)]
    pub kind: PolicyKind,
    pub period: Term,
    pub clock: Clock,
    /// So many days after its day a partition stays as it is, and is compressed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hot_days: Option<u32>,
    /// Why: law, contract or decision.
    pub basis: String,
    /// The smaller goes first.
    #[serde(default)]
    pub priority: u32,
    #[serde(deserialize_with = "date")]
    pub valid_from: NaiveDate,
    /// The last day it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some_date")]
    pub valid_until: Option<NaiveDate>,
}

words! {
    #[derive(Default)]
    PolicyKind {
        /// How long it is kept, unless something else says otherwise.
        #[default]
        Base,
        /// At the most.
        Cap,
        /// At the least: a legal duty.
        Floor,
    }
}

/// What a policy holds for. In names `*` is any characters; names are compared in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    Everything,
    Source {
        name: String,
    },
    Class {
        classes: Vec<Class>,
    },
    Tag {
        name: String,
    },
    Database {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Of the table's name; with a dot in it, of `database.table`.
    Pattern {
        name: String,
    },
    /// What lies below: `/warehouse/log`. Without a scheme, on any file system.
    Path {
        path: String,
    },
    /// `database.table`
    Table {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Partitions of a table, by their names.
    Partition {
        table: String,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
}

/// From when the period counts. `zone` is where days begin and end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Clock {
    /// What the partition's values say.
    PartitionValue {
        /// As they are found, where none is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
        /// A pattern for each key, with `/` between; found from the values where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<String>,
        #[cfg_attr(feature = "openapi", schema(value_type = String, examples("Asia/Seoul")))]
        zone: Tz,
        /// Of who wrote the values, where it is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        values_zone: Option<Tz>,
    },
    /// When the partition was made; compressing it moves nothing.
    PartitionCreated {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        zone: Tz,
    },
    LastWrite {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        zone: Tz,
    },
}

/// What a policy could hold for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    pub source: &'a str,
    pub database: &'a str,
    pub table: &'a str,
    /// Of one partition.
    pub partition: Option<&'a str>,
    pub location: Option<&'a str>,
    pub tags: &'a [String],
    /// The highest that was confirmed of its columns.
    pub class: Option<Class>,
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    #[error("it has no name")]
    NoName,
    #[error("the basis has {length} characters: say why in {SHORTEST_BASIS} or more")]
    BasisTooShort { length: usize },
    #[error("it holds for nothing: the scope's name is empty")]
    EmptyScope,
    #[error("{0:?} is no table: write it as database.table")]
    NotATable(String),
    #[error("{0:?} is no path: it begins with / or a scheme")]
    NotAPath(String),
    #[error("a path this short holds too much: {0:?}")]
    PathTooShort(String),
    #[error("a cap or floor needs a period: `keep` limits nothing")]
    KeepIsNoLimit,
    #[error("hot for {hot_days} days, and kept for {period}: it would be compressed when it goes")]
    HotToTheEnd { hot_days: u32, period: Period },
    #[error("a format without the keys that it is of")]
    FormatWithoutKeys,
    #[error(transparent)]
    Format(DeclaredError),
    #[error("it ends on {until}, before it begins on {from}")]
    EndsBeforeItBegins { from: NaiveDate, until: NaiveDate },
    #[error(transparent)]
    Period(PeriodError),
}

impl Policy {
    /// All that is wrong with it, for a form to show beside its fields.
    pub fn problems(&self) -> Vec<PolicyProblem> {
        let mut problems = Vec::new();
        if self.name.trim().is_empty() {
            problems.push(PolicyProblem::NoName);
        }
        let length = self.basis.trim().chars().count();
        if length < SHORTEST_BASIS {
            problems.push(PolicyProblem::BasisTooShort { length });
        }
        problems.extend(self.scope.problem());
        match (self.kind, self.period, self.hot_days) {
            (PolicyKind::Cap | PolicyKind::Floor, Term::Keep, _) => problems.push(PolicyProblem::KeepIsNoLimit),
            (PolicyKind::Base, Term::For(period), Some(hot_days)) if u64::from(hot_days) >= period.about_days() => {
                problems.push(PolicyProblem::HotToTheEnd { hot_days, period });
            }
            _ => {}
        }
        if let Term::For(period) = self.period {
            problems.extend(period.checked().err().map(PolicyProblem::Period));
        }
        if let Clock::PartitionValue { keys, format: Some(format), .. } = &self.clock {
            if keys.is_empty() {
                problems.push(PolicyProblem::FormatWithoutKeys);
            } else {
                problems.extend(Declared::new(keys, format).err().map(PolicyProblem::Format));
            }
        }
        if let Some(until) = self.valid_until.filter(|until| *until < self.valid_from) {
            problems.push(PolicyProblem::EndsBeforeItBegins { from: self.valid_from, until });
        }
        problems
    }

    /// Days are inclusive.
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|until| on <= until)
    }
}

/// Of each policy the version that counts on this day: the latest whose time has come. Of what it replaced nothing
/// holds any more, wherever that held.
pub fn in_force(versions: &[Policy], on: NaiveDate) -> Vec<&Policy> {
    let begun = |policy: &&Policy| policy.valid_from <= on;
    let is_latest = |policy: &&Policy| {
        policy.id.is_none()
            || !versions.iter().filter(begun).any(|other| other.id == policy.id && other.version > policy.version)
    };
    versions.iter().filter(begun).filter(is_latest).filter(|policy| policy.is_in_force(on)).collect()
}

impl Scope {
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        let is = |pattern: &str, name: &str| glob(&pattern.to_lowercase(), &name.to_lowercase());
        let qualified = || format!("{}.{}", subject.database, subject.table);
        let of_source = |source: &Option<String>| source.as_ref().is_none_or(|source| is(source, subject.source));
        match self {
            Self::Everything => true,
            Self::Source { name } => is(name, subject.source),
            Self::Class { classes } => subject.class.is_some_and(|class| classes.contains(&class)),
            Self::Tag { name } => subject.tags.iter().any(|tag| is(name, tag)),
            Self::Database { name, source } => of_source(source) && is(name, subject.database),
            Self::Pattern { name } if name.contains('.') => is(name, &qualified()),
            Self::Pattern { name } => is(name, subject.table),
            Self::Path { path } => subject.location.is_some_and(|location| lies_below(path, location)),
            Self::Table { name, source } => of_source(source) && is(name, &qualified()),
            Self::Partition { table, name, source } => {
                of_source(source)
                    && is(table, &qualified())
                    && subject.partition.is_some_and(|partition| glob(name, partition))
            }
        }
    }

    /// The smaller says more exactly what it is about, and goes first.
    pub fn breadth(&self) -> u8 {
        match self {
            Self::Partition { .. } => 0,
            Self::Table { .. } => 1,
            Self::Path { .. } => 2,
            Self::Pattern { .. } => 3,
            Self::Database { .. } => 4,
            Self::Tag { .. } => 5,
            Self::Class { .. } => 6,
            Self::Source { .. } => 7,
            Self::Everything => 8,
        }
    }

    fn problem(&self) -> Option<PolicyProblem> {
        let empty = |name: &str| name.trim().is_empty().then_some(PolicyProblem::EmptyScope);
        let of_table = |name: &str| {
            let is_table =
                name.split_once('.').is_some_and(|(database, table)| !database.is_empty() && !table.is_empty());
            empty(name).or_else(|| (!is_table).then(|| PolicyProblem::NotATable(name.to_owned())))
        };
        match self {
            Self::Everything => None,
            Self::Class { classes } => classes.is_empty().then_some(PolicyProblem::EmptyScope),
            Self::Source { name } | Self::Tag { name } | Self::Database { name, .. } | Self::Pattern { name } => {
                empty(name)
            }
            Self::Table { name, .. } => of_table(name),
            Self::Partition { table, name, .. } => of_table(table).or_else(|| empty(name)),
            Self::Path { path } => empty(path).or_else(|| {
                let below = path_of(path);
                if !below.starts_with('/') {
                    Some(PolicyProblem::NotAPath(path.clone()))
                } else {
                    let is_short = below.trim_matches('/').is_empty();
                    is_short.then(|| PolicyProblem::PathTooShort(path.clone()))
                }
            }),
        }
    }
}

impl Clock {
    /// Where days begin and end.
    pub fn zone(&self) -> Tz {
        match self {
            Self::PartitionValue { zone, .. } | Self::PartitionCreated { zone } | Self::LastWrite { zone } => *zone,
        }
    }
}

fn first() -> u32 {
    1
}

fn path_of(location: &str) -> &str {
    location.split_once("://").map_or(location, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]))
}

/// At a boundary of names: `/a/b` is above `/a/b/c`, not above `/a/bc`.
fn lies_below(path: &str, location: &str) -> bool {
    let location = if path.contains("://") { location } else { path_of(location) };
    let (path, location) = (path.trim_end_matches('/'), location.trim_end_matches('/'));
    if path.contains('*') {
        return glob(path, location) || glob(&format!("{path}/*"), location);
    }
    location.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A day as text, or as TOML writes dates.
fn date<'de, D: Deserializer<'de>>(input: D) -> Result<NaiveDate, D::Error> {
    struct Day;
    impl<'de> serde::de::Visitor<'de> for Day {
        type Value = NaiveDate;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a day: 2026-10-01")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<NaiveDate, E> {
            text.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
        }

        // TOML's own dates come as the one value of a map.
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<NaiveDate, A::Error> {
            match map.next_entry::<String, String>()? {
                Some((_, text)) => self.visit_str(&text),
                None => Err(serde::de::Error::invalid_length(0, &self)),
            }
        }
    }
    input.deserialize_any(Day)
}

fn some_date<'de, D: Deserializer<'de>>(input: D) -> Result<Option<NaiveDate>, D::Error> {
    struct Known(NaiveDate);
    impl<'de> Deserialize<'de> for Known {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            date(input).map(Known)
        }
    }
    Ok(Option::<Known>::deserialize(input)?.map(|known| known.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retention::day;

    const BID_STREAM: &str = r#"
        id = 5
        version = 6
        name = "Bid stream"
        period = "14d"
        hot_days = 3
        basis = "입찰 재현에 두 주가 필요하다 (광고 플랫폼 결정)"
        priority = 40
        valid_from = 2026-10-01

        [scope]
        kind = "table"
        name = "ads.bid_*"

        [clock]
        kind = "partition_value"
        keys = ["dt", "hh"]
        format = "yyyyMMdd/HH"
        zone = "Asia/Seoul"
        values_zone = "UTC"
    "#;

    fn policy() -> Policy {
        toml::from_str(BID_STREAM).unwrap()
    }

    #[test]
    fn a_policy_is_read_from_toml_and_json() {
        let policy = policy();
        assert_eq!(policy.problems(), []);
        assert_eq!(policy.id, Some(PolicyId(5)));
        assert_eq!((policy.kind, policy.period), (PolicyKind::Base, Term::For(Period::Days(14))));
        assert_eq!(policy.valid_from, day("2026-10-01"));
        assert_eq!(policy.clock.zone(), chrono_tz::Asia::Seoul);
        let json = serde_json::to_string(&policy).unwrap();
        assert!(json.contains(r#""period":"14d""#) && json.contains(r#""valid_from":"2026-10-01""#), "{json}");
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
        assert_eq!(toml::from_str::<Policy>(&toml::to_string(&policy).unwrap()).unwrap(), policy);
        let quoted = BID_STREAM.replace("2026-10-01", "\"2026-10-01\"\nvalid_until = 2026-12-31");
        assert_eq!(toml::from_str::<Policy>(&quoted).unwrap().valid_until, Some(day("2026-12-31")));
        let keep = BID_STREAM.replace("\"14d\"", "\"keep\"");
        assert_eq!(toml::from_str::<Policy>(&keep).unwrap().period, Term::Keep);
        assert_eq!(
            toml::from_str::<Policy>(&BID_STREAM.replace("\"14d\"", "30")).unwrap().period,
            Term::For(Period::Days(30))
        );
    }

    #[test]
    fn what_cannot_be_read_says_so() {
        for (from, to, word) in [
            ("\"14d\"", "\"14m\"", "13 months"),
            ("2026-10-01", "\"soon\"", "2026-10-01"),
            ("Asia/Seoul", "Asia/Soul", "Asia/Soul"),
            ("hot_days", "hot_day", "hot_day"),
            ("\"table\"", "\"tabel\"", "tabel"),
            ("partition_value", "partition_values", "partition_values"),
        ] {
            let error = toml::from_str::<Policy>(&BID_STREAM.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(word), "{to}: {error}");
        }
    }

    #[test]
    fn problems_of_a_policy() {
        let with = |change: &dyn Fn(&mut Policy)| {
            let mut policy = policy();
            change(&mut policy);
            policy.problems()
        };
        let clock = |keys: &[&str], format: &str| Clock::PartitionValue {
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            format: Some(format.to_owned()),
            zone: Tz::UTC,
            values_zone: None,
        };
        let fourteen = Period::Days(14);
        assert_eq!(with(&|p| p.name = " ".into()), [PolicyProblem::NoName]);
        assert_eq!(with(&|p| p.basis = "비용".into()), [PolicyProblem::BasisTooShort { length: 2 }]);
        assert_eq!(with(&|p| p.hot_days = Some(13)), []);
        assert_eq!(with(&|p| p.hot_days = Some(14)), [PolicyProblem::HotToTheEnd { hot_days: 14, period: fourteen }]);
        assert_eq!(with(&|p| (p.kind, p.period) = (PolicyKind::Cap, Term::Keep)), [PolicyProblem::KeepIsNoLimit]);
        assert_eq!(with(&|p| p.scope = Scope::Source { name: String::new() }), [PolicyProblem::EmptyScope]);
        assert_eq!(with(&|p| p.scope = Scope::Class { classes: vec![] }), [PolicyProblem::EmptyScope]);
        let table = |name: &str| Scope::Table { name: name.into(), source: None };
        assert_eq!(with(&|p| p.scope = table("bid_*")), [PolicyProblem::NotATable("bid_*".into())]);
        assert_eq!(
            with(&|p| p.scope = Scope::Path { path: "data/x".into() }),
            [PolicyProblem::NotAPath("data/x".into())]
        );
        for path in ["/", "hdfs://ns/", "//"] {
            assert_eq!(
                with(&|p| p.scope = Scope::Path { path: path.into() }),
                [PolicyProblem::PathTooShort(path.into())]
            );
        }
        assert_eq!(with(&|p| p.clock = clock(&[], "yyyy")), [PolicyProblem::FormatWithoutKeys]);
        let one = DeclaredError::Patterns { keys: 2, patterns: 1 };
        assert_eq!(with(&|p| p.clock = clock(&["dt", "hh"], "yyyy")), [PolicyProblem::Format(one)]);
        let (from, until) = (day("2026-10-01"), day("2026-09-30"));
        assert_eq!(with(&|p| p.valid_until = Some(until)), [PolicyProblem::EndsBeforeItBegins { from, until }]);
        let long = PeriodError::TooLong(Period::Days(u32::MAX));
        assert_eq!(with(&|p| p.period = Term::For(Period::Days(u32::MAX))), [PolicyProblem::Period(long)]);
    }

    #[test]
    fn what_a_scope_covers() {
        let tags = ["매출".to_owned()];
        let subject = Subject {
            source: "prod",
            database: "ads",
            table: "bid_request_daily",
            partition: Some("dt=2026-03-01"),
            location: Some("hdfs://ns1/warehouse/ads.db/bid_request"),
            tags: &tags,
            class: Some(Class::Direct),
        };
        let text = |name: &str| name.to_owned();
        let table = |name: &str, source: Option<&str>| Scope::Table { name: text(name), source: source.map(text) };
        let partition = |name: &str| Scope::Partition { table: text("ads.bid_*"), name: text(name), source: None };
        let path = |path: &str| Scope::Path { path: text(path) };
        for (scope, covers) in [
            (Scope::Everything, true),
            (Scope::Source { name: text("prod") }, true),
            (Scope::Source { name: text("dev") }, false),
            (Scope::Class { classes: vec![Class::Direct, Class::Sensitive] }, true),
            (Scope::Class { classes: vec![Class::Sensitive] }, false),
            (Scope::Tag { name: text("매출") }, true),
            (Scope::Tag { name: text("비용") }, false),
            (Scope::Database { name: text("AD*"), source: None }, true),
            (Scope::Database { name: text("ads"), source: Some(text("dev")) }, false),
            (Scope::Pattern { name: text("*_daily") }, true),
            (Scope::Pattern { name: text("ads.*_daily") }, true),
            (Scope::Pattern { name: text("bid") }, false),
            (table("ads.bid_*", None), true),
            (table("ads.bid_*", Some("prod")), true),
            (table("ads.bid_*", Some("dev")), false),
            (table("ads.bid", None), false),
            (partition("dt=2026-03-*"), true),
            (partition("dt=2026-04-*"), false),
            (path("/warehouse/ads.db"), true),
            (path("/warehouse/ads.db/"), true),
            (path("/warehouse/ads"), false),
            (path("/warehouse/*.db"), true),
            (path("/warehouse/*/bid_request"), true),
            (path("hdfs://ns1/warehouse"), true),
            (path("hdfs://ns2/warehouse"), false),
        ] {
            assert_eq!(scope.covers(&subject), covers, "{scope:?}");
        }
        assert!(!partition("*").covers(&Subject { partition: None, ..subject }));
        assert!(!path("/warehouse").covers(&Subject { location: None, ..subject }));
    }

    #[test]
    fn of_each_policy_one_version_is_in_force() {
        let version = |version: u32, from: &str, until: Option<&str>| {
            let mut policy = policy();
            policy.version = version;
            policy.valid_from = day(from);
            policy.valid_until = until.map(day);
            policy
        };
        let all = [
            version(1, "2026-01-01", None),
            version(2, "2026-03-01", Some("2026-06-30")),
            version(3, "2026-09-01", None),
        ];
        let on = |text: &str| in_force(&all, day(text)).iter().map(|policy| policy.version).collect::<Vec<_>>();
        assert_eq!((on("2025-12-31"), on("2026-01-01"), on("2026-02-28")), (vec![], vec![1], vec![1]));
        // What ended is not what it replaced again.
        assert_eq!(
            (on("2026-03-01"), on("2026-06-30"), on("2026-07-01"), on("2026-09-01")),
            (vec![2], vec![2], vec![], vec![3])
        );
    }
}
