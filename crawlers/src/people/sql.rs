//! An HR table as a query on PostgreSQL, MySQL, MariaDB or SQLite: counted and read in one transaction that sees one moment
//! and can change nothing.

use super::columns::{Columns, Field, Words};
use super::row::{self, Rows};
use super::{Listing, People, PeopleRun};
use crate::{Health, Secret, SourceError};
use futures::TryStreamExt;
use reeve_model::SecretUrl;
use reeve_model::crawl::Note;
use reeve_model::person::Department;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, SqlSafeStr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

const TELL_EVERY: usize = 1_000;
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// A query whose rows are employments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlConfig {
    /// `postgres://user@host/hr`, `mysql://user@host/hr` (MariaDB too) or `sqlite:///path/hr.db`.
    #[schemars(with = "String")]
    pub url: SecretUrl,
    /// File whose first line is the password. A relative path starts at the folder of `reeve.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// `SELECT emp_no, emp_nm, dept_cd FROM hr.employee`. Of its columns only those in `columns` are asked for.
    pub query: String,
    /// A query for the tree of departments: its columns are `key`, `title`, `parent` and `lead`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<String>,
    /// Seconds to wait for the whole answer.
    #[serde(default = "ten_minutes")]
    pub timeout_seconds: u64,
}

fn ten_minutes() -> u64 {
    600
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Postgres,
    MySql,
    Sqlite,
}

pub(super) struct SqlTable {
    config: SqlConfig,
    dialect: Dialect,
    columns: Columns,
    /// The columns are our own names: those that the query lacks are not asked for.
    optional: bool,
    words: Words,
}

impl SqlTable {
    pub(super) fn new(config: &SqlConfig, columns: Columns, optional: bool, words: &Words) -> Result<Self, String> {
        let dialect = match config.url.expose().split(':').next().unwrap_or_default() {
            "postgres" | "postgresql" => Dialect::Postgres,
            "mysql" | "mariadb" => Dialect::MySql,
            "sqlite" => Dialect::Sqlite,
            _ => {
                return Err(format!(
                    "sql: url = \"{}\": must begin with postgres://, mysql:// or sqlite://",
                    config.url
                ));
            }
        };
        for (name, query) in [("query", Some(&config.query)), ("departments", config.departments.as_ref())] {
            let Some(query) = query else { continue };
            let first = query.split_whitespace().next().unwrap_or_default().to_lowercase();
            if !matches!(first.as_str(), "select" | "with" | "(select") {
                return Err(format!("sql: {name} must be one SELECT"));
            }
        }
        if config.timeout_seconds == 0 {
            return Err("sql: timeout_seconds = 0: must be 1 or more".to_owned());
        }
        Ok(Self { config: config.clone(), dialect, columns, optional, words: words.clone() })
    }

    fn address(&self) -> String {
        self.config.url.to_string()
    }

    fn url(&self) -> String {
        match (self.dialect, self.config.url.expose().strip_prefix("mariadb:")) {
            (Dialect::MySql, Some(rest)) => format!("mysql:{rest}"),
            _ => self.config.url.expose().to_owned(),
        }
    }

    fn password(&self) -> Result<Option<Secret>, SourceError> {
        Secret::from_file_or_env("sql", self.config.password_file.as_deref(), None)
            .map_err(|reason| SourceError::Unreachable { address: self.address(), reason })
    }

    fn error(&self, call: &str, error: &sqlx::Error) -> SourceError {
        let (address, call) = (self.address(), call.to_owned());
        let reason = self.config.url.clean(&error.to_string());
        match error {
            sqlx::Error::Database(_) => SourceError::Refused { address, call, reason },
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => {
                SourceError::Unreachable { address, reason }
            }
            _ => SourceError::Unreadable { address, call, reason },
        }
    }

    async fn connected<C>(&self, connecting: impl Future<Output = sqlx::Result<C>>) -> Result<C, SourceError> {
        match tokio::time::timeout(CONNECT_WITHIN, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(SourceError::Unreachable {
                address: self.address(),
                reason: self.config.url.clean(&error.to_string()),
            }),
            Err(_) => Err(SourceError::Unreachable {
                address: self.address(),
                reason: format!("no connection within {} s", CONNECT_WITHIN.as_secs()),
            }),
        }
    }

