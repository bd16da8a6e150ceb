//! New data that is asked for: where it comes from, what of it, how often, how it is stored. Tool-neutral: the commands
//! that follow from it are made elsewhere.

use super::field::{Field, Flaw, Mistakes, is_table_name, is_unsafe};
use crate::AssetId;
use crate::personal_data::Class;
use crate::word::words;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Fewest characters of a purpose: owners read it, and so will those who audit.
pub const SHORTEST_PURPOSE: u32 = 20;
const MOST_TABLES: usize = 200;
const MOST_COLUMNS: usize = 2_000;
const LONGEST_NAME: usize = 256;

/// New data, and how it is to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ingestion {
    pub source: IngestionSource,
    pub tables: Vec<IngestionTable>,
    pub schedule: IngestionSchedule,
    pub format: FileFormat,
    pub compression: Compression,
    pub partitioning: Partitioning,
    /// How long it stays.
    pub retention_days: u32,
    /// Which decision or product needs it.
    pub purpose: String,
    /// Who or what will read it.
    #[serde(default)]
    pub consumers: Vec<String>,
    /// Who will answer for it: person or team.
    pub owner: AssetId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum IngestionSource {
    /// Tables of a database, by Sqoop or another reader of JDBC.
    Jdbc {
        engine: JdbcEngine,
        /// `host:port`.
        address: String,
        /// Database, or service of Oracle.
        database: String,
        user: String,
        /// Where the cluster finds the password; it never comes here.
        password_file: String,
    },
    /// Events of web and app out of a topic.
    Clickstream {
        event: String,
        schema_name: String,
        /// Team or program that sends them.
        producer: String,
        topic: String,
        /// The field that two copies of one event share.
        key: String,
        /// The field that says when it happened.
        event_time: String,
        zone: String,
        partition_by: EventDay,
        /// How late an event still counts for its day.
        late_hours: u32,
        bots: Bots,
        events_per_second: u32,
        peak_per_second: u32,
    },
    /// Files that servers write.
    Logs {
        hosts: Vec<String>,
        glob: String,
        rotation: Rotation,
        /// As `encoding` names it: `utf-8`, `cp949`.
        charset: String,
        /// Pattern of a record's first line, where one spans several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_line: Option<String>,
        zone: String,
        agent: String,
        bytes_per_day: i64,
    },
}

words! { JdbcEngine { Mysql, Mariadb, Postgresql, Oracle, Sqlserver } }
words! { EventDay { Event, Arrival } }
words! { Bots { Keep, Mark, Drop } }
words! { Rotation { Hourly, Daily, Size } }
words! { FileFormat { Parquet, Orc, Avro, Text } }
words! { Compression { None, Gzip, Zlib, Zstd, Snappy, Lz4, Deflate, Bzip2 } }

/// A table of the source, or the one table that a stream becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IngestionTable {
    /// As the source calls it.
    pub source: String,
    /// `db.table`.
    pub target: String,
    /// Those that are taken.
    pub columns: Vec<IngestionColumn>,
    #[serde(default)]
    pub load: Load,
    /// Numeric, indexed, never NULL; without it one reader reads all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_by: Option<String>,
    #[serde(default = "one")]
    pub mappers: u32,
}

