//! Whether a column holds personal data, told from its name, comment and type; values are not looked at.
//!
//! A name or a comment is read as words, each with a sense (`sense.rs`); `judge.rs` puts them together. A comment beats
//! the name.

mod compounds;
pub mod format;
mod judge;
mod korean;
mod latin;
mod sense;

use judge::{OF_A_THING, OF_NOBODY, SOMEBODY, Table, judge};
use sense::{Ending, Sense};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Of the rules: a suggestion says by which it was made.
pub const RULES: u32 = 2;

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
    let table = Table::of(table);
    let name = senses(column);
    let named = judge(&name, &[], table);
    let said = parts(comment).find_map(|part| judge(&part, &name, table));
    let found = match (said, named) {
        // It says who, and the name what of him.
        (Some(said), Some(named)) if said == SOMEBODY && named != OF_A_THING => named,
        // It says that it is one of several, and the name of what.
        (Some(said), Some(named)) if said == OF_NOBODY && named.class == Class::Indirect => named,
        (None, Some(named)) => named,
        // An example of a value says what its words do not.
        (None | Some(OF_NOBODY), None) => {
            let example = format::example(comment).and_then(|format| judge(&[Some(format.sense())], &name, table));
            example.or(said).unwrap_or(NOTHING)
        }
        (Some(said), _) => said,
    };
    if found.class != Class::None && !fits(found, data_type) { WRONG_TYPE } else { found }
}

fn senses(text: &str) -> Vec<Option<Sense>> {
    if korean::is_korean(text) { korean::senses(text) } else { latin::senses(text) }
}

/// The parts of a comment, each to be judged by itself; a word in brackets that masks counts with what is before it.
fn parts(comment: &str) -> impl Iterator<Item = Vec<Option<Sense>>> {
    let mut plain = String::new();
    let mut aside = String::new();
    let mut depth = 0_usize;
    for c in comment.chars() {
        match c {
            '(' | '[' | '（' | '<' => depth += 1,
            ')' | ']' | '）' | '>' => depth = depth.saturating_sub(1),
            c if depth > 0 => aside.push(c),
            c => plain.push(c),
        }
    }
    // By itself the word is short for many things.
    if plain.trim() == "키" {
        plain = "신장".to_owned();
    }
    if plain.trim().is_empty() {
        plain = std::mem::take(&mut aside);
    }
    let aside_lower = aside.to_lowercase().replace(' ', "");
    let is_flag = ["y/n", "yn", "0/1", "t/f", "여부"].iter().any(|word| aside_lower == *word);
    let is_masked = senses(&aside).contains(&Some(Sense::Mask));
    let separated = plain.replace(" - ", ",").replace(" : ", ",");
    let parts: Vec<String> = separated
        .split([',', ';', ':', '/', '|', '\n', '·', '。'])
        .flat_map(|part| part.split(". "))
        .filter(|part| !part.trim().is_empty())
        .map(str::to_owned)
        .collect();
    parts.into_iter().map(move |part| {
        let mut words = if korean::is_korean(&part) { korean::senses(&part) } else { latin::senses(&turned(&part)) };
        if is_masked {
            words.push(Some(Sense::Mask));
        }
        if is_flag {
            words.push(Some(Sense::Ending(Ending::Flag)));
        }
        words
    })
}

/// English says `number of the card` where names say `card number`: what stands behind `of` comes first. What a
/// preposition begins is no part of it.
fn turned(text: &str) -> String {
    const BEGIN: [&str; 14] =
        ["to", "for", "from", "used", "by", "in", "on", "at", "with", "when", "that", "which", "who", "where"];
    let lower = text.to_lowercase().replace("number of", "count of").replace("no. of", "count of");
    let words = lower.split_whitespace();
    let words = words.filter(|word| !["the", "a", "an", "this", "whether"].contains(word));
    let kept: Vec<&str> = words.take_while(|word| !BEGIN.contains(word)).collect();
    let asks = lower.trim_start().starts_with("whether");
    let text = kept.split(|word| *word == "of").rev().map(|part| part.join(" ")).collect::<Vec<_>>().join(" ");
    if asks { text + " flag" } else { text }
}

