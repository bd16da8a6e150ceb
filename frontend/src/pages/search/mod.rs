//! The answer to a search: facets on the left, hits on the right, everything in the URL.

mod facets;
#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;
mod hit;

use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::owners::{self, QUERY, WATCH, saved_search};
use crate::pages::{PageView, bulk_edit};
use crate::parts::{empty, icon_small};
use crate::shell::{Ctx, Framed, search_box};
use crate::{format, parts};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::search::{QueryProblem, QueryProblemCode, SearchRequest, SearchResponse, Sort};

#[derive(Clone, Debug)]
pub struct SearchPage {
    pub request: SearchRequest,
    pub outcome: SearchOutcome,
    /// Number of the first hit on this page, from 1.
    pub first: u64,
}

#[derive(Clone, Debug)]
pub enum SearchOutcome {
    /// Nothing was asked for yet: show how to ask, with the facets of the whole catalog.
    Found(SearchResponse),
    /// The index is being built.
    NotReady,
}

impl PageView for SearchPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let request = &self.request;
        let title = if request.q.is_empty() { t.search() } else { t.search_results_for(request.q.clone()) };
        let hints = ["db:", "column:", "owner:", "type:view", "format:orc", "size:>1tb", "has:description", "no:owner"];
        let hints = hints.map(|hint| {
            let q = format!("{} {hint}", request.q);
            view! {
                <a class="badge" href=link::query("/search", [("q", q.trim())])>
                    <code>{hint}</code>
                </a>
            }
        });
        let below = match &self.outcome {
            SearchOutcome::Found(response) => found(ctx, self, response),
            SearchOutcome::NotReady => {
                let advice = view! { <p>{t.search_not_ready_advice()}</p> }.html();
                view! { <section class="panel" role="status">{empty("hourglass", t.search_not_ready(), advice)}</section> }
                    .html()
            }
        };
        let main = view! {
            <h1 class="visually-hidden">{title.clone()}</h1>
            <form class="stack tight" role="search" action="/search" aria-label=t.search_whole_catalog()>
                {search_box(ctx, "q", &request.q, true)} {facets::hidden(request)}
                <p class="row tiny faint hints">
                    {t.search_narrow()} {hints.into_iter().collect::<Vec<_>>()}
                    <a class="push plain" href="/style-guide#syntax">{t.search_syntax()}</a>
                </p>
            </form>
            {below}
        };
        Framed { title, section: "/search", has_search: true, main: main.html() }
    }
}

fn found(ctx: Ctx<'_>, page: &SearchPage, response: &SearchResponse) -> Html {
    view! {
        <div class="columns side-main">
            {facets::form(ctx, &page.request, &response.facets)}
            <div class="stack tight">
                {above(ctx, page, response)} {problems(ctx, &page.request, &response.problems)}
                {readings(ctx, response)} {results(ctx, page, response)}
            </div>
        </div>
    }
    .html()
}

fn above(ctx: Ctx<'_>, page: &SearchPage, response: &SearchResponse) -> Html {
    let t = ctx.t;
    let request = &page.request;
    let uri = link::with(&ctx.chrome.uri, "cursor", None);
    let sort: Vec<_> = Sort::ALL
        .iter()
        .map(|&sort| {
            let value = (sort != Sort::Relevance).then_some(sort.as_str());
            let text = match sort {
                Sort::Relevance => t.sort_relevance(),
                Sort::Name => t.sort_name(),
                Sort::Size => t.sort_size(),
                Sort::Created => t.sort_created(),
                Sort::Changed => t.sort_changed(),
            };
            let current = (sort == request.sort).then_some("true");
            view! { <a href=link::with(&uri, "sort", value) aria-current=current>{text}</a> }
        })
        .collect();
    let filters = i64::try_from(request.filters.len()).unwrap_or(i64::MAX);
    let took = match millis(response.took_ms) {
        0 => t.search_took_no_time(),
        took => t.search_took(ctx.span(took)),
    };
    let total = i64::try_from(response.total).unwrap_or(i64::MAX);
    view! {
        <div class="row spread">
            <button class="button small only-narrow" r#type="button" popovertarget="filters">
                {icon_small("filter")} {t.filters_on(filters)}
            </button>
            <p class="row" role="status">
                <b>{t.search_total(total)}</b> <span class="faint">{took}</span> {facets::chips(ctx, request)}
            </p>
            {watch(ctx, request)}
            <div class="segmented" role="group" aria-label=t.sort_by()>
                {sort.into_iter().collect::<Vec<_>>()}
            </div>
        </div>
    }
    .html()
}

/// The button that puts this search on the reader's home page; for those who have one.
fn watch(ctx: Ctx<'_>, request: &SearchRequest) -> Html {
    if ctx.chrome.form_token.is_empty() || (request.q.is_empty() && request.filters.is_empty()) {
        return blank();
    }
    view! {
        <form method="post" action="/search/watch">
            {ctx.form_token()} {owners::hidden(QUERY, &saved_search(request))}
            <button class="button quiet small" r#type="submit" name=WATCH value="yes">
                {icon_small("eye")} {ctx.t.watch_search()}
            </button>
        </form>
    }
    .html()
}

#[expect(clippy::cast_possible_truncation, reason = "a search takes less than ages")]
fn millis(took: f64) -> i64 {
    took as i64
}

