//! What the integration tests stand on: the application on either database, real peers, a real browser.
//!
//! The tests themselves are one binary, `tests/it`.

pub mod browser;
pub mod peers;

use std::time::Duration;

/// A client that follows no redirect, keeps no cookie and does not wait for ever.
///
/// # Panics
/// When the system's resolver or sockets cannot be set up.
pub fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .expect("an HTTP client")
}
