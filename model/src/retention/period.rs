//! How long something is kept, and the first day it may go on.
//!
//! Periods are added to days, never to moments: what a zone does to its clock changes nothing.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// How long: written `7d`, `13 months`, `5 years`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// So many whole days after the day that is counted from.
    Days(u32),
    /// To the same day of a later month, or its last where it has no such day.
    Months(u32),
    /// As so many times twelve months.
    Years(u32),
}

/// How long, or for ever: written `7d` or `keep`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// Until someone says otherwise.
    Keep,
    For(Period),
}

/// The longest period, in days, months or years: longer ones are mistakes, and would leave the calendar.
pub const LONGEST: Period = Period::Years(1000);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("{0:?} is no period: write it as 7d, 13 months or 5 years")]
    Unreadable(String),
    #[error("{0} is longer than {LONGEST}")]
    TooLong(Period),
}

/// The first day on which what belongs to `day` may go when it is kept for `period`.
///
/// N days are N full days after `day` ends: the 3rd of March and 7 days are kept from the 4th to the 10th, and may go
/// from the 11th. Months and years are kept through the day they end on. A day beyond the calendar is its last one.
pub fn may_go(day: NaiveDate, period: Period) -> NaiveDate {
    let kept_through = match period {
        Period::Days(days) => day.checked_add_days(Days::new(days.into())),
        Period::Months(months) => day.checked_add_months(Months::new(months)),
        Period::Years(years) => years.checked_mul(12).and_then(|months| day.checked_add_months(Months::new(months))),
    };
    kept_through.and_then(|last| last.succ_opt()).unwrap_or(NaiveDate::MAX)
}

impl Period {
    /// # Errors
    /// Longer than [`LONGEST`].
    pub fn checked(self) -> Result<Self, PeriodError> {
        if self.about_days() > LONGEST.about_days() { Err(PeriodError::TooLong(self)) } else { Ok(self) }
    }

    /// So many days, about: to sort by where there is no day to count from.
    pub fn about_days(self) -> u64 {
        match self {
            Self::Days(days) => days.into(),
            Self::Months(months) => u64::from(months) * 146_097 / 4_800,
            Self::Years(years) => u64::from(years) * 146_097 / 400,
        }
    }

    /// The most days that it can be: a leap year, and months of 31 days.
    pub fn most_days(self) -> u32 {
        match self {
            Self::Days(days) => days,
            Self::Months(months) => u32::try_from(u64::from(months) * 367 / 12 + 1).unwrap_or(u32::MAX),
            Self::Years(years) => years.saturating_mul(366),
        }
    }

    /// Whether this keeps what belongs to `day` for longer than `other` does. A month can be longer or shorter than 30
    /// days.
    pub fn is_longer(self, other: Self, day: NaiveDate) -> bool {
        may_go(day, self) > may_go(day, other)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "{days}d"),
            Self::Months(1) => write!(f, "1 month"),
            Self::Months(months) => write!(f, "{months} months"),
            Self::Years(1) => write!(f, "1 year"),
            Self::Years(years) => write!(f, "{years} years"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let unreadable = || PeriodError::Unreadable(text.to_owned());
        let trimmed = text.trim();
        let digits = trimmed.len() - trimmed.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = trimmed.split_at(digits);
        let number: u32 = number.parse().map_err(|_| unreadable())?;
        let period = match unit.trim().to_lowercase().as_str() {
            "d" | "day" | "days" | "일" => Self::Days(number),
            "w" | "week" | "weeks" | "주" => Self::Days(number.checked_mul(7).ok_or_else(unreadable)?),
            // `m` is minutes to many.
            "month" | "months" | "개월" | "달" => Self::Months(number),
            "y" | "year" | "years" | "년" => Self::Years(number),
            _ => return Err(unreadable()),
        };
        period.checked()
    }
}

/// As files and forms have it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Days(u32),
    Text(String),
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    /// A bare number is days.
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Written::deserialize(input)?.period().map_err(serde::de::Error::custom)
    }
}

impl Written {
    fn period(self) -> Result<Period, PeriodError> {
        match self {
            Self::Days(days) => Period::Days(days).checked(),
            Self::Text(text) => text.parse(),
        }
    }
}

impl Term {
    pub fn period(self) -> Option<Period> {
        match self {
            Self::Keep => None,
            Self::For(period) => Some(period),
        }
    }

