//! One request: what is asked, who decides, what became of it, and the form in which whoever looks does his part.

mod asked;
mod course;
mod decision;
#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;
pub(in crate::pages) mod words;

use crate::address::Address;
use crate::form::Form;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::pages::requests::REQUESTS;
use crate::parts::{badge, breadcrumb, data_table, page_header, panel, stat_row};
use crate::reason::fact;
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::AssetId;
use reeve_model::owner::Holder;
use reeve_model::request::{Named, Place, RequestDetail, RequestKind, RequestSummary};
use std::collections::BTreeMap;

/// Fields of the form: what to do, by the act's word.
pub const ACTION: &str = "action";
pub const COMMENT: &str = "comment";
/// Of an offer, in total.
pub const DAYS: &str = "days";
/// The version that the page showed.
pub const VERSION: &str = "version";
/// Hash of the facts as they are now, where whoever decides has seen them.
pub const SEEN: &str = "seen";
/// Address of the page that the form stands on, where that is not the request's own.
pub const BACK: &str = "back";

#[derive(Clone, Debug)]
pub struct RequestPage {
    pub body: RequestBody,
}

/// All that is shown of a request, on its own page and in the inbox.
#[derive(Clone, Debug)]
pub struct RequestBody {
    pub detail: RequestDetail,
    /// What was typed of a decision that was refused.
    pub form: Form,
    /// Why it was refused, in words.
    pub refused: Option<String>,
    /// What it costs, where the price is known.
    pub won_a_month: Option<i64>,
    /// Of whoever looks.
    pub login: String,
}

/// The address of a request's page.
pub(crate) fn request_page(id: i64) -> String {
    format!("{REQUESTS}/{id}")
}

/// What a request is called beside its headline: `R-2408`.
pub(crate) fn number(id: i64) -> String {
    format!("R-{id}")
}

impl PageView for RequestPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let shown = &self.body;
        let request = &shown.detail.summary;
        let phrase = words::phrase(t, request);
        let title = view! { <h1>{phrase.clone()}</h1> {badges(ctx, request)} };
        let way = vec![(t.request_list(), REQUESTS.to_owned())];
        let header = page_header(
            breadcrumb(t.breadcrumb(), way, number(request.id)),
            title.html(),
            asked_by(ctx, request),
            blank(),
        );
        let main = view! {
            {header} {facts(ctx, shown)}
            <div class="columns main-side">
                <div class="stack">{first(ctx, shown)}</div>
                <div class="stack">{second(ctx, shown)}</div>
            </div>
        };
        Framed {
            title: format!("{phrase}, {}", number(request.id)),
            section: REQUESTS,
            has_search: false,
            main: main.html(),
        }
    }
}

/// Who asked, and when.
fn asked_by(ctx: Ctx<'_>, request: &RequestSummary) -> Html {
    let filed = request.filed_at.map(|at| view! { ", " {ctx.time(at)} });
    view! { {ctx.t.request_asked_by()} " " {request.requester.name.clone()} {filed} }.html()
}

/// All of it but its headline, one below the other.
pub(crate) fn body(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    view! { <div class="stack">{facts(ctx, shown)} {first(ctx, shown)} {second(ctx, shown)}</div> }.html()
}

/// State, kind and what to look out for.
pub(crate) fn badges(ctx: Ctx<'_>, request: &RequestSummary) -> Html {
    let kind = badge("tone-neutral", words::kind_icon(request.kind), words::kind(ctx.t, request.kind));
    view! {
        {words::state_badge(ctx, request)} " " {kind} " " {words::marks(ctx, request)} " " {words::due(ctx, request)}
    }
    .html()
}

fn facts(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    let t = ctx.t;
    let detail = &shown.detail;
    let request = &detail.summary;
    let mut facts = Vec::new();
    if matches!(request.kind, RequestKind::RetentionExtension | RequestKind::Ingestion | RequestKind::Restore) {
        facts.push((t.request_bytes(), ctx.size(request.bytes), t.request_bytes_context().html()));
    }
    if let Some(won) = shown.won_a_month {
        facts.push((t.request_cost(), t.request_won(format::number(won)).html(), t.request_cost_month().html()));
    }
    if request.is_personal {
        let columns = t.request_personal_columns(detail.facts.personal_columns.len());
        facts.push((t.request_personal(), columns.html(), ctx.class_name(detail.facts.class).html()));
    }
    if request.steps > 0 {
        let agreed = t.request_steps_of(request.agreed, request.steps);
        facts.push((t.request_steps_agreed(), agreed.html(), t.request_steps_context().html()));
    }
    if let Some(day) = detail.held_until {
        facts.push((t.request_held(), ctx.day(day).html(), t.request_held_context().html()));
    }
    if facts.is_empty() { blank() } else { stat_row(t.key_facts(), facts) }
}

/// What whoever decides reads: what was agreed or offered, what is different now, the form, and what is asked.
fn first(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    view! {
        {course::agreement(ctx, &shown.detail)} {decision::offer(ctx, &shown.detail)} {changed(ctx, &shown.detail)}
        {decision::panel(ctx, shown)} {asked::panel(ctx, &shown.detail)}
    }
    .html()
}

/// Who decides, and what happened.
fn second(ctx: Ctx<'_>, shown: &RequestBody) -> Html {
    view! { {course::steps(ctx, shown)} {course::history(ctx, &shown.detail)} }.html()
}

/// The facts that are different now, as they were and as they are.
fn changed(ctx: Ctx<'_>, detail: &RequestDetail) -> Html {
    let t = ctx.t;
    if detail.differences.is_empty() {
        return blank();
    }
    let rows = detail.differences.iter().map(|difference| {
        let (was, is) = words::was_and_is(ctx, difference, &detail.holders);
        view! {
            <tr>
                <th scope="row">{words::capital(&fact(t, difference))}</th>
                <td>{was}</td>
                <td><ins>{is}</ins></td>
            </tr>
        }
    });
    let heads = vec![(t.request_fact(), ""), (t.request_fact_then(), ""), (t.request_fact_now(), "")];
    let body = view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html();
    let content = view! {
        {data_table(&t.request_changed_since(), heads, body)}
        <footer class="panel-foot">{t.request_facts_kept()}</footer>
    };
    panel(t.request_changed_since(), badge("tone-warn", "alert", t.request_changed()), content.html())
}

/// Whoever has this number, as far as the request knows him.
fn holder(ctx: Ctx<'_>, holders: &BTreeMap<i64, Holder>, id: AssetId) -> Html {
    match holders.get(&id.0) {
        Some(holder) => ctx.holder(holder),
        None => view! { <span class="mono">{id.to_string()}</span> }.html(),
    }
}

fn named(ctx: Ctx<'_>, who: &Named) -> Html {
    ctx.person_name(&who.login, &who.name, false)
}

/// What it is about, as a link where that is in the catalog.
pub(in crate::pages) fn subject(name: &str, place: Option<&Place>) -> Html {
    let name = name.to_owned();
    match place {
        Some(place) => {
            let address = Address::new(&place.database, place.table.as_deref(), &place.source, place.ambiguous);
            view! { <a class="mono" href=address.page()>{name}</a> }.html()
        }
        None => view! { <span class="mono">{name}</span> }.html(),
    }
}
