//! What waits for whoever looks, and what became of what he asked for: a list, and one request beside it.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::format;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::owners::hidden;
use crate::pages::PageView;
use crate::pages::request::{self, RequestBody, number, request_page, words};
use crate::pages::requests::{choice, kinds};
use crate::parts::{empty, icon_small, page_header};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::asset::Paged;
use reeve_model::request::RequestSummary;

/// Where it is.
pub const INBOX: &str = "/inbox";
/// Parameters of its address; the kind's is `kind`.
pub const TAB: &str = "tab";
pub const ORDER: &str = "order";
/// The order in which what is due stands first, and the one in which what is largest does.
pub const DUE: &str = "due";
pub const LARGEST: &str = "largest";
/// The number of the request that is open.
pub const OPENED: &str = "open";

/// Whose requests are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// His decision is asked.
    #[default]
    Waiting,
    /// He asked for it.
    Mine,
    Team,
    /// He decided on it.
    Done,
}

#[derive(Clone, Debug)]
pub struct InboxPage {
    pub tab: Tab,
    /// [`DUE`] or [`LARGEST`].
    pub order: String,
    pub kind: String,
    pub requests: Paged<RequestSummary>,
    pub is_first: bool,
    /// How many wait for him, of all kinds.
    pub waiting: i64,
    pub opened: Option<RequestBody>,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Waiting, Self::Mine, Self::Team, Self::Done];

    /// As the address calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Mine => "mine",
            Self::Team => "team",
            Self::Done => "done",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.word() == word)
    }

    fn name(self, ctx: Ctx<'_>) -> String {
        match self {
            Self::Waiting => ctx.t.inbox_waiting(),
            Self::Mine => ctx.t.inbox_mine(),
            Self::Team => ctx.t.inbox_team(),
            Self::Done => ctx.t.inbox_done(),
        }
    }
}

impl PageView for InboxPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let header = page_header(blank(), view! { <h1>{t.inbox()}</h1> }.html(), t.inbox_purpose().html(), blank());
        let main = view! {
            {header} {tabs(ctx, self)}
            <div class="split-view">
                <div>
                    <div class="panel-header">
                        <h2>{t.request_count(self.requests.total)}</h2>
                        {narrow(ctx, self)}
                    </div>
                    {list(ctx, self)}
                </div>
                {opened(ctx, self)}
            </div>
        };
        Framed { title: t.inbox(), section: INBOX, has_search: false, main: main.html() }
    }
}

fn tabs(ctx: Ctx<'_>, page: &InboxPage) -> Html {
    let tabs = Tab::ALL.map(|tab| {
        let href = link::query(INBOX, [(TAB, tab.word())]);
        let current = (tab == page.tab).then_some("page");
        let count =
            (tab == Tab::Waiting).then(|| view! { " " <span class="count">{format::number(page.waiting)}</span> });
        view! { <a href=href aria-current=current>{tab.name(ctx)} {count}</a> }.html()
    });
    view! { <nav class="tabs" aria-label=ctx.t.inbox_views()>{tabs.into_iter().collect::<Vec<_>>()}</nav> }.html()
}

fn narrow(ctx: Ctx<'_>, page: &InboxPage) -> Html {
    let t = ctx.t;
    // Only what waits is due; elsewhere the newest stands first.
    let first = if page.tab == Tab::Waiting { t.inbox_order_due() } else { t.inbox_order_newest() };
    let orders = vec![(DUE, first), (LARGEST, t.inbox_order_largest())];
    view! {
        <form class="row" action=INBOX>
            {hidden(TAB, page.tab.word())} {kinds(ctx, &page.kind)}
            {choice("inbox-order", ORDER, t.inbox_order(), &page.order, orders)}
            <button class="button small" r#type="submit">{t.filter_apply()}</button>
        </form>
    }
    .html()
}

fn list(ctx: Ctx<'_>, page: &InboxPage) -> Html {
    let t = ctx.t;
    if page.requests.items.is_empty() {
        let (title, advice) = match page.tab {
            Tab::Waiting if page.kind.is_empty() => (t.inbox_none_waiting(), t.inbox_none_waiting_advice()),
            _ => (t.inbox_none(), t.inbox_none_advice()),
        };
        return empty("inbox", title, view! { <p>{advice}</p> }.html());
    }
    let rows = page.requests.items.iter().map(|request| row(ctx, page, request)).collect::<Vec<_>>();
    let shown = i64::try_from(page.requests.items.len()).unwrap_or(i64::MAX);
    view! {
        <ol role="list" data-move="" aria-label=t.request_list()>{rows}</ol>
        <footer class="panel-foot">
            {t.of_shown(shown, page.requests.total)}
            {ctx.pager(page.requests.next_cursor.as_deref(), page.is_first)}
        </footer>
    }
    .html()
}

fn row(ctx: Ctx<'_>, page: &InboxPage, request: &RequestSummary) -> Html {
    let is_opened = page.opened.as_ref().is_some_and(|opened| opened.detail.summary.id == request.id);
    // Whoever decides needs the time that is left, everybody else how it stands.
    let due = if page.tab == Tab::Waiting { words::due(ctx, request) } else { None };
    let state = due.unwrap_or_else(|| words::state_status(ctx, request));
    let bytes = request.bytes.map(|bytes| format!(", +{}", format::bytes(bytes)));
    view! {
        <li class="inbox-item" aria-current=is_opened.then_some("true")>
            {icon_small(words::kind_icon(request.kind))}
            <a data-target="" href=link::with(&ctx.chrome.uri, OPENED, Some(&request.id.to_string()))>
                {words::phrase(ctx.t, request)}
            </a>
            {state}
            <small>
                {ctx.prose(&request.requester.name)} ", " <span class="mono">{request.subject.clone()}</span> {bytes}
                " " {words::marks(ctx, request)}
            </small>
        </li>
    }
    .html()
}

/// The request that is open. On a narrow screen it takes the place of the list, with a way back, where the address asks
/// for it: the first of the list, which nobody asked for, leaves its place to the list.
fn opened(ctx: Ctx<'_>, page: &InboxPage) -> Html {
    let t = ctx.t;
    let Some(opened) = &page.opened else {
        let none = empty("inbox", t.inbox_choose(), view! { <p>{t.inbox_choose_advice()}</p> }.html());
        return view! { <div class="hide-narrow">{none}</div> }.html();
    };
    let request = &opened.detail.summary;
    let back = link::with(&ctx.chrome.uri, OPENED, None);
    let content = view! {
        <div class="panel-header">
            <p class="tiny faint">
                <a class="only-narrow plain" href=back>{icon_small("left")} {t.inbox()}</a>
                " "
                {format!("{}, {}", number(request.id), words::kind(t, request.kind))}
            </p>
            <a class="small" href=request_page(request.id)>{t.inbox_open_page()}</a>
        </div>
        <div class="panel-body stack">
            <div class="stack tight">
                <h2 id="request-title">{words::phrase(t, request)}</h2>
                <div class="row">{request::badges(ctx, request)}</div>
            </div>
            {request::body(ctx, opened)}
        </div>
    };
    match is_asked(ctx) {
        true => view! { <article aria-labelledby="request-title">{content}</article> }.html(),
        false => view! { <section class="hide-narrow" aria-labelledby="request-title">{content}</section> }.html(),
    }
}

/// Whether the address says which request is open.
fn is_asked(ctx: Ctx<'_>) -> bool {
    let query = ctx.chrome.uri.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == OPENED)
}
