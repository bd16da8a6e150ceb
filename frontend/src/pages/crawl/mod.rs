//! One crawl: what was listed, read, changed and failed, database by database.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::islands::CrawlProgress;
use crate::parts::{badge, breadcrumb, data_table, icon, page_header, panel, stat_row, status};
use crate::shell::{Ctx, Framed};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::crawl::{
    Crawl, CrawlDatabase, CrawlDetail, CrawlFailure, CrawlState, FailedPart, Listing, Note, RemovalCause,
};

/// How many failures stand on a page; the rest is in the API.
const FAILURES: usize = 200;
use crate::address::Address;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;

/// One crawl with all that is known of it.
#[derive(Clone, Debug)]
pub struct CrawlPage {
    pub detail: CrawlDetail,
}

impl PageView for CrawlPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let crawl = &self.detail.crawl;
        let title = t.crawl_number(crawl.id.to_string());
        let way = vec![(t.sources(), "/sources".to_owned()), (crawl.source.clone(), link::source(&crawl.source))];
        let heading = view! {
            <h1>{t.crawl_of(crawl.source.clone())}</h1>
            {ctx.crawl_state(crawl.state)}
        };
        let purpose = view! { {t.started()} " " {ctx.time(crawl.started_at)} };
        let header =
            page_header(breadcrumb(t.breadcrumb(), way, title.clone()), heading.html(), purpose.html(), blank());
        let running = (!crawl.state.is_over()).then(|| {
            panel(
                t.crawl_under_way(),
                blank(),
                view! {
                    <div class="panel-body stack tight">
                        {progress(ctx, crawl)} <p class="tiny faint">{t.crawl_under_way_note()}</p>
                    </div>
                }
                .html(),
            )
        });
        let main = view! { {header} {running} {message(ctx, crawl)} {stats(ctx, crawl)} {failures(ctx, &self.detail)} {databases(ctx, &self.detail)} };
        Framed { title: t.crawl_of(crawl.source.clone()), section: "/sources", has_search: false, main: main.html() }
    }
}

/// A bar that moves by itself where script runs.
pub(super) fn progress(ctx: Ctx<'_>, crawl: &Crawl) -> Html {
    let t = ctx.t;
    view! {
        <CrawlProgress
            id=crawl.id.0
            state=crawl.state.as_str().to_owned()
            done=crawl.counts.harvested
            total=crawl.counts.listed
            label=t.crawl_progress_of(crawl.source.clone())
            of=t.done_of("{done}", "{total}")
        />
    }
    .html()
}

/// What a crawl that needs a look has to say, for the page of all sources.
pub(super) fn brief(ctx: Ctx<'_>, detail: &CrawlDetail) -> Html {
    let t = ctx.t;
    let crawl = &detail.crawl;
    let failures = detail.failures.iter().take(5).map(|failure| failed(ctx, failure)).collect::<Vec<_>>();
    let count = crawl.counts.failed.max(i64::try_from(detail.failures.len()).unwrap_or(i64::MAX));
    let beside = (count > 0).then(|| badge("tone-bad", "x", t.failures_count(count)));
    let content = view! {
        <div class="panel-body stack tight">
            <div class="row spread small">{ctx.crawl_state(crawl.state)} <span>{ctx.time(crawl.started_at)}</span></div>
            {(!crawl.state.is_over()).then(|| progress(ctx, crawl))} {message(ctx, crawl)}
        </div>
        {(!failures.is_empty()).then(|| view! { <ul class="panel-list small" role="list">{failures}</ul> })}
        <footer class="panel-foot">
            {t.harvested()} " " {ctx.of(crawl.counts.harvested, crawl.counts.listed)}
            <a class="push" href=link::crawl(crawl.id)>{t.crawl_details()}</a>
        </footer>
    };
    panel(crawl.source.clone(), beside.html(), content.html())
}

