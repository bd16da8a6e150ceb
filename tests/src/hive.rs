//! Metastores that a test can change or cut off.

use reeve_demo::{self as demo, Scale};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::task::JoinHandle;

/// Stands between Reeve and a metastore and passes on its answers, until they came to a number of bytes:
/// from then on every connection is cut, in the middle of an answer, and none is taken any more.
pub struct CutOff {
    /// `thrift://127.0.0.1:PORT`
    pub uri: String,
    left: Arc<AtomicU64>,
    passed: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

impl CutOff {
    /// Lets everything through until told otherwise.
    pub async fn before(metastore: &str) -> Self {
        let address = metastore.strip_prefix("thrift://").expect("a thrift:// URI").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let uri = format!("thrift://{}", listener.local_addr().expect("a bound port"));
        let left = Arc::new(AtomicU64::new(u64::MAX));
        let passed = Arc::new(AtomicU64::new(0));
        let counters = (Arc::clone(&left), Arc::clone(&passed));
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if counters.0.load(Ordering::Relaxed) > 0 {
                    tokio::spawn(pass(client, address.clone(), counters.clone()));
                }
            }
        });
        Self { uri, left, passed, accepting }
    }

    /// Cuts off after so many more bytes of answers.
    pub fn after(&self, bytes: u64) {
        self.left.store(bytes, Ordering::Relaxed);
    }

    /// How many bytes of answers went through in all.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}

impl Drop for CutOff {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(client: TcpStream, metastore: String, counters: (Arc<AtomicU64>, Arc<AtomicU64>)) {
    let server = TcpStream::connect(&metastore).await.expect("the metastore takes connections");
    let (mut questions, answers_to) = client.into_split();
    let (answers, mut questions_to) = server.into_split();
    tokio::select! {
        _ = tokio::io::copy(&mut questions, &mut questions_to) => {}
        () = answer(answers, answers_to, &counters) => {}
    }
}

async fn answer(
    mut from: tcp::OwnedReadHalf,
    mut to: tcp::OwnedWriteHalf,
    (left, passed): &(Arc<AtomicU64>, Arc<AtomicU64>),
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let may =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(read as u64)));
        let may = usize::try_from(may.unwrap_or(0)).unwrap_or(usize::MAX).min(read);
        passed.fetch_add(may as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..may]).await.is_err() || may < read {
            return;
        }
    }
}

/// A metastore's own database as a SQLite file, which a test may change as Hive would.
pub struct Metastore {
    pub file: PathBuf,
}

impl Metastore {
    /// The demo's company at a small size.
    pub async fn generate(folder: &Path, tables: u64, partitions: u64) -> Self {
        let file = folder.join("metastore.db");
        let scale = Scale { tables, partitions, ..Scale::default() };
        demo::write(&file, scale, |_| {}).await.expect("the metastore's database can be written");
        Self { file }
    }

    /// The source `prod` for `reeve.toml`, read straight from the file.
    pub fn source(&self) -> String {
        format!("[[sources]]\nname = \"prod\"\nkind = \"hive\"\ndatabase = \"sqlite://{}\"\n", self.file.display())
    }

    /// Changes the metastore; several statements are one transaction.
    pub async fn change(&self, sql: &str) {
        let mut connection = self.connect().await;
        let sql = format!("BEGIN; {sql}; COMMIT");
        sqlx::raw_sql(AssertSqlSafe(sql.as_str()))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.expect("the file closes");
    }

    /// The first number that a query answers.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut connection = self.connect().await;
        let number = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await;
        number.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The first text that a query answers.
    pub async fn text(&self, sql: &str) -> String {
        let mut connection = self.connect().await;
        let text = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await;
        text.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Every table and view as `db.table`, in order.
    pub async fn tables(&self) -> Vec<String> {
        let mut connection = self.connect().await;
        let sql = "SELECT NAME || '.' || TBL_NAME FROM TBLS JOIN DBS USING (DB_ID) ORDER BY 1";
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("the metastore's tables")
    }

    async fn connect(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(&self.file).foreign_keys(false);
        SqliteConnection::connect_with(&options).await.expect("the metastore's database opens")
    }
}
