//! The running portal: the listener and the parts beside it, until told to stop.

use crate::app::App;
use crate::jobs::Jobs;
use crate::listen::{Certificates, Peer, Portal};
use crate::supervise::{AbortOnDrop, Backoff, supervise};
use crate::{http, indexer, jobs};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until cancelled, with worker, scheduler and index writer beside; the tests start it the same way.
///
/// # Errors
/// When the listener fails.
pub async fn serve(app: App, listener: TcpListener, cancel: CancellationToken) -> anyhow::Result<()> {
    if let Some(wrong) = &app.auth.wrong {
        anyhow::bail!("{wrong}");
    }
    let certificates = match &app.config.server.tls {
        Some(files) => Some(Certificates::open(files, &app.clock).await?),
        None => None,
    };
    let listener = Portal::new(listener, certificates.as_ref())?;
    // Whoever is silent is known before the first one signs in there.
    for provider in &app.auth.providers {
        let (provider, now) = (Arc::clone(provider), app.clock.now());
        tokio::spawn(async move { provider.look(now).await });
    }
    let running = Jobs::default();
    let mut parts = vec![
        beside(&app, "worker", &cancel, {
            let running = running.clone();
            move |app, cancel| jobs::run_worker(app, running.clone(), cancel)
        }),
        beside(&app, "scheduler", &cancel, jobs::run_scheduler),
        beside(&app, "indexer", &cancel, async |app, cancel| {
            indexer::run(app, cancel).await;
            Ok(())
        }),
    ];
    if let Some(certificates) = certificates {
        parts.push(beside(&app, "certificates", &cancel, move |app, cancel| {
            let certificates = Arc::clone(&certificates);
            async move {
                certificates.follow(&app.clock, &cancel).await;
                Ok(())
            }
        }));
    }
    let router = http::router(app.clone()).into_make_service_with_connect_info::<Peer>();
    let served = axum::serve(listener, router).with_graceful_shutdown(cancel.clone().cancelled_owned()).await;
    cancel.cancel();
    for mut part in parts {
        part.join().await?;
    }
    running.settle().await;
    app.db.close().await;
    Ok(served?)
}

/// A part of the server in a task of its own, under supervision.
fn beside<F>(
    app: &App,
    name: &'static str,
    cancel: &CancellationToken,
    part: impl Fn(App, CancellationToken) -> F + Send + Sync + 'static,
) -> AbortOnDrop<()>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    // Known before the first request asks how it is.
    app.parts.up(name);
    let (app, cancel) = (app.clone(), cancel.clone());
    AbortOnDrop::spawn(async move {
        let start = || part(app.clone(), cancel.clone());
        supervise(&app.parts, name, &app.clock, Backoff::default(), &cancel, start).await;
    })
}
