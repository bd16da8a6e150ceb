use chrono::NaiveTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How requests are decided, and what data costs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GovernanceConfig {
    /// How often each block is kept on disk: what a request adds is counted with its copies.
    #[schemars(range(min = 1, max = 10))]
    pub copies: u8,
    /// Hours of business in which requests fall due, as in `09:00-18:00`, Monday to Friday, where the portal is; not on the
    /// days of `[notify] holidays_file`.
    pub hours: Hours,
    /// What a change of a policy may free at once, in bytes, before it goes through the inbox.
    pub policy_limit_bytes: i64,
    /// Other names for fields of the retention API's answers, for a script that somebody already has: `{ days = "ttl_days" }`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub retention_fields: BTreeMap<String, String>,
}

/// From when to when people are at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub opens: NaiveTime,
    pub closes: NaiveTime,
}

impl Default for GovernanceConfig {
    fn default() -> Self {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time of day");
        Self {
            copies: 3,
            hours: Hours { opens: time(9), closes: time(18) },
            policy_limit_bytes: 1_000_000_000_000,
            retention_fields: BTreeMap::new(),
        }
    }
}

impl std::str::FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not hours of business: write them as `09:00-18:00`");
        let (opens, closes) = text.split_once('-').ok_or_else(wrong)?;
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| wrong());
        let hours = Self { opens: time(opens)?, closes: time(closes)? };
        if hours.opens < hours.closes { Ok(hours) } else { Err(wrong()) }
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.opens.format("%H:%M"), self.closes.format("%H:%M"))
    }
}

impl Serialize for Hours {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Hours {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hours".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::Hours;

    #[test]
    fn hours_of_business_are_two_times_of_one_day() {
        assert_eq!("09:00-18:00".parse::<Hours>().map(|hours| hours.to_string()).as_deref(), Ok("09:00-18:00"));
        for wrong in ["9", "18:00-09:00", "25:00-26:00", "09:00-09:00", ""] {
            assert!(wrong.parse::<Hours>().is_err(), "{wrong}");
        }
    }
}
