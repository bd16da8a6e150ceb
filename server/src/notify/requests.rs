//! What becomes of requests, told to those whom it concerns.

use super::Post;
use super::outbox::{self, To, Told};
use crate::catalog::Result;
use crate::db::WriteTx;
use chrono::{DateTime, NaiveDate, Utc};
use reeve_model::AssetId;
use reeve_model::notice::{Notice, Verdict};
use reeve_model::request::{self as model, Directory, Request, State};
use std::collections::BTreeSet;

/// Tells people what became of a request by its newest transition. `today`: by the company's calendar.
///
/// # Errors
/// When the database does not answer, or the bytes cannot be made.
pub async fn tell(
    tx: &mut WriteTx,
    post: &Post,
    (request, directory): (&Request, &Directory),
    (whom, notice): (&BTreeSet<AssetId>, model::Notice),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<()> {
    let Some(said) = said(request, directory, notice, now, today) else { return Ok(()) };
    let once = format!("request/{}/{}/{}", request.id, request.version, <&str>::from(notice));
    for person in whom {
        let told = Told { to: To::Person(directory.person(*person)), notice: &said, once: &once, answers: None };
        outbox::put(tx, post, &told, now).await?;
    }
    Ok(())
}

/// In the words of notices; nothing for what is seen in the portal alone.
fn said(
    request: &Request,
    directory: &Directory,
    notice: model::Notice,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Option<Notice> {
    let (id, title) = (request.id, title(request));
    let asker = || directory.name(request.requester);
    let last = request.last.as_ref();
    let by = last.and_then(|entry| entry.by).map(|by| directory.name(by));
    let comment = last.map(|entry| entry.text.clone()).filter(|text| !text.is_empty());
    let decided = |verdict| Notice::Decided { request: id, title: title.clone(), verdict, by, comment };
    Some(match notice {
        model::Notice::Decide | model::Notice::Reminder | model::Notice::AskedAgain => {
            let due_at = request.state.review().and_then(|review| review.steps.iter().map(|step| step.due_at).min());
            Notice::RequestWaits { request: id, title, asker: asker(), due_at }
        }
        model::Notice::Escalated => {
            let waiting_days = request.filed.map_or(0, |filing| (now - filing.at).num_days());
            Notice::Escalated { request: id, title, asker: asker(), waiting_days }
        }
        model::Notice::Approved | model::Notice::Overridden => decided(Verdict::Approved),
        model::Notice::Declined => decided(Verdict::Declined),
        model::Notice::Withdrawn => decided(Verdict::Withdrawn),
        model::Notice::Expired => decided(Verdict::Expired),
        model::Notice::Offer => {
            let State::Offered { offer, .. } = &request.state else { return None };
            let days = offer.content.days().map_or(0, i64::from);
            Notice::Offered { request: id, title, by: directory.name(offer.vote.by), days }
        }
        model::Notice::Ends => {
            let last_day = request.state.grant()?.until?;
            let days_left = (last_day - today).num_days();
            Notice::ExpiresSoon { request: id, title, days_left, last_day, bytes: request.facts.bytes }
        }
        model::Notice::OfferRefused
        | model::Notice::OfferLapsed
        | model::Notice::Question
        | model::Notice::Answer
        | model::Notice::NobodyCanDecide
        | model::Notice::Failed
        | model::Notice::Lapsed => return None,
    })
}

/// What is asked for, in a phrase that both languages read.
fn title(request: &Request) -> String {
    match request.content.days() {
        Some(days) => format!("{} {days}d", request.subject.name),
        None => request.subject.name.clone(),
    }
}
