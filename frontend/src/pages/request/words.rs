//! What requests are called: what they ask for, how it stands with them, who decides, and what is different now.

use super::holder;
use crate::format;
use crate::html::{Html, ToHtml};
use crate::parts::{badge, status};
use crate::reason::state_words;
use crate::shell::Ctx;
use crate::text::Texts;
use chrono::TimeDelta;
use leptos::prelude::*;
use reeve_model::AssetId;
use reeve_model::owner::Holder;
use reeve_model::request::{
    Content, DeprecationChange, Difference, OwnershipMove, RequestKind, RequestSummary, StateWord, Who,
};
use std::collections::{BTreeMap, BTreeSet};

/// Hours before a step is due from which on it is marked.
const SOON_HOURS: i64 = 8;

/// What is asked for, as a headline: `Keep sales.orders 90 days`.
pub(in crate::pages) fn phrase(t: Texts, request: &RequestSummary) -> String {
    let subject = request.subject.clone();
    match &request.content {
        Content::RetentionExtension(asked) => t.request_keep(asked.days, subject),
        Content::Ingestion(_) => t.request_ingest(subject),
        Content::Ownership(asked) => match asked.how {
            OwnershipMove::Claim => t.request_claim(subject),
            OwnershipMove::Transfer => t.request_transfer(subject),
            OwnershipMove::HandOver => t.request_hand_over(asked.assets.len()),
        },
        Content::Deprecation(DeprecationChange::Deprecate { .. }) => t.request_deprecate(subject),
        Content::Deprecation(DeprecationChange::Withdraw) => t.request_undeprecate(subject),
        Content::Access(_) => t.request_access(subject),
        Content::Restore(_) => t.request_restore(subject),
        Content::Proposal(_) => t.request_propose(subject),
        Content::PolicyChange(asked) => match asked.policy {
            Some(_) => t.request_policy(subject),
            None => t.request_policy_new(subject),
        },
    }
}

pub(in crate::pages) fn kind(t: Texts, kind: RequestKind) -> String {
    match kind {
        RequestKind::RetentionExtension => t.request_kind_retention(),
        RequestKind::Ingestion => t.request_kind_ingestion(),
        RequestKind::Ownership => t.request_kind_ownership(),
        RequestKind::Deprecation => t.request_kind_deprecation(),
        RequestKind::Access => t.request_kind_access(),
        RequestKind::Restore => t.request_kind_restore(),
        RequestKind::Proposal => t.request_kind_proposal(),
        RequestKind::PolicyChange => t.request_kind_policy(),
    }
}

pub(in crate::pages) fn kind_icon(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::RetentionExtension => "hourglass",
        RequestKind::Ingestion => "ingest",
        RequestKind::Ownership => "user",
        RequestKind::Deprecation => "ban",
        RequestKind::Access => "key",
        RequestKind::Restore => "undo",
        RequestKind::Proposal => "comment",
        RequestKind::PolicyChange => "flag",
    }
}

/// How it stands with a request: tone, icon and text.
fn state_parts(ctx: Ctx<'_>, request: &RequestSummary) -> (&'static str, &'static str, String) {
    let (tone, icon_name) = match request.state {
        StateWord::Draft => ("tone-neutral", "copy"),
        StateWord::Submitted => ("tone-warn", "alert"),
        StateWord::InReview => ("tone-warn", "clock"),
        StateWord::Offered => ("tone-warn", "swap"),
        StateWord::Approved => ("tone-info", "check"),
        StateWord::Applied => ("tone-info", "refresh"),
        StateWord::Verified => ("tone-good", "check"),
        StateWord::Lapsed | StateWord::Expired => ("tone-neutral", "hourglass"),
        StateWord::Failed => ("tone-bad", "alert"),
        StateWord::Declined => ("tone-bad", "x"),
        StateWord::Withdrawn => ("tone-neutral", "undo"),
    };
    let text = capital(&state_words(ctx.t, request.state));
    let text = match request.state {
        StateWord::InReview if request.steps > 0 => ctx.t.request_state_steps(request.agreed, text, request.steps),
        _ => text,
    };
    (tone, icon_name, text)
}

pub(in crate::pages) fn state_badge(ctx: Ctx<'_>, request: &RequestSummary) -> Html {
    let (tone, icon_name, text) = state_parts(ctx, request);
    badge(tone, icon_name, text)
}

pub(in crate::pages) fn state_status(ctx: Ctx<'_>, request: &RequestSummary) -> Html {
    let (tone, icon_name, text) = state_parts(ctx, request);
    status(tone, icon_name, text)
}

