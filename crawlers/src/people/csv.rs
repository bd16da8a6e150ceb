//! An HR table as a CSV file. A file can be half written, empty, or another one than yesterday: what can be told of that
//! from the file itself is told here.

use super::columns::{Columns, Field, Words};
use super::row::{self, Rows};
use super::{Listing, People, PeopleRun};
use crate::{Health, SourceError};
use chrono::{DateTime, Utc};
use encoding_rs::{EUC_KR, UTF_8};
use reeve_model::person::Department;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that is larger is no HR table.
const LARGEST: u64 = 2 << 30;
/// How often it is told how far reading is, in rows.
const TELL_EVERY: usize = 1_000;

/// A file with one line for each employment, and a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsvConfig {
    /// A relative path starts at the folder of `reeve.toml`.
    pub path: PathBuf,
    /// A file of departments with the columns `key`, `title`, `parent` and `lead`, where people's rows do not have the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<PathBuf>,
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands between values: one character.
    #[serde(default = "comma")]
    pub delimiter: String,
    /// How the last line begins, where the writer writes one: a file without is half a file. A number behind it is how many
    /// rows there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_marker: Option<String>,
    /// A file that was changed less than so many seconds ago is still being written.
    #[serde(default = "sixty")]
    pub settle_seconds: u64,
}

/// How the file's letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// By its byte order mark, else UTF-8 where it is that, else CP949.
    #[default]
    Auto,
    Utf8,
    /// What Korean Windows and Excel write.
    Cp949,
}

fn comma() -> String {
    ",".to_owned()
}

fn sixty() -> u64 {
    60
}

pub(super) struct CsvFile {
    config: CsvConfig,
    delimiter: u8,
    columns: Columns,
    /// The columns are our own names: those that the file lacks are not asked for.
    optional: bool,
    words: Words,
}

impl CsvFile {
    pub(super) fn new(config: &CsvConfig, columns: Columns, optional: bool, words: &Words) -> Result<Self, String> {
        let [delimiter] = config.delimiter.as_bytes() else {
            return Err(format!("csv: delimiter = {:?}: must be one character of ASCII", config.delimiter));
        };
        if config.end_marker.as_deref().is_some_and(|marker| marker.trim().is_empty()) {
            return Err("csv: end_marker is empty: write how the last line begins, as in \"#END\"".to_owned());
        }
        Ok(Self { config: config.clone(), delimiter: *delimiter, columns, optional, words: words.clone() })
    }

    fn refused(&self, path: &Path, call: &str, reason: impl std::fmt::Display) -> SourceError {
        let (address, call, reason) = (path.display().to_string(), call.to_owned(), reason.to_string());
        match &self.config {
            config if config.path == *path && call == "opening" => SourceError::Unreachable { address, reason },
            _ => SourceError::Unreadable { address, call, reason },
        }
    }

    /// The file's text, if it has been left alone for a while.
    fn text(&self, path: &Path, now: DateTime<Utc>) -> Result<String, SourceError> {
        let about = || std::fs::metadata(path).map_err(|error| self.refused(path, "opening", error));
        let before = about()?;
        if !before.is_file() {
            return Err(self.refused(path, "opening", "not a file"));
        }
        if before.len() > LARGEST {
            return Err(self.refused(path, "reading", format!("{} bytes: no HR table is that large", before.len())));
        }
        let changed = before.modified().map_err(|error| self.refused(path, "reading", error))?;
        let age = SystemTime::from(now).duration_since(changed).unwrap_or_default().as_secs();
        if age < self.config.settle_seconds {
            let wait = self.config.settle_seconds;
            return Err(SourceError::Refused {
                address: path.display().to_string(),
                call: "reading".to_owned(),
                reason: format!(
                    "changed {age} s ago and may still be written: read once it was left alone for {wait} s"
                ),
            });
        }
        let bytes = std::fs::read(path).map_err(|error| self.refused(path, "opening", error))?;
        let after = about()?;
        let same = after.len() == before.len() && after.modified().ok() == Some(changed);
        if !same || bytes.len() as u64 != before.len() {
            return Err(self.refused(path, "reading", "it was written to while it was read"));
        }
        decode(&bytes, self.config.encoding).map_err(|reason| self.refused(path, "reading", reason))
    }

