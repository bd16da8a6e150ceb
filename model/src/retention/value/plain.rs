//! Values that say which day they mean, each by itself: the year comes first and has four digits.

use super::span::Fields;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Reads a value, and says by which pattern (see `pattern.rs`).
pub(super) fn read(text: &str) -> Option<(Fields, String)> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 64 {
        return None;
    }
    let read = if text.bytes().all(|b| b.is_ascii_digit()) {
        digits(text)?
    } else {
        separated(text).or_else(|| compact(text)).or_else(|| korean(text)).or_else(|| of_year(text))?
    };
    read.0.span().map(|_| read)
}

fn digits(text: &str) -> Option<(Fields, String)> {
    const PATTERN: &str = "yyyyMMddHHmmss";
    if !matches!(text.len(), 4 | 8 | 10 | 12 | 14) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let fields = Fields {
        year: text[..4].parse().ok(),
        month: part(4, 6),
        day: part(6, 8),
        hour: part(8, 10),
        minute: part(10, 12),
        second: part(12, 14),
        ..Fields::default()
    };
    Some((fields, PATTERN[..text.len()].to_owned()))
}

// The time behind a date: after `T` or a space as ISO 8601 has it, perhaps with an offset; after `-` or `_` with more
// of these.
const TIME: &str = r"(?:(?<at>[T ])(?<h>\d\d)(?:(?<s1>:?)(?<m>\d\d)(?:(?<s2>:?)(?<s>\d\d)(?<f>\.\d{1,9})?)?)?(?<o> ?(?:Z|[+-]\d\d(?::?\d\d)?))?|(?<at2>[-_])(?<h2>\d\d)(?:(?<s3>[-_:]?)(?<m2>\d\d)(?:(?<s4>[-_:]?)(?<t2>\d\d))?)?)?";

/// `2026-03-02`, `2026/03`, `2026.03.02.`, `2026-03-02 07:30`.
fn separated(text: &str) -> Option<(Fields, String)> {
    static REGEX: LazyLock<Option<Regex>> = LazyLock::new(|| {
        regex(&format!(r"^(?<Y>\d{{4}})(?<a>[-/._])(?<M>\d\d)(?:(?<b>[-/._])(?<D>\d\d)(?<dot>\.?){TIME})?$"))
    });
    let found = REGEX.as_ref()?.captures(text)?;
    let mut fields = Fields { year: number(&found, "Y"), month: number(&found, "M"), ..Fields::default() };
    let between = &found["a"];
    let mut pattern = format!("yyyy{between}MM");
    let Some(again) = found.name("b") else { return Some((fields, pattern)) };
    let dot = &found["dot"];
    if again.as_str() != between || (!dot.is_empty() && between != ".") {
        return None;
    }
    fields.day = number(&found, "D");
    pattern += &format!("{between}dd{dot}");
    time(&found, &mut fields, &mut pattern)?;
    Some((fields, pattern))
}

/// `20260302_073000`, `20260302T07Z`.
fn compact(text: &str) -> Option<(Fields, String)> {
    static REGEX: LazyLock<Option<Regex>> =
        LazyLock::new(|| regex(&format!(r"^(?<Y>\d{{4}})(?<M>\d\d)(?<D>\d\d){TIME}$")));
    let found = REGEX.as_ref()?.captures(text)?;
    let mut fields =
        Fields { year: number(&found, "Y"), month: number(&found, "M"), day: number(&found, "D"), ..Fields::default() };
    let mut pattern = "yyyyMMdd".to_owned();
    time(&found, &mut fields, &mut pattern)?;
    Some((fields, pattern))
}