    async fn postgres(&self) -> Result<PgConnection, SourceError> {
        let mut options = PgConnectOptions::from_str(&self.url()).map_err(|error| self.error("url", &error))?;
        if let Some(password) = self.password()? {
            options = options.password(password.expose());
        }
        self.connected(options.connect()).await
    }

    async fn mysql(&self) -> Result<MySqlConnection, SourceError> {
        let mut options = MySqlConnectOptions::from_str(&self.url()).map_err(|error| self.error("url", &error))?;
        if let Some(password) = self.password()? {
            options = options.password(password.expose());
        }
        self.connected(options.connect()).await
    }

    async fn sqlite(&self) -> Result<SqliteConnection, SourceError> {
        let options = SqliteConnectOptions::from_str(&self.url()).map_err(|error| self.error("url", &error))?;
        self.connected(options.read_only(true).connect()).await
    }

    /// A column as text, whatever its type: numbers that are texts keep their zeros, days come as 2026-10-31.
    fn as_text(&self, column: &str) -> String {
        // Not quoted it is found in either case, as in the query itself.
        if is_plain(column) { self.cast(column) } else { self.cast(&self.quoted(column)) }
    }

    fn quoted(&self, column: &str) -> String {
        match self.dialect {
            Dialect::MySql => format!("`{}`", column.replace('`', "``")),
            Dialect::Postgres | Dialect::Sqlite => format!("\"{}\"", column.replace('"', "\"\"")),
        }
    }

    fn cast(&self, name: &str) -> String {
        let text = if self.dialect == Dialect::MySql { "CHAR" } else { "TEXT" };
        format!("CAST(people.{name} AS {text})")
    }

    fn sql(&self, query: &str, columns: &[String]) -> String {
        let query = query.trim().trim_end_matches(';');
        format!("SELECT {} FROM (\n{query}\n) AS people", columns.join(", "))
    }

    /// Which columns are asked for, of those that the query has.
    fn wanted(&self, has: &[String]) -> Result<(Vec<Field>, Vec<String>), SourceError> {
        let there = |name: &str| has.iter().any(|column| column.to_lowercase() == name.to_lowercase());
        let (found, missing): (Vec<_>, Vec<_>) = self.columns.set().into_iter().partition(|(_, name)| there(name));
        let told = found.iter().any(|(field, _)| matches!(field, Field::Key | Field::EmployeeNumber | Field::Login));
        let named = found.iter().any(|(field, _)| *field == Field::Name);
        if (!self.optional && !missing.is_empty()) || !told || !named {
            let missing: Vec<&str> = missing.into_iter().map(|(_, name)| name).take(20).collect();
            return Err(SourceError::Unreadable {
                address: self.address(),
                call: "the query's columns".to_owned(),
                reason: format!("no column {} among {}", missing.join(", "), has.join(", ")),
            });
        }
        Ok(found.into_iter().map(|(field, name)| (field, name.to_owned())).unzip())
    }
}

