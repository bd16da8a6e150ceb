//! The real server, in this process, on a port and a database of its own.

use crate::database::{Database, Own};
use crate::http_client;
use crate::seat::{Seat, escaped};
use chrono::TimeDelta;
use reeve::app::{App, Crawlers};
use reeve::clock::{Clock, Hands};
use reeve::config::Config;
use reeve::db::Db;
use reeve_model::crawl::CrawlDetail;
use reeve_model::permission::Role;
use reeve_model::search::SearchResponse;
use reqwest::StatusCode;
use sqlx::AssertSqlSafe;
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long something that happens by itself may take; generous, as a loaded CI machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the one who asks by default is: nothing is refused him for want of a role.
const PERSONAL_ROLES: &[Role] = &[Role::PrivacyOfficer, Role::Operator, Role::Administrator];

/// How long a stopped server may take to end: longer than it gives to its jobs.
const END: Duration = Duration::from_secs(30);

/// A running Reeve with a clock that the test may move. It must be ended with [`TestApp::stop`], which fails when
/// something was left over; dropped without, it fails the test too.
///
/// Where mail and webhooks go the test says, by [`crate::MailServer::section`] and [`crate::Receiver`].
pub struct TestApp {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    pub app: App,
    /// Whoever asks where a test does not say who: somebody with every role of a person.
    seat: Seat,
    cancel: CancellationToken,
    /// `None` once it was stopped.
    server: Option<JoinHandle<anyhow::Result<()>>>,
    /// `None` where it belongs to another that this is a replica of.
    database: Option<Own>,
    folder: TempDir,
}

/// What a test brings instead of the program's own.
#[derive(Default)]
pub struct Setup {
    /// Goes as the system's does, unless told.
    pub clock: Option<Clock>,
    /// What reads the sources.
    pub crawlers: Option<Crawlers>,
    /// Bound before, where the settings have to name its port.
    pub listener: Option<TcpListener>,
}

impl TestApp {
    /// Starts with what `sections` add to `reeve.toml`: `[[sources]]` and the like.
    pub async fn start(database: Database, sections: &str) -> Self {
        Self::start_with(database, sections, Setup::default()).await
    }

