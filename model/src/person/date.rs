use chrono::{Datelike, NaiveDate};

/// From here on a year means "never": HR systems write 9999-12-31, Active Directory has its own largest time.
const NEVER: i32 = 9000;

/// A day as HR systems write it: `2026-10-31`, `20261031`, `2026/10/31`, `2026.10.31`, also with a time behind it.
/// Nothing, `0000-00-00` and years from 9000 on are no day.
///
/// # Errors
/// What was written, and what would be right.
pub fn parse_date(text: &str) -> Result<Option<NaiveDate>, String> {
    let text = text.trim();
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    if day.is_empty() || day == "-" || day.chars().all(|c| matches!(c, '0' | '-' | '/' | '.')) {
        return Ok(None);
    }
    let wrong = || format!("{text:?} is not a day: write it as 2026-10-31");
    let parts: Vec<&str> = match day.len() {
        8 if day.bytes().all(|b| b.is_ascii_digit()) => vec![&day[..4], &day[4..6], &day[6..]],
        _ => day.trim_end_matches('.').split(['-', '/', '.']).collect(),
    };
    let [year, month, of_month] = parts[..] else { return Err(wrong()) };
    // A year of two digits, or the day first, could be read in more than one way.
    if year.len() != 4 {
        return Err(wrong());
    }
    let number = |part: &str| part.trim().parse::<u32>().map_err(|_| wrong());
    let year = year.parse::<i32>().map_err(|_| wrong())?;
    let date = NaiveDate::from_ymd_opt(year, number(month)?, number(of_month)?);
    match date {
        _ if year >= NEVER => Ok(None),
        Some(date) => Ok(Some(date)),
        None => Err(wrong()),
    }
    .map(|date| date.filter(|date| date.year() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_hr_systems_are_read_and_sentinels_are_no_day() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 31);
        for text in ["2026-10-31", "20261031", "2026/10/31", "2026.10.31", "2026.10.31.", " 2026-10-31 00:00:00"] {
            assert_eq!(parse_date(text), Ok(day), "{text}");
        }
        for text in ["", " ", "-", "0000-00-00", "00000000", "9999-12-31", "99991231", "9999-99-99"] {
            assert_eq!(parse_date(text), Ok(None), "{text}");
        }
        for text in ["31-10-2026", "2026-13-01", "26-10-31", "soon", "46326"] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }
}
