//! What a request asks for, by its kind.

use super::words::columns;
use super::{holder, named, subject};
use crate::html::{Html, ToHtml, blank};
use crate::pages::table::proposals::changes;
use crate::parts::fact_list;
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::curation::Edit;
use reeve_model::request::{
    AccessGrant, Content, DeprecationChange, Extent, Ingestion, IngestionSource, OwnershipChange, Partitioning,
    PolicyChange, ProposedEdit, RequestDetail, RetentionExtension,
};
use std::collections::BTreeSet;

type Facts = Vec<(String, Option<Html>)>;

pub(super) fn panel(ctx: Ctx<'_>, detail: &RequestDetail) -> Html {
    let t = ctx.t;
    let request = &detail.summary;
    let mut facts = vec![
        (t.request_asked_by(), Some(named(ctx, &request.requester))),
        (t.request_about(), Some(subject(&request.subject, request.place.as_ref()))),
    ];
    facts.extend(match &request.content {
        Content::RetentionExtension(asked) => retention(ctx, detail, asked),
        Content::Ingestion(asked) => ingestion(ctx, detail, asked),
        Content::Ownership(asked) => ownership(ctx, detail, asked),
        Content::Deprecation(asked) => deprecation(ctx, asked),
        Content::Access(asked) => access(ctx, detail, asked),
        Content::Restore(asked) => vec![(t.request_extent(), Some(extent(ctx, &asked.extent)))],
        Content::Proposal(asked) => proposal(ctx, asked),
        Content::PolicyChange(asked) => policy(ctx, asked),
    });
    facts.extend([
        (t.request_reason(), Some(ctx.prose(&request.reason))),
        (t.request_filed(), request.filed_at.map(|at| ctx.time(at))),
        (t.request_expires(), detail.expires_at.map(|at| ctx.date(at))),
    ]);
    let content = view! { <div class="panel-body">{fact_list(facts)}</div> };
    crate::parts::panel(t.request_asked(), blank(), content.html())
}

fn retention(ctx: Ctx<'_>, detail: &RequestDetail, asked: &RetentionExtension) -> Facts {
    let t = ctx.t;
    let fewest = asked.fewest_days.map(|days| view! { ", " {t.request_fewest(days)} });
    let asks = view! { <b>{t.request_days_until(asked.days, ctx.day(asked.until))}</b> {fewest} };
    vec![
        (t.request_extent(), Some(extent(ctx, &asked.extent))),
        (t.request_now(), Some(ctx.or_unknown(detail.facts.days.map(|days| t.term_days(days))))),
        (t.request_asks(), Some(asks.html())),
        (t.request_cap(), detail.facts.cap_days.map(|days| t.term_days(days).html())),
        (t.request_masked(), masked(ctx, &asked.masked_columns)),
    ]
}

fn masked(ctx: Ctx<'_>, names: &BTreeSet<String>) -> Option<Html> {
    (!names.is_empty()).then(|| columns(ctx, names))
}

fn extent(ctx: Ctx<'_>, extent: &Extent) -> Html {
    match extent {
        Extent::Table => ctx.t.request_extent_table().html(),
        Extent::Partitions(names) => columns(ctx, names),
        Extent::Range { from, to } => ctx.t.request_extent_range(ctx.day(*from), ctx.day(*to)).html(),
    }
}

fn ingestion(ctx: Ctx<'_>, detail: &RequestDetail, asked: &Ingestion) -> Facts {
    let t = ctx.t;
    let source = match &asked.source {
        IngestionSource::Jdbc { engine, address, database, .. } => {
            view! { {engine.as_str()} " " <code>{format!("{address}/{database}")}</code> }.html()
        }
        IngestionSource::Clickstream { topic, .. } => t.request_topic(topic.clone()).html(),
        IngestionSource::Logs { hosts, glob, .. } => {
            view! { <code>{format!("{}: {glob}", hosts.join(", "))}</code> }.html()
        }
    };
    let tables = asked.tables.iter().map(|table| {
        view! {
            <li>
                <code>{table.source.clone()}</code>
                " → "
                <code>{table.target.clone()}</code>
            </li>
        }
    });
    let tables = view! { <ul class="fields" role="list">{tables.collect::<Vec<_>>()}</ul> };
    let schedule = view! { <code>{asked.schedule.cron.clone()}</code> " " {asked.schedule.zone.clone()} };
    let partitioned = match &asked.partitioning {
        Partitioning::None => None,
        Partitioning::Daily { column } => Some(column.clone()),
        Partitioning::Hourly { column, hour } => Some(format!("{column}, {hour}")),
    };
    let consumers = (!asked.consumers.is_empty()).then(|| asked.consumers.join(", ").html());
    vec![
        (t.source(), Some(source)),
        (t.tables(), Some(tables.html())),
        (t.request_schedule(), Some(schedule.html())),
        (t.format(), Some(asked.format.as_str().html())),
        (t.request_compression(), Some(asked.compression.as_str().html())),
        (t.request_partitioned(), partitioned.map(|names| view! { <code>{names}</code> }.html())),
        (t.request_stays(), Some(t.term_days(asked.retention_days).html())),
        (t.request_personal(), Some(ctx.class_name(detail.facts.class).html())),
        (t.request_for(), Some(ctx.prose(&asked.purpose))),
        (t.request_consumers(), consumers),
        (t.request_new_owner(), Some(holder(ctx, &detail.holders, asked.owner))),
    ]
}

fn ownership(ctx: Ctx<'_>, detail: &RequestDetail, asked: &OwnershipChange) -> Facts {
    let t = ctx.t;
    vec![
        (t.owner_role(), Some(ctx.owner_role(asked.role).html())),
        (t.request_new_owner(), Some(holder(ctx, &detail.holders, asked.to))),
        (t.request_assets(), (!asked.assets.is_empty()).then(|| asked.assets.len().to_string().html())),
    ]
}

fn deprecation(ctx: Ctx<'_>, asked: &DeprecationChange) -> Facts {
    let t = ctx.t;
    match asked {
        DeprecationChange::Deprecate { on, note, replacement } => vec![
            (t.request_on(), Some(ctx.day(*on).html())),
            (t.request_note(), Some(ctx.prose(note))),
            (t.request_instead(), replacement.clone().map(|name| view! { <code>{name}</code> }.html())),
        ],
        DeprecationChange::Withdraw => Vec::new(),
    }
}

fn access(ctx: Ctx<'_>, detail: &RequestDetail, asked: &AccessGrant) -> Facts {
    let t = ctx.t;
    vec![
        (t.request_reader(), Some(holder(ctx, &detail.holders, asked.to))),
        (t.request_until(), Some(ctx.day(asked.until).html())),
        (t.request_masked(), masked(ctx, &asked.masked_columns)),
    ]
}

fn proposal(ctx: Ctx<'_>, asked: &ProposedEdit) -> Facts {
    let t = ctx.t;
    let certified = asked.change.certified.map(|certified| match certified {
        true => t.yes().html(),
        false => t.no().html(),
    });
    vec![(t.request_change(), Some(changes(ctx, &Edit::default(), &asked.change))), (t.request_certified(), certified)]
}

fn policy(ctx: Ctx<'_>, asked: &PolicyChange) -> Facts {
    let t = ctx.t;
    let text = view! { <pre class="source-text">{asked.text.clone()}</pre> };
    vec![
        (t.request_text(), Some(text.html())),
        (t.request_simulation(), Some(view! { <code>{asked.simulation.clone()}</code> }.html())),
    ]
}
