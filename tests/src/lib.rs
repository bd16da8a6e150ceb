//! What the integration tests stand on: the application on either database, real peers, a real browser.
//!
//! The tests themselves are one binary, `tests/it`.

mod app;
pub mod browser;
mod cli;
mod database;
mod fake_metastore;
mod hive;
mod mail_server;
pub mod peers;
mod receiver;
mod seat;

pub use app::{Setup, TestApp, execute, texts};
pub use cli::{Ended, Reeve, end, program};
pub use database::Database;
pub use fake_metastore::{FakeMetastore, Fault, Table, World};
pub use hive::{CutOff, Metastore};
pub use mail_server::{Act, MailServer, Step, Taken};
pub use receiver::{Got, Receiver, Reply};
pub use seat::{Answer, Seat, escaped};

use rustls::ClientConfig;
use std::time::Duration;

/// A client that follows no redirect, keeps no cookie and does not wait for ever.
///
/// # Panics
/// When the system's resolver or sockets cannot be set up.
pub fn http_client() -> reqwest::Client {
    // With the test's own authority, where there is one: a portal may speak TLS.
    let authority = std::env::var_os("REEVE_TEST_CA").map(|folder| std::path::Path::new(&folder).join("ca.crt"));
    let tls = reeve_crawlers::tls::client_config(authority.as_deref()).expect("TLS");
    reqwest::Client::builder()
        .tls_backend_preconfigured(ClientConfig::clone(&tls))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .expect("an HTTP client")
}
