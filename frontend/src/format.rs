//! Numbers, sizes, dates and spans of time as each language writes them.

use chrono::{DateTime, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use reeve_model::reader::Lang;

/// `41,032`
pub(crate) fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `81.3 TB`: decimal units, one decimal below a hundred.
pub(crate) fn bytes(bytes: i64) -> String {
    const UNITS: [&str; 7] = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
    let (mut unit, mut size) = (1_u64, 0);
    let bytes = bytes.max(0).unsigned_abs();
    // 999.5 KB and more would be written as 1000 KB: that is 1.0 MB.
    while size + 1 < UNITS.len() && bytes.saturating_add(unit / 2) >= unit.saturating_mul(1000) {
        unit = unit.saturating_mul(1000);
        size += 1;
    }
    if size == 0 {
        return format!("{bytes} B");
    }
    let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
    if tenths < 1000 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[size])
    } else {
        format!("{} {}", (u128::from(bytes) + u128::from(unit) / 2) / u128::from(unit), UNITS[size])
    }
}

/// A count too long to read digit by digit: `2.1 B`, `21억`. Below a million all digits stand.
pub(crate) fn large(lang: Lang, count: i64) -> String {
    let units: &[(i64, &str)] = match lang {
        Lang::En => &[(1_000_000_000_000, " T"), (1_000_000_000, " B"), (1_000_000, " M")],
        Lang::Ko => &[(1_000_000_000_000, "조"), (100_000_000, "억"), (10_000, "만")],
    };
    let unit = units.iter().find(|(unit, _)| count >= 1_000_000 && count >= *unit);
    let Some((unit, name)) = unit else { return number(count) };
    let tenths = count / (unit / 10);
    match (tenths >= 1000 || tenths % 10 == 0, tenths) {
        (true, tenths) => format!("{}{name}", number(tenths / 10)),
        (false, tenths) => format!("{}.{}{name}", tenths / 10, tenths % 10),
    }
}

/// `24 Nov 2026`, `2026. 11. 24.`
pub(crate) fn date(lang: Lang, at: DateTime<Tz>) -> String {
    day(lang, at.date_naive())
}

/// As [`date`], of a day of the calendar.
pub(crate) fn day(lang: Lang, day: NaiveDate) -> String {
    match lang {
        Lang::En => day.format("%-d %b %Y").to_string(),
        Lang::Ko => day.format("%Y. %-m. %-d.").to_string(),
    }
}

/// `14:05 KST` today, `24 Nov 2026, 14:05 KST` on another day. Korean readers are in one zone: it goes without saying.
pub(crate) fn moment(lang: Lang, at: DateTime<Tz>, now: DateTime<Tz>) -> String {
    let is_today = at.date_naive() == now.date_naive();
    match lang {
        Lang::En if is_today => at.format("%H:%M %Z").to_string(),
        Lang::En => format!("{}, {}", date(lang, at), at.format("%H:%M %Z")),
        Lang::Ko if is_today => at.format("%H:%M").to_string(),
        Lang::Ko => format!("{} {}", date(lang, at), at.format("%H:%M")),
    }
}

