//! The form in which somebody decides, answers or comments, and an offer that waits for an answer.

use super::{ACTION, BACK, COMMENT, DAYS, RequestBody, SEEN, VERSION, named, request_page};
use crate::html::{Html, ToHtml, blank};
use crate::owners::hidden;
use crate::pages::inbox::INBOX;
use crate::parts::{Field, Submit, badge, fact_list, icon, icon_small};
use crate::shell::Ctx;
use crate::text::Texts;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::request::{Act, Content, RequestDetail};

/// What the form does, in the order in which it is offered.
const ACTIONS: [Act; 10] = [
    Act::Approve,
    Act::Counter,
    Act::Decline,
    Act::Accept,
    Act::Refuse,
    Act::Answer,
    Act::Ask,
    Act::Comment,
    Act::Override,
    Act::Withdraw,
];

/// What is offered instead of what was asked for.
pub(super) fn offer(ctx: Ctx<'_>, detail: &RequestDetail) -> Html {
    let t = ctx.t;
    let Some(offer) = &detail.offer else { return blank() };
    let days = offer.content.days().map(|days| {
        let instead = detail.summary.content.days().map(|asked| t.request_offer_instead(asked));
        view! {
            <p>
                <span class="big">{t.term_days(days)}</span>
                " "
                <span class="muted">{instead}</span>
            </p>
        }
    });
    let until = offer.content.until().map(|day| t.request_offer_until_day(ctx.day(day)).html());
    let facts = vec![
        (t.request_offer_by(), Some(named(ctx, &offer.by))),
        (t.request_bytes(), offer.bytes.map(|bytes| ctx.size(Some(bytes)))),
        (t.request_until(), until),
        (t.request_offer_until(), Some(ctx.time(offer.until))),
    ];
    let content = view! {
        <div class="panel-body stack tight">{days} {fact_list(facts)}</div>
        <footer class="panel-foot">{t.request_offer_lapses()}</footer>
    };
    crate::parts::panel(t.request_offer(), badge("tone-warn", "swap", t.request_offer()), content.html())
}

pub(super) fn panel(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    let t = ctx.t;
    let detail = &shown.detail;
    let mut may = Vec::new();
    let mut may_not = Vec::new();
    for act in ACTIONS {
        let Some(action) = detail.actions.iter().find(|action| action.action == act) else { continue };
        match action.allowed {
            true if act == Act::Counter && !has_days(&detail.summary.content) => {
                may_not.push((act, t.request_counter_by_api()));
            }
            true => may.push(act),
            false => may_not.extend(action.why.clone().map(|why| (act, why))),
        }
    }
    if may.is_empty() && may_not.is_empty() {
        return blank();
    }
    let decides = [Act::Approve, Act::Decline, Act::Accept].iter().any(|act| may.contains(act));
    let title = if decides { t.request_decision() } else { t.request_actions() };
    let form = if may.is_empty() { blank() } else { form(ctx, shown, &may) };
    let content = view! { <div class="panel-body stack">{form} {cannot(ctx, &may_not)}</div> };
    crate::parts::panel(title, blank(), content.html())
}

/// An offer that the form has a field for.
fn has_days(content: &Content) -> bool {
    matches!(content, Content::RetentionExtension(_))
}

fn form(ctx: Ctx<'_>, shown: &RequestBody, may: &[Act]) -> Html {
    let t = ctx.t;
    let request = &shown.detail.summary;
    let comment = Field {
        id: "request-comment".to_owned(),
        name: COMMENT,
        label: t.request_comment(),
        hint: t.request_comment_hint(),
        required: false,
    };
    let send = Submit { label: t.request_send(), tone: "primary", icon: "check", sends: None };
    view! {
        <form class="stack tight" method="post" action=format!("{}/decisions", request_page(request.id))>
            {ctx.form_token()} {hidden(VERSION, &request.version.to_string())} {back(ctx, shown)} {refused(t, shown)}
            {choices(ctx, shown, may)} {may.contains(&Act::Counter).then(|| days(ctx, shown))}
            {ctx.text_area(&shown.form, &comment)} {seen(ctx, shown, may)}
            <div>{ctx.submit(send)}</div>
            <p class="tiny faint">{t.request_first_counts()}</p>
        </form>
    }
    .html()
}

