//! Which database a test runs on; each test has one of its own.

use crate::peers;
use reeve::config::{Config, DatabaseConfig};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// Either of the two databases that Reeve runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Declares each test twice, as `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[doc = $doc:literal])* async fn $name:ident($database:ident: Database) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[doc = $doc])*
            async fn run($database: $crate::Database) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                run($crate::Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                run($crate::Database::Postgres).await;
            }
        }
    )+};
}

/// One test's own database, already migrated on PostgreSQL.
pub(crate) struct Own {
    pub(crate) config: DatabaseConfig,
    created: Option<String>,
}

impl Own {
    pub(crate) async fn create(database: Database) -> Self {
        match database {
            Database::Sqlite => Self { config: DatabaseConfig::default(), created: None },
            Database::Postgres => {
                static TEMPLATE: OnceCell<String> = OnceCell::const_new();
                let template = TEMPLATE.get_or_init(template).await;
                let name = next_name();
                execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
                Self {
                    config: DatabaseConfig { url: Some(url_of(&name).into()), ..DatabaseConfig::default() },
                    created: Some(name),
                }
            }
        }
    }

    pub(crate) async fn drop(self) {
        if let Some(name) = self.created {
            execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// Migrating takes longer than copying: one database is migrated, the tests get copies.
async fn template() -> String {
    let name = format!("{}_template", next_name());
    execute(&format!("CREATE DATABASE {name}")).await;
    let mut config = Config::default();
    config.server.data_dir = PathBuf::from("unused");
    config.database.url = Some(url_of(&name).into());
    let db = reeve::db::open(&config).await.expect("the template database opens");
    reeve::db::run_migrations(&db).await.expect("the template database migrates");
    db.close().await;
    name
}

fn next_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("reeve_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The server's address with another database behind the last slash.
fn url_of(name: &str) -> String {
    let server = peers::postgres();
    let (server, _) = server.rsplit_once('/').unwrap_or_else(|| panic!("REEVE_TEST_POSTGRES={server} has no path"));
    format!("{server}/{name}")
}

async fn execute(sql: &str) {
    let url = peers::postgres();
    let mut connection = PgConnection::connect(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    connection.close().await.expect("the connection closes");
}
