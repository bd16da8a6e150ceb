#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

pub mod removal;

use self::removal::Question;
use super::{crawl, sources};
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{breadcrumb, data_table, empty, fact_list, page_header, panel, spark, stat_row};
use crate::shell::{Ctx, Framed};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::asset::Paged;
use reeve_model::crawl::{Crawl, CrawlDetail, SourceStatus};

#[derive(Clone, Debug)]
pub struct SourcePage {
    pub source: SourceStatus,
    /// Newest first.
    pub crawls: Paged<Crawl>,
    pub latest: Option<CrawlDetail>,
    /// What waits for an operator, and what was decided.
    pub removals: Vec<Question>,
}

impl PageView for SourcePage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let source = &self.source;
        let purpose = view! { {source.kind.clone()} ", " <code>{source.address.clone()}</code> };
        let header = page_header(
            breadcrumb(t.breadcrumb(), vec![(t.sources(), "/sources".to_owned())], source.name.clone()),
            view! { <h1>{source.name.clone()}</h1> }.html(),
            purpose.html(),
            sources::run_now(ctx, source, false),
        );
        let complete = match source.complete_at {
            Some(at) => ctx.ago(at),
            None => ctx.or_unknown(None),
        };
        let holds = match source.kind.as_str() {
            "people" => (t.people_records(), format::number(source.tables).html(), blank()),
            _ => {
                let databases = t.count_databases(source.databases);
                (t.tables_and_views(), format::number(source.tables).html(), databases.html())
            }
        };
        let stats =
            stat_row(t.key_facts(), vec![holds, (t.last_complete(), complete, t.sources_fresh_context().html())]);
        let about = fact_list(vec![
            (t.state(), Some(sources::state(ctx, source))),
            (t.schedule(), Some(sources::schedule(ctx, source))),
            (
                t.run_times(),
                (source.run_times_ms.len() > 1)
                    .then(|| spark(t.run_times_of(source.name.clone()), &source.run_times_ms)),
            ),
        ]);
        let about = view! { <div class="panel-body">{about}</div> }.html();
        let main = view! {
            {header} {stats}
            <div class="columns main-side">
                <div class="stack">
                    {removal::panels(ctx, &self.removals)}
                    {self.latest.as_ref().map(|latest| crawl::failures(ctx, latest))}
                    {self.latest.as_ref().map(|latest| crawl::databases(ctx, latest))} {crawls(ctx, self)}
                </div>
                <div class="stack">{panel(t.about(), blank(), about)}</div>
            </div>
        };
        Framed { title: source.name.clone(), section: "/sources", has_search: false, main: main.html() }
    }
}

fn crawls(ctx: Ctx<'_>, page: &SourcePage) -> Html {
    let t = ctx.t;
    let rows = page.crawls.items.iter().map(|crawl| {
        view! {
            <tr>
                <th scope="row">
                    <a href=link::crawl(crawl.id)>{t.crawl_number(crawl.id.to_string())}</a>
                </th>
                <td>{ctx.crawl_state(crawl.state)}</td>
                <td class="num">{ctx.time(crawl.started_at)}</td>
                <td class="num hide-narrow">{ctx.span(crawl.elapsed_ms)}</td>
                <td class="num">{ctx.of(crawl.counts.harvested, crawl.counts.listed)}</td>
                <td class="num hide-narrow">{ctx.changes(crawl)}</td>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let content = if rows.is_empty() {
        empty("clock", t.sources_never(), view! { <p>{t.crawls_none_advice()}</p> }.html())
    } else {
        let heads = vec![
            (t.crawl(), ""),
            (t.state(), ""),
            (t.started(), "num"),
            (t.took(), "num hide-narrow"),
            (t.harvested(), "num"),
            (t.last_changes(), "num hide-narrow"),
        ];
        data_table(&t.crawls(), heads, view! { <tbody>{rows}</tbody> }.html())
    };
    let is_first = !ctx.chrome.uri.contains("cursor=");
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{t.crawls()}</h2>
            </header>
            {content}
            <footer class="panel-foot">
                {t.of_shown(shown, page.crawls.total)} {ctx.pager(page.crawls.next_cursor.as_deref(), is_first)}
            </footer>
        </section>
    }
    .html()
}
