//! What is to leave the house: rows, written in the transaction of what they tell of.

use super::answer::{self, Asked};
use super::attempt::{self, Outcome};
use super::{Post, State, parcel, preference, unsubscribe};
use crate::catalog::{Result, bad_word, to_json};
use crate::db::{Tx, WriteTx, on};
use crate::jobs::{self, Work};
use crate::lease::Lease;
use chrono::{DateTime, TimeDelta, Utc};
use lettre::Address;
use reeve_frontend::mail::{Answers, Content, Letter, letter};
use reeve_model::notice::{Digest, Notice, NoticeKind};
use reeve_model::person::PersonState;
use reeve_model::{AssetId, Word};

/// Whom something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Person(AssetId),
    /// Every channel that wants to hear of it.
    Channels,
}

/// Something to tell, once.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub to: To,
    pub notice: &'a Notice,
    /// What happened, once and for all: `case/12/opened`. The same is not told the same person or channel again.
    pub once: &'a str,
    /// What can be answered by a link.
    pub answers: Option<Asked<'a>>,
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// These rows of the outbox.
    Queued(Vec<i64>),
    /// For his next digest.
    Waits,
    /// It was told before.
    Known,
    /// There is no way to him: no mail server, no such channel, or nobody there.
    Nowhere,
}

/// Somebody who can be told.
pub(super) struct Reader {
    pub(super) id: AssetId,
    pub(super) name: String,
    pub(super) mail: Option<String>,
    pub(super) preference: preference::Preference,
}

/// Puts a notice into the outbox, or keeps it for the next digest, as its reader wishes.
///
/// # Errors
/// When the database does not answer, or the bytes cannot be made.
pub async fn put(tx: &mut WriteTx, post: &Post, told: &Told<'_>, now: DateTime<Utc>) -> Result<Put> {
    match told.to {
        To::Channels => put_for_channels(tx, post, told, now).await,
        To::Person(person) => match reader(tx, person).await? {
            Some(reader) if post.mailer.is_some() => put_for(tx, post, told, &reader, now).await,
            _ => Ok(Put::Nowhere),
        },
    }
}

/// Whoever is here, not merged into another and not disabled.
pub(super) async fn reader(tx: &mut Tx, person: AssetId) -> Result<Option<Reader>> {
    let row: Option<(String, Option<String>)> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT name, mail FROM person WHERE id = $1 AND state <> $2 AND disabled_at IS NULL AND merged_into_id IS NULL",
    ).bind(person).bind(PersonState::Departed.as_str()).fetch_optional(c).await)?;
    let Some((name, mail)) = row else { return Ok(None) };
    Ok(Some(Reader { id: person, name, mail, preference: preference::of(tx, person).await? }))
}