    /// Splits off the end marker; answers how many rows it says there are.
    fn without_end<'t>(&self, path: &Path, text: &'t str) -> Result<(&'t str, Option<u64>), SourceError> {
        let Some(marker) = &self.config.end_marker else { return Ok((text, None)) };
        let trimmed = text.trim_end();
        let (rows, last) = trimmed.rsplit_once('\n').unwrap_or(("", trimmed));
        let Some(behind) = last.trim().strip_prefix(marker.as_str()) else {
            let reason = format!("its last line does not begin with {marker:?}: it is half a file");
            return Err(self.refused(path, "reading", reason));
        };
        let number: String =
            behind.chars().filter(|c| !matches!(c, ',' | ' ' | ':' | '\t' | ';' | '"' | '=')).collect();
        Ok((rows, number.parse().ok()))
    }

    fn listing(&self, run: &PeopleRun) -> Result<Listing, SourceError> {
        let path = &self.config.path;
        let text = self.text(path, run.now)?;
        let (text, counted) = self.without_end(path, &text)?;
        let mut reader = self.reader(text);
        let header = reader.headers().map_err(|error| self.refused(path, "header", error))?.clone();
        let (fields, places, names) = self.fields(&header)?;
        let mut rows = Rows::new(fields, &self.words);
        let mut record = csv::StringRecord::new();
        loop {
            if rows.read().is_multiple_of(TELL_EVERY) {
                run.tell(rows.read())?;
            }
            let line = reader.position().line();
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    let line = record.position().map_or(line, csv::Position::line);
                    let values = places.iter().map(|place| record.get(*place).map(str::to_owned)).collect();
                    rows.add(format!("line {line}"), values);
                }
                Err(error) => {
                    let line = error.position().map_or(line, csv::Position::line);
                    rows.broken(format!("line {line}"), reason_of(&error));
                }
            }
        }
        run.tell(rows.read())?;
        let departments = match &self.config.departments {
            Some(path) => self.departments(path, run.now)?,
            None => Vec::new(),
        };
        let asked = format!("csv {} {}", path.display(), names.join(","));
        Ok(rows.listing(asked, counted, departments))
    }

    fn departments(&self, path: &Path, now: DateTime<Utc>) -> Result<Vec<Department>, SourceError> {
        let text = self.text(path, now)?;
        let mut reader = self.reader(&text);
        let header = reader.headers().map_err(|error| self.refused(path, "header", error))?.clone();
        let place = |name: &str| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
        let places = ["key", "title", "parent", "lead"].map(place);
        if places[0].is_none() {
            return Err(self.refused(path, "header", "it has no column `key` (key, title, parent, lead)"));
        }
        let mut departments = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| self.refused(path, "reading", reason_of(&error)))?;
            let value = |place: Option<usize>| place.and_then(|place| record.get(place)).map(str::to_owned);
            departments.extend(row::department(places.map(value)));
        }
        Ok(departments)
    }

    fn reader<'t>(&self, text: &'t str) -> csv::Reader<&'t [u8]> {
        csv::ReaderBuilder::new().delimiter(self.delimiter).from_reader(text.as_bytes())
    }

    /// Which fields the file has, in which column each is, and what the columns are called.
    fn fields(&self, header: &csv::StringRecord) -> Result<(Vec<Field>, Vec<usize>, Vec<String>), SourceError> {
        let path = &self.config.path;
        let named = |name: &str| -> Vec<usize> {
            let same = |column: &str| column.trim().to_lowercase() == name.trim().to_lowercase();
            header.iter().enumerate().filter(|(_, column)| same(column)).map(|(place, _)| place).collect()
        };
        let (mut fields, mut places, mut names, mut missing) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (field, name) in self.columns.set() {
            match named(name)[..] {
                [place] => {
                    fields.push(field);
                    places.push(place);
                    names.push(name.to_owned());
                }
                [] if self.optional => {}
                [] => missing.push(name),
                _ => return Err(self.refused(path, "header", format!("two columns are named {name:?}"))),
            }
        }
        let told = fields.iter().any(|field| matches!(field, Field::Key | Field::EmployeeNumber | Field::Login));
        if self.optional && (!fields.contains(&Field::Name) || !told) {
            missing.extend(["name", "employee_number"]);
        }
        if !missing.is_empty() {
            // Not the whole line: a file without header has people in it.
            let has = header.len();
            let reason = format!("no column {} among its {has}: is this the right file?", missing.join(", "));
            return Err(self.refused(path, "header", reason));
        }
        Ok((fields, places, names))
    }
}

/// What is wrong with a line, without what is in it.
fn reason_of(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} values instead of {expected_len}: half a line, or a quote that is not closed")
        }
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => "no line of a CSV file".to_owned(),
    }
}

fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, String> {
    let marked = encoding_rs::Encoding::for_bom(bytes);
    if let Some((marked, _)) = marked {
        let (text, _, wrong) = marked.decode(bytes);
        return if wrong {
            Err(format!("it says that it is {}, and is not", marked.name()))
        } else {
            Ok(text.into_owned())
        };
    }
    let strictly = |encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
    };
    match encoding {
        Encoding::Utf8 => strictly(UTF_8).ok_or_else(|| "it is not UTF-8: set encoding = \"cp949\"".to_owned()),
        // The Encoding Standard's euc-kr is Windows code page 949.
        Encoding::Cp949 => strictly(EUC_KR).ok_or_else(|| "it is not CP949".to_owned()),
        Encoding::Auto => {
            strictly(UTF_8).or_else(|| strictly(EUC_KR)).ok_or_else(|| "it is neither UTF-8 nor CP949".to_owned())
        }
    }
}

#[async_trait::async_trait]
impl People for CsvFile {
    async fn check(&self) -> Result<Health, SourceError> {
        let about = tokio::fs::metadata(&self.config.path).await;
        let about = about.map_err(|error: io::Error| self.refused(&self.config.path, "opening", error))?;
        Ok(Health { version: None, summary: format!("{} kB", about.len() / 1024), clock_skew_ms: None })
    }

    async fn read(&self, run: &PeopleRun) -> Result<Listing, SourceError> {
        let (config, columns, words) = (self.config.clone(), self.columns.clone(), self.words.clone());
        let own = Self { config, delimiter: self.delimiter, columns, optional: self.optional, words };
        let run = run.clone();
        let broken = |error: tokio::task::JoinError| SourceError::Unreadable {
            address: self.config.path.display().to_string(),
            call: "reading".to_owned(),
            reason: error.to_string(),
        };
        tokio::task::spawn_blocking(move || own.listing(&run)).await.map_err(broken)?
    }
}