fn message(ctx: Ctx<'_>, crawl: &Crawl) -> Html {
    let t = ctx.t;
    let held = crawl.counts.held_back;
    let notes: Vec<_> = crawl.notes.iter().map(|note| view! { <p>{words(ctx, note)}</p> }).collect();
    if held == 0 && notes.is_empty() {
        return blank();
    }
    let tone = if crawl.state == CrawlState::Failed { "callout tone-bad" } else { "callout tone-warn" };
    let title = match crawl.state {
        _ if held > 0 => t.held_back_title(held),
        CrawlState::Failed => t.crawl_failed_title(),
        _ => t.crawl_message_title(),
    };
    let advice = (held > 0).then(|| view! { <p>{t.held_back_advice()}</p> });
    view! {
        <div class=tone role="note">
            {icon("alert")} <div><strong>{title}</strong> {notes} {advice}</div>
        </div>
    }
    .html()
}

/// A note in the reader's language; what the source itself said stays as it came.
fn words(ctx: Ctx<'_>, note: &Note) -> String {
    let t = ctx.t;
    let place = |of: Listing, place: String| match of {
        Listing::Databases => t.listing_databases(),
        Listing::Tables => t.listing_tables(place),
        Listing::Partitions => t.listing_partitions(place),
    };
    match note.clone() {
        Note::Unreachable { address, reason } => t.note_unreachable(address, reason),
        Note::Timeout { address, call, seconds } => t.note_timeout(address, call, seconds),
        Note::Refused { address, call, reason } => t.note_refused(address, call, reason),
        Note::Unreadable { address, call, reason } => t.note_unreadable(address, call, reason),
        Note::HeldBack { cause: RemovalCause::PeopleMissing, missing, total, allowed, .. } => {
            t.note_held_back_people(allowed, missing, total)
        }
        Note::HeldBack { place, missing, total, allowed, .. } if place.is_empty() => {
            t.note_held_back_source(allowed, missing, total)
        }
        Note::HeldBack { place, missing, total, allowed, .. } => t.note_held_back(allowed, missing, place, total),
        Note::AnotherSource { detail } => t.note_another_source(detail),
        Note::More { count } => t.note_more(count),
        Note::StillThere { of, place: at, count, names } => t.note_still_there(count, place(of, at), names.join(", ")),
        Note::Unconfirmed { of, place: at, count, reason } => t.note_unconfirmed(count, place(of, at), reason),
        Note::WorkerGone { worker } => t.note_worker_gone(worker),
        Note::Broken { reason } => t.note_broken(reason),
    }
}

/// The same of a source of people: records, not tables.
fn people_stats(ctx: Ctx<'_>, crawl: &Crawl) -> Html {
    let t = ctx.t;
    let counts = &crawl.counts;
    stat_row(
        t.key_facts(),
        vec![
            (t.people_records(), ctx.of(counts.harvested, counts.listed).html(), blank()),
            (t.last_changes(), ctx.changes(crawl), t.changes_legend().html()),
            (t.failed(), format::number(counts.failed).html(), t.sources_held_back(counts.held_back).html()),
            (
                t.took(),
                ctx.span(crawl.elapsed_ms).html(),
                match crawl.finished_at {
                    Some(at) => view! { {t.finished()} " " {ctx.time(at)} }.html(),
                    None => blank(),
                },
            ),
        ],
    )
}

fn stats(ctx: Ctx<'_>, crawl: &Crawl) -> Html {
    if crawl.source_kind == "people" {
        return people_stats(ctx, crawl);
    }
    let t = ctx.t;
    let counts = &crawl.counts;
    stat_row(
        t.key_facts(),
        vec![
            (
                t.tables_and_views(),
                ctx.of(counts.harvested, counts.listed).html(),
                t.databases_done(crawl.databases_done, crawl.databases_listed).html(),
            ),
            (
                t.partitions(),
                ctx.of(counts.partitions_harvested, counts.partitions_listed).html(),
                t.partition_changes(counts.partitions_changed, counts.partitions_deleted).html(),
            ),
            (t.last_changes(), ctx.changes(crawl), t.changes_legend().html()),
            (
                t.failed(),
                format::number(counts.failed).html(),
                t.crawl_besides(counts.gone, counts.held_back, counts.remarked).html(),
            ),
            (
                t.took(),
                ctx.span(crawl.elapsed_ms).html(),
                match crawl.finished_at {
                    Some(at) => view! { {t.finished()} " " {ctx.time(at)} }.html(),
                    None => blank(),
                },
            ),
        ],
    )
}

