#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use super::crawl;
use super::source::removal::{self, Question};
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{data_table, empty, icon, page_header, spark, stat_row, status};
use crate::shell::{Ctx, Framed};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::crawl::CrawlDetail;
use reeve_model::crawl::{CrawlState, SourceStatus};

#[derive(Clone, Debug)]
pub struct SourcesPage {
    pub sources: Vec<SourceStatus>,
    /// The latest crawl of each source in detail, for those that have one.
    pub latest: Vec<CrawlDetail>,
    /// What waits for an operator, of all sources.
    pub removals: Vec<Question>,
}

impl PageView for SourcesPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let header = page_header(blank(), view! { <h1>{t.sources()}</h1> }.html(), t.sources_purpose().html(), blank());
        let notable = self.latest.iter().filter(|detail| {
            !detail.failures.is_empty()
                || !detail.crawl.notes.is_empty()
                || detail.crawl.counts.held_back > 0
                || !detail.crawl.state.is_over()
        });
        let notable = notable.map(|detail| crawl::brief(ctx, detail)).collect::<Vec<_>>();
        let main = view! {
            {header} {(!self.sources.is_empty()).then(|| stats(ctx, self))} {removal::panels(ctx, &self.removals)}
            {table(ctx, &self.sources)}
            <div class="columns">{notable}</div>
        };
        Framed { title: t.sources(), section: "/sources", has_search: false, main: main.html() }
    }
}

fn stats(ctx: Ctx<'_>, page: &SourcesPage) -> Html {
    let t = ctx.t;
    let states = page.sources.iter().filter_map(|source| source.latest.as_ref());
    let of =
        |wanted: CrawlState| i64::try_from(states.clone().filter(|crawl| crawl.state == wanted).count()).unwrap_or(0);
    let all = i64::try_from(page.sources.len()).unwrap_or(i64::MAX);
    let (complete, running) = (of(CrawlState::Complete), of(CrawlState::Running));
    let failing = of(CrawlState::Failed) + of(CrawlState::Partial) + of(CrawlState::Interrupted);
    let crawls = page.sources.iter().filter_map(|source| source.latest.as_ref());
    let (listed, harvested, failed, held) = crawls.fold((0, 0, 0, 0), |sum, crawl| {
        let counts = &crawl.counts;
        (sum.0 + counts.listed, sum.1 + counts.harvested, sum.2 + counts.failed, sum.3 + counts.held_back)
    });
    let oldest = page.sources.iter().filter_map(|source| source.complete_at).min();
    stat_row(
        t.key_facts(),
        vec![
            (t.sources_healthy(), ctx.of(complete, all).html(), t.sources_states(failing, running).html()),
            (t.sources_harvested(), ctx.of(harvested, listed).html(), t.sources_latest_crawls().html()),
            (t.sources_failed(), format::number(failed).html(), t.sources_held_back(held).html()),
            (
                t.sources_fresh(),
                match oldest {
                    Some(at) => ctx.ago(at),
                    None => ctx.or_unknown(None),
                },
                t.sources_fresh_context().html(),
            ),
        ],
    )
}

fn table(ctx: Ctx<'_>, sources: &[SourceStatus]) -> Html {
    let t = ctx.t;
    let content = if sources.is_empty() {
        empty("source", t.sources_none(), view! { <p>{t.sources_none_advice()}</p> }.html())
    } else {
        let heads = vec![
            (t.source(), ""),
            (t.state(), ""),
            (t.harvested(), "num"),
            (t.last_complete(), "num"),
            (t.last_changes(), "num hide-narrow"),
            (t.schedule(), "hide-narrow"),
            (t.run_times(), "hide-narrow"),
            (t.actions(), "num"),
        ];
        let rows = sources.iter().map(|source| row(ctx, source)).collect::<Vec<_>>();
        data_table(&t.sources(), heads, view! { <tbody>{rows}</tbody> }.html())
    };
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>
                    {t.sources_all()} " "
                    <span class="count">{format::number(i64::try_from(sources.len()).unwrap_or(i64::MAX))}</span>
                </h2>
                <span class="tiny faint">{t.changes_legend()}</span>
            </header>
            {content}
        </section>
    }
    .html()
}

fn row(ctx: Ctx<'_>, source: &SourceStatus) -> Html {
    let t = ctx.t;
    let latest = source.latest.as_ref();
    let harvested = latest.map(|crawl| ctx.of(crawl.counts.harvested, crawl.counts.listed));
    view! {
        <tr>
            <th scope="row">
                <a href=link::source(&source.name)>
                    <b>{source.name.clone()}</b>
                </a>
                <div class="tiny faint">{source.kind.clone()} ", " <code>{source.address.clone()}</code></div>
            </th>
            <td>{state(ctx, source)}</td>
            <td class="num">{ctx.or_unknown(harvested)}</td>
            <td class="num">
                {match source.complete_at {
                    Some(at) => ctx.ago(at),
                    None => ctx.or_unknown(None),
                }}
            </td>
            <td class="num hide-narrow">{latest.map(|crawl| ctx.changes(crawl))}</td>
            <td class="hide-narrow">{schedule(ctx, source)}</td>
            <td class="hide-narrow">{spark(t.run_times_of(source.name.clone()), &source.run_times_ms)}</td>
            <td class="num">{run_now(ctx, source, true)}</td>
        </tr>
    }
    .html()
}

/// State of the newest crawl, a link to it; while it runs, how far it is.
pub(super) fn state(ctx: Ctx<'_>, source: &SourceStatus) -> Html {
    match &source.latest {
        None => status("tone-neutral", "clock", ctx.t.sources_never()),
        Some(latest) => {
            let progress = (!latest.state.is_over()).then(|| crawl::progress(ctx, latest));
            view! {
                <a class="plain" href=link::crawl(latest.id)>{ctx.crawl_state(latest.state)}</a>
                {progress}
            }
            .html()
        }
    }
}

pub(super) fn schedule(ctx: Ctx<'_>, source: &SourceStatus) -> Html {
    let t = ctx.t;
    let next =
        source.next_run_at.map(|at| view! { <div class="tiny faint">{t.schedule_next()} " " {ctx.time(at)}</div> });
    let text = match source.every_seconds {
        Some(seconds) => t.schedule_every(ctx.span(seconds.saturating_mul(1000))),
        None => t.schedule_manual(),
    };
    view! { {text} {next} }.html()
}

/// The button that starts a crawl; while one is under way it says so and does nothing.
pub(super) fn run_now(ctx: Ctx<'_>, source: &SourceStatus, is_small: bool) -> Html {
    let t = ctx.t;
    let is_busy = source.latest.as_ref().is_some_and(|crawl| !crawl.state.is_over());
    let action = format!("{}/crawl", link::source(&source.name));
    let label = if is_busy { t.run_busy(source.name.clone()) } else { t.run_now_of(source.name.clone()) };
    let class = if is_small { "button icon-only small" } else { "button primary" };
    view! {
        <form method="post" action=action>
            {ctx.form_token()}
            <button class=class r#type="submit" disabled=is_busy aria-label=label.clone() title=label>
                {icon("play")} {(!is_small).then(|| t.run_now())}
            </button>
        </form>
    }
    .html()
}
