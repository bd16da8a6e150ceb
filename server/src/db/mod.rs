//! The two databases behind one [`Tx`]: SQLite by default, PostgreSQL where one machine is too small.
//!
//! A function that reads or writes takes `&mut Tx` and holds one SQL text with `$1` placeholders that
//! both databases understand; `on!` runs it on whichever is open. What PostgreSQL lacks of SQLite's words (`json_each` of
//! a text, `TIMETEXT`), its first migration makes.

mod migrate;
mod open;
mod write;

pub use migrate::{pending_migrations, run_migrations};
pub use open::open;
pub use write::WriteTx;

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

/// A transaction on either database: one that reads sees one moment, one that writes is a [`WriteTx`] around it.
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
    pub async fn write(&self) -> sqlx::Result<WriteTx> {
        Ok(WriteTx::of(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        }))
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

/// Runs the same SQL on whichever database the transaction belongs to.
macro_rules! on {
    ($tx:expr, $c:ident => $q:expr) => {
        match {
            let tx: &mut $crate::db::Tx = $tx;
            tx
        } {
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
