//! The API, for people: what may be asked, with which parameters, and what comes back.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{badge, data_table, icon_small, page_header};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;

/// The API, for people.
#[derive(Clone, Debug)]
pub struct ApiPage {
    pub operations: Vec<ApiOperation>,
}

#[derive(Clone, Debug)]
pub struct ApiOperation {
    /// `GET`
    pub method: String,
    pub path: String,
    pub summary: String,
    pub tag: String,
    pub parameters: Vec<ApiParameter>,
    /// Status and what it means: `200`, `The table`.
    pub responses: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct ApiParameter {
    pub name: String,
    /// `query` or `path`
    pub place: String,
    pub description: String,
    pub required: bool,
}

impl PageView for ApiPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let document = view! { <a class="button" href="/api/openapi.json">{t.api_document()}</a> };
        let header = page_header(blank(), view! { <h1>{t.api()}</h1> }.html(), t.api_purpose().html(), document.html());
        let mut tags: Vec<&str> = self.operations.iter().map(|operation| operation.tag.as_str()).collect();
        tags.dedup();
        let mut seen = Vec::new();
        tags.retain(|tag| {
            !seen.contains(tag) && {
                seen.push(*tag);
                true
            }
        });
        let groups = tags.into_iter().map(|tag| {
            let operations = self.operations.iter().filter(|operation| operation.tag == tag);
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
        Framed { title: t.api(), section: "", has_search: false, main: main.html() }
    }
}

fn entry(ctx: Ctx<'_>, operation: &ApiOperation) -> Html {
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
        data_table(&caption, heads, view! { <tbody>{parameters}</tbody> }.html())
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
    .html()
}
