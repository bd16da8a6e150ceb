//! Which columns are read and what the words in them mean.

use reeve_model::person::{PersonKind, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which column of the source says what: `employee_number = "EMP_NO"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// What tells rows apart, where the employee number does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What stays through every employment of a person: rehires and transfers are known by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_key: Option<String>,
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
    /// Number or name of the department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// What people call it, where `department` is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_name: Option<String>,
    /// Number of the department above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_parent: Option<String>,
    /// Employee number, login or mail of the manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<String>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<String>,
    /// A word as in `words`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Employee, contractor or service account: a word as in `words`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What a column says, in the order of a row as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Key,
    PersonKey,
    EmployeeNumber,
    Login,
    Name,
    Mail,
    Title,
    Department,
    DepartmentName,
    DepartmentParent,
    Manager,
    StartsOn,
    EndsOn,
    Status,
    Kind,
}

/// Pieces of the names of columns that Reeve does not read, whoever asks for it. It needs none of them to know who
/// answers for a table, and what is not read cannot be lost.
const NEVER: [&str; 23] = [
    "주민등록",
    "주민번호",
    "외국인등록",
    "생년월일",
    "생일",
    "급여",
    "연봉",
    "임금",
    "봉급",
    "월급",
    "계좌",
    "jumin",
    "residentno",
    "residentreg",
    "socialsecurity",
    "birthd",
    "dateofbirth",
    "brdt",
    "salary",
    "wage",
    "payroll",
    "bankacc",
    "acntno",
];

/// The same, where only the whole word says so.
const NEVER_WHOLE: [&str; 7] = ["ssn", "rrn", "rrno", "dob", "birth", "pay", "passport"];

impl Columns {
    /// Every column named as its setting.
    pub(super) fn named_as_here() -> Self {
        let named = |name: &str| Some(name.to_owned());
        Self {
            key: named("key"),
            person_key: named("person_key"),
            employee_number: named("employee_number"),
            login: named("login"),
            name: named("name"),
            mail: named("mail"),
            title: named("title"),
            department: named("department"),
            department_name: named("department_name"),
            department_parent: named("department_parent"),
            manager: named("manager"),
            starts_on: named("starts_on"),
            ends_on: named("ends_on"),
            status: named("status"),
            kind: named("kind"),
        }
    }

    /// Those that are set.
    pub(super) fn set(&self) -> Vec<(Field, &str)> {
        let all = [
            (Field::Key, &self.key),
            (Field::PersonKey, &self.person_key),
            (Field::EmployeeNumber, &self.employee_number),
            (Field::Login, &self.login),
            (Field::Name, &self.name),
            (Field::Mail, &self.mail),
            (Field::Title, &self.title),
            (Field::Department, &self.department),
            (Field::DepartmentName, &self.department_name),
            (Field::DepartmentParent, &self.department_parent),
            (Field::Manager, &self.manager),
            (Field::StartsOn, &self.starts_on),
            (Field::EndsOn, &self.ends_on),
            (Field::Status, &self.status),
            (Field::Kind, &self.kind),
        ];
        all.into_iter().filter_map(|(field, name)| name.as_deref().map(|name| (field, name))).collect()
    }

    /// # Errors
    /// Says which column is missing, or is not read by Reeve.
    pub(super) fn check(&self) -> Result<(), String> {
        for (_, name) in self.set() {
            let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
            let words = || name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
            if NEVER.iter().any(|never| plain.contains(never)) || words().any(|w| NEVER_WHOLE.contains(&w.as_str())) {
                return Err(format!(
                    "columns: {name:?} holds what Reeve never reads (resident registration numbers, birth dates, pay): \
                     take another column, an employee number as the key"
                ));
            }
        }
        if self.name.is_none() {
            return Err("columns: name is missing: name = \"EMP_NM\"".to_owned());
        }
        if [&self.key, &self.person_key, &self.employee_number, &self.login].iter().all(|key| key.is_none()) {
            return Err("columns: nothing tells rows apart: set employee_number, key or login".to_owned());
        }
        Ok(())
    }
}

/// Which words of the source mean what; letters in either case. A word that is not listed means nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// Of `status`.
    pub active: Vec<String>,
    pub on_leave: Vec<String>,
    pub left: Vec<String>,
    /// Of `kind`.
    pub contractor: Vec<String>,
    pub service: Vec<String>,
}

impl Default for Words {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Self {
            active: words(&["재직", "재직중", "active", "employed"]),
            on_leave: words(&["휴직", "육아휴직", "병가", "파견", "on leave", "on_leave", "leave", "secondment"]),
            left: words(&["퇴직", "퇴사", "해지", "left", "departed", "resigned", "retired", "terminated"]),
            contractor: words(&["협력사", "외주", "계약직", "contractor", "external"]),
            service: words(&["서비스", "시스템", "service", "service account", "service_account", "system"]),
        }
    }
}

impl Words {
    pub(super) fn status(&self, word: &str) -> Status {
        if has(&self.left, word) {
            Status::Left
        } else if has(&self.on_leave, word) {
            Status::OnLeave
        } else if has(&self.active, word) {
            Status::Active
        } else {
            Status::Unsaid
        }
    }

    pub(super) fn kind(&self, word: &str) -> PersonKind {
        if has(&self.service, word) {
            PersonKind::Service
        } else if has(&self.contractor, word) {
            PersonKind::Contractor
        } else {
            PersonKind::Employee
        }
    }
}

fn has(words: &[String], word: &str) -> bool {
    let word = word.trim().to_lowercase();
    words.iter().any(|one| one.to_lowercase() == word)
}
