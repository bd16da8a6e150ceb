//! Patterns of days, as somebody declares them: the letters of Java, `epoch_s`, `epoch_ms` and `epoch_days`.

use super::span::Fields;
use chrono::Datelike;
use std::fmt;
use std::str::FromStr;

/// How a value is written: `yyyy-MM-dd`, `yyyyMMddHH`, `yyyy년 M월 d일`, `YYYY-'W'ww`, `yyyy'Q'q`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("a pattern that is empty")]
    Empty,
    #[error(
        "{0:?} means nothing in a pattern of days: letters are y M d H m s S q w e X, others stand between ' and '"
    )]
    Letter(String),
    #[error("a ' that is not closed")]
    Quote,
    #[error("it says nothing that a day could be told from: a year, or a month, day or hour to complete another key")]
    NoDay,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Literal(String),
    /// So many digits, or one or two where it is one.
    Number(Field, usize),
    /// `Z`, `+09:00`.
    Offset,
    Fraction(usize),
    Epoch(EpochUnit),
    /// Days since 1970.
    EpochDays,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Year,
    /// Of a week.
    WeekYear,
    Quarter,
    Month,
    Week,
    Weekday,
    Day,
    Hour,
    Minute,
    Second,
}

crate::word::words! {
    /// What an epoch counts.
    EpochUnit { Seconds, Milliseconds }
}

impl Pattern {
    /// It counts from 1970, and in what; what time each value stands for, all of them tell together.
    pub(super) fn epoch(&self) -> Option<EpochUnit> {
        match self.tokens[..] {
            [Token::Epoch(unit)] => Some(unit),
            _ => None,
        }
    }

    pub(super) fn read(&self, text: &str) -> Option<Fields> {
        let mut fields = Fields::default();
        let mut rest = text;
        for token in &self.tokens {
            rest = match token {
                Token::Literal(literal) => rest.strip_prefix(literal.as_str())?,
                Token::Number(field, width) => {
                    let most = if *width == 1 { 2 } else { *width };
                    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
                    if digits == 0 || (*width > 1 && digits != *width) {
                        return None;
                    }
                    field.set(&mut fields, rest[..digits].parse().ok()?, *width);
                    &rest[digits..]
                }
                Token::Fraction(width) => {
                    let digits = rest.bytes().take(*width).take_while(u8::is_ascii_digit).count();
                    (digits == *width).then(|| &rest[digits..])?
                }
                Token::Offset => {
                    let length = if rest.starts_with('Z') {
                        1
                    } else {
                        rest.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b':')).count()
                    };
                    fields.offset = Some(super::plain::seconds_east(&rest[..length])?);
                    &rest[length..]
                }
                Token::EpochDays => {
                    let days: i32 = rest.parse().ok().filter(|days| (0..=2_932_896).contains(days))?;
                    let day = chrono::NaiveDate::from_num_days_from_ce_opt(719_163 + days)?;
                    fields.year = Some(day.year());
                    fields.month = Some(day.month());
                    fields.day = Some(day.day());
                    ""
                }
                Token::Epoch(_) => return None,
            };
        }
        rest.is_empty().then_some(fields)
    }
}