/// A yes or no holds nobody's address; what is sensitive in law is so as a yes or no too.
fn fits(found: Finding, data_type: &str) -> bool {
    let kind = data_type.trim().to_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| kind.starts_with(word));
    let why = found.reason.en;
    let is = |words: &[&str]| words.iter().any(|word| why.contains(word));
    if is(&["sensitive in law"]) {
        return true;
    }
    if starts(&["bool"]) || kind == "bit" || kind == "bit(1)" {
        return is(&["quasi-identifier"]);
    }
    if starts(&["timestamp", "datetime", "date", "time"]) {
        return is(&["birth"]);
    }
    if starts(&["double", "float", "real"]) {
        return is(&["location", "quasi-identifier"]);
    }
    if starts(&["int", "smallint", "tinyint"]) {
        return !is(&["name of a person", "mail", "address", "photo", "password", "nickname", "free text"]);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Word;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::collections::BTreeSet;

    const RULES_HALF: &str = include_str!("labelled.tsv");
    const HELD_OUT: &str = include_str!("held_out.tsv");

    struct Figures {
        columns: usize,
        precision: f64,
        recall: f64,
        /// Expected and found, and how often.
        confusions: BTreeMap<(Class, Class), usize>,
        wrong: Vec<String>,
    }

    #[expect(clippy::cast_precision_loss, reason = "hundreds of columns")]
    fn figures(labelled: &str) -> Figures {
        let mut confusions: BTreeMap<(Class, Class), usize> = BTreeMap::new();
        let mut wrong = Vec::new();
        for line in labelled.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [table, column, data_type, comment, expected] = cells[..] else { panic!("five cells: {line}") };
            let found = classify(table, column, data_type, comment);
            let expected = Class::parse(expected).unwrap_or_else(|| panic!("a class: {line}"));
            *confusions.entry((expected, found.class)).or_default() += 1;
            if expected != found.class {
                wrong.push(format!("{line}: {found:?}"));
            }
        }
        let sum = |of: &dyn Fn(Class, Class) -> bool| -> f64 {
            confusions.iter().filter(|((a, b), _)| of(*a, *b)).map(|(_, count)| *count).sum::<usize>() as f64
        };
        let hit = sum(&|expected, found| expected != Class::None && found != Class::None);
        let precision = hit / sum(&|_, found| found != Class::None);
        let recall = hit / sum(&|expected, _| expected != Class::None);
        Figures { columns: labelled.lines().count() - 1, precision, recall, confusions, wrong }
    }

    /// The figures of docs/personal-data.md.
    #[test]
    fn columns_as_people_name_them() {
        let mut text = String::new();
        for (name, labelled) in [("rules' half", RULES_HALF), ("held-out half", HELD_OUT)] {
            let Figures { columns, precision, recall, confusions, wrong } = figures(labelled);
            text += &format!(
                "{name}: {columns} columns\n  personal at all: precision {precision:.3}, recall {recall:.3}\n"
            );
            text += "  expected \\ found  none indirect direct sensitive\n";
            for expected in Class::ALL {
                text += &format!("  {:<17}", expected.as_str());
                for found in Class::ALL {
                    text += &format!(" {:>6}", confusions.get(&(*expected, *found)).unwrap_or(&0));
                }
                text += "\n";
            }
            for class in Class::ALL {
                let of = |pick: &dyn Fn(&(Class, Class)) -> bool| -> usize {
                    confusions.iter().filter(|(pair, _)| pick(pair)).map(|(_, count)| *count).sum()
                };
                let hit = of(&|pair| *pair == (*class, *class));
                #[expect(clippy::cast_precision_loss, reason = "hundreds of columns")]
                let share = |all: usize| hit as f64 / all as f64;
                let (precision, recall) = (share(of(&|pair| pair.1 == *class)), share(of(&|pair| pair.0 == *class)));
                text += &format!("  {}: precision {precision:.3}, recall {recall:.3}\n", class.as_str());
            }
            assert!(precision > 0.9 && recall > 0.9, "{text}{wrong:#?}");
        }
        insta::assert_snapshot!("figures", text);
    }

    #[test]
    fn the_list_is_long_and_its_halves_share_no_table() {
        let tables = |labelled: &'static str| -> BTreeSet<&'static str> {
            labelled.lines().skip(1).filter_map(|line| line.split('\t').next()).collect()
        };
        assert!(RULES_HALF.lines().count() + HELD_OUT.lines().count() > 502);
        assert!(tables(RULES_HALF).is_disjoint(&tables(HELD_OUT)));
    }

    /// What other catalogs got wrong.
    #[test]
    fn false_friends() {
        for (table, column, data_type, comment) in [
            ("orders", "recipient_type", "string", ""),
            ("orders", "ship", "string", ""),
            ("stat", "acid_level", "double", ""),
            ("catalog", "product_name", "string", ""),
            ("catalog", "file_name", "string", ""),
            ("mail", "email_sent_count", "int", ""),
            ("mail", "email_verified", "int", ""),
            ("pay", "card_type", "string", ""),
            ("pay", "card_sales_amt", "decimal(18,2)", ""),
            ("warehouse", "address", "string", ""),
            ("warehouse", "addr", "string", "창고 주소"),
            ("league", "ssn", "string", "시즌"),
            ("access_log", "session_age", "int", ""),
            ("model", "ci_lower", "double", ""),
            ("customer", "email", "boolean", ""),
            ("customer", "phone", "string", "휴대폰 인증 여부"),
            ("spec", "mac_version", "string", ""),
            ("contract", "contract_addr", "string", "스마트컨트랙트 주소"),
            ("shoes", "nm", "string", "나이키 제품명"),
        ] {
            assert_eq!(classify(table, column, data_type, comment).class, Class::None, "{table}.{column} {comment}");
        }
    }

    #[test]
    fn comments_with_examples_units_and_mistakes() {
        for (comment, expected) in [
            ("예: 010-1234-5678", Class::Direct),
            ("예) hong@example.com", Class::Direct),
            ("900101-1234568 형식", Class::Sensitive),
            ("휴대푠 번호", Class::Direct),
            ("emial adress", Class::Direct),
            ("Date of birth of the member", Class::Indirect),
            ("Number of emails sent to the customer", Class::None),
            ("Whether the user agreed to SMS", Class::None),
            ("고객의 휴대폰 번호를 저장", Class::Direct),
            ("주민번호(암호화)", Class::Sensitive),
            ("카드번호(마스킹)", Class::Indirect),
            ("SMS 수신 동의 여부(Y/N)", Class::None),
            ("상품 무게(kg)", Class::None),
        ] {
            assert_eq!(classify("t", "c1", "string", comment).class, expected, "{comment}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(table in "\\PC{0,30}", column in "\\PC{0,40}", kind in "\\PC{0,10}", comment in "[가-힣a-zA-Z0-9 ()/,.:_-]{0,60}") {
            let _ = classify(&table, &column, &kind, &comment);
        }
    }
}
