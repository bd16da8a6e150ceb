//! One act: as a line, and in full.

use super::{AuditPage, words};
use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::parts::{fact_list, icon_small, panel};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::audit::{Entry, ObjectKind};

pub(super) fn row(ctx: Ctx<'_>, page: &AuditPage, entry: &Entry) -> Html {
    let t = ctx.t;
    let open = link::with(&ctx.chrome.uri, "row", Some(&entry.seq.to_string()));
    let is_open = page.selected.as_ref().is_some_and(|selected| selected.seq == entry.seq);
    let name = match &entry.object_name {
        Some(name) => view! { <span class="mono">{name.clone()}</span> }.html(),
        None if entry.is_erased() => view! { <span class="faint">{t.audit_erased()}</span> }.html(),
        None => blank(),
    };
    view! {
        <tr aria-current=is_open.then_some("true")>
            <td class="num">
                <a href=open>{format::number(entry.seq)}</a>
            </td>
            <th scope="row" class="nowrap">{time(ctx, entry)}</th>
            <td>{who(ctx, page, entry)}</td>
            <td>{words::what(t, entry)} " " {name} {change(ctx, entry)}</td>
            <td class="hide-narrow">{words::on(t, entry)}</td>
            <td class="hide-narrow">{entry.address.clone()}</td>
            <td class="hide-narrow">
                <code class="tiny faint nowrap">{tail(&entry.hash)}</code>
            </td>
        </tr>
    }
    .html()
}

/// The whole of it, beside the list.
pub(super) fn detail(ctx: Ctx<'_>, page: &AuditPage, entry: &Entry) -> Html {
    let t = ctx.t;
    let text = |text: &Option<String>| text.clone().map(ToHtml::html);
    let key = format!("{}:{}", entry.object_kind, entry.object_id);
    let name = entry.object_name.clone().map(|name| match object_page(entry) {
        Some(page) => view! { " " <a class="mono" href=page>{name}</a> }.html(),
        None => view! { " " <span class="mono">{name}</span> }.html(),
    });
    let object = view! {
        {words::on(t, entry)} " " <code>{entry.object_id.clone()}</code> {name}
        <div>
            <a class="small target" href=link::query("/audit", [("object", key.as_str())])>{t.audit_of_object()}</a>
        </div>
    };
    let facts = fact_list(vec![
        (t.audit_what(), Some(words::what(t, entry).html())),
        (t.audit_on(), Some(object.html())),
        (t.audit_who(), Some(who(ctx, page, entry))),
        (t.audit_via(), Some(words::via(t, entry).html())),
        (t.audit_time(), Some(full_time(ctx, entry))),
        (t.audit_address(), text(&entry.address)),
        (t.audit_request(), entry.request.clone().map(|request| view! { <code>{request}</code> }.html())),
        (t.audit_reason(), text(&entry.reason)),
    ]);
    let before = entry.before.clone().map(|before| view! { <del>{before}</del> }.html());
    let after = entry.after.clone().map(|after| view! { <ins>{after}</ins> }.html());
    let erased = entry
        .is_erased()
        .then(|| view! { <p class="small muted">{icon_small("info")} " " {t.audit_erased_note()}</p> });
    let change = (before.is_some() || after.is_some())
        .then(|| fact_list(vec![(t.audit_before(), before), (t.audit_after(), after)]));
    let body = view! {
        <div class="panel-body stack tight">
            {facts} {erased} {change}
            <pre class="source-text">
                {format!("{} {}\n{} {}", t.audit_previous(), entry.prev, t.audit_this(), entry.hash).html()}
            </pre>
        </div>
    };
    let close = view! { <a class="button quiet small" href=link::with(&ctx.chrome.uri, "row", None)>{t.close()}</a> };
    panel(t.audit_row(format::number(entry.seq)), close.html(), body.html())
}

fn who(ctx: Ctx<'_>, page: &AuditPage, entry: &Entry) -> Html {
    let name = entry.actor_id.and_then(|id| page.names.get(&id));
    let principal = entry.on_behalf_of.clone().map(|principal| {
        view! { <div class="tiny faint">{ctx.t.audit_on_behalf(principal)}</div> }
    });
    match name {
        Some(name) => {
            let login =
                (*name != entry.actor).then(|| view! { <div class="tiny faint mono">{entry.actor.clone()}</div> });
            view! { {ctx.person_name(&entry.actor, name, false)} {login} {principal} }.html()
        }
        None => view! { <span class="mono">{entry.actor.clone()}</span> {principal} }.html(),
    }
}

/// The page of what the act was about, where it has one that its id or its name finds.
fn object_page(entry: &Entry) -> Option<String> {
    match ObjectKind::parse(&entry.object_kind)? {
        ObjectKind::Crawl => Some(format!("/crawls/{}", entry.object_id)),
        ObjectKind::Source | ObjectKind::Removal => entry.object_name.as_deref().map(link::source),
        _ => None,
    }
}

fn change(ctx: Ctx<'_>, entry: &Entry) -> Html {
    const SHOWN: usize = 60;
    let cut = |text: &String| match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.clone(),
    };
    if entry.before.is_none() && entry.after.is_none() {
        return blank();
    }
    let before = entry.before.as_ref().map(|before| view! { <del>{cut(before)}</del> " " });
    let after = entry.after.as_ref().map(|after| view! { <ins>{cut(after)}</ins> });
    let arrow = (entry.before.is_some() && entry.after.is_some())
        .then(|| view! { <span class="visually-hidden">{ctx.t.audit_became()}</span> });
    view! { <div class="tiny">{before} {arrow} {after}</div> }.html()
}

fn time(ctx: Ctx<'_>, entry: &Entry) -> Html {
    match words::moment(&entry.at) {
        Some(at) => ctx.time(at),
        None => entry.at.clone().html(),
    }
}

/// To the microsecond, as it is hashed, with the reader's own time before it.
fn full_time(ctx: Ctx<'_>, entry: &Entry) -> Html {
    let local = words::moment(&entry.at).map(|at| format::full(ctx.local(at)));
    view! { {local} <div class="tiny faint mono">{entry.at.clone()}</div> }.html()
}

fn tail(hash: &str) -> String {
    format!("…{}", hash.get(hash.len().saturating_sub(4)..).unwrap_or_default())
}
