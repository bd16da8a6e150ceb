//! When deciders are at work: due times count hours of business. Retention, holds and agreements count calendar days.

use chrono::{
    DateTime, Datelike, Days, Duration, FixedOffset, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Hours of business and days without any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Where the company is. An offset, not a zone: Korea has no summer time.
    pub offset: FixedOffset,
    pub opens: NaiveTime,
    pub closes: NaiveTime,
    pub weekend: Vec<Weekday>,
    pub holidays: Holidays,
}

/// Days on which nobody works, as a file has them; they are never computed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Holidays(pub BTreeMap<NaiveDate, String>);

/// A line that is no holiday.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {text:?} does not begin with a day like 2026-10-03")]
pub struct HolidayError {
    pub line: usize,
    pub text: String,
}

impl Default for Calendar {
    /// 09 to 18 in Korea, Monday to Friday.
    fn default() -> Self {
        Self {
            offset: FixedOffset::east_opt(9 * 3600).expect("within a day"),
            opens: NaiveTime::from_hms_opt(9, 0, 0).expect("a time"),
            closes: NaiveTime::from_hms_opt(18, 0, 0).expect("a time"),
            weekend: vec![Weekday::Sat, Weekday::Sun],
            holidays: Holidays::default(),
        }
    }
}

impl Calendar {
    /// Which day it is.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.offset).date_naive()
    }

    /// The first instant of a day.
    pub fn midnight(&self, day: NaiveDate) -> DateTime<Utc> {
        self.at(day, NaiveTime::MIN)
    }

    pub fn is_business(&self, day: NaiveDate) -> bool {
        !self.weekend.contains(&day.weekday()) && !self.holidays.0.contains_key(&day)
    }

    /// When so much time of business has passed since. What begins outside business begins when it opens next.
    pub fn due(&self, from: DateTime<Utc>, business: TimeDelta) -> DateTime<Utc> {
        let mut left = business;
        let mut from = from;
        let mut day = self.day(from);
        // A calendar of nothing but holidays is no reason never to return.
        for _ in 0..3660 {
            let (opens, closes) = (self.at(day, self.opens), self.at(day, self.closes));
            if self.is_business(day) && from < closes {
                let begins = from.max(opens);
                if begins + left <= closes {
                    return begins + left;
                }
                left -= closes - begins;
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            day = next;
            from = self.midnight(day);
        }
        from
    }

    /// How much time of business lies between two instants.
    pub fn business_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let mut sum = TimeDelta::zero();
        let mut day = self.day(from);
        while day <= self.day(to) {
            if self.is_business(day) {
                let (begins, ends) = (from.max(self.at(day, self.opens)), to.min(self.at(day, self.closes)));
                sum += (ends - begins).max(TimeDelta::zero());
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            day = next;
        }
        sum
    }

    fn at(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let local = day.and_time(time);
        self.offset.from_local_datetime(&local).single().map_or(local.and_utc(), |at| at.to_utc())
    }
}

/// Hours of business as a span of time.
pub fn hours(hours: u32) -> TimeDelta {
    Duration::hours(hours.into())
}

impl Holidays {
    /// Lines of a day and its name: `2026-10-03 개천절`. `#` begins a comment.
    ///
    /// # Errors
    /// The first line that begins with no day.
    pub fn parse(text: &str) -> Result<Self, HolidayError> {
        let mut days = BTreeMap::new();
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let (day, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let day = NaiveDate::parse_from_str(day, "%Y-%m-%d")
                .map_err(|_| HolidayError { line: at + 1, text: line.chars().take(100).collect() })?;
            days.insert(day, name.trim().to_owned());
        }
        Ok(Self(days))
    }

