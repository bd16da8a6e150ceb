//! Digests: one a person and period, with all that waits for him. What is no longer so is left out, and nothing is no mail.

use super::Post;
use super::outbox::{self, Reader, put_digest};
use crate::app::App;
use crate::auth::person;
use crate::catalog::{Result, json};
use crate::db::{Tx, WriteTx, on};
use crate::lease::Lease;
use crate::owners::mine::{self, At};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use reeve_model::AssetId;
use reeve_model::notice::{Digest, DigestEvery, Notice, Place};
use reeve_model::permission::Actor;
use reeve_model::visibility::Hidden;
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;

/// How far back a first digest looks.
const FIRST: TimeDelta = TimeDelta::days(1);
/// Proposals that a digest counts; it shows fewer.
const PROPOSALS: i64 = 1_000;

/// Makes the digests that are due now.
///
/// # Errors
/// When the database does not answer or the lease is over; those that were made stay made.
pub(crate) async fn run(app: &App, lease: Lease, cancel: &CancellationToken) -> anyhow::Result<()> {
    let post = &app.post;
    let now = app.clock.now();
    let local = post.local(now);
    let is_day_off = post.quiet().is_some_and(|quiet| !quiet.is_workday(local.date()));
    if post.mailer.is_none() || local.time() < post.config.digest_at.0 || is_day_off {
        return Ok(());
    }
    let mut tx = app.db.read().await?;
    let waiting = candidates(&mut tx, local.date(), now).await?;
    drop(tx);
    for person in waiting {
        if cancel.is_cancelled() {
            break;
        }
        let mut tx = app.db.read().await?;
        let due = due(&mut tx, post, person, now).await?;
        drop(tx);
        let Some((reader, period)) = due else { continue };
        let mut tx = app.db.write().await?;
        lease.hold(&mut tx).await?;
        if make(&mut tx, app, &reader, period, now).await? {
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Everybody for whom there may be something, but for those who had theirs today.
async fn candidates(tx: &mut Tx, today: NaiveDate, now: DateTime<Utc>) -> Result<BTreeSet<AssetId>> {
    let people: Vec<AssetId> = on!(tx, c => sqlx::query_scalar(
        "SELECT person_id FROM (
         SELECT person_id FROM notice_waiting WHERE told_at IS NULL
         UNION SELECT coalesce(t.lead_id, p.holder_id) FROM owner_proposal p LEFT JOIN team t ON t.id = p.holder_id
             WHERE p.state = 'open'
         UNION SELECT p.manager_id FROM succession s JOIN person p ON p.id = s.person_id
             WHERE s.state = 'open' AND p.manager_id IS NOT NULL
         UNION SELECT t.lead_id FROM succession s JOIN person p ON p.id = s.person_id JOIN team t ON t.id = p.team_id
             WHERE s.state = 'open' AND t.lead_id IS NOT NULL
         UNION SELECT w.person_id FROM watch w JOIN history h ON h.asset_id = w.asset_id WHERE h.at > $1
         ) waiting
         WHERE NOT EXISTS (SELECT 1 FROM digest d WHERE d.person_id = waiting.person_id AND d.period = $2)",
    ).bind(now - TimeDelta::days(14)).bind(today.to_string()).fetch_all(c).await)?;
    Ok(people.into_iter().collect())
}

/// A local day that a digest is of, and how often its reader gets one.
#[derive(Clone, Copy)]
struct Period {
    day: NaiveDate,
    every: DigestEvery,
}

/// Whether somebody is to be told now: he can be, he has not been, and he may be disturbed.
async fn due(tx: &mut Tx, post: &Post, person: AssetId, now: DateTime<Utc>) -> Result<Option<(Reader, Period)>> {
    let Some(reader) = outbox::reader(tx, person).await? else { return Ok(None) };
    let local = post.local(now);
    let every = reader.preference.digest;
    let day = match every {
        DigestEvery::Off => return Ok(None),
        DigestEvery::Daily => local.date(),
        // Its Monday names the week; it comes on the first working day.
        DigestEvery::Weekly => {
            let since = u64::from(local.date().weekday().num_days_from_monday());
            local.date().checked_sub_days(Days::new(since)).unwrap_or(local.date())
        }
    };
    if reader.mail.is_none() || reader.preference.quiet(post).is_some_and(|quiet| quiet.is_quiet(local)) {
        return Ok(None);
    }
    let made: i64 = on!(tx, c => sqlx::query_scalar("SELECT count(*) FROM digest WHERE person_id = $1 AND period = $2")
        .bind(person).bind(day.to_string()).fetch_one(c).await)?;
    Ok((made == 0).then_some((reader, Period { day, every })))
}

/// Makes one, with its row, its place in the outbox and its job, all or nothing. Answers whether there is something to commit.
async fn make(tx: &mut WriteTx, app: &App, reader: &Reader, period: Period, now: DateTime<Utc>) -> Result<bool> {
    let name = period.day.to_string();
    let first = on!(&mut *tx, c => sqlx::query(
        "INSERT INTO digest (person_id, period, made_at) VALUES ($1, $2, $3) ON CONFLICT (person_id, period) DO NOTHING",
    ).bind(reader.id).bind(&name).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    // Another replica was quicker.
    if first == 0 {
        return Ok(false);
    }
    let Some(actor) = person::actor(tx, &app.config.auth, reader.id).await? else { return Ok(false) };
    let (notices, told) = gather(tx, app, reader, &actor, now).await?;
    if let Some(digest) = Digest::of(period.day, period.every, &notices) {
        let outbox = put_digest(tx, &app.post, reader, &digest, &name, now).await?;
        on!(&mut *tx, c => sqlx::query("UPDATE digest SET outbox_id = $3 WHERE person_id = $1 AND period = $2")
            .bind(reader.id).bind(&name).bind(outbox).execute(c).await.map(drop))?;
    }
    for id in told {
        on!(&mut *tx, c => sqlx::query("UPDATE notice_waiting SET told_at = $2 WHERE id = $1")
            .bind(id).bind(now).execute(c).await.map(drop))?;
    }
    Ok(true)
}

/// All that he is to be told, as it is now, and the notices that have waited for it.
async fn gather(
    tx: &mut WriteTx,
    app: &App,
    reader: &Reader,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Vec<Notice>, Vec<i64>)> {
    let hidden = app.config.auth.hidden_from(actor);
    let mut notices = Vec::new();
    let mut told = Vec::new();
    for (id, notice) in kept(tx, reader.id).await? {
        told.push(id);
        if is_still_so(tx, &notice).await? {
            notices.push(notice);
        }
    }
    for case in cases(tx, reader.id).await? {
        // As it is now, rather than as it was when it was kept for this digest.
        notices.retain(|notice| notice.reference() != case.reference());
        notices.push(case);
    }
    let proposals = mine::proposals(tx, actor, PROPOSALS, &hidden).await?;
    notices.extend(proposals.into_iter().map(|(at, role)| Notice::OwnerProposed { place: place(at), role }));
    notices.extend(watched(tx, reader, actor, &hidden, now).await?);
    Ok((notices, told))
}

async fn kept(tx: &mut Tx, person: AssetId) -> Result<Vec<(i64, Notice)>> {
    let rows: Vec<(i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, notice FROM notice_waiting WHERE person_id = $1 AND told_at IS NULL ORDER BY id",
    ).bind(person).fetch_all(c).await)?;
    rows.into_iter().map(|(id, notice)| Ok((id, json("notice_waiting", "notice", id, &notice)?))).collect()
}

/// What a notice says may have been decided meanwhile. Each thing that can be asks here.
async fn is_still_so(tx: &mut Tx, notice: &Notice) -> Result<bool> {
    match notice {
        Notice::SuccessionOpened { case, .. } => {
            let open: i64 = on!(tx, c => sqlx::query_scalar("SELECT count(*) FROM succession WHERE id = $1 AND state = 'open'")
                .bind(case).fetch_one(c).await)?;
            Ok(open == 1)
        }
        Notice::RequestWaits { .. }
        | Notice::Decided { .. }
        | Notice::Offered { .. }
        | Notice::ExpiresSoon { .. }
        | Notice::Escalated { .. }
        | Notice::OwnerProposed { .. }
        | Notice::WatchedChanged { .. } => Ok(true),
    }
}

/// Open cases of those who reported to him or were in the team that he leads.
async fn cases(tx: &mut Tx, person: AssetId) -> Result<Vec<Notice>> {
    let rows: Vec<(i64, String, i64, DateTime<Utc>)> = on!(tx, c => sqlx::query_as(
        "SELECT s.id, p.name, (SELECT count(*) FROM succession_item i WHERE i.succession_id = s.id AND i.state = 'open'
             AND i.role IS NOT NULL), s.due_at
         FROM succession s JOIN person p ON p.id = s.person_id
         WHERE s.state = 'open' AND p.id <> $1
             AND (p.manager_id = $1 OR p.team_id IN (SELECT id FROM team WHERE lead_id = $1))
         ORDER BY s.due_at, s.id",
    ).bind(person).fetch_all(c).await)?;
    let notice = |(case, person, items, due_at)| Notice::SuccessionOpened { case, person, items, due_at };
    Ok(rows.into_iter().map(notice).collect())
}

/// What changed of what he watches since his last digest, but for what he did himself; the most changed first.
async fn watched(
    tx: &mut Tx,
    reader: &Reader,
    actor: &Actor,
    hidden: &Hidden,
    now: DateTime<Utc>,
) -> Result<Vec<Notice>> {
    let since: Option<DateTime<Utc>> = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT made_at FROM digest WHERE person_id = $1 AND made_at < $2 ORDER BY made_at DESC LIMIT 1",
    ).bind(reader.id).bind(now).fetch_optional(c).await)?;
    let rows: Vec<(AssetId, i64)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT w.asset_id, count(*) FROM watch w JOIN history h ON h.asset_id = w.asset_id
         WHERE w.person_id = $1 AND h.at > $2 AND h.at <= $3 AND (h.actor IS NULL OR h.actor <> $4)
         GROUP BY w.asset_id ORDER BY 2 DESC, 1",
    )
        .bind(reader.id).bind(since.unwrap_or(now - FIRST)).bind(now).bind(&actor.login).fetch_all(c).await)?;
    let mut notices = Vec::new();
    for (asset, changes) in rows {
        if let Some(at) = mine::place(tx, asset, hidden).await? {
            notices.push(Notice::WatchedChanged { place: place(at), changes });
        }
    }
    Ok(notices)
}

fn place(at: At) -> Place {
    Place { source: at.source, ambiguous: at.ambiguous, database: at.database, table: at.table_name }
}
