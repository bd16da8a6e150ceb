//! What a crawl held back, because too much is missing or another source answers: an operator says whether it went.

use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::parts::{Field, Submit, badge, icon, icon_small, panel};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::crawl::{Removal, RemovalCause, RemovalState};

/// A question to the operator, with what he typed as its answer.
#[derive(Clone, Debug)]
pub struct Question {
    pub removal: Removal,
    pub form: Form,
}

/// The fields that the form sends.
pub const DECISION: &str = "decision";
pub const REASON: &str = "reason";

/// The answer that a form has; `None` where the form must be shown again.
pub fn answer(form: &mut Form) -> Option<(RemovalState, String)> {
    let state = form.choice(DECISION, |word| match word {
        "accept" => Some(RemovalState::Accepted),
        "refuse" => Some(RemovalState::Refused),
        _ => None,
    });
    let reason = form.text(REASON, 3, 500);
    state.filter(|_| form.is_right()).map(|state| (state, reason))
}

/// A panel for each question that waits, and below them those that were decided.
pub(in crate::pages) fn panels(ctx: Ctx<'_>, questions: &[Question]) -> Html {
    let (waiting, decided): (Vec<_>, Vec<_>) =
        questions.iter().partition(|question| question.removal.state == RemovalState::Pending);
    let waiting = waiting.into_iter().map(|question| ask(ctx, question)).collect::<Vec<_>>();
    let decided = decided.into_iter().map(|question| record(ctx, &question.removal)).collect::<Vec<_>>();
    let decided = (!decided.is_empty()).then(|| {
        let list = view! { <ul class="panel-list small" role="list">{decided}</ul> };
        panel(ctx.t.removals_decided(), blank(), list.html())
    });
    view! { {waiting} {decided} }.html()
}

fn ask(ctx: Ctx<'_>, question: &Question) -> Html {
    let t = ctx.t;
    let removal = &question.removal;
    let detail = removal.detail.clone().map(|detail| view! { <p class="muted"><code class="tiny">{detail}</code></p> });
    let crawl = view! { <a href=link::crawl(removal.crawl_id)>{t.crawl_number(removal.crawl_id.to_string())}</a> };
    let content = view! {
        <div class="panel-body stack tight" id=format!("removal-{}", removal.id)>
            <div class="callout tone-warn" role="note">
                {icon("hold")} <div><strong>{what(ctx, removal)}</strong> <p>{meaning(ctx, removal.cause)}</p> {detail}</div>
            </div>
            <p class="small muted">{t.removal_asked()} " " {ctx.time(removal.asked_at)} ", " {crawl}</p>
            {names(ctx, removal)} {form(ctx, question)}
        </div>
    };
    let title = match removal.place.as_str() {
        "" => t.removal_of(removal.source.clone()),
        place => t.removal_of(format!("{}, {place}", removal.source)),
    };
    panel(title, badge("tone-warn", "hourglass", t.removal_pending()), content.html())
}

fn what(ctx: Ctx<'_>, removal: &Removal) -> String {
    match removal.cause {
        RemovalCause::AnotherSource => ctx.t.removal_another_source(),
        RemovalCause::PeopleMissing => ctx.t.removal_missing_people(removal.allowed, removal.missing, removal.total),
        _ => ctx.t.removal_missing(removal.allowed, removal.missing, removal.total),
    }
}

fn meaning(ctx: Ctx<'_>, cause: RemovalCause) -> String {
    match cause {
        RemovalCause::TooManyMissing => ctx.t.removal_means_too_many(),
        RemovalCause::DatabaseMissing => ctx.t.removal_means_database(),
        RemovalCause::PartitionsMissing => ctx.t.removal_means_partitions(),
        RemovalCause::AnotherSource => ctx.t.removal_means_another_source(),
        RemovalCause::PeopleMissing => ctx.t.removal_means_people(),
    }
}

