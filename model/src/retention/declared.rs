//! What an engine deletes by itself, by a property of the table: nobody is asked, nothing is held.

use super::period::{Period, Term};
use crate::word::words;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// In whose format the files of a table are.
    TableFormat { Hive, Iceberg, Paimon, Hudi, Delta }
}

words! {
    /// Who deletes.
    Engine { Hive, Paimon, Hudi, OpenHouse, Amoro }
}

words! {
    /// Whether it does.
    Running {
        /// On its own: a task, or whoever writes.
        ByItself,
        /// Only when somebody runs a job or command.
        WhenRun,
        /// It says how long, and is switched off.
        Off,
    }
}

/// From when an engine counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EngineClock {
    PartitionCreated,
    LastWrite,
    /// What a column, or the values of the partition, say.
    Value {
        column: Option<String>,
        pattern: Option<String>,
    },
    /// By a class of somebody's own.
    Custom {
        class: String,
    },
}

/// How long an engine keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    Seconds(u64),
    Months(u32),
}

/// What a table says of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineRetention {
    pub engine: Engine,
    pub running: Running,
    /// Nothing where what is written cannot be read.
    pub lifetime: Option<Lifetime>,
    /// The properties, as they are written.
    pub written: String,
    pub clock: Option<EngineClock>,
}

/// An engine deletes what was agreed to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EngineWarning {
    /// It deletes sooner, and asks nobody.
    ShorterThanAgreed { engine: Engine, lifetime: Lifetime, agreed: Term },
    /// It deletes, and after how long cannot be read.
    Unreadable { engine: Engine, written: String },
}

impl TableFormat {
    /// By the parameters of a table in the metastore.
    pub fn of(parameters: &BTreeMap<String, String>) -> Self {
        let named = ["table_type", "spark.sql.sources.provider", "provider", "storage_handler", "connector"];
        let said = named.iter().filter_map(|name| get(parameters, name)).map(str::to_lowercase);
        for said in said {
            for (word, format) in
                [("iceberg", Self::Iceberg), ("paimon", Self::Paimon), ("hudi", Self::Hudi), ("delta", Self::Delta)]
            {
                if said.contains(word) {
                    return format;
                }
            }
        }
        Self::Hive
    }
}

/// What engines do with a table by themselves.
pub fn declared(format: TableFormat, parameters: &BTreeMap<String, String>) -> Vec<EngineRetention> {
    match format {
        TableFormat::Hive => hive(parameters).into_iter().collect(),
        TableFormat::Paimon => paimon(parameters).into_iter().collect(),
        TableFormat::Hudi => hudi(parameters).into_iter().collect(),
        TableFormat::Iceberg => openhouse(parameters).into_iter().chain(amoro(parameters)).collect(),
        TableFormat::Delta => vec![],
    }
}

impl EngineRetention {
    /// What somebody must settle: it deletes sooner than was agreed, or nobody can say when.
    pub fn warning(&self, agreed: Term, today: NaiveDate) -> Option<EngineWarning> {
        if self.running == Running::Off {
            return None;
        }
        let Some(lifetime) = self.lifetime else {
            return Some(EngineWarning::Unreadable { engine: self.engine, written: self.written.clone() });
        };
        let is_shorter = agreed.period().is_none_or(|agreed| lifetime.is_shorter(agreed, today));
        is_shorter.then_some(EngineWarning::ShorterThanAgreed { engine: self.engine, lifetime, agreed })
    }
}

impl Lifetime {
    /// Whole days of it, where it is no months: what a reader calls it.
    pub fn period(self) -> Period {
        match self {
            Self::Seconds(seconds) => Period::Days(u32::try_from(seconds / 86_400).unwrap_or(u32::MAX)),
            Self::Months(months) => Period::Months(months),
        }
    }

    /// By the calendar from `today` on.
    fn is_shorter(self, than: Period, today: NaiveDate) -> bool {
        let seconds = |period: Period| match period {
            Period::Days(days) => u64::from(days) * 86_400,
            Period::Months(months) => calendar_seconds(today, months),
            Period::Years(years) => calendar_seconds(today, years.saturating_mul(12)),
        };
        let own = match self {
            Self::Seconds(seconds) => seconds,
            Self::Months(months) => calendar_seconds(today, months),
        };
        own < seconds(than)
    }
}

