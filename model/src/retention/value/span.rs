//! From what a value says (year, month, ...) to the time it names, and to the day that time ends on.

use super::Zones;
use chrono::{
    DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;

/// What is read of a value, or of several keys together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) year: Option<i32>,
    pub(super) quarter: Option<u32>,
    /// With [`Fields::year`] as the year of the week (ISO 8601).
    pub(super) week: Option<u32>,
    /// 1 is Monday.
    pub(super) weekday: Option<u32>,
    pub(super) month: Option<u32>,
    pub(super) day: Option<u32>,
    pub(super) hour: Option<u32>,
    pub(super) minute: Option<u32>,
    pub(super) second: Option<u32>,
    /// Seconds east of UTC.
    pub(super) offset: Option<i32>,
}

/// The time that a value names: from its start until before its end, on the clock it was written by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: NaiveDateTime,
    pub(super) end: NaiveDateTime,
    by: By,
}

/// Whose clock it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// That of the values.
    Values,
    /// It says so itself.
    Offset(FixedOffset),
}

impl Fields {
    /// Nothing where there is no such day or hour: 31 November, week 54, hour 24. What stands below a gap (a day
    /// without a month) says nothing.
    pub(super) fn span(&self) -> Option<Span> {
        let year = self.year?;
        let by = match self.offset {
            Some(seconds) => By::Offset(FixedOffset::east_opt(seconds)?),
            None => By::Values,
        };
        let days = |first: NaiveDate, after: NaiveDate| Span { start: midnight(first), end: midnight(after), by };
        if let Some(week) = self.week {
            let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
            return Some(match self.weekday {
                None => days(monday, monday + Days::new(7)),
                Some(weekday @ 1..=7) => {
                    let day = monday + Days::new(u64::from(weekday) - 1);
                    days(day, day.succ_opt()?)
                }
                Some(_) => return None,
            });
        }
        if let Some(quarter) = self.quarter {
            let first = NaiveDate::from_ymd_opt(year, quarter.checked_mul(3)?.checked_sub(2)?, 1)?;
            return Some(days(first, first + chrono::Months::new(3)));
        }
        let Some(month) = self.month else {
            return Some(days(NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year + 1, 1, 1)?));
        };
        let Some(day) = self.day else {
            let first = NaiveDate::from_ymd_opt(year, month, 1)?;
            return Some(days(first, first + chrono::Months::new(1)));
        };
        let day = NaiveDate::from_ymd_opt(year, month, day)?;
        let Some(hour) = self.hour else { return Some(days(day, day.succ_opt()?)) };
        let start = day.and_hms_opt(hour, self.minute.unwrap_or(0), self.second.unwrap_or(0))?;
        let length = match (self.minute, self.second) {
            (None, _) => TimeDelta::hours(1),
            (Some(_), None) => TimeDelta::minutes(1),
            (Some(_), Some(_)) => TimeDelta::seconds(1),
        };
        Some(Span { start, end: start.checked_add_signed(length)?, by })
    }
}

impl Span {
    /// So long from a moment.
    pub(super) fn from_moment(start: DateTime<Utc>, length: TimeDelta) -> Option<Self> {
        let end = start.checked_add_signed(length)?;
        Some(Self { start: start.naive_utc(), end: end.naive_utc(), by: By::Offset(Utc.fix()) })
    }

    /// The first and the last day of it, as the clock's zone has them: the last is the one that holds its last instant.
    pub(super) fn days(&self, zones: Zones) -> (NaiveDate, NaiveDate) {
        let before_end = TimeDelta::nanoseconds(1);
        if self.by == By::Values && zones.values == zones.clock {
            return (self.start.date(), (self.end - before_end).date());
        }
        let (start, end) = self.moments(zones.values);
        let local = |moment: DateTime<Utc>| {
            let moment = moment.with_timezone(&zones.clock).naive_local();
            moment.date()
        };
        // Where a zone's clock was set back, what is later by the sun can be earlier by the calendar.
        (local(start), local(end - before_end).max(local(start)))
    }

    /// Start and end as moments.
    pub(super) fn moments(&self, values: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        match self.by {
            By::Offset(offset) => {
                let at = |local: NaiveDateTime| offset.from_local_datetime(&local).single();
                let at = |local| at(local).map_or_else(|| local.and_utc(), |moment| moment.to_utc());
                (at(self.start), at(self.end))
            }
            By::Values => (moment(values, self.start, Which::First), moment(values, self.end, Which::Last)),
        }
    }

    /// The year it begins in, on the clock it was written by.
    pub(super) fn year(&self) -> i32 {
        self.start.year()
    }

    pub(super) fn is_within(&self, other: &Self, values: Tz) -> bool {
        let ((start, end), (first, last)) = (self.moments(values), other.moments(values));
        first <= start && end <= last
    }
}

/// Of the two moments that a local time names while clocks are set back.
#[derive(Clone, Copy)]
pub(super) enum Which {
    First,
    Last,
}

/// A local time that clocks left out is the moment they went on at.
pub(super) fn moment(zone: Tz, local: NaiveDateTime, which: Which) -> DateTime<Utc> {
    // A day at the most was ever left out (Samoa, 2011).
    let mut at = local;
    for _ in 0..=26 * 4 {
        let found = zone.from_local_datetime(&at);
        let found = match which {
            Which::First => found.earliest(),
            Which::Last => found.latest(),
        };
        if let Some(found) = found {
            return found.to_utc();
        }
        let Some(next) = at.checked_add_signed(TimeDelta::minutes(15)) else { break };
        at = next;
    }
    local.and_utc()
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(chrono::NaiveTime::MIN)
}