fn time(found: &Captures<'_>, fields: &mut Fields, pattern: &mut String) -> Option<()> {
    let (at, hour, minute, second, separators) = if found.name("at").is_some() {
        ("at", "h", "m", "s", ["s1", "s2"])
    } else if found.name("at2").is_some() {
        ("at2", "h2", "m2", "t2", ["s3", "s4"])
    } else {
        return Some(());
    };
    let at = &found[at];
    fields.hour = number(found, hour);
    fields.minute = number(found, minute);
    fields.second = number(found, second);
    pattern.push_str(if at == "T" { "'T'" } else { at });
    pattern.push_str("HH");
    let between = found.name(separators[0]).map_or("", |found| found.as_str());
    // `-` between hours and minutes only where it stands before the hours too.
    if matches!(between, "-" | "_") && between != at {
        return None;
    }
    if fields.minute.is_some() {
        *pattern += &format!("{between}mm");
    }
    if fields.second.is_some() {
        if found.name(separators[1]).is_some_and(|second| second.as_str() != between) {
            return None;
        }
        *pattern += &format!("{between}ss");
    }
    if let Some(fraction) = found.name("f") {
        pattern.push('.');
        pattern.extend(std::iter::repeat_n('S', fraction.len() - 1));
    }
    let Some(offset) = found.name("o") else { return Some(()) };
    let written = offset.as_str();
    let bare = written.trim_start();
    // An hour, and then `-09`: as like as not the minutes.
    if fields.minute.is_none() && bare.starts_with('-') {
        return None;
    }
    pattern.push_str(&written[..written.len() - bare.len()]);
    pattern.push('X');
    fields.offset = Some(seconds_east(bare)?);
    Some(())
}

/// `Z`, `+09`, `+0900`, `+09:00`.
pub(super) fn seconds_east(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Ok(0), str::parse).ok()?;
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// `2026년 3월 2일`, `2026. 3. 2.`: the one writing in which months and days have one digit.
fn korean(text: &str) -> Option<(Fields, String)> {
    static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        regex(
            r"^(?<Y>\d{4})년(?:(?<p>( ?))(?<M>\d{1,2})월(?:(?<q>( ?))(?<D>\d{1,2})일(?:(?<r>( ?))(?<h>\d{1,2})시(?:(?<s>( ?))(?<m>\d{1,2})분)?)?)?)?$",
        )
    });
    static DOTS: LazyLock<Option<Regex>> =
        LazyLock::new(|| regex(r"^(?<Y>\d{4})\.(?<p>( ?))(?<M>\d{1,2})(?:\.(?<q>( ?))(?<D>\d{1,2}))?(?<dot>\.?)$"));
    static QUARTER: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"^(?<Y>\d{4})년(?<p>( ?))(?<Q>[1-4])분기$"));
    if let Some(found) = QUARTER.as_ref()?.captures(text) {
        let fields = Fields { year: number(&found, "Y"), quarter: number(&found, "Q"), ..Fields::default() };
        return Some((fields, format!("yyyy년{}q분기", &found["p"])));
    }
    let space = |found: &Captures<'_>, name: &str| found.name(name).map_or("", |space| space.as_str()).to_owned();
    if let Some(found) = WORDS.as_ref()?.captures(text) {
        let fields = Fields {
            year: number(&found, "Y"),
            month: number(&found, "M"),
            day: number(&found, "D"),
            hour: number(&found, "h"),
            minute: number(&found, "m"),
            ..Fields::default()
        };
        let mut pattern = "yyyy년".to_owned();
        for (name, before, part) in [("M", "p", "M월"), ("D", "q", "d일"), ("h", "r", "H시"), ("m", "s", "m분")] {
            if found.name(name).is_some() {
                pattern += &space(&found, before);
                pattern += part;
            }
        }
        return Some((fields, pattern));
    }
    let found = DOTS.as_ref()?.captures(text)?;
    let (first, second, dot) = (space(&found, "p"), space(&found, "q"), &found["dot"]);
    // `2026.3.2` is as like a version of something.
    if first.is_empty() && dot.is_empty() {
        return None;
    }
    let fields =
        Fields { year: number(&found, "Y"), month: number(&found, "M"), day: number(&found, "D"), ..Fields::default() };
    let of_day = if fields.day.is_some() { format!(".{second}d") } else { String::new() };
    Some((fields, format!("yyyy.{first}M{of_day}{dot}")))
}