/// How long it has until the first open step has to be decided; `None` where nothing is due.
pub(in crate::pages) fn due(ctx: Ctx<'_>, request: &RequestSummary) -> Option<Html> {
    let t = ctx.t;
    let due_at = request.due_at.filter(|_| request.state.is_open())?;
    let left = due_at - ctx.chrome.now;
    let (tone, icon_name, text) = match format::age(ctx.lang(), left.abs()) {
        None => ("tone-warn", "clock", t.request_due_now()),
        Some(age) if left < TimeDelta::zero() => ("tone-bad", "alert", t.request_overdue(age)),
        Some(age) if left.num_hours() < SOON_HOURS => ("tone-warn", "clock", t.request_left(age)),
        Some(age) => ("tone-neutral", "clock", t.request_left(age)),
    };
    Some(status(tone, icon_name, text))
}

/// What whoever looks through a list should see of it first: personal data, changed facts.
pub(in crate::pages) fn marks(ctx: Ctx<'_>, request: &RequestSummary) -> Html {
    let personal = request.is_personal.then(|| badge("tone-pii", "pii", ctx.t.request_personal()));
    let changed = request.is_changed.then(|| badge("tone-warn", "alert", ctx.t.request_changed()));
    view! { {personal} " " {changed} }.html()
}

/// The first letter large, as a text that stands alone begins.
pub(in crate::pages) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Who is asked in a step.
pub(super) fn who(t: Texts, who: &Who, holders: &BTreeMap<i64, Holder>) -> String {
    match who {
        Who::Owner => t.role_data_owner(),
        Who::OwnersManager => t.request_decider_managers(),
        Who::DatabaseOwner => t.request_decider_database(),
        Who::PrivacyOfficer => t.role_privacy_officer(),
        Who::Operators => t.role_operator(),
        Who::Administrators => t.role_administrator(),
        Who::Named(ids) => {
            let names = ids.iter().map(|id| holders.get(&id.0).map_or_else(|| id.to_string(), |one| one.title.clone()));
            names.collect::<Vec<_>>().join(", ")
        }
    }
}

/// What a fact was when somebody asked, and what it is now.
pub(super) fn was_and_is(ctx: Ctx<'_>, difference: &Difference, holders: &BTreeMap<i64, Holder>) -> (Html, Html) {
    let t = ctx.t;
    let days = |days: Option<u32>| ctx.or_unknown(days.map(|days| t.term_days(days)));
    let cap = |days: Option<u32>| days.map_or_else(|| t.request_no_cap(), |days| t.term_days(days)).html();
    let there = |asset: Option<AssetId>| match asset {
        Some(_) => t.request_table_there(),
        None => t.request_table_absent(),
    };
    match difference {
        Difference::Recreated { was, is } => {
            let now = if was.is_some() && is.is_some() { t.request_table_anew() } else { there(*is) };
            (there(*was).html(), now.html())
        }
        Difference::Owners { was, is } => (owners(ctx, was, holders), owners(ctx, is, holders)),
        Difference::Class { was, is } => (ctx.class_name(*was).html(), ctx.class_name(*is).html()),
        Difference::PersonalColumns { was, is } => (columns(ctx, was), columns(ctx, is)),
        Difference::Bytes { was, is } => (ctx.size(*was), ctx.size(*is)),
        Difference::Days { was, is } => (days(*was), days(*is)),
        Difference::Cap { was, is } => (cap(*was), cap(*is)),
    }
}

fn owners(ctx: Ctx<'_>, ids: &BTreeSet<AssetId>, holders: &BTreeMap<i64, Holder>) -> Html {
    if ids.is_empty() {
        return ctx.t.request_nobody().html();
    }
    let all = ids.iter().map(|id| view! { {holder(ctx, holders, *id)} " " }.html());
    all.collect::<Vec<_>>().html()
}

/// Names of columns or partitions, the first of many.
pub(super) fn columns(ctx: Ctx<'_>, names: &BTreeSet<String>) -> Html {
    /// So many stand in a line.
    const MOST: usize = 10;
    if names.is_empty() {
        return ctx.t.request_none().html();
    }
    let shown = names.iter().take(MOST).map(|name| view! { <code>{name.clone()}</code> " " });
    let more = (names.len() > MOST).then(|| ctx.t.request_more(names.len() - MOST));
    view! { {shown.collect::<Vec<_>>()} {more} }.html()
}
