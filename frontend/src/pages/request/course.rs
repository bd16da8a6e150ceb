//! The course of a request: who decides, what was agreed, and all that happened.

use super::words::{capital, who};
use super::{RequestBody, named};
use crate::html::{Html, ToHtml, blank};
use crate::parts::{fact_list, icon, panel, status};
use crate::reason::{act_words, state_words};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::request::{Act, EntryShown, Named, RequestDetail, StateWord, StepShown, Struck, Verdict, VoteShown};

/// Every step, with who is asked in it and what he said.
pub(super) fn steps(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    let t = ctx.t;
    let detail = &shown.detail;
    if detail.steps_list.is_empty() {
        let none = view! { <p class="panel-body small muted">{t.request_deciders_none()}</p> };
        return panel(t.request_deciders(), blank(), none.html());
    }
    let rows = detail.steps_list.iter().map(|one| step(ctx, shown, one)).collect::<Vec<_>>();
    let count = view! { <span class="count">{ctx.of(detail.summary.agreed, detail.summary.steps)}</span> };
    let list = view! { <ol class="panel-list small" role="list">{rows}</ol> };
    panel(t.request_deciders(), count.html(), list.html())
}

fn step(ctx: Ctx<'_>, shown: &RequestBody, step: &StepShown) -> Html {
    let t = ctx.t;
    let detail = &shown.detail;
    let is_open = detail.summary.state.is_open() && !step.is_met;
    let state = match (step.is_met, is_open, step.waiting.is_empty()) {
        (true, ..) => status("tone-good", "check", t.request_step_met()),
        (false, true, true) => status("tone-warn", "alert", t.request_step_stuck()),
        (false, true, false) => status("tone-neutral", "clock", t.request_step_waits()),
        (false, false, _) => blank(),
    };
    let waiting = step.waiting.iter().filter(|_| is_open).map(|one| waits(ctx, shown, one)).collect::<Vec<_>>();
    let votes = step.votes.iter().map(|one| vote(ctx, one)).collect::<Vec<_>>();
    let due = step.due_at.filter(|_| is_open).map(|at| view! { " · " {t.request_step_due()} " " {ctx.time(at)} });
    view! {
        <li class="stack tight">
            <div class="row spread">
                <b>{who(t, &step.who, &detail.holders)}</b>
                {state}
            </div>
            {votes}
            {waiting}
            <small class="faint">{t.request_rule(step.rule.clone())} {due}</small>
        </li>
    }
    .html()
}

fn waits(ctx: Ctx<'_>, shown: &RequestBody, one: &Named) -> Html {
    let you = (one.login == shown.login).then(|| view! { <b class="tiny">{ctx.t.request_you()}</b> });
    view! { <div class="row spread">{named(ctx, one)} {you}</div> }.html()
}

fn vote(ctx: Ctx<'_>, vote: &VoteShown) -> Html {
    let t = ctx.t;
    let said = match (vote.struck, vote.verdict) {
        (Some(why), _) => status("tone-neutral", "ban", struck(ctx, why)),
        (None, Verdict::Approve) => status("tone-good", "check", t.request_vote_approve()),
        (None, Verdict::Decline) => status("tone-bad", "x", t.request_vote_decline()),
    };
    view! {
        <div>
            <div class="row spread">{named(ctx, &vote.by)} {said}</div>
            <small class="faint">{ctx.time(vote.at)} {behalf(ctx, vote.on_behalf_of.as_ref())}</small>
        </div>
    }
    .html()
}

fn behalf(ctx: Ctx<'_>, of: Option<&Named>) -> Option<String> {
    of.map(|of| format!(", {}", ctx.t.request_behalf(of.name.clone())))
}

fn struck(ctx: Ctx<'_>, why: Struck) -> String {
    let t = ctx.t;
    match why {
        Struck::OtherContent => t.request_struck_content(),
        Struck::HasPart => t.request_struck_part(),
        Struck::LostRight => t.request_struck_right(),
        Struck::SamePerson => t.request_struck_same(),
    }
}

