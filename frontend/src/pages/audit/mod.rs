//! The audit log: acts, one beside them in full, and whether their chain is whole.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;
mod row;
mod words;

use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{badge, data_table, empty, icon, icon_small, page_header, panel, stat_row, status};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::Paged;
use reeve_model::audit::{Check, Checkpoint, Entry, Event, ObjectKind, Summary};
use std::collections::BTreeMap;

/// Which acts are shown, as the address says it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub q: String,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub since: String,
    pub until: String,
}

#[derive(Clone, Debug)]
pub struct AuditPage {
    pub entries: Paged<Entry>,
    /// What those who acted are called now, by the numbers in the log.
    pub names: BTreeMap<i64, String>,
    pub summary: Summary,
    pub check: Option<Check>,
    pub checkpoints: Vec<Checkpoint>,
    pub asked: Asked,
    pub is_first: bool,
    /// Nothing is hidden from who looks: the whole of it is for him.
    pub may_export: bool,
    /// The act that is shown in full.
    pub selected: Option<Entry>,
}

impl PageView for AuditPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let state = match &self.check {
            None => badge("tone-neutral", "clock", t.audit_unchecked()),
            Some(check) if check.broken.is_some() => badge("tone-bad", "x", t.audit_broken()),
            Some(check) => badge("tone-good", "check", t.audit_intact(ctx.moment(check.at))),
        };
        let title = view! { <h1>{t.audit()}</h1> {state} };
        let header = page_header(blank(), title.html(), t.audit_purpose().html(), actions(ctx, self));
        let side = view! {
            <div class="stack">{chain(ctx, self)} {self.selected.as_ref().map(|entry| row::detail(ctx, self, entry))}</div>
        };
        let main = view! {
            {header} {broken(ctx, self)} {stats(ctx, &self.summary)}
            <div class="columns main-side">
                <div class="stack">{acts(ctx, self)}</div>
                {side}
            </div>
        };
        Framed { title: t.audit(), section: "/audit", has_search: false, main: main.html() }
    }
}

fn actions(ctx: Ctx<'_>, page: &AuditPage) -> Html {
    let t = ctx.t;
    let export = page.may_export.then(|| {
        view! {
            <form method="post" action="/audit/export">
                {ctx.form_token()} <button class="button" r#type="submit">{icon("download")} {t.audit_export()}</button>
            </form>
        }
    });
    view! {
        {export}
        <form method="post" action="/audit/verify">
            {ctx.form_token()} <button class="button" r#type="submit">{icon("check")} {t.audit_verify()}</button>
        </form>
    }
    .html()
}

/// What is wrong, where, and what it means.
fn broken(ctx: Ctx<'_>, page: &AuditPage) -> Html {
    let t = ctx.t;
    let Some((seq, fault)) = page.check.as_ref().and_then(|check| check.broken) else { return blank() };
    view! {
        <div class="callout tone-bad" role="alert">
            {icon("x")}
            <div>
                <strong>{t.audit_broken_at(format::number(seq))}</strong>
                <p>{words::fault(t, fault)} " " {t.audit_broken_advice()}</p>
            </div>
            <a class="button small" href=format!("/audit?cursor={}", seq.saturating_add(2))>{t.audit_show_rows()}</a>
        </div>
    }
    .html()
}

fn stats(ctx: Ctx<'_>, summary: &Summary) -> Html {
    let t = ctx.t;
    let since = summary.since.map_or_else(blank, |at| view! { {t.audit_since()} " " {ctx.date(at)} }.html());
    stat_row(
        t.key_facts(),
        vec![
            (t.audit_rows(), format::number(summary.rows).html(), since),
            (t.audit_today(), format::number(summary.today).html(), t.audit_actors(summary.actors_today).html()),
            (t.audit_refused_today(), format::number(summary.refused_today).html(), t.audit_refused_note().html()),
        ],
    )
}

fn acts(ctx: Ctx<'_>, page: &AuditPage) -> Html {
    let t = ctx.t;
    let content = if page.entries.items.is_empty() {
        empty("lock", t.audit_none(), view! { <p>{t.audit_none_advice()}</p> }.html())
    } else {
        let heads = vec![
            (t.audit_number(), "num"),
            (t.audit_time(), ""),
            (t.audit_who(), ""),
            (t.audit_what(), ""),
            (t.audit_on(), "hide-narrow"),
            (t.audit_address(), "hide-narrow"),
            (t.audit_hash(), "hide-narrow"),
        ];
        let rows = page.entries.items.iter().map(|entry| row::row(ctx, page, entry)).collect::<Vec<_>>();
        data_table(&t.audit_acts(), heads, view! { <tbody>{rows}</tbody> }.html())
    };
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{t.audit_acts()} " " <span class="count">{format::number(page.entries.total)}</span></h2>
                {filter(ctx, &page.asked)}
            </header>
            {content}
            <footer class="panel-foot">
                <span>{t.audit_append_only()}</span>
                {ctx.pager(page.entries.next_cursor.as_deref(), page.is_first)}
            </footer>
        </section>
    }
    .html()
}