async fn put_for(tx: &mut WriteTx, post: &Post, told: &Told<'_>, reader: &Reader, now: DateTime<Utc>) -> Result<Put> {
    let notice = told.notice;
    let once = format!("{}/person/{}", told.once, reader.id);
    if !reader.preference.at_once.contains(&notice.kind()) {
        let kept = on!(&mut *tx, c => sqlx::query(
            "INSERT INTO notice_waiting (person_id, notice, dedupe, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (dedupe) DO NOTHING",
        ).bind(reader.id).bind(to_json(notice)).bind(&once).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
        return Ok(if kept == 1 { Put::Waits } else { Put::Known });
    }
    let due_at = due(post, reader, notice, now);
    let row = Row {
        person: Some(reader.id),
        address: reader.mail.as_deref(),
        channel: None,
        kind: notice.kind(),
        reference: &notice.reference(),
        once: &once,
        due_at,
    };
    let Some(id) = reserve(tx, &row, now).await? else { return Ok(Put::Known) };
    let answers = match told.answers {
        Some(asked) => {
            let token = answer::make(tx, id, reader.id, &asked, now).await?;
            Some(Answers {
                url: format!("{}/answer/{token}", post.portal),
                choices: asked.choices.to_vec(),
                until: asked.expires_at,
            })
        }
        None => None,
    };
    let content = Content::One { notice, answers: answers.as_ref() };
    fill_mail(tx, post, reader, id, &Filled { content, thread: &notice.reference(), end: None, due_at }, now).await?;
    Ok(Put::Queued(vec![id]))
}

/// A digest, in the outbox; nothing where there is one of this period.
pub(super) async fn put_digest(
    tx: &mut WriteTx,
    post: &Post,
    reader: &Reader,
    digest: &Digest,
    period: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    let once = format!("digest/{period}/person/{}", reader.id);
    let row = Row {
        person: Some(reader.id),
        address: reader.mail.as_deref(),
        channel: None,
        kind: NoticeKind::Digest,
        reference: "digest",
        once: &once,
        due_at: now,
    };
    let Some(id) = reserve(tx, &row, now).await? else { return Ok(None) };
    let end = unsubscribe::url(tx, post, reader.id, now).await?;
    let content = Content::Digest { digest, end: &end };
    let thread = format!("digest/{}", reader.id);
    fill_mail(tx, post, reader, id, &Filled { content, thread: &thread, end: Some(&end), due_at: now }, now).await?;
    Ok(Some(id))
}

async fn put_for_channels(tx: &mut WriteTx, post: &Post, told: &Told<'_>, now: DateTime<Utc>) -> Result<Put> {
    let wanted: Vec<_> = post.hooks.iter().filter(|hook| hook.wants(told.notice.kind())).collect();
    if wanted.is_empty() {
        return Ok(Put::Nowhere);
    }
    let mut queued = Vec::new();
    for hook in wanted {
        let once = format!("{}/channel/{}", told.once, hook.config.name);
        let due_at = post.quiet().map_or(now, |quiet| post.utc(quiet.next(post.local(now))).max(now));
        let row = Row {
            person: None,
            address: None,
            channel: Some(&hook.config.name),
            kind: told.notice.kind(),
            reference: &told.notice.reference(),
            once: &once,
            due_at,
        };
        let Some(id) = reserve(tx, &row, now).await? else { continue };
        let body = hook.body(post, id, told.notice, now);
        fill(tx, id, &format!("outbox-{id}"), &body).await?;
        enqueue(tx, id, due_at, now).await?;
        queued.push(id);
    }
    Ok(if queued.is_empty() { Put::Known } else { Put::Queued(queued) })
}

/// When it is to go: now, or when he may be disturbed again, unless it would be too late then.
fn due(post: &Post, reader: &Reader, notice: &Notice, now: DateTime<Utc>) -> DateTime<Utc> {
    let Some(quiet) = reader.preference.quiet(post) else { return now };
    let next = quiet.next(post.local(now));
    if notice.last_day().is_some_and(|last| last < next.date()) {
        return now;
    }
    post.utc(next).max(now)
}

/// A row before it is one.
struct Row<'a> {
    person: Option<AssetId>,
    address: Option<&'a str>,
    channel: Option<&'a str>,
    kind: NoticeKind,
    reference: &'a str,
    once: &'a str,
    due_at: DateTime<Utc>,
}

/// Takes a number, which what is sent carries, before there are bytes; nothing where the same was told before.
async fn reserve(tx: &mut WriteTx, row: &Row<'_>, now: DateTime<Utc>) -> Result<Option<i64>> {
    Ok(on!(&mut *tx, c => sqlx::query_scalar(
        "INSERT INTO outbox (person_id, address, channel, kind, reference, dedupe, body, state, created_at, due_at, next_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT (dedupe) DO NOTHING RETURNING id",
    )
        .bind(row.person).bind(row.address).bind(row.channel).bind(row.kind.as_str()).bind(row.reference).bind(row.once)
        .bind(Vec::<u8>::new()).bind(State::Queued.as_str()).bind(now).bind(row.due_at).fetch_optional(c).await)?)
}

async fn fill(tx: &mut WriteTx, id: i64, message_id: &str, body: &[u8]) -> Result<()> {
    on!(&mut *tx, c => sqlx::query("UPDATE outbox SET message_id = $2, body = $3 WHERE id = $1")
        .bind(id).bind(message_id).bind(body).execute(c).await.map(drop))?;
    Ok(())
}

