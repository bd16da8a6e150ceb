use crate::app::App;
use crate::audit::{Act, Object, Origin};
use crate::auth::Caller;
use crate::catalog::crawls;
use crate::http::error::{Error, Result};
use crate::http::extract::{Path, Signed};
use crate::jobs::{EnqueueError, JobError, enqueue_crawl};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use reeve_model::CrawlId;
use reeve_model::audit::{Event, ObjectKind};
use reeve_model::crawl::Crawl;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{CrawlRefusal, Problem, Reason, Thing};

/// Crawl a source now
#[utoipa::path(
    post, path = "/sources/{name}/crawls", tag = "sources", params(("name" = String, Path)),
    responses(
        (status = 202, description = "Queued; follow it at /crawls/{id}", body = Crawl),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is being crawled already", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn crawl(
    State(app): State<App>,
    Path(name): Path<String>,
    caller: Signed,
    origin: Origin,
) -> Result<(StatusCode, Json<Crawl>)> {
    let id = request(&app, &caller, &origin, &name).await?;
    let mut tx = app.db.read().await?;
    let crawl = crawls::find(&mut tx, id, app.clock.now()).await?;
    crawl.map(|crawl| (StatusCode::ACCEPTED, Json(crawl))).ok_or_else(|| Error::not_found(Thing::Crawl, id))
}

/// Queues a crawl and rings the worker; the page's button does the same. Answers the crawl's id.
///
/// # Errors
/// Forbidden, not found, or a conflict when one is under way.
pub async fn request(app: &App, caller: &Caller, origin: &Origin, name: &str) -> Result<CrawlId> {
    caller.actor.may(Action::RunCrawl, &Resource::portal())?;
    let source = app.config.source(name).ok_or_else(|| Error::not_found(Thing::Source, name))?;
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let (crawl_id, _) = enqueue_crawl(&mut tx, source, false, now).await.map_err(|error| match error {
        EnqueueError::Job(JobError::AlreadyActive { .. }) => {
            Reason::from(CrawlRefusal::UnderWay { source: name.to_owned() }).into()
        }
        other => Error::internal(other),
    })?;
    tx.record(Act::new(origin, now, Event::CrawlStarted, Object::new(ObjectKind::Crawl, crawl_id, name)));
    tx.commit().await?;
    app.job_bell.notify_one();
    Ok(crawl_id)
}
