use super::{Db, Tx, on};
use sqlx::migrate::{MigrateError, Migrator};

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// Brings the database to this version's tables; does nothing where it is there already.
///
/// # Errors
/// When a migration fails, or the database belongs to a newer Reeve: its version is in the message.
pub async fn run_migrations(db: &Db) -> Result<(), MigrateError> {
    match db {
        Db::Sqlite { write, .. } => SQLITE.run(write).await,
        Db::Postgres(pool) => POSTGRES.run(pool).await,
    }
}

/// How many migrations the database still lacks.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pending_migrations(db: &Db) -> sqlx::Result<usize> {
    let known = match db {
        Db::Sqlite { .. } => &SQLITE,
        Db::Postgres(_) => &POSTGRES,
    };
    let mut tx = db.read().await?;
    let exists = match &tx {
        Tx::Sqlite(_) => "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
        Tx::Postgres(_) => "SELECT count(*) FROM pg_tables WHERE tablename = '_sqlx_migrations'",
    };
    let tables: i64 = on!(&mut tx, c => sqlx::query_scalar(exists).fetch_one(c).await)?;
    if tables == 0 {
        return Ok(known.iter().count());
    }
    let applied: Vec<i64> =
        on!(&mut tx, c => sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(c).await)?;
    Ok(known.iter().filter(|migration| !applied.contains(&migration.version)).count())
}