/// What goes into a mail.
struct Filled<'a> {
    content: Content<'a>,
    thread: &'a str,
    end: Option<&'a str>,
    due_at: DateTime<Utc>,
}

async fn fill_mail(
    tx: &mut WriteTx,
    post: &Post,
    reader: &Reader,
    id: i64,
    filled: &Filled<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(mailer) = &post.mailer else { return Ok(()) };
    let Some(to) = reader.mail.as_deref().and_then(|mail| mail.trim().parse::<Address>().ok()) else {
        // Kept all the same, so that somebody sees that he could not be told.
        return end(tx, id, State::Failed, "he has no mail address that can be written to", now).await;
    };
    let mail = letter(&Letter {
        lang: reader.preference.lang(post),
        zone: post.zone,
        now,
        portal: &post.portal,
        name: &reader.name,
        number: &id.to_string(),
        content: filled.content.clone(),
    });
    let made = parcel::message_id(&mailer.config, id).and_then(|message_id| {
        let thread = filled.thread.to_owned();
        let envelope = parcel::Envelope { to, name: &reader.name, message_id: &message_id, thread, end: filled.end };
        Ok((parcel::bytes(&mailer.config, &envelope, &mail, now)?, message_id))
    });
    match made {
        Ok((body, message_id)) => {
            fill(tx, id, &message_id, &body).await?;
            enqueue(tx, id, filled.due_at, now).await
        }
        // The decision that it tells of stands all the same.
        Err(reason) => end(tx, id, State::Failed, &format!("the mail cannot be written: {reason}"), now).await,
    }
}

async fn enqueue(tx: &mut WriteTx, id: i64, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    match jobs::enqueue(tx, &Work::Deliver { outbox: id }, at, now).await {
        Ok(_) | Err(jobs::JobError::AlreadyActive { .. }) => Ok(()),
        Err(jobs::JobError::Sql(error)) => Err(error.into()),
    }
}

/// What a worker carries off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parcel {
    pub(super) id: i64,
    pub(super) address: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) message_id: String,
    pub(super) body: Vec<u8>,
    pub(super) created_at: DateTime<Utc>,
    kind: String,
    due_at: DateTime<Utc>,
    attempts: i64,
    doubts: i64,
}

#[derive(sqlx::FromRow)]
struct Found {
    person_id: Option<AssetId>,
    address: Option<String>,
    channel: Option<String>,
    kind: String,
    message_id: String,
    body: Vec<u8>,
    state: String,
    attempts: i64,
    doubts: i64,
    created_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
}

/// Takes a parcel to carry it off, in the name of a job that nobody else has. Nothing where it has ended, or ends here: a
/// worker that died on the way left open whether it arrived.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn begin(tx: &mut WriteTx, id: i64, now: DateTime<Utc>) -> Result<Option<Parcel>> {
    let found: Option<Found> = on!(&mut *tx, c => sqlx::query_as(
        "SELECT person_id, address, channel, kind, message_id, body, state, attempts, doubts, created_at, due_at FROM outbox
         WHERE id = $1 AND ended_at IS NULL",
    ).bind(id).fetch_optional(c).await)?;
    let Some(found) = found else { return Ok(None) };
    let state = State::parse(&found.state).ok_or_else(|| bad_word("outbox", "state", id, &found.state))?;
    let doubts = found.doubts + i64::from(state == State::Sending);
    if let Some(person) = found.person_id
        && reader(tx, person).await?.is_none()
    {
        end(tx, id, State::Failed, "he is not here any more", now).await?;
        return Ok(None);
    }
    if doubts >= MOST_DOUBTS {
        let reason = "a worker died while it was sent, and it had been sent twice then";
        on!(&mut *tx, c => sqlx::query("UPDATE outbox SET doubts = $2 WHERE id = $1").bind(id).bind(doubts).execute(c).await.map(drop))?;
        end(tx, id, State::Doubt, reason, now).await?;
        return Ok(None);
    }
    if state == State::Sending {
        tracing::warn!(outbox = id, "a worker died while this was sent: it may have arrived, and is sent once more");
        metrics::counter!("reeve_notices_total", "kind" => found.kind.clone(), "state" => "doubt").increment(1);
    }
    let attempts = found.attempts + 1;
    on!(&mut *tx, c => sqlx::query("UPDATE outbox SET state = $2, attempts = $3, doubts = $4 WHERE id = $1")
        .bind(id).bind(State::Sending.as_str()).bind(attempts).bind(doubts).execute(c).await.map(drop))?;
    Ok(Some(Parcel {
        id,
        address: found.address,
        channel: found.channel,
        message_id: found.message_id,
        body: found.body,
        created_at: found.created_at,
        kind: found.kind,
        due_at: found.due_at,
        attempts,
        doubts,
    }))
}

