//! What one source says of one employment or account, as it came.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// One row of a source of people: kept as it came, the person is computed from all of his.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Stable within the source: an employee number (with the department, where somebody has two posts), `entryUUID`,
    /// `objectGUID`.
    pub key: String,
    pub form: Form,
    pub kind: PersonKind,
    /// What else other records of the source call this one by, when they name a manager: a DN.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What stays through every employment of a person, where the source has such a thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_key: Option<String>,
    /// A text: leading zeros count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The key of a [`Department`] of the same source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Key, alias, employee number, login or mail of another record of the same source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<NaiveDate>,
    /// The last day, which still counts: of an employment, or on which an account is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    pub status: Status,
    /// In the source's own word: 육아휴직.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_text: Option<String>,
}

/// What a record is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A post, as an HR table has it.
    #[default]
    Employment,
    /// Of a directory. A person can have his account switched off before his first day and while on leave.
    Account,
}

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
pub enum PersonKind {
    #[default]
    Employee,
    Contractor,
    /// No person: an account that programs use.
    Service,
}

/// What the source's word for a record means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The source has no word, or one that nobody explained: no reason to think anything.
    #[default]
    Unsaid,
    Active,
    OnLeave,
    Left,
    /// An account that was switched off. One that is locked, or whose password expired, is not.
    Disabled,
}

/// A node of a source's department tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Department {
    /// Stable within the source: a number, a DN.
    pub key: String,
    /// As people call it.
    pub title: String,
    pub parent: Option<String>,
    /// As [`Record::manager`] names people.
    pub lead: Option<String>,
}

/// Whether a spreadsheet made a number of an employee number: `1.00E+05`. What it was before nobody knows any more.
pub fn mangled_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let Some((whole, fraction)) = mantissa.split_once('.') else {
        return mantissa.len() == 1 && digits(mantissa) && exponent.starts_with('+') && digits(&exponent[1..]);
    };
    whole.len() == 1 && digits(whole) && digits(fraction) && digits(exponent.trim_start_matches(['+', '-']))
}

impl Record {
    /// Brings the texts into the form they are compared and kept in: nothing around them, nothing instead of nothing,
    /// logins and mail in lower case. (Korean that came decomposed is composed by who read it: here are no tables for it.)
    #[must_use]
    pub fn tidied(mut self) -> Self {
        for text in [
            &mut self.person_key,
            &mut self.employee_number,
            &mut self.login,
            &mut self.name,
            &mut self.mail,
            &mut self.title,
            &mut self.department,
            &mut self.manager,
            &mut self.status_text,
        ] {
            *text = text.take().map(|text| text.replace('\0', "\u{fffd}").trim().to_owned()).filter(|t| !t.is_empty());
        }
        for text in [&mut self.login, &mut self.mail] {
            *text = text.take().map(|text| text.to_lowercase());
        }
        self.key = self.key.replace('\0', "\u{fffd}").trim().to_owned();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_a_spreadsheet_made_are_known() {
        assert!(["1.00E+05", "2E+07", "1.23457E+11"].iter().all(|text| mangled_number(text)));
        assert!(["100000", "00017", "E1001", "1E5A", "20E+1", "2026E"].iter().all(|text| !mangled_number(text)));
    }
}
