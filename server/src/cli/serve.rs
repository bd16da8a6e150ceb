use crate::app::App;
use crate::auth;
use crate::config::Config;
use crate::db;
use anyhow::Context;
use clap::Args;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Run the portal: pages, API, jobs and the search index
///
/// Brings the database up to date first. While there is no administrator it prints a link by which one becomes it.
#[derive(Debug, Args)]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let listen = config.server.listen;
        let app = App::open(config).await?;
        db::run_migrations(&app.db).await.context("migrations")?;
        auth::demo::check(&app).await?;
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("[server] listen: cannot listen on {listen}; is another Reeve running?"))?;
        let cancel = CancellationToken::new();
        let on_signal = cancel.clone();
        tokio::spawn(async move {
            super::stop_signal().await;
            tracing::info!("stopping");
            on_signal.cancel();
        });
        let scheme = if app.config.server.tls.is_some() { "https" } else { "http" };
        say!("Reeve listens on {scheme}://{}", listener.local_addr()?);
        if let Some(link) = auth::first::link(&app).await? {
            say!("There is no administrator yet. Whoever opens this link becomes it; it is good once, for 24 hours:");
            say!("{link}");
        }
        crate::serve::serve(app, listener, cancel).await?;
        Ok(ExitCode::SUCCESS)
    }
}
