//! Partition keys and the partitions of a table, made one after the other while they are written.

use super::catalog::{DAY, NOW};
use super::columns::Column;
use super::dictionary::Kind;
use super::random::Random;
use anyhow::{Result, bail};
use chrono::{DateTime, Datelike, Months, NaiveDate};

/// A partition key and what its values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    name: &'static str,
    comment: &'static str,
    values: Values,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    /// `2026-11-22`
    Day,
    /// `20261122`
    CompactDay,
    /// `202611`
    Month,
    /// `2026-11-22 03:00:00`, which Hive escapes.
    Time,
    OneOf(&'static [&'static str]),
}

impl Key {
    /// Keys as `tables.tsv` writes them: `dt/hh`.
    ///
    /// # Errors
    /// A key that is not in the list.
    pub(super) fn parse(names: &str) -> Result<Vec<Self>> {
        let mut keys = Vec::new();
        for name in names.split('/').filter(|name| !matches!(*name, "" | "-")) {
            match KEYS.iter().find(|key| key.name == name) {
                Some(key) => keys.push(*key),
                None => bail!("no partition key {name:?}"),
            }
        }
        Ok(keys)
    }

    /// The keys of a table that nobody wrote down; none for those that usually have none.
    pub(super) fn invent(kind: Kind, random: &mut Random) -> Vec<Self> {
        let partitioned = match kind {
            Kind::Code | Kind::Map => 8,
            Kind::Tmp => 12,
            Kind::Old => 40,
            Kind::Base => 62,
            _ => 94,
        };
        if !random.percent(partitioned) {
            return Vec::new();
        }
        let names = match kind {
            Kind::Monthly => "ym",
            Kind::Hourly | Kind::Log => *random.pick(&["dt/hh", "dt/hh", "log_date", "dt/event_type", "log_ts", "dt"]),
            _ => *random.pick(&["dt", "dt", "dt", "dt", "dt", "ymd", "base_dt", "p_dt", "dt/region", "dt/channel"]),
        };
        let names: Vec<_> = names.split('/').collect();
        let key = |name: &&str| KEYS.iter().find(|key| key.name == *name).copied();
        names.iter().filter_map(key).collect()
    }

    pub(super) fn column(&self) -> Column {
        let comment = (!self.comment.is_empty()).then(|| self.comment.to_owned());
        Column { name: self.name.to_owned(), data_type: "string".to_owned(), comment }
    }
}

const KEYS: &[Key] = &[
    Key { name: "dt", comment: "적재 일자 yyyy-MM-dd", values: Values::Day },
    Key { name: "p_dt", comment: "", values: Values::Day },
    Key { name: "log_date", comment: "로그 일자", values: Values::Day },
    Key { name: "ymd", comment: "기준일자 yyyyMMdd", values: Values::CompactDay },
    Key { name: "base_dt", comment: "기준일자", values: Values::CompactDay },
    Key { name: "ym", comment: "기준년월 yyyyMM", values: Values::Month },
    Key { name: "log_ts", comment: "적재 시각", values: Values::Time },
    Key {
        name: "hh",
        comment: "적재 시각 00–23",
        values: Values::OneOf(&[
            "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17",
            "18", "19", "20", "21", "22", "23",
        ]),
    },
    Key {
        name: "region",
        comment: "지역",
        values: Values::OneOf(&[
            "서울", "경기", "인천", "강원", "충청", "대전", "전라", "광주", "경상", "대구", "부산", "제주",
        ]),
    },
    Key {
        name: "event_type",
        comment: "이벤트 유형",
        values: Values::OneOf(&["view", "click", "cart", "order", "search", "etc"]),
    },
    Key { name: "channel", comment: "채널", values: Values::OneOf(&["APP", "WEB", "MWEB", "PARTNER"]) },
];

/// The partitions of one table, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Partitions {
    keys: Vec<Key>,
    pub(super) count: u64,
    /// Midnight after the last day that has a partition.
    end: i64,
    seed: u64,
    /// Bytes of an ordinary partition.
    usual_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Partition {
    /// Hive's escaped name: `dt=2026-11-22/hh=03`.
    pub(super) name: String,
    pub(super) values: Vec<String>,
    pub(super) created_at: i64,
    pub(super) bytes: u64,
    pub(super) files: u64,
    pub(super) rows: u64,
}