/// `2026-W11`, `2026-W11-2`, `2026W11`, `2027Q1`, `2027-Q1`.
fn of_year(text: &str) -> Option<(Fields, String)> {
    static WEEK: LazyLock<Option<Regex>> =
        LazyLock::new(|| regex(r"^(?<Y>\d{4})(?:-W(?<w>\d\d)(?:-(?<e>[1-7]))?|W(?<w2>\d\d))$"));
    static QUARTER: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"^(?<Y>\d{4})(?<a>[-_]?)(?<q>[Qq])(?<Q>[1-4])$"));
    if let Some(found) = WEEK.as_ref()?.captures(text) {
        let week = number(&found, "w").or_else(|| number(&found, "w2"));
        let weekday = number(&found, "e");
        let fields = Fields { year: number(&found, "Y"), week, weekday, ..Fields::default() };
        let dash = if found.name("w").is_some() { "-" } else { "" };
        return Some((fields, format!("YYYY{dash}'W'ww{}", if weekday.is_some() { "-e" } else { "" })));
    }
    let found = QUARTER.as_ref()?.captures(text)?;
    let fields = Fields { year: number(&found, "Y"), quarter: number(&found, "Q"), ..Fields::default() };
    Some((fields, format!("yyyy{}'{}'q", &found["a"], &found["q"])))
}

fn number<N: std::str::FromStr>(found: &Captures<'_>, name: &str) -> Option<N> {
    found.name(name)?.as_str().parse().ok()
}