fn one() -> u32 {
    1
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IngestionColumn {
    pub name: String,
    /// As the source spells it.
    #[serde(rename = "type")]
    pub data_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    pub class: Class,
}

/// How much each run reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Load {
    #[default]
    Full,
    /// What changed on the day, by this column.
    Incremental { by: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IngestionSchedule {
    /// Five fields.
    pub cron: String,
    /// IANA name: `Asia/Seoul`.
    pub zone: String,
    /// `HH:MM` on the day it runs; later is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Partitioning {
    /// Each load replaces the last.
    None,
    /// One for each day.
    Daily { column: String },
    /// One for each hour, by a key for the day and one for the hour.
    Hourly { column: String, hour: String },
}

impl Ingestion {
    /// The strictest class of its columns.
    pub fn class(&self) -> Class {
        self.columns().map(|column| column.class).max().unwrap_or(Class::None)
    }

    fn columns(&self) -> impl Iterator<Item = &IngestionColumn> {
        self.tables.iter().flat_map(|table| &table.columns)
    }

    /// The same data, kept no longer, with no column more.
    pub(super) fn asks_no_more_than(&self, more: &Self) -> bool {
        let narrowed = |table: &IngestionTable| {
            let of = more.tables.iter().find(|other| other.target == table.target)?;
            let columns = table.columns.iter().all(|column| of.columns.contains(column));
            (columns && IngestionTable { columns: of.columns.clone(), ..table.clone() } == *of).then_some(())
        };
        let rest = Self { tables: more.tables.clone(), retention_days: more.retention_days, ..self.clone() };
        rest == *more
            && self.retention_days <= more.retention_days
            && self.tables.iter().all(|table| narrowed(table).is_some())
    }

    pub(super) fn check(&self, found: &mut Mistakes) {
        self.source.check(found);
        found.when(self.tables.is_empty(), Field::Tables, Flaw::Missing);
        found.count(Field::Tables, self.tables.len(), MOST_TABLES);
        for (at, table) in self.tables.iter().enumerate() {
            table.check(found, at);
            let before = self.tables[..at].iter().any(|other| other.target == table.target);
            found.when_at(before, &[at], Field::Target, Flaw::Repeated);
        }
        found.when(!is_cron(&self.schedule.cron), Field::Cron, Flaw::Unreadable);
        zone(found, &self.schedule.zone);
        let ready = self.schedule.ready_by.as_deref().is_none_or(is_time);
        found.when(!ready, Field::ReadyBy, Flaw::Unreadable);
        let knows = self.format.compressions().contains(&self.compression);
        found.when(!knows, Field::Compression, Flaw::NotWith(Field::Format));
        let keys: &[&String] = match &self.partitioning {
            Partitioning::None => &[],
            Partitioning::Daily { column } => &[column],
            Partitioning::Hourly { column, hour } => &[column, hour],
        };
        let unreadable = keys.iter().any(|key| !is_name(key));
        found.when(unreadable, Field::PartitionColumn, Flaw::Unreadable);
        found.when(keys.len() == 2 && keys[0] == keys[1], Field::PartitionColumn, Flaw::Repeated);
        let taken = self.columns().any(|column| keys.contains(&&column.name));
        found.when(taken, Field::PartitionColumn, Flaw::Repeated);
        found.number(Field::RetentionDays, self.retention_days.into(), 1, super::kind::MOST_DAYS.into());
        let short = (1..SHORTEST_PURPOSE as usize).contains(&self.purpose.trim().chars().count());
        found.when(short, Field::Purpose, Flaw::TooShort { fewest: SHORTEST_PURPOSE });
        safe(found, Field::Purpose, &self.purpose, super::kind::LONGEST_REASON);
        found.count(Field::Consumers, self.consumers.len(), 100);
        for consumer in &self.consumers {
            safe(found, Field::Consumers, consumer, LONGEST_NAME);
        }
    }
}

impl IngestionSource {
    fn check(&self, found: &mut Mistakes) {
        match self {
            Self::Jdbc { engine: _, address, database, user, password_file } => {
                found.when(!is_address(address), Field::Address, Flaw::Unreadable);
                // They become part of a JDBC address, where `;`, `?` and `&` begin options.
                for (field, name) in [(Field::Database, database), (Field::User, user)] {
                    found.when(!is_name(name), field, Flaw::Unreadable);
                }
                safe(found, Field::PasswordFile, password_file, LONGEST_NAME);
            }
            Self::Clickstream {
                event,
                schema_name,
                producer,
                topic,
                key,
                event_time,
                zone: of_times,
                partition_by: _,
                late_hours,
                bots: _,
                events_per_second,
                peak_per_second,
            } => {
                let names = [
                    (Field::Event, event),
                    (Field::SchemaName, schema_name),
                    (Field::Topic, topic),
                    (Field::Key, key),
                    (Field::EventTime, event_time),
                ];
                for (field, name) in names {
                    found.when(!is_name(name), field, Flaw::Unreadable);
                }
                safe(found, Field::Producer, producer, LONGEST_NAME);
                zone(found, of_times);
                found.number(Field::LateHours, (*late_hours).into(), 0, 24 * 31);
                found.when(
                    peak_per_second < events_per_second,
                    Field::Rate,
                    Flaw::OutOfRange { from: (*events_per_second).into(), to: u32::MAX.into() },
                );
            }
            Self::Logs { hosts, glob, rotation: _, charset, first_line, zone: of_times, agent, bytes_per_day } => {
                found.when(hosts.is_empty(), Field::Hosts, Flaw::Missing);
                found.count(Field::Hosts, hosts.len(), super::kind::MOST_NAMED);
                found.when(hosts.iter().any(|host| !is_name(host)), Field::Hosts, Flaw::Unreadable);
                safe(found, Field::Glob, glob, LONGEST_NAME);
                found.when(!is_name(charset), Field::Charset, Flaw::Unreadable);
                let pattern = first_line.as_deref().is_none_or(|pattern| Regex::new(pattern).is_ok());
                found.when(!pattern, Field::Glob, Flaw::Unreadable);
                zone(found, of_times);
                safe(found, Field::Agent, agent, LONGEST_NAME);
                found.number(Field::Rate, *bytes_per_day, 0, i64::MAX);
            }
        }
    }
}

impl IngestionTable {
    fn check(&self, found: &mut Mistakes, at: usize) {
        let unreadable = self.source.trim().is_empty() || is_unsafe(&self.source);
        found.when_at(unreadable, &[at], Field::Source, Flaw::Unreadable);
        found.when_at(!is_table_name(&self.target), &[at], Field::Target, Flaw::Unreadable);
        found.when_at(self.columns.is_empty(), &[at], Field::Columns, Flaw::Missing);
        let most = u32::try_from(MOST_COLUMNS).unwrap_or(u32::MAX);
        found.when_at(self.columns.len() > MOST_COLUMNS, &[at], Field::Columns, Flaw::TooMany { most });
        let mut names = BTreeSet::new();
        for (column, IngestionColumn { name, data_type, comment, class: _ }) in self.columns.iter().enumerate() {
            let at = [at, column];
            found.when_at(!is_name(name), &at, Field::Name, Flaw::Unreadable);
            found.when_at(!names.insert(name.to_lowercase()), &at, Field::Name, Flaw::Repeated);
            found.when_at(data_type.trim().is_empty() || is_unsafe(data_type), &at, Field::Type, Flaw::Unreadable);
            found.when_at(is_unsafe(comment), &at, Field::Comment, Flaw::Unsafe);
        }
        let has = |name: &str| names.contains(&name.to_lowercase());
        let split = self.split_by.as_deref();
        found.when_at(split.is_some_and(|by| !has(by)), &[at], Field::SplitBy, Flaw::NotHere);
        // Several readers need to know what each of them reads.
        found.when_at(self.mappers > 1 && split.is_none(), &[at], Field::SplitBy, Flaw::Missing);
        let mappers = (1..=64).contains(&self.mappers);
        found.when_at(!mappers, &[at], Field::Mappers, Flaw::OutOfRange { from: 1, to: 64 });
        if let Load::Incremental { by } = &self.load {
            found.when_at(!has(by), &[at], Field::CheckColumn, Flaw::NotHere);
        }
    }
}

impl FileFormat {
    /// What its readers know.
    pub fn compressions(self) -> &'static [Compression] {
        use Compression::{Bzip2, Deflate, Gzip, Lz4, None, Snappy, Zlib, Zstd};
        match self {
            Self::Parquet => &[None, Gzip, Deflate, Snappy, Zstd, Lz4],
            Self::Orc => &[None, Zlib, Snappy, Zstd, Lz4],
            Self::Avro => &[None, Deflate, Snappy, Zstd, Bzip2],
            Self::Text => &[None, Gzip, Bzip2, Snappy, Zstd, Lz4],
        }
    }

    /// Whether a large file of it can be read by several at once.
    pub fn is_splittable(self, compression: Compression) -> bool {
        self != Self::Text || matches!(compression, Compression::None | Compression::Bzip2)
    }
}

/// A text that has to be there and that other programs will get.
fn safe(found: &mut Mistakes, field: Field, text: &str, most: usize) {
    found.text(field, text, most);
    found.when(is_unsafe(text), field, Flaw::Unsafe);
}

fn zone(found: &mut Mistakes, name: &str) {
    static ZONE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$").unwrap());
    found.when(!ZONE.is_match(name), Field::Zone, Flaw::Unreadable);
}

/// Letters, digits, `_`, `-`, `.`, `$`, `#`, and no `-` or `.` first: what databases, topics and hosts are called.
fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "_-.$#".contains(c))
        && (1..=LONGEST_NAME).contains(&name.chars().count())
        && !name.starts_with(['-', '.'])
}

