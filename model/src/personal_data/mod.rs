//! Whether a column holds personal data, told from its name, comment and type; values are not looked at.
//!
//! A comment beats the name. In a name the words for what it is (`telno`) are read with the words for whose it is
//! (`cust`, or the table's), and the last word overrules: `tel_yn` holds no number.

mod comment;
mod name;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Of the rules: a suggestion says by which it was made.
pub const RULES: u32 = 1;

/// How near a column is to a person.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Class {
    None,
    /// A key of a person, or what tells him together with other things.
    Indirect,
    /// Names or reaches a person.
    Direct,
    /// Unique identifiers and sensitive information in law, account and card numbers, passwords.
    Sensitive,
}

/// What a column is, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    pub class: Class,
    pub reason: Why,
}

/// Why, in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Why {
    pub ko: &'static str,
    pub en: &'static str,
}

pub(crate) const fn why(class: Class, ko: &'static str, en: &'static str) -> Finding {
    Finding { class, reason: Why { ko, en } }
}

const NOTHING: Finding = why(Class::None, "개인정보로 볼 단서가 없음", "nothing points to a person");
const WRONG_TYPE: Finding = why(Class::None, "형식이 맞지 않음", "the type cannot hold it");

/// Judges a column. `data_type` is as the source spells it; empty texts are unknown.
pub fn classify(table: &str, column: &str, data_type: &str, comment: &str) -> Finding {
    let found = comment::judge(comment)
        .or_else(|| comment::judge(&korean_of(column)))
        .or_else(|| name::judge(table, column, comment))
        .unwrap_or(NOTHING);
    if found.class != Class::None && !fits(found, data_type) { WRONG_TYPE } else { found }
}

fn korean_of(column: &str) -> String {
    column.replace(['_', '-', ' '], "")
}

/// A yes or no holds nobody's address; what is sensitive in law is so as a yes or no too.
fn fits(found: Finding, data_type: &str) -> bool {
    let kind = data_type.trim().to_lowercase();
    let is_law = found.reason.en.contains("sensitive in law");
    if kind.starts_with("bool") || kind == "bit" || kind == "bit(1)" {
        return is_law;
    }
    if kind.starts_with("timestamp") || kind.starts_with("datetime") || kind == "date" {
        return is_law || found.reason.en.contains("birth");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_as_people_name_them() {
        let labelled = include_str!("labelled.tsv");
        let mut wrong = Vec::new();
        let (mut hit, mut extra, mut missed) = (0, 0, 0);
        for line in labelled.lines().filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [table, column, data_type, comment, expected] = cells[..] else { panic!("five cells: {line}") };
            let found = classify(table, column, data_type, comment);
            let expected: Class = expected.parse().unwrap();
            match (expected != Class::None, found.class != Class::None) {
                (true, true) => hit += 1,
                (false, true) => extra += 1,
                (true, false) => missed += 1,
                (false, false) => {}
            }
            if expected != found.class {
                wrong.push(format!("{line}: {found:?}"));
            }
        }
        let share = |of: i32| f64::from(hit) / f64::from(hit + of);
        assert!(share(extra) > 0.9 && share(missed) > 0.9, "{wrong:#?}");
        assert!(wrong.len() * 10 <= labelled.lines().count(), "{wrong:#?}");
    }
}