    /// As [`Holidays::parse`] reads it.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|(day, name)| format!("{day} {name}").trim_end().to_owned() + "\n").collect()
    }

    /// Whole-day events of an iCalendar file (RFC 5545); those with a time of day, cancelled ones, and rules of repetition
    /// are no holidays.
    pub fn parse_ics(text: &str) -> Self {
        let mut days = BTreeMap::new();
        let mut event: Option<Event> = None;
        // A line that begins with a blank goes on where the one before it ended.
        for line in text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, parameters) = name.split_once(';').unwrap_or((name, ""));
            let date = || {
                let is_day = parameters.is_empty() || parameters.to_uppercase().contains("VALUE=DATE");
                NaiveDate::parse_from_str(value.trim(), "%Y%m%d").ok().filter(|_| is_day && value.trim().len() == 8)
            };
            match (name.to_uppercase().as_str(), &mut event) {
                ("BEGIN", _) if value.eq_ignore_ascii_case("VEVENT") => event = Some(Event::default()),
                ("DTSTART", Some(event)) => event.first = date(),
                ("DTEND", Some(event)) => event.end = date(),
                ("SUMMARY", Some(event)) => {
                    event.name = value.replace("\\,", ",").replace("\\;", ";").replace("\\n", " ").trim().to_owned();
                }
                ("STATUS", Some(event)) => event.is_cancelled = value.trim().eq_ignore_ascii_case("CANCELLED"),
                ("END", _) if value.eq_ignore_ascii_case("VEVENT") => {
                    if let Some(Event { first: Some(first), end, name, is_cancelled: false }) = event.take() {
                        // The end is the day after the last; without one it is a single day.
                        let last = end.and_then(|end| end.pred_opt()).filter(|last| *last >= first).unwrap_or(first);
                        days.extend(
                            first.iter_days().take_while(|day| *day <= last).take(31).map(|d| (d, name.clone())),
                        );
                    }
                }
                _ => {}
            }
        }
        Self(days)
    }
}

#[derive(Default)]
struct Event {
    first: Option<NaiveDate>,
    end: Option<NaiveDate>,
    name: String,
    is_cancelled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        let holidays =
            Holidays::parse("# 2026\n2026-10-03 개천절\n2026-10-05 대체공휴일 # 개천절\n\n2026-10-09 한글날").unwrap();
        Calendar { holidays, ..Calendar::default() }
    }

    #[test]
    fn due_counts_hours_of_business() {
        let calendar = calendar();
        // Wednesday 30 Sep 2026, 16:00 in Seoul.
        let filed = at("2026-09-30T07:00:00Z");
        assert_eq!(calendar.due(filed, hours(2)), at("2026-09-30T09:00:00Z"));
        // Thursday has nine hours, Friday one; then a weekend and a holiday.
        assert_eq!(calendar.due(filed, hours(12)), at("2026-10-02T01:00:00Z"));
        assert_eq!(calendar.due(filed, hours(21)), at("2026-10-06T01:00:00Z"));
        // On a Saturday and a holiday it begins on Tuesday at 9.
        assert_eq!(calendar.due(at("2026-10-03T03:00:00Z"), hours(1)), at("2026-10-06T01:00:00Z"));
        assert_eq!(calendar.business_between(filed, at("2026-10-06T01:00:00Z")), hours(21));
        assert_eq!(calendar.business_between(filed, filed), hours(0));
    }

    #[test]
    fn a_calendar_without_a_working_day_ends() {
        let weekend =
            vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
        let never = Calendar { weekend, ..Calendar::default() };
        assert!(never.due(at("2026-09-30T07:00:00Z"), hours(1)) > at("2036-01-01T00:00:00Z"));
    }

    #[test]
    fn a_file_of_holidays_is_read_and_written_and_its_wrong_line_named() {
        let holidays = calendar().holidays;
        assert_eq!(holidays.0.len(), 3);
        assert_eq!(Holidays::parse(&holidays.to_text()).unwrap(), holidays);
        let wrong = Holidays::parse("2026-10-03 개천절\n10월 9일 한글날").unwrap_err();
        assert_eq!((wrong.line, wrong.to_string().contains("한글날")), (2, true));
        assert!(Holidays::parse("2026-02-30 x").is_err());
    }

    #[test]
    fn an_icalendar_gives_whole_days() {
        let ics = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270209\r\nSUMMARY:설날\r\n \
                   연휴\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270301\r\nSUMMARY:3·1절\r\nEND:VEVENT\r\n\
                   BEGIN:VEVENT\r\nDTSTART;TZID=Asia/Seoul:20270302T090000\r\nSUMMARY:회의\r\nEND:VEVENT\r\n\
                   BEGIN:VEVENT\r\nSTATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20270303\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let days: Vec<(String, String)> =
            Holidays::parse_ics(ics).0.into_iter().map(|(day, name)| (day.to_string(), name)).collect();
        let days: Vec<(&str, &str)> = days.iter().map(|(day, name)| (day.as_str(), name.as_str())).collect();
        let expected = [
            ("2027-02-06", "설날연휴"),
            ("2027-02-07", "설날연휴"),
            ("2027-02-08", "설날연휴"),
            ("2027-03-01", "3·1절"),
        ];
        assert_eq!(days, expected);
    }
}