fn calendar_seconds(today: NaiveDate, months: u32) -> u64 {
    let end = today.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX);
    u64::try_from((end - today).num_seconds()).unwrap_or(0)
}

/// `PartitionManagementTask` of Hive: it looks at tables with `discover.partitions`, and drops by create time.
fn hive(parameters: &BTreeMap<String, String>) -> Option<EngineRetention> {
    let period = get(parameters, "partition.retention.period")?;
    let lifetime = duration(period, Bare::Seconds);
    // 0 and less switch it off.
    if lifetime == Some(0) || period.trim_start().starts_with('-') {
        return None;
    }
    let running = if is_true(parameters, "discover.partitions") { Running::ByItself } else { Running::WhenRun };
    Some(EngineRetention {
        engine: Engine::Hive,
        running,
        lifetime: lifetime.map(Lifetime::Seconds),
        written: written(parameters, &["partition.retention.period", "discover.partitions"]),
        clock: Some(EngineClock::PartitionCreated),
    })
}

fn paimon(parameters: &BTreeMap<String, String>) -> Option<EngineRetention> {
    let period = get(parameters, "partition.expiration-time")?;
    let clock = match get(parameters, "partition.expiration-strategy").unwrap_or("values-time") {
        "values-time" => EngineClock::Value {
            column: get(parameters, "partition.timestamp-pattern").map(str::to_owned),
            pattern: get(parameters, "partition.timestamp-formatter").map(str::to_owned),
        },
        "update-time" => EngineClock::LastWrite,
        other => EngineClock::Custom { class: other.to_owned() },
    };
    Some(EngineRetention {
        engine: Engine::Paimon,
        running: Running::ByItself,
        lifetime: duration(period, Bare::Milliseconds).map(Lifetime::Seconds),
        written: written(parameters, &["partition.expiration-time", "partition.expiration-strategy"]),
        clock: Some(clock),
    })
}

fn hudi(parameters: &BTreeMap<String, String>) -> Option<EngineRetention> {
    const DAYS: [&str; 2] = ["hoodie.partition.ttl.strategy.days.retain", "hoodie.partition.ttl.days.retain"];
    let days = DAYS.iter().find_map(|name| get(parameters, name))?;
    // -1 is the default: for ever.
    let lifetime = match days.trim().parse::<i64>() {
        Ok(days) if days <= 0 => return None,
        Ok(days) => u64::try_from(days).ok().and_then(|days| days.checked_mul(86_400)),
        Err(_) => None,
    };
    let strategy = ["hoodie.partition.ttl.management.strategy.type", "hoodie.partition.ttl.strategy.type"];
    let strategy = strategy.iter().find_map(|name| get(parameters, name)).unwrap_or("KEEP_BY_TIME");
    let class = get(parameters, "hoodie.partition.ttl.strategy.class");
    let clock = match (class.and_then(|class| class.rsplit('.').next()), strategy.to_uppercase().as_str()) {
        (Some("KeepByTimeStrategy"), _) | (None, "KEEP_BY_TIME") => EngineClock::LastWrite,
        (Some("KeepByCreationTimeStrategy"), _) | (None, "KEEP_BY_CREATION_TIME") => EngineClock::PartitionCreated,
        (Some(_), _) => EngineClock::Custom { class: class.unwrap_or_default().to_owned() },
        (None, other) => EngineClock::Custom { class: other.to_owned() },
    };
    let is_running =
        ["inline", "automatic"].iter().any(|how| is_true(parameters, &format!("hoodie.partition.ttl.{how}")));
    Some(EngineRetention {
        engine: Engine::Hudi,
        running: if is_running { Running::ByItself } else { Running::WhenRun },
        lifetime: lifetime.map(Lifetime::Seconds),
        written: written(
            parameters,
            &[DAYS[0], DAYS[1], strategy, "hoodie.partition.ttl.inline", "hoodie.partition.ttl.automatic"],
        ),
        clock: Some(clock),
    })
}