fn is_plain(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Columns of the query, the count, and the rows in the callback, on any of the databases: the types differ, the text does not.
macro_rules! read {
    ($self:expr, $connection:expr, $begin:literal, $run:expr) => {{
        let table: &SqlTable = $self;
        let mut connection = $connection;
        let failed = |call: &'static str| move |error: sqlx::Error| table.error(call, &error);
        let mut tx = connection.begin_with($begin).await.map_err(failed("begin"))?;
        // Prepared, not run: its columns tell which of ours there are.
        let everything = table.sql(&table.config.query, &["people.*".to_owned()]);
        let prepared =
            (&mut *tx).prepare(AssertSqlSafe(everything).into_sql_str()).await.map_err(failed("the query"))?;
        let has: Vec<String> =
            sqlx::Statement::columns(&prepared).iter().map(|column| column.name().to_owned()).collect();
        drop(prepared);
        let (fields, names) = table.wanted(&has)?;
        let count = table.sql(&table.config.query, &["count(*)".to_owned()]);
        let counted: i64 =
            sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *tx).await.map_err(failed("counting"))?;
        let columns: Vec<String> = names.iter().map(|name| table.as_text(name)).collect();
        let mut rows = Rows::new(fields, &table.words);
        {
            let sql = table.sql(&table.config.query, &columns);
            let mut stream = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *tx);
            while let Some(row) = stream.try_next().await.map_err(failed("the query"))? {
                let values: sqlx::Result<Vec<Option<String>>> =
                    (0..names.len()).map(|place| row.try_get::<Option<String>, _>(place)).collect();
                let place = format!("row {}", rows.read() + 1);
                match values {
                    Ok(values) => rows.add(place, values),
                    Err(error) => rows.broken(place, table.config.url.clean(&error.to_string())),
                }
                if rows.read() % TELL_EVERY == 0 {
                    $run.tell(rows.read())?;
                }
            }
        }
        let mut departments: Vec<Department> = Vec::new();
        if let Some(query) = &table.config.departments {
            // Quoted, for `key` is a word of MySQL's own. PostgreSQL and SQLite find them in lower case.
            let columns = ["key", "title", "parent", "lead"].map(|name| table.cast(&table.quoted(name)));
            let sql = table.sql(query, &columns);
            let found = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *tx).await.map_err(failed("departments"))?;
            for row in found {
                let value = |place: usize| row.try_get::<Option<String>, _>(place).ok().flatten();
                departments.extend(row::department([value(0), value(1), value(2), value(3)]));
            }
        }
        tx.rollback().await.map_err(failed("end"))?;
        $run.tell(rows.read())?;
        let _ = connection.close().await;
        let (read, counted) = (rows.read() as u64, u64::try_from(counted).unwrap_or_default());
        let asked = format!("sql {} {} {}", table.address(), table.config.query, names.join(","));
        let mut listing = rows.listing(asked, Some(counted), departments);
        if read != counted {
            listing.incomplete.push(Note::Unreadable {
                address: table.address(),
                call: "the query".to_owned(),
                reason: format!("{read} rows came, and it counted {counted}"),
            });
        }
        listing
    }};
}

impl SqlTable {
    async fn listing(&self, run: &PeopleRun) -> Result<Listing, SourceError> {
        Ok(match self.dialect {
            Dialect::Postgres => {
                read!(self, self.postgres().await?, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", run)
            }
            Dialect::MySql => {
                let mut connection = self.mysql().await?;
                let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
                connection.execute(isolation).await.map_err(|error| self.error("begin", &error))?;
                read!(self, connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", run)
            }
            Dialect::Sqlite => read!(self, self.sqlite().await?, "BEGIN", run),
        })
    }
}

#[async_trait::async_trait]
impl People for SqlTable {
    async fn check(&self) -> Result<Health, SourceError> {
        let version = match self.dialect {
            Dialect::Postgres => {
                let mut connection = self.postgres().await?;
                sqlx::query_scalar::<_, String>("SHOW server_version").fetch_one(&mut connection).await
            }
            Dialect::MySql => {
                let mut connection = self.mysql().await?;
                sqlx::query_scalar::<_, String>("SELECT CAST(version() AS CHAR)").fetch_one(&mut connection).await
            }
            Dialect::Sqlite => {
                let mut connection = self.sqlite().await?;
                sqlx::query_scalar::<_, String>("SELECT sqlite_version()").fetch_one(&mut connection).await
            }
        };
        let version = version.map_err(|error| self.error("version", &error))?;
        Ok(Health { version: Some(version), summary: "answers".to_owned(), clock_skew_ms: None })
    }

    async fn read(&self, run: &PeopleRun) -> Result<Listing, SourceError> {
        let seconds = self.config.timeout_seconds;
        let within = Duration::from_secs(seconds);
        tokio::select! {
            () = run.cancel().cancelled() => Err(SourceError::Cancelled),
            read = tokio::time::timeout(within, self.listing(run)) => read.unwrap_or_else(|_| {
                Err(SourceError::Timeout { address: self.address(), call: "the query".to_owned(), seconds })
            }),
        }
    }
}
