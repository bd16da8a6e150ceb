//! Values that could mean several days, each by itself: `240815`, `03/04/2026`, `1772323200`. All values of a shape
//! together tell, where they do.

use super::pattern::{EpochUnit, Pattern};
use super::span::{Fields, Span, Which, moment};
use super::{FIRST_YEAR, Zones, enough};
use crate::word::words;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use std::fmt;

/// Values that look alike. A separator of its own is a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    SixDigits,
    TenDigits,
    ThirteenDigits,
    /// `26-03-02`
    ShortYear(char),
    /// `02/03/2026`
    YearLast(char),
}

words! {
    /// The time that each number of an epoch stands for.
    EpochEach {
        /// All are at 15:00 UTC: midnight in Korea.
        KoreanDay,
        /// All are at midnight UTC.
        UtcDay,
        /// All are at midnight of the zone of the values, or of the clock.
        LocalDay,
        Hour,
        Instant,
    }
}

/// How the values of a shape are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Pattern(Pattern),
    Epoch { unit: EpochUnit, each: EpochEach, zone: Tz },
}

/// What all values of a shape together say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    One(Format),
    /// Each could be meant.
    Several(Vec<Format>),
    None,
}

/// When values are likely to be: from 1990 to somewhat more than a year ahead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    from: NaiveDate,
    to: NaiveDate,
}

impl Window {
    pub(super) fn around(today: NaiveDate) -> Self {
        let to = today.checked_add_days(Days::new(400)).unwrap_or(NaiveDate::MAX);
        Self { from: NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or(NaiveDate::MIN), to }
    }

    pub(super) fn holds(self, span: &Span) -> bool {
        (self.from..=self.to).contains(&span.start.date())
    }
}

impl Shape {
    pub(super) fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.iter().all(u8::is_ascii_digit) {
            return match bytes.len() {
                6 => Some(Self::SixDigits),
                10 => Some(Self::TenDigits),
                13 => Some(Self::ThirteenDigits),
                _ => None,
            };
        }
        let (separator, is_long) = match bytes.len() {
            8 => (bytes[2], false),
            10 => (bytes[2], true),
            _ => return None,
        };
        let fits = matches!(separator, b'-' | b'/' | b'.' | b'_')
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                2 | 5 => *byte == separator,
                _ => byte.is_ascii_digit(),
            });
        let separator = char::from(separator);
        fits.then_some(if is_long { Self::YearLast(separator) } else { Self::ShortYear(separator) })
    }

    /// What values of the shape could be.
    fn rivals(self, values: &[&str], zones: Zones) -> Vec<Format> {
        let patterns: Vec<String> = match self {
            Self::SixDigits => ["yyyyMM", "yyMMdd", "ddMMyy", "MMddyy"].map(str::to_owned).to_vec(),
            Self::TenDigits => vec!["yyyyMMddHH".to_owned()],
            Self::ThirteenDigits => vec![],
            Self::ShortYear(s) => vec![format!("yy{s}MM{s}dd"), format!("dd{s}MM{s}yy"), format!("MM{s}dd{s}yy")],
            Self::YearLast(s) => vec![format!("dd{s}MM{s}yyyy"), format!("MM{s}dd{s}yyyy")],
        };
        let patterns = patterns.iter().filter_map(|pattern| pattern.parse().ok().map(Format::Pattern));
        let epoch = match self {
            Self::TenDigits => Some(EpochUnit::Seconds),
            Self::ThirteenDigits => Some(EpochUnit::Milliseconds),
            _ => None,
        };
        patterns.chain(epoch.map(|unit| Format::epoch(unit, values, zones))).collect()
    }

    /// The one format that reads 9 of 10 of these values as likely days, while each rival fails one that it reads.
    pub(super) fn decide(self, values: &[&str], zones: Zones, window: Window) -> Decision {
        let formats = self.rivals(values, zones);
        let reads: Vec<Vec<bool>> = formats
            .iter()
            .map(|format| {
                let read = |value: &&str| format.read(value).is_some_and(|span| window.holds(&span));
                values.iter().map(read).collect()
            })
            .collect();
        let fails_one = |rival: &[bool], of: &[bool]| rival.iter().zip(of).any(|(rival, of)| *of && !rival);
        let count = |reads: &[bool]| reads.iter().filter(|read| **read).count();
        let good: Vec<usize> = (0..formats.len()).filter(|at| enough(count(&reads[*at]), values.len())).collect();
        let survives = |at: usize| (0..formats.len()).all(|rival| rival == at || fails_one(&reads[rival], &reads[at]));
        let survivors: Vec<usize> = good.iter().copied().filter(|at| survives(*at)).collect();
        match (&survivors[..], &good[..]) {
            (_, []) => Decision::None,
            ([one], _) => Decision::One(formats[*one].clone()),
            _ => Decision::Several(good.iter().map(|at| formats[*at].clone()).collect()),
        }
    }
}