/// The first of what is missing; a long list folds.
fn names(ctx: Ctx<'_>, removal: &Removal) -> Html {
    if removal.names.is_empty() {
        return blank();
    }
    let shown = i64::try_from(removal.names.len()).unwrap_or(i64::MAX);
    let is_short = shown <= 10;
    let more = removal.missing - shown;
    let more = (more > 0).then(|| view! { <li class="faint">{ctx.t.removal_more(more)}</li> });
    let names = removal.names.iter().map(|name| view! { <li><code>{name.clone()}</code></li> });
    view! {
        <details class="disclosure" open=is_short>
            <summary>{icon_small("down")} {ctx.t.removal_names(removal.missing.max(shown))}</summary>
            <ul class="fields" role="list">{names.collect::<Vec<_>>()} {more}</ul>
        </details>
    }
    .html()
}

fn form(ctx: Ctx<'_>, question: &Question) -> Html {
    let t = ctx.t;
    let Question { removal, form } = question;
    let id = |part: &str| format!("removal-{}-{part}", removal.id);
    let reason = Field {
        id: id(REASON),
        name: REASON,
        label: t.removal_reason(),
        hint: t.removal_reason_hint(),
        required: true,
    };
    let (accept, icon_name) = match removal.cause {
        RemovalCause::AnotherSource => (t.removal_accept_source(), "swap"),
        RemovalCause::PeopleMissing => (t.removal_accept_people(removal.missing), "ban"),
        _ => (t.removal_accept(removal.missing), "trash"),
    };
    let keep = Submit { label: t.removal_keep(), tone: "primary", icon: "hold", sends: Some((DECISION, "refuse")) };
    let accept = Submit { label: accept, tone: "danger", icon: icon_name, sends: Some((DECISION, "accept")) };
    view! {
        <form class="stack tight" method="post" action=format!("{}/removals/{}", link::source(&removal.source), removal.id)>
            {ctx.form_token()}
            {ctx.text_area(form, &reason)} <div class="row">{ctx.submit(keep)} {ctx.submit(accept)}</div>
        </form>
    }
    .html()
}

/// A decision in a few lines: what, by whom, when and why.
fn record(ctx: Ctx<'_>, removal: &Removal) -> Html {
    let t = ctx.t;
    let (tone, icon_name, state) = match removal.state {
        RemovalState::Pending => ("tone-warn", "hourglass", t.removal_pending()),
        RemovalState::Accepted => ("tone-bad", "trash", t.removal_accepted()),
        RemovalState::Refused => ("tone-good", "hold", t.removal_refused()),
        RemovalState::Moot => ("tone-neutral", "undo", t.removal_moot()),
    };
    let place = if removal.place.is_empty() { &removal.source } else { &removal.place };
    let by = removal.decided_by.clone().map(|by| view! { {by} ", " });
    let at = removal.decided_at.map(|at| ctx.time(at));
    let reason = removal.reason.clone().map(|reason| view! { <p class="muted">{ctx.prose(&reason)}</p> });
    view! {
        <li>
            <div class="row spread">
                <span>{badge(tone, icon_name, state)} " " <code>{place.clone()}</code> " " {what(ctx, removal)}</span>
                <span class="faint">{by} {at}</span>
            </div>
            {reason}
        </li>
    }
    .html()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(decision: &str, reason: &str) -> Form {
        Form::new([(DECISION.to_owned(), decision.to_owned()), (REASON.to_owned(), reason.to_owned())])
    }

    #[test]
    fn an_answer_has_a_decision_and_a_reason() {
        let right = |decision| answer(&mut typed(decision, " 이관 완료 "));
        assert_eq!(right("accept"), Some((RemovalState::Accepted, "이관 완료".to_owned())));
        assert_eq!(right("refuse"), Some((RemovalState::Refused, "이관 완료".to_owned())));
        assert_eq!(right("delete"), None);
        for reason in ["", "  ", "ab"] {
            let mut form = typed("accept", reason);
            assert_eq!(answer(&mut form), None);
            assert!(form.mistake(REASON).is_some() && form.mistake(DECISION).is_none());
        }
    }
}
