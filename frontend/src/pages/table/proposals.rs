//! What people propose of a table or database, and what becomes of it.

use crate::html::{Html, ToHtml, blank};
use crate::parts::{Submit, badge, icon_small, panel};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::AssetId;
use reeve_model::curation::{Deprecate, Edit, Proposal, ProposalState};

/// Fields of the form.
pub const ASSET: &str = "asset";
pub const REVISION: &str = "revision";
pub const DECISION: &str = "decision";
pub const ANSWER: &str = "answer";
pub const BACK: &str = "back";

/// What the reader may do with what is said of an asset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curation {
    pub proposals: Vec<Proposal>,
    pub may_edit: bool,
    /// Comments or classes of columns.
    pub may_edit_columns: bool,
    pub may_propose: bool,
    pub may_decide: bool,
    /// Whose proposals he may take back.
    pub login: String,
}

impl Curation {
    /// The way to the form, as a button.
    pub(in crate::pages) fn button(&self, ctx: Ctx<'_>, href: String) -> Html {
        let (icon_name, text) = match (self.may_edit, self.may_propose) {
            (true, _) => ("comment", ctx.t.edit()),
            (false, true) => ("comment", ctx.t.propose()),
            (false, false) => return blank(),
        };
        view! { <a class="button" href=href>{icon_small(icon_name)} {text}</a> }.html()
    }
}

/// The list; nothing where nobody proposes anything.
pub(in crate::pages) fn list(ctx: Ctx<'_>, asset: AssetId, revision: i64, back: &str, curation: &Curation) -> Html {
    if curation.proposals.is_empty() {
        return blank();
    }
    let rows = curation.proposals.iter().map(|proposal| row(ctx, asset, revision, back, curation, proposal));
    let list = view! { <ul class="panel-list" role="list" id="proposals">{rows.collect::<Vec<_>>()}</ul> };
    panel(ctx.t.proposals(), blank(), list.html())
}

fn row(ctx: Ctx<'_>, asset: AssetId, revision: i64, back: &str, curation: &Curation, proposal: &Proposal) -> Html {
    let t = ctx.t;
    let (tone, icon_name, state) = match proposal.state {
        ProposalState::Pending => ("tone-warn", "hourglass", t.proposal_pending()),
        ProposalState::Accepted => ("tone-good", "check", t.proposal_accepted()),
        ProposalState::Declined => ("tone-bad", "x", t.proposal_declined()),
        ProposalState::Withdrawn => ("tone-neutral", "undo", t.proposal_withdrawn()),
    };
    let is_pending = proposal.state == ProposalState::Pending;
    let is_own = proposal.made_by == curation.login;
    let form = (is_pending && (curation.may_decide || is_own)).then(|| {
        let button =
            |label, tone, icon, decision| ctx.submit(Submit { label, tone, icon, sends: Some((DECISION, decision)) });
        let decide = curation.may_decide.then(|| {
            let answer = format!("answer-{}", proposal.id);
            view! {
                <label class="visually-hidden" r#for=answer.clone()>{t.proposal_answer()}</label>
                <input class="input" id=answer name=ANSWER placeholder=t.proposal_answer()/>
                {button(t.proposal_accept(), "primary", "check", "accept")}
                {button(t.proposal_decline(), "", "x", "decline")}
            }
        });
        let withdraw = is_own.then(|| button(t.proposal_withdraw(), "", "undo", "withdraw"));
        view! {
            <form method="post" action=format!("/proposals/{}", proposal.id) class="row">
                {ctx.form_token()}
                <input r#type="hidden" name=ASSET value=asset.to_string()/>
                <input r#type="hidden" name=REVISION value=revision.to_string()/>
                <input r#type="hidden" name=BACK value=back.to_owned()/>
                {decide} {withdraw}
            </form>
        }
    });
    let note = (!proposal.note.is_empty()).then(|| view! { <p class="muted">{ctx.prose(&proposal.note)}</p> });
    let decided = proposal.decided_at.map(|at| {
        let by = proposal.decided_by.clone().unwrap_or_default();
        let answer = proposal.answer.clone().filter(|answer| !answer.is_empty());
        view! { <p class="small muted">{by} ", " {ctx.time(at)} " " {answer.as_deref().map(|text| ctx.prose(text))}</p> }
    });
    view! {
        <li class="stack tight">
            <div class="row spread">
                <span>{badge(tone, icon_name, state)} " " {proposal.made_by.clone()}</span>
                <span class="faint">{ctx.time(proposal.made_at)}</span>
            </div>
            {changes(ctx, &proposal.before, &proposal.change)} {note} {decided} {form}
        </li>
    }
    .html()
}

/// What would become of what is.
pub(in crate::pages) fn changes(ctx: Ctx<'_>, before: &Edit, after: &Edit) -> Html {
    let t = ctx.t;
    let mut lines: Vec<(String, String, String)> = Vec::new();
    let mut line = |label: String, old: String, new: String| {
        if old != new {
            lines.push((label, old, new));
        }
    };
    let text = |text: &Option<Option<String>>| text.clone().flatten().unwrap_or_default();
    line(t.description(), text(&before.description), text(&after.description));
    let tags = |tags: &Option<Vec<String>>| tags.clone().unwrap_or_default().join(", ");
    line(t.tags(), tags(&before.tags), tags(&after.tags));
    let deprecated = |of: &Option<Option<Deprecate>>| of.clone().flatten().map(|of| of.note).unwrap_or_default();
    line(t.deprecation(), deprecated(&before.deprecated), deprecated(&after.deprecated));
    for (name, column) in &after.columns {
        let was = before.columns.get(name).cloned().unwrap_or_default();
        line(format!("{name}: {}", t.comment()), text(&was.comment), text(&column.comment));
        let class = |class: Option<Option<_>>| class.flatten().map(|class| ctx.class_name(class)).unwrap_or_default();
        line(format!("{name}: {}", t.personal_data()), class(was.personal_data), class(column.personal_data));
    }
    let lines = lines.into_iter().map(|(label, old, new)| {
        let old = (!old.is_empty()).then(|| view! { <del>{old}</del> " " });
        view! {
            <dt>{label}</dt>
            <dd class="change">{old} <ins>{new}</ins></dd>
        }
    });
    view! { <dl class="fact-list">{lines.collect::<Vec<_>>()}</dl> }.html()
}