impl Format {
    /// An epoch, with what each of its numbers stands for told from all of them.
    pub(super) fn epoch(unit: EpochUnit, values: &[&str], zones: Zones) -> Self {
        let moments: Vec<DateTime<Utc>> =
            values.iter().filter_map(|value| at(unit, value)).filter(|at| at.timestamp() != 0).collect();
        // Some that stand apart make no hours of days: that would be early.
        let all =
            |is: &dyn Fn(&DateTime<Utc>) -> bool| enough(moments.iter().filter(|at| is(at)).count(), moments.len());
        let second_of_day = |moment: &DateTime<Utc>| (moment.timestamp().rem_euclid(86_400), moment.nanosecond());
        let begins_day_in = |zone: Tz| {
            move |at: &DateTime<Utc>| {
                let local = at.with_timezone(&zone).naive_local();
                moment(zone, local.date().and_time(chrono::NaiveTime::MIN), Which::First) == *at
            }
        };
        let (each, zone) = if all(&|at| second_of_day(at) == (15 * 3600, 0)) {
            (EpochEach::KoreanDay, chrono_tz::Asia::Seoul)
        } else if all(&|at| second_of_day(at) == (0, 0)) {
            (EpochEach::UtcDay, Tz::UTC)
        } else if all(&begins_day_in(zones.values)) {
            (EpochEach::LocalDay, zones.values)
        } else if all(&begins_day_in(zones.clock)) {
            (EpochEach::LocalDay, zones.clock)
        } else if all(&|at| second_of_day(at).0 % 3600 == 0 && at.nanosecond() == 0) {
            (EpochEach::Hour, Tz::UTC)
        } else {
            (EpochEach::Instant, Tz::UTC)
        };
        Self::Epoch { unit, each, zone }
    }

    pub(super) fn read(&self, text: &str) -> Option<Span> {
        match self {
            Self::Pattern(pattern) => pattern.read(text).as_ref().and_then(Fields::span),
            Self::Epoch { unit, each, zone } => {
                let start = at(*unit, text)?;
                let length = match each {
                    EpochEach::KoreanDay | EpochEach::UtcDay | EpochEach::LocalDay => {
                        let next = start.with_timezone(zone).date_naive().succ_opt()?;
                        // To the next midnight; a value between midnights, a day long.
                        let next = moment(*zone, next.and_time(chrono::NaiveTime::MIN), Which::First) - start;
                        if next > TimeDelta::hours(22) { next } else { TimeDelta::days(1) }
                    }
                    EpochEach::Hour => TimeDelta::hours(1),
                    EpochEach::Instant => TimeDelta::milliseconds(1),
                };
                Span::from_moment(start, length)
            }
        }
    }

    pub(super) fn each(&self) -> Option<EpochEach> {
        match self {
            Self::Pattern(_) => None,
            Self::Epoch { each, .. } => Some(*each),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(pattern) => pattern.fmt(f),
            Self::Epoch { unit: EpochUnit::Seconds, .. } => f.write_str("epoch_s"),
            Self::Epoch { unit: EpochUnit::Milliseconds, .. } => f.write_str("epoch_ms"),
        }
    }
}

fn at(unit: EpochUnit, text: &str) -> Option<DateTime<Utc>> {
    let number: i64 = text.parse().ok().filter(|number| *number >= 0)?;
    let moment = match unit {
        EpochUnit::Seconds => DateTime::from_timestamp(number, 0),
        EpochUnit::Milliseconds => DateTime::from_timestamp_millis(number),
    };
    // Beyond that it is no date, and calendars end.
    moment.filter(|moment| moment.timestamp() < 253_402_300_800)
}
