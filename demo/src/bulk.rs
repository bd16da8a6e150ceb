//! Many rows in one statement: what makes ten million rows a matter of a minute.

use anyhow::{Result, anyhow};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};

/// Rows of one statement. More gain nothing: by then SQLite's own work is what takes the time.
const ROWS: usize = 100;

#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// Rows for one table, written [`ROWS`] at a time.
pub(super) struct Bulk {
    head: String,
    row: String,
    full: String,
    rows: usize,
    arguments: SqliteArguments,
}

impl Bulk {
    pub(super) fn new(table: &str, columns: &[&str]) -> Self {
        let head = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let full = statement(&head, &row, ROWS);
        Self { head, row, full, rows: 0, arguments: SqliteArguments::default() }
    }

    /// # Errors
    /// The rows cannot be written.
    pub(super) async fn push(&mut self, connection: &mut SqliteConnection, row: &[Value<'_>]) -> Result<()> {
        for value in row {
            let added = match *value {
                Value::Null => self.arguments.add(None::<i64>),
                Value::Integer(number) => self.arguments.add(number),
                Value::Text(text) => self.arguments.add(text),
            };
            added.map_err(|error| anyhow!(error))?;
        }
        self.rows += 1;
        if self.rows == ROWS { self.flush(connection).await } else { Ok(()) }
    }

    /// Writes the rows that wait.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub(super) async fn flush(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let sql = if self.rows == ROWS { self.full.clone() } else { statement(&self.head, &self.row, self.rows) };
        let arguments = std::mem::take(&mut self.arguments);
        self.rows = 0;
        sqlx::query_with(AssertSqlSafe(sql), arguments).execute(connection).await?;
        Ok(())
    }
}

fn statement(head: &str, row: &str, rows: usize) -> String {
    format!("{head}{}", vec![row; rows].join(", "))
}