/// What was odd in the query, with the place marked.
fn problems(ctx: Ctx<'_>, request: &SearchRequest, problems: &[QueryProblem]) -> Html {
    if problems.is_empty() {
        return blank();
    }
    let t = ctx.t;
    let lines = problems.iter().map(|problem| {
        let what = match problem.code {
            QueryProblemCode::UnknownField => t.problem_unknown_field(),
            QueryProblemCode::BadValue => t.problem_bad_value(),
            QueryProblemCode::EmptyValue => t.problem_empty_value(),
            QueryProblemCode::UnclosedQuote => t.problem_unclosed_quote(),
            QueryProblemCode::Dangling => t.problem_dangling(),
            QueryProblemCode::TooLong => t.problem_too_long(i64::from(problem.limit.unwrap_or_default())),
            QueryProblemCode::TooManyWords => t.problem_too_many_words(i64::from(problem.limit.unwrap_or_default())),
            QueryProblemCode::Unfinished => t.problem_unfinished(),
        };
        let at = request.q.get(..problem.start).map_or(0, |before| before.chars().count() + 1);
        let mark = [reeve_model::search::Mark { start: problem.start, end: problem.end }];
        let instead = problem.suggestion.clone().map(|text| {
            view! {
                " " {t.problem_instead()} " "
                <code>{text}</code>
            }
        });
        view! {
            <p>
                <code>{parts::marked(&request.q, &mark, &parts::Typed::default())}</code> " "
                {t.problem_at(i64::try_from(at).unwrap_or_default(), what)} {instead}
            </p>
        }
    });
    view! {
        <div class="callout tone-warn" role="note">
            {parts::icon("alert")} <div><strong>{t.problem_title()}</strong> {lines.collect::<Vec<_>>()}</div>
        </div>
    }
    .html()
}

/// The near spelling that was searched instead, and the other readings that were searched too.
fn readings(ctx: Ctx<'_>, response: &SearchResponse) -> Html {
    let t = ctx.t;
    let search = |text: &str| {
        let lang = text
            .chars()
            .any(|c| ('가'..='힣').contains(&c))
            .then_some("ko")
            .filter(|lang| *lang != ctx.lang().as_str());
        view! { <a href=link::query("/search", [("q", text)]) lang=lang>{text.to_owned()}</a> }
    };
    let meant = response
        .did_you_mean
        .as_deref()
        .map(|text| view! { <p class="small">{t.did_you_mean()} " " <b>{search(text)}</b></p> });
    let also = (!response.also_searched.is_empty()).then(|| {
        let mut words = Vec::new();
        for (at, text) in response.also_searched.iter().enumerate() {
            words.push((if at > 0 { ", " } else { " " }).html());
            words.push(search(text).html());
        }
        view! { <p class="small muted">{t.also_searched()} {words}</p> }
    });
    let left_out = (!response.left_out.is_empty())
        .then(|| view! { <p class="small">{t.left_out()} " " <b>{response.left_out.join(", ")}</b></p> });
    view! { {meant} {left_out} {also} }.html()
}

fn results(ctx: Ctx<'_>, page: &SearchPage, response: &SearchResponse) -> Html {
    let t = ctx.t;
    if response.hits.is_empty() {
        return nothing(ctx, &page.request);
    }
    let hits = response.hits.iter().map(|hit| hit::view(ctx, &page.request, hit)).collect::<Vec<_>>();
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let last = page.first + response.hits.len() as u64 - 1;
    let range = t.search_range(whole(page.first), whole(last), whole(response.total));
    let explain = if page.request.explain { None } else { Some("true") };
    let explain_text = if page.request.explain { t.explain_off() } else { t.explain_on() };
    view! {
        <section class="panel" aria-label=t.search_results()>
            <ol role="list" data-move="">{hits}</ol>
            <footer class="panel-foot">
                <span class="hide-narrow row" aria-hidden="true">
                    <kbd class="kbd">"J"</kbd> <kbd class="kbd">"K"</kbd> {t.keys_move()} <kbd class="kbd">"↵"</kbd>
                    {t.keys_open()}
                </span>
                <a class="small" href=bulk_edit::address(&ctx.chrome.uri)>{t.bulk_edit()}</a>
                <a class="small" href=link::with(&ctx.chrome.uri, "explain", explain)>{explain_text}</a>
                <span class="small muted">{range}</span>
                {ctx.pager(response.next_cursor.as_deref(), page.request.cursor.is_none())}
            </footer>
        </section>
    }
    .html()
}

fn nothing(ctx: Ctx<'_>, request: &SearchRequest) -> Html {
    let t = ctx.t;
    let title = if request.q.is_empty() { t.search_nothing_here() } else { t.search_nothing(request.q.clone()) };
    let advice = if request.filters.is_empty() {
        view! { <p>{t.search_nothing_advice()}</p> }.html()
    } else {
        view! {
            <p>{t.search_nothing_filtered()}</p>
            <a class="button primary" href=link::query("/search", [("q", request.q.as_str())])>{t.filters_clear()}</a>
        }
        .html()
    };
    view! { <section class="panel">{empty("search", title, advice)}</section> }.html()
}

/// `1,234`, for what the facets count.
fn count(count: u64) -> String {
    format::number(i64::try_from(count).unwrap_or(i64::MAX))
}