    /// Whether what belongs to `day` is kept longer by this than by the other.
    pub fn is_longer(self, other: Self, day: NaiveDate) -> bool {
        match (self, other) {
            (Self::Keep, other) => other != Self::Keep,
            (Self::For(_), Self::Keep) => false,
            (Self::For(one), Self::For(other)) => one.is_longer(other, day),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("keep"),
            Self::For(period) => period.fmt(f),
        }
    }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        match Written::deserialize(input)? {
            Written::Text(text) if text.trim() == "keep" => Ok(Self::Keep),
            written => written.period().map(Self::For).map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use super::{Period, Term};
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
    use utoipa::{PartialSchema, ToSchema};

    impl PartialSchema for Period {
        fn schema() -> RefOr<Schema> {
            text("How long: `7d`, `13 months`, `5 years`")
        }
    }

    impl PartialSchema for Term {
        fn schema() -> RefOr<Schema> {
            text("How long, or `keep`: `7d`, `13 months`, `5 years`")
        }
    }

    impl ToSchema for Period {}
    impl ToSchema for Term {}

    fn text(description: &str) -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).description(Some(description)).examples(["7d"]).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retention::day;
    use proptest::prelude::*;

    #[test]
    fn the_day_from_which_it_may_go() {
        for (from, period, first) in [
            ("2026-03-03", "7d", "2026-03-11"),
            ("2026-03-03", "0d", "2026-03-04"),
            ("2026-12-31", "1d", "2027-01-02"),
            ("2024-02-28", "1d", "2024-03-01"),
            ("2025-02-28", "1d", "2025-03-02"),
            // To the end of the month where it is shorter: kept through 28 February.
            ("2026-01-31", "1 month", "2026-03-01"),
            ("2024-01-31", "1 month", "2024-03-01"),
            ("2026-03-31", "1 month", "2026-05-01"),
            ("2026-02-28", "1 month", "2026-03-29"),
            ("2026-11-30", "3 months", "2027-03-01"),
            ("2024-02-29", "1 year", "2025-03-01"),
            ("2024-02-29", "4 years", "2028-03-01"),
            ("2026-03-03", "13 months", "2027-04-04"),
            ("2026-03-03", "5 years", "2031-03-04"),
        ] {
            let got = may_go(day(from), period.parse().unwrap());
            assert_eq!(got, day(first), "{from} + {period}");
        }
        assert_eq!(may_go(NaiveDate::MAX, Period::Days(1)), NaiveDate::MAX);
        assert_eq!(may_go(day("9999-12-31"), Period::Years(u32::MAX)), NaiveDate::MAX);
    }

    #[test]
    fn periods_as_people_write_them() {
        for (text, period, shown) in [
            ("7d", Period::Days(7), "7d"),
            ("7 days", Period::Days(7), "7d"),
            (" 2 weeks ", Period::Days(14), "14d"),
            ("90일", Period::Days(90), "90d"),
            ("1 month", Period::Months(1), "1 month"),
            ("13 months", Period::Months(13), "13 months"),
            ("6개월", Period::Months(6), "6 months"),
            ("5 Years", Period::Years(5), "5 years"),
            ("1y", Period::Years(1), "1 year"),
        ] {
            assert_eq!(text.parse(), Ok(period), "{text}");
            assert_eq!(period.to_string(), shown);
        }
        for text in ["", "7", "d", "-7d", "7.5d", "7m", "7 h", "99999999999d", "7d 3d", "P7D"] {
            assert_eq!(text.parse::<Period>(), Err(PeriodError::Unreadable(text.to_owned())), "{text}");
        }
        assert_eq!("1001 years".parse::<Period>(), Err(PeriodError::TooLong(Period::Years(1001))));
        assert_eq!("1000 years".parse::<Period>(), Ok(LONGEST));
    }

    #[test]
    fn json_and_toml_read_as_they_are_said() {
        assert_eq!(serde_json::to_string(&Period::Months(13)).unwrap(), r#""13 months""#);
        assert_eq!(serde_json::from_str::<Period>("7").unwrap(), Period::Days(7));
        assert!(serde_json::from_str::<Period>("-7").is_err());
        assert!(serde_json::from_str::<Period>(r#""soon""#).unwrap_err().to_string().contains("13 months"));
    }

    fn periods() -> impl Strategy<Value = Period> {
        prop_oneof![
            (0..365_000_u32).prop_map(Period::Days),
            (0..12_000_u32).prop_map(Period::Months),
            (0..1_000_u32).prop_map(Period::Years),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(period in periods()) {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert_eq!(serde_json::from_str::<Period>(&serde_json::to_string(&period).unwrap()).unwrap(), period);
        }

        /// It is kept on its own day, a later day goes no earlier, and a longer period keeps no shorter.
        #[test]
        fn nothing_goes_early(start in 0..40_000_i32, later in 0..400_u64, period in periods(), more in 0..400_u32) {
            let from = NaiveDate::from_num_days_from_ce_opt(719_163 + start).unwrap();
            prop_assert!(may_go(from, period) > from);
            prop_assert!(may_go(from + Days::new(later), period) >= may_go(from, period));
            let longer = match period {
                Period::Days(n) => Period::Days(n + more),
                Period::Months(n) => Period::Months(n + more),
                Period::Years(n) => Period::Years(n + more),
            };
            prop_assert!(may_go(from, longer) >= may_go(from, period));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _ = text.parse::<Period>();
        }
    }
}
