//! All requests: what was asked for, by whom, and how it stands with it.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::pages::request::{number, request_page, words};
use crate::parts::{data_table, empty, page_header};
use crate::reason::state_words;
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::Paged;
use reeve_model::request::{RequestKind, RequestSummary, StateWord};

/// Where they are.
pub const REQUESTS: &str = "/requests";
/// Words of the state's field besides those of states: what is not over yet, and what the reader asked for.
pub const OPEN: &str = "open";
pub const MINE: &str = "mine";

/// Which requests are shown, as the address says it; an empty word asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub kind: String,
    pub state: String,
    pub q: String,
}

#[derive(Clone, Debug)]
pub struct RequestsPage {
    pub requests: Paged<RequestSummary>,
    pub asked: Asked,
    pub is_first: bool,
}

impl PageView for RequestsPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let shown = i64::try_from(self.requests.items.len()).unwrap_or(i64::MAX);
        let header = page_header(
            blank(),
            view! { <h1>{t.request_list()}</h1> }.html(),
            t.request_list_purpose().html(),
            blank(),
        );
        let main = view! {
            {header}
            <section class="panel">
                <header class="panel-header">
                    <h2>{t.request_count(self.requests.total)}</h2>
                    {filter(ctx, &self.asked)}
                </header>
                {list(ctx, &self.requests.items)}
                <footer class="panel-foot">
                    {t.of_shown(shown, self.requests.total)}
                    {ctx.pager(self.requests.next_cursor.as_deref(), self.is_first)}
                </footer>
            </section>
            <p class="tiny faint">{t.request_list_states()}</p>
        };
        Framed { title: t.request_list(), section: REQUESTS, has_search: false, main: main.html() }
    }
}

fn list(ctx: Ctx<'_>, requests: &[RequestSummary]) -> Html {
    let t = ctx.t;
    if requests.is_empty() {
        return empty("flag", t.request_list_none(), view! { <p>{t.request_list_none_advice()}</p> }.html());
    }
    let heads = vec![
        (t.request_head(), ""),
        (t.request_asked_by(), "hide-narrow"),
        (t.state(), ""),
        (t.request_due(), "hide-narrow"),
        (t.request_bytes(), "num hide-narrow"),
    ];
    let rows = requests.iter().map(|request| row(ctx, request)).collect::<Vec<_>>();
    data_table(&t.request_list(), heads, view! { <tbody>{rows}</tbody> }.html())
}

fn row(ctx: Ctx<'_>, request: &RequestSummary) -> Html {
    let who = ctx.person_name(&request.requester.login, &request.requester.name, false);
    let beside = format!("{}, {}", number(request.id), words::kind(ctx.t, request.kind));
    view! {
        <tr>
            <th scope="row">
                <a href=request_page(request.id)>{words::phrase(ctx.t, request)}</a>
                <div class="tiny faint">{beside} " " {words::marks(ctx, request)}</div>
            </th>
            <td class="hide-narrow">{who}</td>
            <td>{words::state_badge(ctx, request)}</td>
            <td class="hide-narrow">{words::due(ctx, request)}</td>
            <td class="num hide-narrow">{request.bytes.map(|bytes| ctx.size(Some(bytes)))}</td>
        </tr>
    }
    .html()
}

fn filter(ctx: Ctx<'_>, asked: &Asked) -> Html {
    let t = ctx.t;
    let states = StateWord::ALL.iter().filter(|state| **state != StateWord::Draft);
    let states = states.map(|state| (state.as_str(), words::capital(&state_words(t, *state))));
    let states =
        [("", t.request_all_states()), (OPEN, t.request_open()), (MINE, t.inbox_mine())].into_iter().chain(states);
    view! {
        <form class="row" role="search" action=REQUESTS aria-label=t.request_list_filter()>
            <label class="visually-hidden" r#for="request-q">{t.request_list_words()}</label>
            <input
                class="input compact"
                r#type="search"
                id="request-q"
                name="q"
                value=asked.q.clone()
                placeholder=t.request_list_words()
                autocomplete="off"
            />
            {kinds(ctx, &asked.kind)}
            {choice("request-state", "state", t.state(), &asked.state, states.collect())}
            <button class="button small" r#type="submit">{t.filter_apply()}</button>
        </form>
    }
    .html()
}

/// The field that narrows a list to one kind.
pub(in crate::pages) fn kinds(ctx: Ctx<'_>, value: &str) -> Html {
    let kinds = RequestKind::ALL.iter().map(|kind| (kind.as_str(), words::kind(ctx.t, *kind)));
    let kinds = [("", ctx.t.request_all_kinds())].into_iter().chain(kinds).collect();
    choice("request-kind", "kind", ctx.t.request_kind(), value, kinds)
}

/// One of several, in a form beside a heading.
pub(in crate::pages) fn choice(
    id: &'static str,
    name: &'static str,
    label: String,
    value: &str,
    choices: Vec<(&'static str, String)>,
) -> Html {
    let choices = choices.into_iter().map(|(choice, text)| {
        view! { <option value=choice selected=choice == value>{text}</option> }
    });
    view! {
        <label class="visually-hidden" r#for=id>{label.clone()}</label>
        <select class="input compact" id=id name=name title=label>
            {choices.collect::<Vec<_>>()}
        </select>
    }
    .html()
}