/// So often may the far side leave open whether it has something; it is sent once more after the first time.
const MOST_DOUBTS: i64 = 2;

/// Writes how an attempt ended, ends its job and asks for the next attempt where there is to be one.
///
/// # Errors
/// When the lease is over or the database does not answer; then nothing was written.
pub(super) async fn settle(
    tx: &mut WriteTx,
    parcel: &Parcel,
    lease: Lease,
    outcome: &Outcome,
    now: DateTime<Utc>,
    chance: i32,
) -> Result<()> {
    lease.finish(tx, now).await?;
    let next = |asked: Option<TimeDelta>| attempt::next(parcel.attempts, asked, parcel.due_at, now, chance);
    let doubts = parcel.doubts + i64::from(matches!(outcome, Outcome::Doubt { .. }));
    let (state, reason, again) = match outcome {
        Outcome::Sent => (State::Sent, None, None),
        Outcome::Refused { reason } => (State::Failed, Some(reason.clone()), None),
        Outcome::Later { reason, after } => match next(*after) {
            Some(at) => (State::Queued, Some(reason.clone()), Some(at)),
            None => (State::Failed, Some(format!("given up: {reason}")), None),
        },
        Outcome::Doubt { reason } if doubts >= MOST_DOUBTS => (State::Doubt, Some(reason.clone()), None),
        Outcome::Doubt { reason } => (State::Doubt, Some(reason.clone()), next(None)),
    };
    if state != State::Sent {
        tracing::warn!(outbox = parcel.id, state = state.as_str(), "{}", reason.as_deref().unwrap_or_default());
    }
    metrics::counter!("reeve_notices_total", "kind" => parcel.kind.clone(), "state" => state.as_str()).increment(1);
    let ended_at = again.is_none().then_some(now);
    on!(&mut *tx, c => sqlx::query(
        "UPDATE outbox SET state = $2, doubts = $3, last_error = coalesce($4, last_error), next_at = coalesce($5, next_at),
             ended_at = $6
         WHERE id = $1",
    )
        .bind(parcel.id).bind(state.as_str()).bind(doubts).bind(reason).bind(again).bind(ended_at)
        .execute(c).await.map(drop))?;
    if let Some(at) = again {
        enqueue(tx, parcel.id, at, now).await?;
    }
    Ok(())
}

/// Ends it here.
async fn end(tx: &mut Tx, id: i64, state: State, reason: &str, now: DateTime<Utc>) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE outbox SET state = $2, last_error = $3, ended_at = $4 WHERE id = $1 AND ended_at IS NULL",
    ).bind(id).bind(state.as_str()).bind(reason).bind(now).execute(c).await.map(drop))?;
    tracing::warn!(outbox = id, state = state.as_str(), "{reason}");
    Ok(())
}

/// Its job is over and did not end well: what was on its way may have arrived.
pub(crate) async fn abandon(tx: &mut Tx, id: i64, reason: &str, now: DateTime<Utc>) -> Result<()> {
    let on_its_way: i64 = on!(&mut *tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM outbox WHERE id = $1 AND state IN ('sending', 'doubt')",
    ).bind(id).fetch_one(c).await)?;
    end(tx, id, if on_its_way == 1 { State::Doubt } else { State::Failed }, reason, now).await
}
