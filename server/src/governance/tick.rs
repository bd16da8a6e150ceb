//! What happens to requests without anybody deciding.

use super::apply::{Known, follow};
use super::{Result, store};
use crate::app::App;
use crate::audit::Origin;
use crate::db::{WriteTx, on};
use crate::lease::Lease;
use chrono::{DateTime, Utc};
use reeve_model::request::tick;

/// How many are looked at in one transaction.
const TOGETHER: i64 = 20;

/// Looks at all that are due: reminders, escalations, ends. Answers how many transitions there were. Each few are a
/// transaction of their own, which can be repeated.
///
/// # Errors
/// When the database does not answer, or the lease is lost.
pub async fn tick_due(app: &App, lease: &Lease, now: DateTime<Utc>) -> anyhow::Result<usize> {
    let mut made = 0;
    loop {
        let mut tx = app.db.write().await?;
        lease.hold(&mut tx).await?;
        let due: Vec<i64> = on!(&mut tx, c => sqlx::query_scalar(
            "SELECT id FROM request WHERE tick_at <= $1 ORDER BY tick_at, id LIMIT $2",
        ).bind(now).bind(TOGETHER).fetch_all(c).await)?;
        if due.is_empty() {
            return Ok(made);
        }
        for id in due {
            made += tick_one(&mut tx, app, id, now).await?;
        }
        tx.commit().await?;
    }
}

/// Everything that is due of one request.
pub(super) async fn tick_one(tx: &mut WriteTx, app: &App, id: i64, now: DateTime<Utc>) -> Result<usize> {
    let mut made = 0;
    let Some(mut request) = store::find(tx, id).await? else { return Ok(0) };
    loop {
        let known = Known::read(tx, app, &request, None, None, now).await?;
        let Some(transition) = tick(&request, &known.ground(), now) else {
            let tomorrow = known.calendar.midnight(known.calendar.day(now) + chrono::Days::new(1));
            let at = store::next_tick(&request, now, tomorrow);
            on!(&mut *tx, c => sqlx::query("UPDATE request SET tick_at = $2 WHERE id = $1").bind(id).bind(at).execute(c).await.map(drop))?;
            return Ok(made);
        };
        let system = Origin::system("governance");
        request = follow(tx, app, &system, &request, transition, known, now).await?.request;
        made += 1;
    }
}