fn is_address(address: &str) -> bool {
    static ADDRESS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})$").unwrap());
    let port = ADDRESS.captures(address).and_then(|parts| parts[2].parse::<u16>().ok());
    port.is_some_and(|port| port > 0)
}

fn is_time(time: &str) -> bool {
    time.len() == 5 && chrono::NaiveTime::parse_from_str(time, "%H:%M").is_ok()
}

/// Five fields of numbers, ranges, lists and steps, each within its bounds.
fn is_cron(cron: &str) -> bool {
    let bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
    let fields: Vec<&str> = cron.split(' ').collect();
    let within = |text: &str, (from, to): (u8, u8)| {
        !text.starts_with('+') && text.parse().is_ok_and(|number| (from..=to).contains(&number))
    };
    fields.len() == bounds.len()
        && fields.iter().zip(bounds).all(|(field, bounds)| {
            field.split(',').all(|part| {
                let (range, step) = part.split_once('/').unwrap_or((part, "1"));
                let range = range == "*"
                    || match range.split_once('-') {
                        Some((from, to)) => {
                            within(from, bounds)
                                && within(to, bounds)
                                && from.parse::<u8>().ok() <= to.parse::<u8>().ok()
                        }
                        None => within(range, bounds),
                    };
                range && step.parse::<u8>().is_ok_and(|step| step > 0 && step <= bounds.1)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::{is_address, is_cron, is_name};

    #[test]
    fn schedules_have_five_fields_within_bounds() {
        for good in ["30 2 * * *", "*/15 * * * *", "0 9-18/3 * * 1-5", "0 3 1,15 * *"] {
            assert!(is_cron(good), "{good}");
        }
        for bad in ["", "@daily", "0 24 * * *", "60 0 * * *", "0 3 * *", "0 3 * * * *", "0 5-3 * * *", "*/0 * * * *"] {
            assert!(!is_cron(bad), "{bad}");
        }
    }

    #[test]
    fn names_hold_no_orders() {
        for good in ["delivery_event", "주문", "APP.EVENT$1", "web-01.example"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a;b", "a b", "--password", "{{ds}}", "a?x=1", "a\nb"] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(is_address("db.example:3306") && is_address("[::1]:5432"));
        assert!(!is_address("db.example") && !is_address("db:0") && !is_address("db:70000") && !is_address("a/b:1"));
    }
}
