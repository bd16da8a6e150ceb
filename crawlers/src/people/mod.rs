//! Sources of people: an HR table as a CSV file or a SQL query, and directories.
//!
//! A source of people is read as a whole and small enough to be held: a listing of 50,000 people is some 20 MB.

mod columns;
mod csv;
mod ldap;
mod row;
mod sql;
#[cfg(test)]
mod tests;

pub use columns::{Columns, Words};
pub use csv::{CsvConfig, Encoding};
pub use ldap::LdapConfig;
pub use sql::SqlConfig;

use crate::{Health, SourceError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use reeve_model::crawl::Note;
use reeve_model::person::{Department, Form, Record};
use reeve_model::secret::mask;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Employees, departments and service accounts: exactly one of `csv`, `sql` and `ldap`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PeopleConfig {
    /// A file that the HR system writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csv: Option<CsvConfig>,
    /// A query on the HR system's database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<SqlConfig>,
    /// A directory; it has names of its own for `columns` and `words`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ldap: Option<LdapConfig>,
    /// Which column says what. Nothing else is read. Absent: columns that are named as the settings here are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Columns>,
    /// What the source's words mean.
    pub words: Words,
    /// What a row of `csv` or `sql` is: `employment`, which says who is here and who has left, or `account`, of a wiki or
    /// another system, which says nothing against HR's word of who is on leave or has left.
    #[schemars(with = "String")]
    pub form: Form,
}

/// A source of people that can be read.
#[async_trait]
pub trait People: Send + Sync {
    /// Answers quickly whether the source can be reached and what it is: for `reeve doctor`.
    async fn check(&self) -> Result<Health, SourceError>;

    /// Reads everything. What could not be read of it is in the listing; an `Err` means that there is none.
    async fn read(&self, run: &PeopleRun) -> Result<Listing, SourceError>;
}

/// Rows that are accounts and no employments.
struct Accounts(Box<dyn People>);

#[async_trait]
impl People for Accounts {
    async fn check(&self) -> Result<Health, SourceError> {
        self.0.check().await
    }

    async fn read(&self, run: &PeopleRun) -> Result<Listing, SourceError> {
        let mut listing = self.0.read(run).await?;
        for record in &mut listing.records {
            record.form = Form::Account;
        }
        Ok(listing)
    }
}

/// Everything that a source says of people, from one moment where it can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub records: Vec<Record>,
    /// Departments that are nodes of the tree, whether anybody is in them or not.
    pub departments: Vec<Department>,
    /// How many records the source itself says there are, asked apart from reading them.
    pub counted: Option<u64>,
    /// What was asked: file, query, base and filter, columns. Whoever is absent from the answer to another question is
    /// not missing.
    pub asked: String,
    /// Records that could not be read.
    pub failures: Vec<Unreadable>,
    /// Why more may be missing than the failures: a listing that was cut short.
    pub incomplete: Vec<Note>,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it is: `line 17`, a DN.
    pub place: String,
    pub reason: String,
}

/// What reading may do with the rest of the world: tell how far it is, and notice that it should stop.
#[derive(Clone, Debug)]
pub struct PeopleRun {
    /// Of the server, to tell a file that is still being written.
    pub now: DateTime<Utc>,
    cancel: CancellationToken,
    seen: Arc<watch::Sender<u64>>,
}

impl PeopleRun {
    /// A run, and where it tells how many records it has read.
    pub fn new(now: DateTime<Utc>, cancel: CancellationToken) -> (Self, watch::Receiver<u64>) {
        let (seen, told) = watch::channel(0);
        (Self { now, cancel, seen: Arc::new(seen) }, told)
    }

    /// Tells how many records were read so far.
    ///
    /// # Errors
    /// [`SourceError::Cancelled`] when the run was cancelled.
    pub fn tell(&self, records: usize) -> Result<(), SourceError> {
        self.seen.send_replace(records as u64);
        if self.cancel.is_cancelled() { Err(SourceError::Cancelled) } else { Ok(()) }
    }

    pub fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }
}

impl PeopleConfig {
    /// Makes what reads the source; opens nothing yet.
    ///
    /// # Errors
    /// Says which setting is wrong and what would be right.
    pub fn build(&self) -> Result<Box<dyn People>, String> {
        if let (None, None, Some(ldap)) = (&self.csv, &self.sql, &self.ldap) {
            if self.columns.is_some() {
                return Err("columns is for csv and sql: a directory's attributes are named in ldap.people".to_owned());
            }
            return Ok(Box::new(ldap::LdapPeople::new(ldap)?));
        }
        let rows = self.rows()?;
        Ok(if self.form == Form::Account { Box::new(Accounts(rows)) } else { rows })
    }

    fn rows(&self) -> Result<Box<dyn People>, String> {
        let columns = match &self.columns {
            Some(columns) => columns.clone(),
            None => Columns::named_as_here(),
        };
        columns.check()?;
        match (&self.csv, &self.sql, &self.ldap) {
            (Some(csv), None, None) => {
                Ok(Box::new(csv::CsvFile::new(csv, columns, self.columns.is_none(), &self.words)?))
            }
            (None, Some(sql), None) => {
                Ok(Box::new(sql::SqlTable::new(sql, columns, self.columns.is_none(), &self.words)?))
            }
            (None, None, None) => Err(r#"nothing to read: set csv = { path = "hr.csv" }, sql or ldap"#.to_owned()),
            _ => {
                Err("more than one of csv, sql and ldap is set: keep one, and make each a source of its own".to_owned())
            }
        }
    }

    /// Where people are read from, without any password.
    pub fn address(&self) -> String {
        match (&self.csv, &self.sql, &self.ldap) {
            (Some(csv), ..) => csv.path.display().to_string(),
            (None, Some(sql), _) => sql.url.to_string(),
            (None, None, Some(ldap)) => mask(&ldap.server.url),
            (None, None, None) => String::new(),
        }
    }

    /// Makes relative paths start at this folder.
    pub fn rebase(&mut self, folder: &Path) {
        let csv = self.csv.iter_mut().flat_map(|csv| [Some(&mut csv.path), csv.departments.as_mut()]);
        let sql = self.sql.iter_mut().map(|sql| sql.password_file.as_mut());
        let server = self.ldap.iter_mut().map(|ldap| &mut ldap.server);
        let ldap = server.flat_map(|server| [server.password_file.as_mut(), server.ca_file.as_mut()]);
        for path in csv.chain(sql).chain(ldap).flatten().filter(|path| path.is_relative()) {
            *path = folder.join(&*path);
        }
    }
}