/// All of them compile: the tests below read by each.
fn regex(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_by_itself_which_time_it_means() {
        for (text, pattern, start, end) in [
            ("2026-03-02", "yyyy-MM-dd", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026/03/02", "yyyy/MM/dd", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026.03.02", "yyyy.MM.dd", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026.03.02.", "yyyy.MM.dd.", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026_03_02", "yyyy_MM_dd", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026년 3월 2일", "yyyy년 M월 d일", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026년03월02일", "yyyy년M월d일", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026년 3월 2일 7시", "yyyy년 M월 d일 H시", "2026-03-02T07:00", "2026-03-02T08:00"),
            ("2026년 3월 2일 7시 5분", "yyyy년 M월 d일 H시 m분", "2026-03-02T07:05", "2026-03-02T07:06"),
            ("2026년 11월", "yyyy년 M월", "2026-11-01T00:00", "2026-12-01T00:00"),
            ("2026년", "yyyy년", "2026-01-01T00:00", "2027-01-01T00:00"),
            ("2026년 2분기", "yyyy년 q분기", "2026-04-01T00:00", "2026-07-01T00:00"),
            ("2026. 3. 2.", "yyyy. M. d.", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026. 3. 2", "yyyy. M. d", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026.3.2.", "yyyy.M.d.", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("20260302", "yyyyMMdd", "2026-03-02T00:00", "2026-03-03T00:00"),
            ("2026030207", "yyyyMMddHH", "2026-03-02T07:00", "2026-03-02T08:00"),
            ("202603020730", "yyyyMMddHHmm", "2026-03-02T07:30", "2026-03-02T07:31"),
            ("20260302073015", "yyyyMMddHHmmss", "2026-03-02T07:30:15", "2026-03-02T07:30:16"),
            ("20260302_073015", "yyyyMMdd_HHmmss", "2026-03-02T07:30:15", "2026-03-02T07:30:16"),
            ("20260302T0730", "yyyyMMdd'T'HHmm", "2026-03-02T07:30", "2026-03-02T07:31"),
            ("20260302-07", "yyyyMMdd-HH", "2026-03-02T07:00", "2026-03-02T08:00"),
            ("2026-03-02 07", "yyyy-MM-dd HH", "2026-03-02T07:00", "2026-03-02T08:00"),
            ("2026-03-02-07", "yyyy-MM-dd-HH", "2026-03-02T07:00", "2026-03-02T08:00"),
            ("2026_03_02_07_30", "yyyy_MM_dd_HH_mm", "2026-03-02T07:30", "2026-03-02T07:31"),
            ("2026-03-02T07:30:15", "yyyy-MM-dd'T'HH:mm:ss", "2026-03-02T07:30:15", "2026-03-02T07:30:16"),
            ("2026-03-02 07:30:15.5", "yyyy-MM-dd HH:mm:ss.S", "2026-03-02T07:30:15", "2026-03-02T07:30:16"),
            ("2026-W11", "YYYY-'W'ww", "2026-03-09T00:00", "2026-03-16T00:00"),
            ("2026-W11-2", "YYYY-'W'ww-e", "2026-03-10T00:00", "2026-03-11T00:00"),
            ("2026W11", "YYYY'W'ww", "2026-03-09T00:00", "2026-03-16T00:00"),
            ("2026-W53", "YYYY-'W'ww", "2026-12-28T00:00", "2027-01-04T00:00"),
            ("2027Q1", "yyyy'Q'q", "2027-01-01T00:00", "2027-04-01T00:00"),
            ("2026-q4", "yyyy-'q'q", "2026-10-01T00:00", "2027-01-01T00:00"),
            ("2026-03", "yyyy-MM", "2026-03-01T00:00", "2026-04-01T00:00"),
            ("2024-02", "yyyy-MM", "2024-02-01T00:00", "2024-03-01T00:00"),
            ("2026", "yyyy", "2026-01-01T00:00", "2027-01-01T00:00"),
        ] {
            let (fields, by) = read(text).unwrap_or_else(|| panic!("{text}"));
            let span = fields.span().unwrap();
            let time = |text: &str| {
                let text = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
                text.parse::<chrono::NaiveDateTime>().unwrap()
            };
            assert_eq!((by.as_str(), span.start, span.end), (pattern, time(start), time(end)), "{text}");
        }
    }

    #[test]
    fn offsets_are_kept() {
        for (text, seconds) in [
            ("2026-03-02T07:30:00Z", 0),
            ("2026-03-02T07:30:00+09:00", 32_400),
            ("2026-03-02T07:30+0900", 32_400),
            ("2026-03-02 07:30:00.123456789 +09", 32_400),
            ("2026-03-02T07:30:00-03:30", -12_600),
            ("20260302T073000Z", 0),
            ("2026-03-02T07Z", 0),
        ] {
            let (fields, _) = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(fields.offset, Some(seconds), "{text}");
        }
        for text in ["2026-03-02T07-09", "2026-03-02T07:30+25:00", "2026-03-02T07:30+09:75", "2026-03-02-07+09:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for text in [
            "2026-11-31",
            "2026-02-29",
            "20261131",
            "2026-13",
            "2026-00",
            "2026-03-00",
            "2026030224",
            "2026-03-02 24",
            "2026-03-02T24:00:00",
            "2026-03-02 07:60",
            "2026-W54",
            "2026-W00",
            "2025-W53",
            "2026W540",
            "2026Q5",
            "2026Q0",
            "2026-3-2",
            "2026/3/2",
            "2026.3.2",
            "2026-03.02",
            "2026-03-02x",
            "v2026-03-02",
            "2026-03-02 backup",
            "log_20260302",
            "20260302_old",
            "202603020",
            "20260302073",
            "2026030207301",
            "260302073015123",
            "2026 03 02",
            "２０２６-03-02",
            "2026--03",
            "2026-",
            "2026년 13월",
            "2026년 2월 30일",
            "+2026",
            "2026-03-02-",
            "2026_03_02 07-30",
            "2026-03-02_07-30",
            "2026-03-02 0",
            "20260302T073015000",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
