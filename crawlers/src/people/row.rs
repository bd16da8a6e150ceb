//! From rows of text to records: the same for a file and for a query.

use super::columns::{Field, Words};
use super::{Listing, Unreadable};
use reeve_model::person::{Department, Form, Record, mangled_number, parse_date};
use std::collections::{BTreeMap, HashMap};
use unicode_normalization::UnicodeNormalization;

/// So many rows that cannot be read are told one by one.
const FAILURES_TOLD: usize = 1_000;

/// Takes rows, and gives a listing.
pub(super) struct Rows<'a> {
    fields: Vec<Field>,
    words: &'a Words,
    /// With the place each came from, for two that are the same.
    records: Vec<(String, Record)>,
    departments: BTreeMap<String, Department>,
    failures: Vec<Unreadable>,
    failed: usize,
    read: usize,
}

impl<'a> Rows<'a> {
    /// `fields`: what each value of a row is.
    pub(super) fn new(fields: Vec<Field>, words: &'a Words) -> Self {
        Self {
            fields,
            words,
            records: Vec::new(),
            departments: BTreeMap::new(),
            failures: Vec::new(),
            failed: 0,
            read: 0,
        }
    }

    /// How many rows came, readable or not.
    pub(super) fn read(&self) -> usize {
        self.read
    }

    pub(super) fn add(&mut self, place: String, values: Vec<Option<String>>) {
        self.read += 1;
        match self.record(values) {
            Ok(record) => self.records.push((place, record)),
            Err(reason) => self.fail(place, reason),
        }
    }

    /// A row that did not even come apart into values.
    pub(super) fn broken(&mut self, place: String, reason: String) {
        self.read += 1;
        self.fail(place, reason);
    }

    fn fail(&mut self, place: String, reason: String) {
        self.failed += 1;
        if self.failures.len() < FAILURES_TOLD {
            self.failures.push(Unreadable { place, reason });
        }
    }

    fn record(&mut self, values: Vec<Option<String>>) -> Result<Record, String> {
        let mut record = Record { form: Form::Employment, ..Record::default() };
        let mut department = Department::default();
        for (field, value) in self.fields.iter().zip(values) {
            let Some(value) = value.map(|value| value.trim().nfc().collect::<String>()).filter(|v| !v.is_empty())
            else {
                continue;
            };
            if is_resident_number(&value) {
                // Not even the reason repeats it.
                return Err(format!("{field:?} looks like a resident registration number: it is not read"));
            }
            match field {
                Field::Key => record.key = value,
                Field::PersonKey => record.person_key = Some(value),
                Field::EmployeeNumber if mangled_number(&value) => {
                    return Err(format!("{value:?} was an employee number before a spreadsheet: export it as text"));
                }
                Field::EmployeeNumber => record.employee_number = Some(value),
                Field::Login => record.login = Some(value),
                Field::Name => record.name = Some(value),
                Field::Mail => record.mail = Some(value),
                Field::Title => record.title = Some(value),
                Field::Department => department.key = value,
                Field::DepartmentName => department.title = value,
                Field::DepartmentParent => department.parent = Some(value),
                Field::Manager => record.manager = Some(value),
                Field::StartsOn => record.starts_on = parse_date(&value)?,
                Field::EndsOn => record.ends_on = parse_date(&value)?,
                Field::Status => {
                    record.status = self.words.status(&value);
                    record.status_text = Some(value);
                }
                Field::Kind => record.kind = self.words.kind(&value),
            }
        }
        if department.key.is_empty() {
            department.key.clone_from(&department.title);
        }
        if !department.key.is_empty() {
            record.department = Some(department.key.clone());
            let known = self.departments.entry(department.key.clone()).or_insert_with(|| department.clone());
            if known.title.is_empty() {
                known.title = department.title;
            }
            known.parent = known.parent.take().or(department.parent);
        }
        let mut record = record.tidied();
        if record.key.is_empty() {
            let instead = record.employee_number.as_ref().or(record.person_key.as_ref()).or(record.login.as_ref());
            record.key = instead.cloned().ok_or("nothing tells this row from others: its number is empty")?;
        }
        Ok(record)
    }

    /// Everything that was read. `departments`: the tree as the source has it apart from people; it goes first.
    pub(super) fn listing(self, asked: String, counted: Option<u64>, departments: Vec<Department>) -> Listing {
        let mut failures = self.failures;
        if self.failed > failures.len() {
            let more = self.failed - failures.len();
            failures.push(Unreadable { place: String::new(), reason: format!("and {more} more rows") });
        }
        let mut tree = self.departments;
        tree.extend(departments.into_iter().map(|department| (department.key.clone(), department)));
        let departments = tree.into_values().map(|mut department| {
            if department.title.is_empty() {
                department.title.clone_from(&department.key);
            }
            department
        });
        let (records, repeated) = told_apart(self.records);
        failures.extend(repeated);
        Listing { records, departments: departments.collect(), counted, asked, failures, incomplete: Vec::new() }
    }
}

/// Somebody with two posts has two rows with one number: they are told apart by the department. Two rows that nothing
/// tells apart are a mistake of the source, of which nobody knows which row is right.
fn told_apart(rows: Vec<(String, Record)>) -> (Vec<Record>, Vec<Unreadable>) {
    let mut count: HashMap<String, usize> = HashMap::new();
    for (_, record) in &rows {
        *count.entry(record.key.clone()).or_default() += 1;
    }
    let mut kept: HashMap<String, usize> = HashMap::new();
    let mut records: Vec<Record> = Vec::with_capacity(rows.len());
    let mut repeated = Vec::new();
    for (place, mut record) in rows {
        if count[&record.key] > 1 {
            record.key = format!("{}/{}", record.key, record.department.as_deref().unwrap_or_default());
        }
        if let Some(first) = kept.get(&record.key) {
            // An employment that ended and another in the same department: the key must still hold through crawls.
            if let (Some(starts_on), true) = (record.starts_on, records[*first].starts_on != record.starts_on) {
                record.key = format!("{}/{starts_on}", record.key);
            }
        }
        if kept.insert(record.key.clone(), records.len()).is_some() {
            repeated.push(Unreadable { place, reason: format!("another row has the number {:?} too", record.key) });
            continue;
        }
        records.push(record);
    }
    (records, repeated)
}

/// `YYMMDD-SNNNNNN` with a possible day, also without the hyphen. Its check digit tells nothing: numbers given out since
/// October 2020 have none.
fn is_resident_number(value: &str) -> bool {
    let digits: Vec<u8> = match value.len() {
        14 if value.as_bytes()[6] == b'-' => value.bytes().filter(|b| *b != b'-').collect(),
        13 => value.bytes().collect(),
        _ => return false,
    };
    if digits.len() != 13 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |at: usize| (digits[at] - b'0') * 10 + (digits[at + 1] - b'0');
    let (month, day) = (number(2), number(4));
    (1..=12).contains(&month) && (1..=31).contains(&day) && (b'1'..=b'8').contains(&digits[6])
}

/// A department of a listing of its own: key, title, parent, lead.
pub(super) fn department(values: [Option<String>; 4]) -> Option<Department> {
    let [key, title, parent, lead] =
        values.map(|value| value.map(|value| value.trim().nfc().collect::<String>()).filter(|value| !value.is_empty()));
    let key = key?;
    Some(Department { title: title.unwrap_or_else(|| key.clone()), key, parent, lead })
}