/// The page to come back to: the inbox as it is, or the request's own.
fn back(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    let typed = shown.form.value(BACK);
    let uri = if typed.is_empty() { ctx.chrome.uri.as_str() } else { typed };
    let is_inbox = uri.split('?').next() == Some(INBOX);
    if is_inbox { hidden(BACK, uri) } else { blank() }
}

fn refused(t: Texts, shown: &RequestBody) -> Html {
    let Some(why) = shown.refused.clone() else { return blank() };
    view! {
        <div class="callout tone-bad" role="alert" tabindex="-1">
            {icon("alert")} <div><strong>{t.request_not_accepted()}</strong> <p>{why}</p></div>
        </div>
    }
    .html()
}

fn choices(ctx: Ctx<'_>, shown: &RequestBody, may: &[Act]) -> Html {
    let t = ctx.t;
    let typed = shown.form.value(ACTION);
    let choices = may.iter().map(|act| {
        let word = act.as_str();
        // What decides is never chosen beforehand.
        let checked = typed == word || (typed.is_empty() && may == [Act::Comment]);
        let (label, hint) = labels(t, *act);
        view! {
            <label class="choice">
                <input r#type="radio" name=ACTION value=word checked=checked/>
                <span>{label} <small>{hint}</small></span>
            </label>
        }
    });
    let is_wrong = shown.form.mistake(ACTION).is_some();
    let error = is_wrong.then(|| {
        view! { <span class="error" id="request-action-error">{icon_small("alert")} {t.mistake_no_choice()}</span> }
    });
    view! {
        <fieldset class="field" aria-describedby=is_wrong.then_some("request-action-error")>
            <legend>{t.request_action()}</legend>
            <div class="choices">{choices.collect::<Vec<_>>()}</div>
            {error}
        </fieldset>
    }
    .html()
}

/// What the choice is called, and what follows from it.
fn labels(t: Texts, act: Act) -> (String, String) {
    match act {
        Act::Approve => (t.request_action_approve(), t.request_action_approve_hint()),
        Act::Counter => (t.request_action_counter(), t.request_action_counter_hint()),
        Act::Decline => (t.request_action_decline(), t.request_action_decline_hint()),
        Act::Accept => (t.request_action_accept(), t.request_action_accept_hint()),
        Act::Refuse => (t.request_action_refuse(), t.request_action_refuse_hint()),
        Act::Answer => (t.request_action_answer(), t.request_action_answer_hint()),
        Act::Ask => (t.request_action_ask(), t.request_action_ask_hint()),
        Act::Withdraw => (t.request_action_withdraw(), t.request_action_withdraw_hint()),
        Act::Override => (t.request_action_override(), t.request_action_override_hint()),
        _ => (t.request_action_comment(), t.request_action_comment_hint()),
    }
}

fn days(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    let t = ctx.t;
    let Content::RetentionExtension(asked) = &shown.detail.summary.content else { return blank() };
    let hint = match asked.fewest_days {
        Some(fewest) => t.request_days_hint_fewest(asked.days, fewest),
        None => t.request_days_hint(asked.days),
    };
    let field = Field { id: "request-days".to_owned(), name: DAYS, label: t.request_days(), hint, required: false };
    ctx.text_field(&shown.form, &field)
}

/// Whoever decides on changed ground says that he has seen what is different.
fn seen(ctx: Ctx<'_>, shown: &RequestBody, may: &[Act]) -> Html {
    let decides = [Act::Approve, Act::Counter, Act::Accept, Act::Override].iter().any(|act| may.contains(act));
    if !shown.detail.summary.is_changed || !decides {
        return blank();
    }
    let hash = shown.detail.facts_hash.clone();
    // What changed again since then he has not seen.
    let checked = shown.form.value(SEEN) == hash;
    view! {
        <label class="check">
            <input r#type="checkbox" name=SEEN value=hash checked=checked/>
            {ctx.t.request_seen()}
        </label>
    }
    .html()
}

fn cannot(ctx: Ctx<'_>, may_not: &[(Act, String)]) -> Html {
    if may_not.is_empty() {
        return blank();
    }
    let rows = may_not.iter().map(|(act, why)| {
        let (label, _) = labels(ctx.t, *act);
        view! {
            <li>
                <b>{label}</b>
                ": "
                <span class="muted">{why.clone()}</span>
            </li>
        }
    });
    view! {
        <details class="disclosure">
            <summary>{icon_small("down")} {ctx.t.request_cannot()}</summary>
            <ul class="fields" role="list">{rows.collect::<Vec<_>>()}</ul>
        </details>
    }
    .html()
}
