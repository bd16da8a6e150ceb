//! The running portal: the listener, the worker and the index writer, until told to stop.

use crate::app::App;
use crate::{http, indexer, jobs};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until cancelled, with the worker and the index writer beside; the tests start it the same way.
///
/// # Errors
/// When the listener fails.
pub async fn serve(app: App, listener: TcpListener, cancel: CancellationToken) -> anyhow::Result<()> {
    let worker = tokio::spawn(jobs::run_worker(app.clone(), cancel.clone()));
    let writer = tokio::spawn(indexer::run(app.clone(), cancel.clone()));
    axum::serve(listener, http::router(app.clone())).with_graceful_shutdown(cancel.clone().cancelled_owned()).await?;
    cancel.cancel();
    worker.await?;
    writer.await?;
    app.db.close().await;
    Ok(())
}
