//! The API, for people: what may be asked, with which parameters, and what comes back.

use crate::parts::{Ctx, badge, data_table, icon_small, page_header};
use crate::shell::{Framed, Section};
use leptos::prelude::*;
use reeve_model::page::{ApiOperation, ApiPage};

pub(super) fn page(ctx: Ctx<'_>, page: &ApiPage) -> Framed {
    let t = ctx.t;
    let document = view! { <a class="button" href="/api/openapi.json">{t.api_document()}</a> };
    let header = page_header(
        ().into_any(),
        view! { <h1>{t.api()}</h1> }.into_any(),
        t.api_purpose().into_any(),
        document.into_any(),
    );
    let mut tags: Vec<&str> = page.operations.iter().map(|operation| operation.tag.as_str()).collect();
    tags.dedup();
    let mut seen = Vec::new();
    tags.retain(|tag| {
        !seen.contains(tag) && {
            seen.push(*tag);
            true
        }
    });
    let groups = tags.into_iter().map(|tag| {
        let operations = page.operations.iter().filter(|operation| operation.tag == tag);
        let operations = operations.map(|operation| entry(ctx, operation)).collect::<Vec<_>>();
        view! {
            <section class="panel">
                <header class="panel-header">
                    <h2 lang="en">{tag.to_owned()}</h2>
                </header>
                <ul class="panel-list" role="list">{operations}</ul>
            </section>
        }
    });
    let main = view! { {header} {groups.collect::<Vec<_>>()} };
    Framed { title: t.api(), section: Section::Other, has_search: false, main: main.into_any() }
}

fn entry(ctx: Ctx<'_>, operation: &ApiOperation) -> AnyView {
    let t = ctx.t;
    let parameters = operation.parameters.iter().map(|parameter| {
        view! {
            <tr>
                <th scope="row">
                    <code>{parameter.name.clone()}</code>
                </th>
                <td>{parameter.place.clone()} {parameter.required.then(|| view! { " " {badge("tone-neutral", "check", t.api_required())} })}</td>
                <td class="muted" lang="en">{parameter.description.clone()}</td>
            </tr>
        }
    });
    let parameters = parameters.collect::<Vec<_>>();
    let caption = t.api_parameters_of(format!("{} {}", operation.method, operation.path));
    let parameters = (!parameters.is_empty()).then(|| {
        let heads = vec![(t.api_parameter(), ""), (t.api_place(), ""), (t.description(), "")];
        data_table(&caption, heads, view! { <tbody>{parameters}</tbody> }.into_any())
    });
    let responses = operation.responses.iter().map(|(status, text)| {
        view! {
            <li>
                <code>{status.clone()}</code> " " <span class="muted" lang="en">{text.clone()}</span>
            </li>
        }
    });
    view! {
        <li>
            <div class="row">
                {badge("tone-info", "arrow", operation.method.clone())} <h3><code>{operation.path.clone()}</code></h3>
                <span class="muted small" lang="en">{operation.summary.clone()}</span>
            </div>
            <details class="disclosure">
                <summary>{icon_small("down")} {t.api_details()} <span class="visually-hidden">{format!(": {}", operation.path)}</span></summary>
                {parameters}
                <ul class="small" role="list">{responses.collect::<Vec<_>>()}</ul>
            </details>
        </li>
    }
    .into_any()
}
