//! People computed anew where nothing was read: a day began on which somebody's last day is over, or an administrator
//! answered a question.

use super::work::Context;
use crate::ingest::people::{Computation, compute};

/// How often, in seconds: a last day is over at midnight where the company is.
pub(super) const EVERY: i64 = 1_800;

pub(super) async fn run(context: &Context<'_>) -> anyhow::Result<()> {
    let app = context.app;
    let by = Computation { db: &app.db, clock: &app.clock, config: &app.config, lease: context.lease, crawl_id: None };
    compute(by).await?;
    super::owners::ask(app).await
}
