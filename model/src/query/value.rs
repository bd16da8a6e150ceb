//! Times and sizes as people write them.

use super::{Bytes, When};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};

/// `>2026-01-01`, `<30d`, `2026-01`, `2026-01..2026-03`.
pub(super) fn when(value: &str) -> Option<When> {
    if let Some((from, until)) = value.split_once("..") {
        let from = if from.is_empty() { None } else { Some(day_span(from)?.0) };
        let until = if until.is_empty() { None } else { Some(day_span(until)?.1) };
        return (from.is_some() || until.is_some()).then_some(When::Between { from, until });
    }
    let (sign, rest) = comparison(value);
    if let Some(age) = age(rest) {
        return match sign {
            Some(Sign::Less | Sign::AtMost) => Some(When::Within(age)),
            Some(Sign::More | Sign::AtLeast) => Some(When::Before(age)),
            None => None,
        };
    }
    let (first, after) = day_span(rest)?;
    let (from, until) = match sign {
        None => (Some(first), Some(after)),
        Some(Sign::More) => (Some(after), None),
        Some(Sign::AtLeast) => (Some(first), None),
        Some(Sign::Less) => (None, Some(first)),
        Some(Sign::AtMost) => (None, Some(after)),
    };
    Some(When::Between { from, until })
}

/// The start of the year, month or day named and of the one after it.
fn day_span(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let mut numbers = text.split('-');
    let year = numbers.next()?;
    if year.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let month = numbers.next().map(str::parse).transpose().ok()?;
    let day = numbers.next().map(str::parse).transpose().ok()?;
    if numbers.next().is_some() {
        return None;
    }
    let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.unwrap_or(1), day.unwrap_or(1))?;
    let after = match (month, day) {
        (None, _) => first.with_year(first.year() + 1)?,
        (Some(_), None) => first.checked_add_months(Months::new(1))?,
        _ => first.checked_add_days(Days::new(1))?,
    };
    let midnight = |date: NaiveDate| Some(date.and_hms_opt(0, 0, 0)?.and_utc());
    Some((midnight(first)?, midnight(after)?))
}

/// `12h`, `30d`, `2w`, `6m` of 30 days, `1y` of 365.
fn age(text: &str) -> Option<TimeDelta> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count: i64 = text[..digits].parse().ok()?;
    let hours = match text[digits..].to_ascii_lowercase().as_str() {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        "m" | "mo" => 24 * 30,
        "y" => 24 * 365,
        _ => return None,
    };
    TimeDelta::try_hours(count.checked_mul(hours)?)
}

/// `>1tb`, `<=500mb`, `1gb..1tb`.
pub(super) fn bytes(value: &str) -> Result<Bytes, Option<String>> {
    let wrong = || Some(">1tb".to_owned());
    if let Some((min, max)) = value.split_once("..") {
        let end = |text: &str| match text {
            "" => Ok(None),
            _ => byte_count(text).map(Some).ok_or_else(wrong),
        };
        let (min, max) = (end(min)?, end(max)?);
        return if min.is_none() && max.is_none() { Err(wrong()) } else { Ok(Bytes { min, max }) };
    }
    let (sign, rest) = comparison(value);
    let count = byte_count(rest).ok_or_else(wrong)?;
    match sign {
        Some(Sign::More) => Ok(Bytes { min: Some(count.saturating_add(1)), max: None }),
        Some(Sign::AtLeast) => Ok(Bytes { min: Some(count), max: None }),
        Some(Sign::Less) => Ok(Bytes { min: None, max: Some(count.saturating_sub(1)) }),
        Some(Sign::AtMost) => Ok(Bytes { min: None, max: Some(count) }),
        // Nobody means exactly this many bytes.
        None => Err(Some(format!(">{value}"))),
    }
}

fn byte_count(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let unit: f64 = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "p" | "pb" => 1e15,
        "kib" => 1024.0,
        "mib" => 1024f64.powi(2),
        "gib" => 1024f64.powi(3),
        "tib" => 1024f64.powi(4),
        "pib" => 1024f64.powi(5),
        _ => return None,
    };
    // A float beyond i64 is cut to i64::MAX, which no table reaches.
    Some((number * unit).round() as i64)
}

enum Sign {
    Less,
    AtMost,
    More,
    AtLeast,
}

fn comparison(value: &str) -> (Option<Sign>, &str) {
    let signs = [(">=", Sign::AtLeast), ("<=", Sign::AtMost), (">", Sign::More), ("<", Sign::Less)];
    for (text, sign) in signs {
        if let Some(rest) = value.strip_prefix(text) {
            return (Some(sign), rest.trim_start());
        }
    }
    (None, value)
}