fn filter(ctx: Ctx<'_>, asked: &Asked) -> Html {
    let t = ctx.t;
    let input = |id: &'static str, name: &'static str, kind: &'static str, label: String, value: &str| {
        // A moment that the API takes is none that a date field can show.
        let value = if kind == "date" { value.get(..10).unwrap_or_default() } else { value };
        view! {
            <label class="visually-hidden" r#for=id>{label.clone()}</label>
            <input class="input compact" id=id name=name r#type=kind size="9" placeholder=label.clone() title=label value=value.to_owned()/>
        }
    };
    let kinds = ObjectKind::ALL.iter().map(|kind| (kind.as_str(), words::object(t, *kind)));
    let events = Event::ALL.iter().map(|event| (event.as_str(), words::event(t, *event)));
    view! {
        <form class="row" action="/audit" role="search" aria-label=t.audit_filter()>
            {input("audit-q", "q", "search", t.audit_words(), &asked.q)}
            {input("audit-actor", "actor", "text", t.audit_who(), &asked.actor)}
            {choice("audit-action", "action", t.audit_what(), t.audit_all_acts(), &asked.action, events.collect())}
            {choice("audit-object", "object", t.audit_on(), t.audit_everything(), &asked.object, kinds.collect())}
            {input("audit-since", "since", "date", t.audit_since_day(), &asked.since)}
            {input("audit-until", "until", "date", t.audit_until_day(), &asked.until)}
            <button class="button small" r#type="submit">{t.filter_apply()}</button>
        </form>
    }
    .html()
}

/// One of several, or all of them. What the address says besides stays: `table:12`.
fn choice(
    id: &'static str,
    name: &'static str,
    label: String,
    all: String,
    value: &str,
    mut choices: Vec<(&'static str, String)>,
) -> Html {
    choices.sort_by(|one, other| one.1.cmp(&other.1));
    let is_other = !value.is_empty() && choices.iter().all(|(choice, _)| *choice != value);
    let other = is_other.then(|| view! { <option value=value.to_owned() selected=true>{value.to_owned()}</option> });
    let choices = choices.into_iter().map(|(choice, text)| {
        view! { <option value=choice selected=choice == value>{text}</option> }
    });
    view! {
        <label class="visually-hidden" r#for=id>{label.clone()}</label>
        <select class="input compact" id=id name=name title=label>
            <option value="">{all}</option>
            {other}
            {choices.collect::<Vec<_>>()}
        </select>
    }
    .html()
}

/// Parts of the chain, and how each is known to be whole.
fn chain(ctx: Ctx<'_>, page: &AuditPage) -> Html {
    let t = ctx.t;
    let number = format::number;
    let part = |from: i64, to: i64, state: Html| {
        view! { <li class="row spread"><span>{t.audit_part(number(from), number(to))}</span> {state}</li> }.html()
    };
    let mut parts: Vec<Html> = Vec::new();
    let mut from = 0;
    for checkpoint in page.checkpoints.iter().filter(|checkpoint| checkpoint.seq > 0) {
        let day = words::moment(&checkpoint.at).map(|at| ctx.date(at));
        let label = if checkpoint.dropped_at.is_some() { t.audit_dropped() } else { t.audit_checkpoint() };
        let icon_name = if checkpoint.dropped_at.is_some() { "archive" } else { "certified" };
        let state = view! { <span class="status tone-info">{icon(icon_name)} {label} " " {day}</span> };
        parts.push(part(from + 1, checkpoint.seq, state.html()));
        from = checkpoint.seq;
    }
    let last = page.summary.first + page.summary.rows - 1;
    let checked = page.check.as_ref().map_or(from, |check| check.last.clamp(from, last.max(from)));
    if let Some(check) = page.check.as_ref().filter(|_| checked > from) {
        let state = status("tone-good", "check", t.audit_intact(ctx.moment(check.at)));
        parts.push(part(from + 1, checked, state));
    }
    match page.check.as_ref().and_then(|check| check.broken) {
        Some((seq, _)) => parts.push(part(seq, last.max(seq), status("tone-bad", "x", t.audit_broken()))),
        None if last > checked => {
            parts.push(part(checked + 1, last, status("tone-neutral", "clock", t.audit_unchecked())));
        }
        None => {}
    }
    let note =
        view! { {icon_small("info")} <span>{t.audit_outside()} " " <code>"reeve audit checkpoint"</code></span> };
    let list = view! {
        <ul class="panel-list small" role="list">{parts}</ul>
        <footer class="panel-foot">{note}</footer>
    };
    panel(t.audit_chain(), blank(), list.html())
}