impl Partitions {
    /// The last of them ends with the day before `end`.
    pub(super) fn new(keys: &[Key], count: u64, end: i64, seed: u64) -> Self {
        let mut random = Random::nth(seed, 3);
        let end = end - end.rem_euclid(DAY);
        let usual_bytes = random.around(18, 38);
        Self { keys: keys.to_vec(), count: if keys.is_empty() { 0 } else { count }, end, seed, usual_bytes }
    }

    pub(super) fn total_bytes(&self) -> u64 {
        self.usual_bytes * self.count
    }

    /// When the oldest partition came; [`NOW`] where there is none.
    pub(super) fn first_created_at(&self) -> i64 {
        if self.count == 0 { NOW } else { self.created_at(0) }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Partition> {
        (0..self.count).map(|index| self.nth(index))
    }

    fn nth(&self, index: u64) -> Partition {
        let mut random = Random::nth(self.seed, index);
        let (steps, mut inner) = self.place(index);
        let mut values: Vec<_> = self.keys.iter().map(|key| self.value(key, steps, &mut inner)).collect();
        if index == 0 && self.seed.is_multiple_of(40) {
            // What Hive writes for rows whose key is NULL.
            values[0] = "__HIVE_DEFAULT_PARTITION__".to_owned();
        }
        let pairs: Vec<_> = self.keys.iter().zip(&values).map(|(key, value)| (key.name, escape(value))).collect();
        let name = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("/");
        let bytes = self.usual_bytes / 100 * (85 + random.below(31));
        let files = 1 + bytes / (180 << 20) + random.below(4);
        let rows = bytes / (40 + self.seed % 200);
        Partition { name, values, created_at: self.created_at(index), bytes, files, rows }
    }

    /// How many steps of the first key before its last value, and which combination of the other keys.
    fn place(&self, index: u64) -> (u64, u64) {
        let combinations: u64 = self.keys.iter().map(|key| key.values.variety()).product();
        let from_end = self.count - 1 - index;
        (from_end / combinations, combinations - 1 - from_end % combinations)
    }

    fn value(&self, key: &Key, steps: u64, inner: &mut u64) -> String {
        match key.values {
            Values::Day => self.day(steps).format("%Y-%m-%d").to_string(),
            Values::CompactDay => self.day(steps).format("%Y%m%d").to_string(),
            Values::Month => self.month(steps).format("%Y%m").to_string(),
            Values::Time => {
                let time = DateTime::from_timestamp(self.end - (steps as i64 + 1) * 3_600, 0).unwrap_or_default();
                time.format("%Y-%m-%d %H:%M:%S").to_string()
            }
            Values::OneOf(values) => {
                let value = values[(*inner % values.len() as u64) as usize];
                *inner /= values.len() as u64;
                value.to_owned()
            }
        }
    }

    fn day(&self, steps: u64) -> NaiveDate {
        let time = DateTime::from_timestamp(self.end - (steps as i64 + 1) * DAY, 0).unwrap_or_default();
        time.date_naive()
    }

    fn month(&self, steps: u64) -> NaiveDate {
        let day = self.day(0);
        let first = day.with_day(1).unwrap_or(day);
        first.checked_sub_months(Months::new(steps as u32)).unwrap_or(first)
    }

    fn created_at(&self, index: u64) -> i64 {
        let (steps, inner) = self.place(index);
        let jitter = (self.seed.wrapping_add(index.wrapping_mul(7_919)) % 1_200) as i64;
        match self.keys[0].values {
            Values::Month => {
                let next = self.month(steps).checked_add_months(Months::new(1)).unwrap_or_default();
                let midnight = next.and_hms_opt(3, 0, 0).unwrap_or_default().and_utc().timestamp();
                midnight.min(self.end) + jitter
            }
            Values::Time => self.end - steps as i64 * 3_600 + jitter - 1_200,
            _ if self.keys.len() == 2 && self.keys[1].name == "hh" => {
                self.end - (steps as i64 + 1) * DAY + (inner as i64 + 1) * 3_600 + jitter - 1_200
            }
            // Loaded in the night after the day.
            _ => self.end - steps as i64 * DAY + 4 * 3_600 + jitter,
        }
    }
}

impl Values {
    fn variety(self) -> u64 {
        match self {
            Self::OneOf(values) => values.len() as u64,
            _ => 1,
        }
    }
}

/// Hive's `FileUtils.escapePathName`: control characters and those that mean something in a path.
fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_ascii_control() || "\"#%'*/:=?\\{[]^".contains(c) {
            escaped.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}