/// What was agreed, and how far it is done.
pub(super) fn agreement(ctx: Ctx<'_>, detail: &RequestDetail) -> Html {
    let t = ctx.t;
    let Some(agreed) = &detail.agreement else { return blank() };
    let done = |at: Option<_>| match at {
        Some(at) => ctx.time(at),
        None => view! { <span class="faint">{t.request_not_yet()}</span> }.html(),
    };
    let until = match agreed.until {
        Some(day) => ctx.day(day),
        None => t.request_withdraws_later(),
    };
    let overridden = agreed
        .overridden
        .as_ref()
        .map(|(by, why)| view! { {named(ctx, by)} <div class="muted">{ctx.prose(why)}</div> }.html());
    let failed = agreed.failed.as_deref().map(|why| {
        let state = status("tone-bad", "alert", capital(&state_words(t, StateWord::Failed)));
        view! { {state} <div>{ctx.prose(why)}</div> }.html()
    });
    let facts = vec![
        (t.request_agreed_failed(), failed),
        (t.request_agreed_at(), Some(ctx.time(agreed.at))),
        (t.request_agreed_days(), agreed.days.map(|days| t.term_days(days).html())),
        (t.request_agreed_from(), Some(ctx.day(agreed.from).html())),
        (t.request_agreed_until(), Some(until.html())),
        (t.request_agreed_applied(), Some(done(agreed.applied_at))),
        (t.request_agreed_verified(), Some(done(agreed.verified_at))),
        (t.request_agreed_rule(), agreed.rule.clone().map(|rule| view! { <code>{rule}</code> }.html())),
        (t.request_agreed_overridden(), overridden),
    ];
    let content = view! { <div class="panel-body">{fact_list(facts)}</div> };
    panel(t.request_agreement(), blank(), content.html())
}

/// All that happened, the newest first.
pub(super) fn history(ctx: Ctx<'_>, detail: &RequestDetail) -> Html {
    if detail.history.is_empty() {
        return blank();
    }
    let rows = detail.history.iter().rev().map(|one| entry(ctx, one)).collect::<Vec<_>>();
    let list = view! {
        <div class="panel-body">
            <ol class="timeline" role="list">{rows}</ol>
        </div>
    };
    panel(ctx.t.history(), blank(), list.html())
}

fn entry(ctx: Ctx<'_>, entry: &EntryShown) -> Html {
    let (tone, icon_name) = look(entry.act);
    let act = act_words(ctx.t, entry.act);
    let what = match &entry.by {
        Some(by) => view! { <b>{by.name.clone()}</b> " " {act} }.html(),
        None => capital(&act).html(),
    };
    let text = (!entry.text.is_empty()).then(|| view! { <p class="muted">{ctx.prose(&entry.text)}</p> });
    view! {
        <li class=tone>
            {icon(icon_name)} {what} {text}
            <small>{ctx.time(entry.at)} {behalf(ctx, entry.on_behalf_of.as_ref())}</small>
        </li>
    }
    .html()
}

/// Tone and icon of an act.
fn look(act: Act) -> (&'static str, &'static str) {
    match act {
        Act::Approve | Act::Accept | Act::ApproveByRule | Act::Verify => ("tone-good", "check"),
        Act::Decline | Act::Refuse | Act::Fail => ("tone-bad", "x"),
        Act::Counter => ("tone-warn", "swap"),
        Act::Ask => ("tone-warn", "help"),
        Act::Answer | Act::Comment => ("tone-neutral", "comment"),
        Act::Override => ("tone-warn", "bolt"),
        Act::ChangeGround => ("tone-warn", "alert"),
        Act::Reassess => ("tone-neutral", "users"),
        Act::Remind | Act::GiveNotice => ("tone-warn", "bell"),
        Act::Escalate => ("tone-warn", "arrow"),
        Act::LapseOffer | Act::Expire | Act::Lapse => ("tone-neutral", "hourglass"),
        Act::ReleaseHold => ("tone-neutral", "hold"),
        Act::Apply => ("tone-info", "refresh"),
        Act::Withdraw => ("tone-neutral", "undo"),
        Act::Submit => ("tone-neutral", "plus"),
        Act::Edit => ("tone-neutral", "copy"),
    }
}
