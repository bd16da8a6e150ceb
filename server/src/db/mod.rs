//! The two databases behind one [`Tx`]: SQLite by default, PostgreSQL where one machine is too small.
//!
//! A function that reads or writes takes `&mut Tx` and holds one SQL text with `$1` placeholders that
//! both databases understand; `on!` runs it on whichever is open. Where they differ at all, a
//! method of `Tx` gives the differing words.

mod migrate;
mod open;

pub use migrate::{pending_migrations, run_migrations};
pub use open::open;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite has one writer at a time, so writers queue for the one connection instead of failing.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction on either database. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Begins a transaction that sees one moment and can change nothing.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Begins a transaction that may write. Never hold one while asking for another.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Closes every connection; SQLite then folds its write-ahead log into the database file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// # Errors
    /// When the database could not make the change durable; then nothing of it happened.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// The words after `FROM` that turn the JSON array in placeholder `$n` into rows with a column `value`.
    pub(crate) fn json_rows(&self, n: u8) -> String {
        match self {
            Self::Sqlite(_) => format!("json_each(${n})"),
            Self::Postgres(_) => format!("json_array_elements(CAST(${n} AS json)) AS rows (value)"),
        }
    }

    /// The same for a JSON array of strings, as a subquery for `IN`.
    pub(crate) fn json_strings(&self, n: u8) -> String {
        match self {
            Self::Sqlite(_) => format!("(SELECT value FROM json_each(${n}))"),
            Self::Postgres(_) => format!("(SELECT json_array_elements_text(CAST(${n} AS json)))"),
        }
    }

    /// An expression of type time from a JSON text; SQLite keeps times as text.
    pub(crate) fn json_time(&self, expression: &str) -> String {
        match self {
            Self::Sqlite(_) => expression.to_owned(),
            Self::Postgres(_) => format!("CAST({expression} AS timestamptz)"),
        }
    }

    /// An expression of type truth from a JSON `0` or `1`.
    pub(crate) fn json_bool(&self, expression: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("CAST({expression} AS INTEGER)"),
            Self::Postgres(_) => format!("CAST({expression} AS boolean)"),
        }
    }
}

/// Runs the same SQL on whichever database the transaction belongs to.
macro_rules! on {
    ($tx:expr, $c:ident => $q:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(tx) => {
                let $c = &mut **tx;
                $q
            }
            $crate::db::Tx::Postgres(tx) => {
                let $c = &mut **tx;
                $q
            }
        }
    };
}
pub(crate) use on;

/// A time as sqlx writes it into SQLite's TEXT, so that bulk rows equal rows bound one by one.
pub(crate) fn text_time(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
}