pub(super) fn failures(ctx: Ctx<'_>, detail: &CrawlDetail) -> Html {
    let t = ctx.t;
    if detail.failures.is_empty() {
        return blank();
    }
    let count = i64::try_from(detail.failures.len()).unwrap_or(i64::MAX);
    let rows = detail.failures.iter().take(FAILURES).map(|failure| failed(ctx, failure)).collect::<Vec<_>>();
    let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let content = view! {
        <ul class="panel-list small" role="list">{rows}</ul>
        {(count > shown).then(|| view! { <footer class="panel-foot">{t.of_shown(shown, count)}</footer> })}
    };
    panel(t.failures(), badge("tone-bad", "x", t.failures_count(count)), content.html())
}

fn failed(ctx: Ctx<'_>, failure: &CrawlFailure) -> Html {
    let name = match (&failure.database, &failure.object) {
        (Some(database), Some(object)) => format!("{database}.{object}"),
        (Some(database), None) => database.clone(),
        (None, Some(object)) => object.clone(),
        (None, None) => ctx.t.failure_everywhere(),
    };
    let part = match failure.part {
        FailedPart::Listing => ctx.t.failure_listing(),
        FailedPart::Object => ctx.t.failure_object(),
        FailedPart::Partitions => ctx.t.failure_partitions(),
    };
    view! {
        <li>
            <p>
                <code>{name}</code> " " {part}
            </p>
            <p class="muted" lang="en">{failure.reason.clone()}</p>
        </li>
    }
    .html()
}

/// What the crawl found in each database.
pub(super) fn databases(ctx: Ctx<'_>, detail: &CrawlDetail) -> Html {
    let t = ctx.t;
    if detail.databases.is_empty() {
        return blank();
    }
    let rows = detail.databases.iter().map(|database| row(ctx, &detail.crawl.source, database)).collect::<Vec<_>>();
    let heads = vec![
        (t.database(), ""),
        (t.state(), ""),
        (t.harvested(), "num"),
        (t.partitions(), "num hide-narrow"),
        (t.added(), "num hide-narrow"),
        (t.changed(), "num hide-narrow"),
        (t.gone(), "num hide-narrow"),
        (t.failed(), "num"),
        (t.took(), "num hide-narrow"),
    ];
    let table = data_table(&t.databases(), heads, view! { <tbody>{rows}</tbody> }.html());
    let beside =
        view! { <a class="small" href=link::crawl(detail.crawl.id)>{t.crawl_number(detail.crawl.id.to_string())}</a> };
    panel(t.crawl_databases(), beside.html(), table)
}

fn row(ctx: Ctx<'_>, source: &str, database: &CrawlDatabase) -> Html {
    let t = ctx.t;
    // A crawl is of one source: its databases are meant, whoever else has one of the name.
    let address = Address::new(&database.name, None, source, true);
    let counts = &database.counts;
    let state = match (database.complete, counts.held_back) {
        (true, 0) => status("tone-good", "check", t.state_complete()),
        (true, held) => status("tone-warn", "hold", t.sources_held_back(held)),
        (false, _) => status("tone-warn", "alert", t.state_partial()),
    };
    view! {
        <tr>
            <th scope="row">
                <a class="mono" href=address.page()>{database.name.clone()}</a>
            </th>
            <td>{state}</td>
            <td class="num">{ctx.of(counts.harvested, counts.listed)}</td>
            <td class="num hide-narrow">{ctx.of(counts.partitions_harvested, counts.partitions_listed)}</td>
            <td class="num hide-narrow">{format::number(counts.added)}</td>
            <td class="num hide-narrow">{format::number(counts.changed)}</td>
            <td class="num hide-narrow">{format::number(counts.deleted)}</td>
            <td class="num">{format::number(counts.failed)}</td>
            <td class="num hide-narrow">{ctx.span(database.elapsed_ms)}</td>
        </tr>
    }
    .html()
}
