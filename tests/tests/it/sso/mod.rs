//! Sign-in by those who vouch for people, and the edge of the portal, against real servers.

mod edge;
mod ldap;
mod oidc;
mod spnego;
mod visitor;

use reeve_tests::TestApp;

/// The first value of a query on Reeve's own database.
async fn text(app: &TestApp, sql: &str) -> String {
    reeve_tests::texts(&app.app.db, sql).await.into_iter().next().unwrap_or_default()
}
