use crate::html::{Html, ToHtml};
use leptos::prelude::*;

pub(crate) fn page_header(above: Html, title: Html, purpose: Html, actions: Html) -> Html {
    view! {
        <header class="page-header">
            <div>{above} <div class="row">{title}</div> <p>{purpose}</p></div>
            <div class="row">{actions}</div>
        </header>
    }
    .html()
}

/// The way to this page; the last one is where one is.
pub(crate) fn breadcrumb(label: String, way: Vec<(String, String)>, here: String) -> Html {
    let way = way.into_iter().map(|(text, href)| {
        view! {
            <li>
                <a href=href>{text}</a>
            </li>
        }
    });
    view! {
        <nav aria-label=label>
            <ol class="breadcrumb" role="list">
                {way.collect::<Vec<_>>()} <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
    .html()
}

pub(crate) fn panel(title: String, beside: Html, content: Html) -> Html {
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{title}</h2>
                {beside}
            </header>
            {content}
        </section>
    }
    .html()
}

/// Facts of the size of a headline: name, value, context.
pub(crate) fn stat_row(label: String, facts: Vec<(String, Html, Html)>) -> Html {
    let facts = facts.into_iter().map(|(name, value, context)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
                <dd>{context}</dd>
            </div>
        }
    });
    view! {
        <section class="panel" aria-label=label>
            <dl class="stat-row">{facts.collect::<Vec<_>>()}</dl>
        </section>
    }
    .html()
}

/// Facts as a list of name and value; those without a value are left out.
pub(crate) fn fact_list(facts: Vec<(String, Option<Html>)>) -> Html {
    let facts = facts.into_iter().filter_map(|(name, value)| {
        value.map(|value| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
    });
    view! { <dl class="fact-list">{facts.collect::<Vec<_>>()}</dl> }.html()
}