    pub async fn start_with(database: Database, sections: &str, setup: Setup) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Own::create(database).await;
        let mut config =
            reeve::config::parse(sections, "the test's reeve.toml").unwrap_or_else(|error| panic!("{error}"));
        config.server.data_dir = folder.path().join("data");
        config.database = database.config.clone();
        Self::serve(config, setup, folder, Some(database)).await
    }

    /// A second server on the same database, with the same configuration, clock and crawlers.
    pub async fn replica(&self) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::clone(&self.app.config);
        if config.database.url.is_none() {
            config.database.url = Some(format!("sqlite://{}", config.data_dir().join("reeve.db").display()).into());
        }
        config.server.data_dir = folder.path().join("data");
        let setup = Setup {
            clock: Some(self.app.clock.clone()),
            crawlers: Some(Crawlers::clone(&self.app.crawlers)),
            listener: None,
        };
        Self::serve(config, setup, folder, None).await
    }

    async fn serve(config: Config, setup: Setup, folder: TempDir, database: Option<Own>) -> Self {
        let clock = setup.clock.unwrap_or_else(|| Clock::test(Hands::Ahead(TimeDelta::zero())));
        let mut app = App::with_clock(config, clock).await.unwrap_or_else(|error| panic!("{error:#}"));
        if let Some(crawlers) = setup.crawlers {
            app.crawlers = crawlers;
        }
        reeve::db::run_migrations(&app.db).await.expect("the database migrates");
        let listener = match setup.listener {
            Some(listener) => listener,
            None => TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port"),
        };
        let scheme = if app.config.server.tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().expect("a bound port"));
        let cancel = CancellationToken::new();
        let server = Some(tokio::spawn(reeve::serve::serve(app.clone(), listener, cancel.clone())));
        let seat = Seat::signed_in(&app, &url, "tester", PERSONAL_ROLES).await;
        let this = Self { url, app, seat, cancel, server, database, folder };
        this.until("the index is there", async |app| app.get("/readyz").await.status == StatusCode::OK).await;
        this
    }

    /// Moves the clock on; what waits for time to pass looks at it at once.
    pub fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
    }

    /// A folder for what the test itself writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Somebody else in a browser of his own: a person of this login with these roles, signed in.
    pub async fn seat(&self, login: &str, roles: &[Role]) -> Seat {
        Seat::signed_in(&self.app, &self.url, login, roles).await
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Seat {
        Seat { url: self.url.clone(), client: http_client(), cookie: None }
    }

    pub async fn search(&self, q: &str) -> SearchResponse {
        self.read(&format!("/api/v1/search?q={}", escaped(q))).await
    }

    /// Crawls a source by the API, as the portal's button does, and waits for its end.
    pub async fn crawl(&self, source: &str) -> CrawlDetail {
        let answer = self.post(&format!("/api/v1/sources/{source}/crawls")).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
        let id = answer.json::<reeve_model::crawl::Crawl>().id;
        let begun = Instant::now();
        loop {
            let detail: CrawlDetail = self.read(&format!("/api/v1/crawls/{id}")).await;
            if detail.crawl.state.is_over() {
                return detail;
            }
            assert!(begun.elapsed() < 4 * PATIENCE, "crawl {id} does not end: {detail:?}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the index has taken in every change in the database.
    pub async fn until_indexed(&self) {
        self.until("the index has caught up", async |this| {
            let mut tx = this.app.db.read().await.expect("the database answers");
            let newest = reeve::catalog::changes::last_seq(&mut tx).await.expect("the change log can be read");
            this.app.index.ready().is_some_and(|index| index.last_seq() >= newest)
        })
        .await;
    }

    /// Waits until `condition` holds, and fails saying what was waited for.
    pub async fn until(&self, what: &str, condition: impl AsyncFn(&Self) -> bool) {
        let begun = Instant::now();
        while !condition(self).await {
            let ended = self.server.as_ref().is_none_or(JoinHandle::is_finished);
            assert!(!ended, "the server ended while the test waited until {what}");
            assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Stops the server as SIGTERM does and removes what it kept. Fails when jobs or crawls had not ended, or a
    /// transaction is still open.
    pub async fn stop(mut self) {
        let left = self.left_over().await;
        self.cancel.cancel();
        let server = self.server.take().expect("it is stopped once");
        match tokio::time::timeout(END, server).await {
            Ok(ended) => ended.expect("the server does not panic").expect("the server ends well"),
            Err(_) => panic!("the server does not end: a transaction was left open"),
        }
        if let Some(database) = self.database.take() {
            database.drop().await;
        }
        assert!(left.is_empty(), "left over when the test ended: {left:?}");
    }

    /// Jobs that run or are due, and crawls that have not ended. Reeve's own housekeeping is given the time to end; more of it may begin at any time.
    async fn left_over(&self) -> Vec<String> {
        let housekeeping = "SELECT 'housekeeping' FROM job WHERE lane = 'upkeep' AND state = 'running'";
        self.until("the housekeeping is done", async |this| texts(&this.app.db, housekeeping).await.is_empty()).await;
        let running = "SELECT concat_ws(' ', kind, subject, state) FROM job WHERE state = 'running' AND lane <> 'upkeep' ORDER BY id";
        let crawls = "SELECT concat_ws(' ', 'crawl', id, state) FROM crawl WHERE finished_at IS NULL ORDER BY id";
        let mut left = texts(&self.app.db, running).await;
        left.extend(texts(&self.app.db, crawls).await);
        let due = "SELECT concat_ws(' ', kind, subject, state) FROM job
                   WHERE state = 'queued' AND lane <> 'upkeep' AND run_at <= $1 ORDER BY id";
        let now = self.app.clock.now();
        let due: Result<Vec<String>, sqlx::Error> = match &self.app.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(due).bind(now).fetch_all(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(due).bind(now).fetch_all(pool).await,
        };
        left.extend(due.expect("the job table can be read"));
        left
    }
}

impl Deref for TestApp {
    type Target = Seat;

    fn deref(&self) -> &Seat {
        &self.seat
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(self.server.is_none() || std::thread::panicking(), "a TestApp was dropped without stop()");
    }
}

/// The first column of a query's rows.
pub async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows = match db {
        Db::Sqlite { read, .. } => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(read).await,
        Db::Postgres(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await,
    };
    rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
}

/// Changes our own database behind Reeve's back.
pub async fn execute(db: &Db, sql: &str) {
    let done = match db {
        Db::Sqlite { write, .. } => sqlx::query(AssertSqlSafe(sql)).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(drop),
    };
    done.unwrap_or_else(|error| panic!("{error}: {sql}"));
}
