//! Asking to keep a table's data longer: what it costs and who decides stand beside the form before anybody is asked.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::form::Form;
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{Field, Submit, breadcrumb, fact_list, icon, page_header, panel};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::request::{RequestPreview, StepShown};

/// Fields of the form.
pub const TABLE: &str = "table";
pub const SOURCE: &str = "source";
pub const DAYS: &str = "days";
pub const UNTIL: &str = "until";
pub const FEWEST: &str = "fewest_days";
pub const REASON: &str = "reason";
/// `send` files it, anything else only shows what would become of it.
pub const ACT: &str = "act";
pub const SEND: &str = "send";

#[derive(Clone, Debug)]
pub struct RetentionRequestPage {
    /// `db.table`
    pub table: String,
    /// Its address in the portal.
    pub address: String,
    /// Where several sources have such a table.
    pub source: Option<String>,
    /// How long it is kept now, in a sentence.
    pub now: String,
    pub form: Form,
    /// What would become of what the form says.
    pub preview: Option<RequestPreview>,
    /// Why it cannot be asked for, in words.
    pub refused: Option<String>,
}

impl PageView for RetentionRequestPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let way = vec![(t.extend_way(), "/requests".to_owned())];
        let above = breadcrumb(t.breadcrumb(), way, t.extend_title());
        let title = view! { <h1>{t.extend_title()}</h1> };
        let header = page_header(above, title.html(), t.extend_purpose().html(), blank());
        let main = view! {
            {header} {self.refused.as_ref().map(|why| refused(ctx, why))}
            <div class="columns main-side">
                <div class="stack">{form(ctx, self)}</div>
                <div class="stack">{preview(ctx, self)}</div>
            </div>
        };
        Framed { title: t.extend_title(), section: "/requests", has_search: false, main: main.html() }
    }
}

fn refused(ctx: Ctx<'_>, why: &str) -> Html {
    view! {
        <div class="callout tone-bad" role="alert">
            {icon("alert")} <div><strong>{ctx.t.extend_refused()}</strong> <p>{why.to_owned()}</p></div>
        </div>
    }
    .html()
}

fn form(ctx: Ctx<'_>, page: &RetentionRequestPage) -> Html {
    let t = ctx.t;
    let field = |name: &'static str, label: String, hint: String, required| Field {
        id: format!("extend-{}", name.replace('_', "-")),
        name,
        label,
        hint,
        required,
    };
    let days = field(DAYS, t.extend_days(), t.extend_days_hint(), true);
    let until = field(UNTIL, t.extend_until(), t.extend_until_hint(), true);
    let fewest = field(FEWEST, t.extend_fewest(), t.extend_fewest_hint(), false);
    let reason = field(REASON, t.extend_reason(), t.extend_reason_hint(), true);
    let source = page.source.clone().map(|source| view! { <input r#type="hidden" name=SOURCE value=source/> });
    let send = Submit { label: t.extend_send(), tone: "primary", icon: "check", sends: Some((ACT, SEND)) };
    let look = Submit { label: t.extend_look(), tone: "", icon: "eye", sends: Some((ACT, "look")) };
    let content = view! {
        <form class="panel-body stack" method="post" action="/requests/new/retention">
            {ctx.form_token()} <input r#type="hidden" name=TABLE value=page.table.clone()/> {source}
            {ctx.mistakes(&page.form, &[&days, &until, &fewest, &reason])}
            <p><a href=page.address.clone()><code>{page.table.clone()}</code></a> " " {page.now.clone()}</p>
            {ctx.text_field(&page.form, &days)} {ctx.text_field(&page.form, &until)}
            {ctx.text_field(&page.form, &fewest)} {ctx.text_area(&page.form, &reason)}
            <div class="row">{ctx.submit(send)} {ctx.submit(look)}</div>
            <p class="small faint">{t.extend_ends()}</p>
        </form>
    };
    panel(t.extend_what(), blank(), content.html())
}

fn preview(ctx: Ctx<'_>, page: &RetentionRequestPage) -> Html {
    let t = ctx.t;
    let Some(preview) = &page.preview else { return blank() };
    let cost = match preview.won_a_month {
        Some(won) => t.won_a_month(format::number(won)).html(),
        None => t.unknown().html(),
    };
    let facts = fact_list(vec![
        (t.extend_extra(), Some(ctx.size(preview.facts.bytes))),
        (t.extend_cost(), Some(cost)),
        (t.extend_held(), preview.held_until.map(|day| format::day(ctx.lang(), day).html())),
        (t.extend_personal(), preview.facts.is_personal().then(|| view! { <span>{columns(preview)}</span> }.html())),
    ]);
    let who = match &preview.by_rule {
        Some(rule) => view! { <p class="panel-body">{t.extend_by_rule(rule.clone())}</p> }.html(),
        None => steps(ctx, &preview.steps),
    };
    view! {
        {panel(t.extend_impact(), blank(), view! { <div class="panel-body">{facts}</div> }.html())}
        {panel(t.extend_who(), blank(), who)}
    }
    .html()
}

fn columns(preview: &RequestPreview) -> String {
    preview.facts.personal_columns.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// Who is asked, each with those who may decide.
fn steps(ctx: Ctx<'_>, steps: &[StepShown]) -> Html {
    let t = ctx.t;
    let items = steps.iter().map(|step| {
        let names = step.waiting.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { t.extend_nobody() } else { names };
        let due = step.due_at.map(|at| view! { <span class="faint">{t.extend_until_when(ctx.moment(at))}</span> });
        view! {
            <li class="row spread"><span>{icon("user")} " " {names}</span> <span class="small">{step.rule.clone()} " " {due}</span></li>
        }
    });
    view! { <ul class="panel-list" role="list">{items.collect::<Vec<_>>()}</ul> }.html()
}