impl Field {
    fn set(self, fields: &mut Fields, number: u32, width: usize) {
        match self {
            Self::Year | Self::WeekYear => {
                let year = i32::try_from(number).unwrap_or(0);
                let century = if year >= 90 { 1900 } else { 2000 };
                fields.year = Some(if width == 2 { century + year } else { year });
            }
            Self::Quarter => fields.quarter = Some(number),
            Self::Month => fields.month = Some(number),
            Self::Week => fields.week = Some(number),
            Self::Weekday => fields.weekday = Some(number),
            Self::Day => fields.day = Some(number),
            Self::Hour => fields.hour = Some(number),
            Self::Minute => fields.minute = Some(number),
            Self::Second => fields.second = Some(number),
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let tokens = match text {
            "" => return Err(PatternError::Empty),
            "epoch_s" => vec![Token::Epoch(EpochUnit::Seconds)],
            "epoch_ms" => vec![Token::Epoch(EpochUnit::Milliseconds)],
            "epoch_days" => vec![Token::EpochDays],
            _ => tokens(text)?,
        };
        if tokens.iter().all(|token| matches!(token, Token::Literal(_) | Token::Offset | Token::Fraction(_))) {
            return Err(PatternError::NoDay);
        }
        Ok(Self { text: text.to_owned(), tokens })
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, PatternError> {
    // Weeks belong to years of their own, however the year is written.
    let of_weeks = text.contains("ww");
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (inner, after) = rest[1..].split_once('\'').ok_or(PatternError::Quote)?;
            literal(&mut tokens, if inner.is_empty() { "'" } else { inner });
            rest = after;
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(first).len();
        let (letters, after) = rest.split_at(run);
        rest = after;
        if !first.is_ascii_alphabetic() {
            literal(&mut tokens, letters);
            continue;
        }
        let field = match (first, run) {
            ('y' | 'Y' | 'u', 2 | 4) if of_weeks => Field::WeekYear,
            ('y' | 'Y' | 'u', 2 | 4) => Field::Year,
            ('M', 1 | 2) => Field::Month,
            ('d', 1 | 2) => Field::Day,
            ('H', 1 | 2) => Field::Hour,
            ('m', 1 | 2) => Field::Minute,
            ('s', 1 | 2) => Field::Second,
            ('q' | 'Q', 1) => Field::Quarter,
            ('w', 2) => Field::Week,
            ('e', 1) => Field::Weekday,
            ('S', 1..=9) => {
                tokens.push(Token::Fraction(run));
                continue;
            }
            ('X', 1..=3) => {
                tokens.push(Token::Offset);
                continue;
            }
            _ => return Err(PatternError::Letter(letters.to_owned())),
        };
        tokens.push(Token::Number(field, run));
    }
    Ok(tokens)
}

fn literal(tokens: &mut Vec<Token>, text: &str) {
    match tokens.last_mut() {
        Some(Token::Literal(last)) => last.push_str(text),
        _ => tokens.push(Token::Literal(text.to_owned())),
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_read_what_they_say() {
        for (pattern, text, day) in [
            ("yyyy-MM-dd", "2026-03-02", "2026-03-02"),
            ("yyyy-M-d", "2026-3-2", "2026-03-02"),
            ("ddMMyyyy", "02032026", "2026-03-02"),
            ("yyMMdd", "260302", "2026-03-02"),
            ("yyMMdd", "991231", "1999-12-31"),
            ("'dt'yyyyMMdd", "dt20260302", "2026-03-02"),
            ("yyyy년 M월 d일", "2026년 3월 2일", "2026-03-02"),
            ("yyyyww", "202611", "2026-03-09"),
            ("epoch_days", "20514", "2026-03-02"),
            ("yyyy''MM", "2026'03", "2026-03-01"),
        ] {
            let fields = pattern.parse::<Pattern>().unwrap().read(text).unwrap_or_else(|| panic!("{pattern} {text}"));
            assert_eq!(fields.span().unwrap().start.date().to_string(), day, "{pattern} {text}");
        }
        for (pattern, text) in [
            ("yyyyMMdd", "2026-03-02"),
            ("yyyyMMdd", "202603021"),
            ("yyyy-MM", "2026-3"),
            ("epoch_days", "-1"),
            ("epoch_days", "9999999999"),
        ] {
            assert_eq!(pattern.parse::<Pattern>().unwrap().read(text), None, "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_that_say_nothing_are_refused() {
        for (pattern, error) in [
            ("", PatternError::Empty),
            ("'x'", PatternError::NoDay),
            ("X", PatternError::NoDay),
            ("yyyy'T", PatternError::Quote),
            ("yyyy-MMM", PatternError::Letter("MMM".into())),
            ("hh", PatternError::Letter("hh".into())),
            ("date", PatternError::Letter("a".into())),
        ] {
            assert_eq!(pattern.parse::<Pattern>(), Err(error), "{pattern}");
        }
        assert_eq!("HH".parse::<Pattern>().unwrap().to_string(), "HH");
    }

    proptest! {
        #[test]
        fn nothing_panics(pattern in "[yYMdHmsSqweX'/ 년_-]{0,12}", text in ".{0,24}") {
            if let Ok(pattern) = pattern.parse::<Pattern>() {
                let _ = pattern.read(&text).and_then(|fields| fields.span());
            }
        }
    }
}
