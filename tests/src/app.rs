//! The real server, in this process, on a port and a database of its own.

use crate::database::{Database, Own};
use crate::http_client;
use reeve::app::App;
use reeve::config::Config;
use reeve_model::crawl::CrawlDetail;
use reeve_model::search::SearchResponse;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long something that happens by itself may take; generous, as a loaded CI machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Reeve. End it with [`TestApp::stop`], which fails when work was left over.
pub struct TestApp {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    pub app: App,
    client: reqwest::Client,
    cancel: CancellationToken,
    server: JoinHandle<anyhow::Result<()>>,
    database: Own,
    folder: TempDir,
}

/// What the server answered, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl TestApp {
    /// Starts with what `sections` add to `reeve.toml`: `[[sources]]` and the like.
    pub async fn start(database: Database, sections: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Own::create(database).await;
        let mut config =
            reeve::config::parse(sections, "the test's reeve.toml").unwrap_or_else(|error| panic!("{error}"));
        config.server.data_dir = folder.path().join("data");
        config.database = database.config.clone();
        let app = open(config).await;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound port"));
        let cancel = CancellationToken::new();
        let server = tokio::spawn(reeve::serve::serve(app.clone(), listener, cancel.clone()));
        let this = Self { url, app, client: http_client(), cancel, server, database, folder };
        this.until("the index is there", async |app| app.get("/readyz").await.status == StatusCode::OK).await;
        this
    }

    /// A folder for what the test itself writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[]).await
    }

    pub async fn post(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[]).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap_or_else(|error| panic!("{path}: {error}")) }
    }

    /// The JSON that a path answers with 200.
    pub async fn read<T: DeserializeOwned>(&self, path: &str) -> T {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
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
            assert!(!self.server.is_finished(), "the server ended while the test waited until {what}");
            assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Stops the server as SIGTERM does and removes what it kept.
    pub async fn stop(self) {
        self.cancel.cancel();
        self.server.await.expect("the server does not panic").expect("the server ends well");
        self.database.drop().await;
    }
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or_default())
    }
}

/// A value as it stands in a query string.
pub fn escaped(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    value.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

async fn open(config: Config) -> App {
    let app = App::open(config).await.unwrap_or_else(|error| panic!("{error:#}"));
    reeve::db::run_migrations(&app.db).await.expect("the database migrates");
    app
}