/// OpenHouse keeps its policies as JSON in a property.
fn openhouse(parameters: &BTreeMap<String, String>) -> Option<EngineRetention> {
    #[derive(Deserialize)]
    struct Policies {
        retention: Option<Retention>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Retention {
        count: Option<u32>,
        granularity: Option<String>,
        column_pattern: Option<ColumnPattern>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ColumnPattern {
        column_name: Option<String>,
        pattern: Option<String>,
    }
    let text = get(parameters, "policies").filter(|text| text.contains("retention"))?;
    let policies = serde_json::from_str::<Policies>(text);
    let unreadable = || EngineRetention {
        engine: Engine::OpenHouse,
        running: Running::ByItself,
        lifetime: None,
        written: written(parameters, &["policies"]),
        clock: None,
    };
    let Ok(policies) = policies else { return Some(unreadable()) };
    let retention = policies.retention?;
    let lifetime = match (retention.count, retention.granularity.as_deref().map(str::to_uppercase).as_deref()) {
        (Some(count), Some("HOUR")) => Some(Lifetime::Seconds(u64::from(count) * 3600)),
        (Some(count), Some("DAY")) => Some(Lifetime::Seconds(u64::from(count) * 86_400)),
        (Some(count), Some("MONTH")) => Some(Lifetime::Months(count)),
        (Some(count), Some("YEAR")) => count.checked_mul(12).map(Lifetime::Months),
        _ => None,
    };
    let (column, pattern) = retention.column_pattern.map_or((None, None), |at| (at.column_name, at.pattern));
    Some(EngineRetention { lifetime, clock: Some(EngineClock::Value { column, pattern }), ..unreadable() })
}

fn amoro(parameters: &BTreeMap<String, String>) -> Option<EngineRetention> {
    let time = get(parameters, "data-expire.retention-time")?;
    let is_on = is_true(parameters, "data-expire.enabled");
    let field = get(parameters, "data-expire.field");
    // Without a field it does nothing.
    let running = if is_on && field.is_some() { Running::ByItself } else { Running::Off };
    Some(EngineRetention {
        engine: Engine::Amoro,
        running,
        lifetime: duration(time, Bare::Milliseconds).map(Lifetime::Seconds),
        written: written(
            parameters,
            &["data-expire.enabled", "data-expire.field", "data-expire.retention-time", "data-expire.level"],
        ),
        clock: Some(EngineClock::Value {
            column: field.map(str::to_owned),
            pattern: get(parameters, "data-expire.datetime-string-pattern").map(str::to_owned),
        }),
    })
}

fn get<'a>(parameters: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    parameters.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn is_true(parameters: &BTreeMap<String, String>, name: &str) -> bool {
    get(parameters, name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn written(parameters: &BTreeMap<String, String>, names: &[&str]) -> String {
    let said = names.iter().filter_map(|name| get(parameters, name).map(|value| format!("{name}={value}")));
    said.collect::<Vec<_>>().join(", ")
}

/// What a number without a unit is.
#[derive(Clone, Copy)]
enum Bare {
    Seconds,
    Milliseconds,
}

/// Seconds, rounded down, of `7d`, `7 d`, `168 hours`, `30 min`: units as Hive, Flink and Amoro have them.
fn duration(text: &str, bare: Bare) -> Option<u64> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let (times, by) = match (unit.trim().to_lowercase().as_str(), bare) {
        ("d" | "day" | "days", _) => (86_400, 1),
        ("h" | "hour" | "hours", _) => (3_600, 1),
        ("m" | "min" | "mins" | "minute" | "minutes", _) => (60, 1),
        ("s" | "sec" | "secs" | "second" | "seconds", _) | ("", Bare::Seconds) => (1, 1),
        ("ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds", _)
        | ("", Bare::Milliseconds) => (1, 1_000),
        ("us" | "usec" | "usecs" | "µs" | "micro" | "micros" | "microsecond" | "microseconds", _) => (1, 1_000_000),
        ("ns" | "nsec" | "nsecs" | "nano" | "nanos" | "nanosecond" | "nanoseconds", _) => (1, 1_000_000_000),
        _ => return None,
    };
    number.checked_mul(times).map(|seconds| seconds / by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retention::day;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn found(pairs: &[(&str, &str)]) -> Vec<EngineRetention> {
        let parameters = of(pairs);
        declared(TableFormat::of(&parameters), &parameters)
    }

    const DAY: u64 = 86_400;

    #[test]
    fn hive() {
        let got = found(&[("discover.partitions", "TRUE"), ("partition.retention.period", "7d")]);
        assert_eq!(
            got,
            [EngineRetention {
                engine: Engine::Hive,
                running: Running::ByItself,
                lifetime: Some(Lifetime::Seconds(7 * DAY)),
                written: "partition.retention.period=7d, discover.partitions=TRUE".into(),
                clock: Some(EngineClock::PartitionCreated),
            }]
        );
        let running = |pairs: &[(&str, &str)]| found(pairs).first().map(|one| (one.running, one.lifetime));
        assert_eq!(
            running(&[("partition.retention.period", "3600")]),
            Some((Running::WhenRun, Some(Lifetime::Seconds(3600))))
        );
        assert_eq!(running(&[("partition.retention.period", "soon")]), Some((Running::WhenRun, None)));
        for off in [
            &[("discover.partitions", "true")][..],
            &[("partition.retention.period", "0")],
            &[("partition.retention.period", "-1s")],
            &[],
        ] {
            assert_eq!(running(off), None, "{off:?}");
        }
    }

    #[test]
    fn paimon() {
        let with = |more: &[(&str, &str)]| {
            found(&[&[("table_type", "PAIMON"), ("partition.expiration-time", "7 d")], more].concat()).remove(0)
        };
        let values = EngineClock::Value { column: Some("$dt".into()), pattern: Some("yyyyMMdd".into()) };
        let got = with(&[("partition.timestamp-formatter", "yyyyMMdd"), ("partition.timestamp-pattern", "$dt")]);
        assert_eq!(
            (got.lifetime, got.clock, got.running),
            (Some(Lifetime::Seconds(7 * DAY)), Some(values), Running::ByItself)
        );
        assert_eq!(with(&[("partition.expiration-strategy", "update-time")]).clock, Some(EngineClock::LastWrite));
        assert_eq!(
            with(&[("partition.expiration-strategy", "custom")]).clock,
            Some(EngineClock::Custom { class: "custom".into() })
        );
        // Of another format it means nothing.
        assert_eq!(found(&[("partition.expiration-time", "7 d")]), []);
    }

    #[test]
    fn hudi() {
        let with = |more: &[(&str, &str)]| found(&[&[("spark.sql.sources.provider", "hudi")], more].concat());
        let days = ("hoodie.partition.ttl.strategy.days.retain", "30");
        let got = with(&[days, ("hoodie.partition.ttl.inline", "true")]).remove(0);
        assert_eq!(
            (got.running, got.lifetime, got.clock),
            (Running::ByItself, Some(Lifetime::Seconds(30 * DAY)), Some(EngineClock::LastWrite))
        );
        assert_eq!(with(&[days]).remove(0).running, Running::WhenRun);
        let by_creation = ("hoodie.partition.ttl.management.strategy.type", "KEEP_BY_CREATION_TIME");
        assert_eq!(with(&[days, by_creation]).remove(0).clock, Some(EngineClock::PartitionCreated));
        let class = ("hoodie.partition.ttl.strategy.class", "com.acme.Keep");
        assert_eq!(with(&[days, class]).remove(0).clock, Some(EngineClock::Custom { class: "com.acme.Keep".into() }));
        assert_eq!(with(&[(days.0, "-1")]), []);
        assert_eq!(with(&[(days.0, "many")]).remove(0).lifetime, None);
    }

    #[test]
    fn iceberg_under_openhouse_and_amoro() {
        let with = |more: &[(&str, &str)]| found(&[&[("table_type", "ICEBERG")], more].concat());
        let policies = r#"{"retention":{"count":30,"granularity":"DAY","columnPattern":{"columnName":"dt","pattern":"yyyy-MM-dd"}},"sharingEnabled":true}"#;
        let got = with(&[("policies", policies)]).remove(0);
        let clock = EngineClock::Value { column: Some("dt".into()), pattern: Some("yyyy-MM-dd".into()) };
        assert_eq!(
            (got.engine, got.lifetime, got.clock),
            (Engine::OpenHouse, Some(Lifetime::Seconds(30 * DAY)), Some(clock))
        );
        for (granularity, lifetime) in [
            ("HOUR", Some(Lifetime::Seconds(30 * 3600))),
            ("MONTH", Some(Lifetime::Months(30))),
            ("YEAR", Some(Lifetime::Months(360))),
            ("AGE", None),
        ] {
            assert_eq!(with(&[("policies", &policies.replace("DAY", granularity))]).remove(0).lifetime, lifetime);
        }
        assert_eq!(with(&[("policies", "{\"retention\":")]).remove(0).lifetime, None);
        assert_eq!(with(&[("policies", r#"{"sharingEnabled":true}"#)]), []);
        let amoro =
            [("data-expire.enabled", "true"), ("data-expire.field", "op_time"), ("data-expire.retention-time", "90d")];
        let got = with(&amoro).remove(0);
        assert_eq!(
            (got.engine, got.running, got.lifetime),
            (Engine::Amoro, Running::ByItself, Some(Lifetime::Seconds(90 * DAY)))
        );
        assert_eq!(with(&amoro[1..]).remove(0).running, Running::Off);
        assert_eq!(with(&[amoro[0], amoro[2]]).remove(0).running, Running::Off);
        assert_eq!(with(&[amoro[0], amoro[1], amoro[2], ("policies", policies)]).len(), 2);
    }

    #[test]
    fn shorter_than_agreed_is_a_warning() {
        let hive =
            |period: &str| found(&[("discover.partitions", "true"), ("partition.retention.period", period)]).remove(0);
        let warns = |period: &str, agreed: Term| hive(period).warning(agreed, day("2026-02-01")).is_some();
        let days = |days| Term::For(Period::Days(days));
        assert!(warns("7d", days(30)) && warns("167h", days(7)) && warns("7d", Term::Keep));
        assert!(!warns("7d", days(7)) && !warns("30d", days(7)));
        // February has 28 days.
        assert!(warns("27d", Term::For(Period::Months(1))) && !warns("28d", Term::For(Period::Months(1))));
        assert!(warns("364d", Term::For(Period::Years(1))) && !warns("365d", Term::For(Period::Years(1))));
        let lifetime = Lifetime::Seconds(7 * DAY);
        assert_eq!(
            hive("7d").warning(days(30), day("2026-02-01")),
            Some(EngineWarning::ShorterThanAgreed { engine: Engine::Hive, lifetime, agreed: days(30) })
        );
        assert!(matches!(hive("soon").warning(days(30), day("2026-02-01")), Some(EngineWarning::Unreadable { .. })));
        let off = EngineRetention { running: Running::Off, ..hive("7d") };
        assert_eq!(off.warning(days(30), day("2026-02-01")), None);
        assert_eq!((lifetime.period(), Lifetime::Months(3).period()), (Period::Days(7), Period::Months(3)));
    }

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("7d", Some(7 * DAY)),
            ("7 d", Some(7 * DAY)),
            ("1 day", Some(DAY)),
            ("12h", Some(43_200)),
            ("30 min", Some(1800)),
            ("45s", Some(45)),
            ("1500ms", Some(1)),
            ("90", Some(90)),
            ("P7D", None),
            ("d", None),
            ("7.5d", None),
            ("99999999999999999999d", None),
            ("9999999999999999999d", None),
        ] {
            assert_eq!(duration(text, Bare::Seconds), seconds, "{text}");
        }
        assert_eq!(duration("86400000", Bare::Milliseconds), Some(DAY));
    }
}