/// `2026-11-24 14:05:59 +09:00`: all of a moment, in any language.
pub(crate) fn full(at: DateTime<Tz>) -> String {
    at.format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// A span of time in its two largest units: `38 ms`, `2.4 s`, `2 min 10 s`, `1 h 5 min`, `3 days`.
pub(crate) fn span(lang: Lang, milliseconds: i64) -> String {
    let milliseconds = milliseconds.max(0);
    let seconds = milliseconds / 1000;
    let [day, hour, minute, second, milli] = match lang {
        Lang::En => [" d", " h", " min", " s", " ms"],
        Lang::Ko => ["일", "시간", "분", "초", "ms"],
    };
    let two = |large: i64, of: &str, small: i64, rest: &str| match small {
        0 => format!("{large}{of}"),
        _ => format!("{large}{of} {small}{rest}"),
    };
    match seconds {
        0 => format!("{milliseconds}{milli}"),
        1..10 => format!("{seconds}.{}{second}", milliseconds % 1000 / 100),
        10..60 => format!("{seconds}{second}"),
        60..3600 => two(seconds / 60, minute, seconds % 60, second),
        3600..86_400 => two(seconds / 3600, hour, seconds % 3600 / 60, minute),
        _ => two(seconds / 86_400, day, seconds % 86_400 / 3600, hour),
    }
}

/// How long ago something was, without the seconds: `4 min`. `None` under a minute, which is said in other words.
pub(crate) fn age(lang: Lang, age: TimeDelta) -> Option<String> {
    match age.num_minutes() {
        ..=0 => None,
        minutes @ 1..2880 => Some(span(lang, minutes * 60_000)),
        minutes => Some(span(lang, minutes / 1440 * 86_400_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;

    #[test]
    fn numbers() {
        assert_eq!(
            [0, 999, 1000, 41_032, 1_234_567, -1000].map(number),
            ["0", "999", "1,000", "41,032", "1,234,567", "-1,000"]
        );
        assert_eq!([999_999, 2_100_000_000, 5_000_000].map(|n| large(Lang::En, n)), ["999,999", "2.1 B", "5 M"]);
        assert_eq!([999_999, 2_100_000_000, 12_345_678].map(|n| large(Lang::Ko, n)), ["999,999", "21억", "1,234만"]);
    }

    #[test]
    fn sizes() {
        let sizes = [0, 999, 1000, 81_300_000_000_000, 412_000_000_000, 999_950_000, 99_960_000, i64::MAX, -1];
        let written = ["0 B", "999 B", "1.0 KB", "81.3 TB", "412 GB", "1.0 GB", "100 MB", "9.2 EB", "0 B"];
        assert_eq!(sizes.map(bytes), written);
    }

    #[test]
    fn dates() {
        let seoul = chrono_tz::Asia::Seoul;
        let at = seoul.with_ymd_and_hms(2026, 11, 24, 23, 5, 59).unwrap();
        let later = seoul.with_ymd_and_hms(2026, 11, 25, 0, 0, 0).unwrap();
        assert_eq!(date(Lang::En, at), "24 Nov 2026");
        assert_eq!(date(Lang::Ko, at), "2026. 11. 24.");
        assert_eq!(moment(Lang::En, at, at), "23:05 KST");
        assert_eq!(moment(Lang::En, at, later), "24 Nov 2026, 23:05 KST");
        assert_eq!(moment(Lang::Ko, at, at), "23:05");
        assert_eq!(moment(Lang::Ko, at, later), "2026. 11. 24. 23:05");
        assert_eq!(full(at), "2026-11-24 23:05:59 +09:00");
        // Midnight in Seoul is another day than midnight in Greenwich.
        let utc = at.with_timezone(&Tz::UTC);
        assert_eq!(moment(Lang::En, utc, later.with_timezone(&Tz::UTC)), "14:05 UTC");
    }

    #[test]
    fn ages() {
        let of = |lang, seconds| age(lang, TimeDelta::seconds(seconds));
        assert_eq!([-5, 0, 59].map(|seconds| of(Lang::Ko, seconds)), [None, None, None]);
        assert_eq!(of(Lang::Ko, 60).as_deref(), Some("1분"));
        assert_eq!(of(Lang::En, 3_900).as_deref(), Some("1 h 5 min"));
        assert_eq!(of(Lang::Ko, 5 * 86_400 + 7_200).as_deref(), Some("5일"));
    }

    #[test]
    fn spans() {
        let spans = [0, 38, 2_400, 12_000, 130_000, 3_900_000, 86_400_000, 90_000_000];
        assert_eq!(
            spans.map(|ms| span(Lang::En, ms)),
            ["0 ms", "38 ms", "2.4 s", "12 s", "2 min 10 s", "1 h 5 min", "1 d", "1 d 1 h"]
        );
        assert_eq!(
            spans.map(|ms| span(Lang::Ko, ms)),
            ["0ms", "38ms", "2.4초", "12초", "2분 10초", "1시간 5분", "1일", "1일 1시간"]
        );
    }

    proptest! {
        #[test]
        fn sizes_never_need_more_than_three_digits_before_the_point(size in 0_i64..) {
            let text = bytes(size);
            let whole = text.split(['.', ' ']).next().unwrap_or_default();
            prop_assert!(whole.len() <= 3, "{}", text);
        }
    }
}
