use super::proposals::{self, Curation};
use super::{columns, history, partitions};
use crate::html::{Html, ToHtml, blank};
use crate::owners::{OwnersPanel, owners_panel};
use crate::parts::{badge, fact_list, icon_small, panel, prose_panel, stat_row};
use crate::shell::Ctx;
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::asset::{Change, ColumnDetail, Paged, Partition, RemarkKind, SchemaFrom, TableDetail};
use reeve_model::curation::Author;

pub(super) fn tab(
    ctx: Ctx<'_>,
    table: &TableDetail,
    owners: &OwnersPanel,
    columns: &Paged<ColumnDetail>,
    changes: &Paged<Change>,
    partitions: &Paged<Partition>,
    curation: &Curation,
) -> Html {
    let t = ctx.t;
    let summary = &table.summary;
    let parts = summary.partitioned.then(|| partitions::panel(ctx, table, partitions, "", true, true));
    let definition = table.view_text.clone().map(|text| {
        let text = view! {
            <div class="panel-body table-scroll" tabindex="0" role="region" aria-label=t.definition()>
                <pre class="source-text">
                    <code>{text}</code>
                </pre>
            </div>
        };
        panel(t.definition(), blank(), text.html())
    });
    let all = view! { <a class="small" href=link::table(summary).tab("history")>{t.history_all()}</a> }.html();
    view! {
        {stats(ctx, table)}
        <div class="columns main-side">
            <div class="stack">{description(ctx, table)} {proposals::list(ctx, summary.id, table.said.revision, &link::table(summary).page(), curation)}
                {columns::panel(ctx, table, columns, "", true, true, curation.may_edit_columns)} {parts} {definition}</div>
            <div class="stack">
                {owners_panel(ctx, owners, link::table(summary), Some(&link::database_of(summary).page()))}
                {remarks(ctx, table)} {panel(t.about(), blank(), about(ctx, table))} {storage(ctx, table)} {parameters(ctx, &table.parameters)}
                {panel(t.history(), all, history::list(ctx, &changes.items))}
            </div>
        </div>
    }
    .html()
}

/// What people wrote, in full, and below it what the source says instead.
fn description(ctx: Ctx<'_>, table: &TableDetail) -> Html {
    match table.summary.description.as_deref().filter(|_| table.summary.description_from == Some(Author::Portal)) {
        Some(text) => described(ctx, text, table.said.source_description.as_deref()),
        None => blank(),
    }
}

/// The panel of a description that people wrote.
pub(in crate::pages) fn described(ctx: Ctx<'_>, text: &str, source: Option<&str>) -> Html {
    let source = source.map(|text| {
        view! { <p class="small muted">{ctx.t.description_of_source()} " " {ctx.prose(text)}</p> }
    });
    let content = view! { <div class="panel-body stack tight">{prose_panel(text)} {source}</div> };
    panel(ctx.t.description(), blank(), content.html())
}

fn stats(ctx: Ctx<'_>, table: &TableDetail) -> Html {
    let t = ctx.t;
    let summary = &table.summary;
    let text = |text: String| text.html();
    let mut facts = vec![(
        t.columns(),
        text(format::number(summary.columns)),
        text(t.partition_keys_count(i64::try_from(table.partition_keys.len()).unwrap_or_default())),
    )];
    if summary.size_bytes.is_some() || table.view_text.is_none() {
        facts.insert(0, (t.size(), ctx.size(summary.size_bytes), text(t.before_copies())));
    }
    if summary.partitioned {
        let keys = table.partition_keys.iter().map(|key| key.name.clone()).collect::<Vec<_>>().join(", ");
        facts.push((t.partitions(), text(format::number(summary.partitions)), text(keys)));
    }
    if let Some(files) = table.file_count {
        let average = summary.size_bytes.and_then(|size| size.checked_div(files)).map(format::bytes);
        facts.push((
            t.files(),
            text(format::number(files)),
            text(average.map(|size| t.average_file(size)).unwrap_or_default()),
        ));
    }
    if let Some(rows) = table.row_count {
        facts.push((t.rows(), text(format::large(ctx.lang(), rows)), text(t.by_statistics())));
    }
    stat_row(t.key_facts(), facts)
}

fn about(ctx: Ctx<'_>, table: &TableDetail) -> Html {
    let t = ctx.t;
    let summary = &table.summary;
    let database = view! { <a href=link::database_of(summary).page()>{summary.database.clone()}</a> }.html();
    let source = view! { <a href=link::source(&summary.source)>{summary.source.clone()}</a> }.html();
    let facts = fact_list(vec![
        (t.metastore_owner(), summary.owner.clone().map(|owner| view! { <code class="tiny">{owner}</code> }.html())),
        (t.certified(), certified(ctx, table)),
        (t.database(), Some(database)),
        (t.source(), Some(source)),
        (t.facet_type(), Some(view! { <code class="tiny">{table.table_type.as_str().to_owned()}</code> }.html())),
        (t.schema_from(), schema_from(ctx, table.schema_from)),
        (t.created(), summary.created_at.map(|at| ctx.date(at))),
        (t.changed(), summary.changed_at.map(|at| ctx.time(at))),
        (t.first_seen(), Some(ctx.time(table.first_seen_at))),
        (t.checked(), table.checked_at.map(|at| ctx.time(at))),
    ]);
    view! { <div class="panel-body">{facts}</div> }.html()
}

fn certified(ctx: Ctx<'_>, table: &TableDetail) -> Option<Html> {
    let said = table.said.certification.as_ref()?;
    Some(view! { {said.by.clone()} ", " {ctx.time(said.at)} }.html())
}

/// Where the columns came from, where that was not the metastore's own list.
fn schema_from(ctx: Ctx<'_>, from: SchemaFrom) -> Option<Html> {
    let t = ctx.t;
    let text = match from {
        SchemaFrom::Hive => return None,
        SchemaFrom::Spark => t.schema_from_spark(),
        SchemaFrom::Avro => t.schema_from_avro(),
        SchemaFrom::Iceberg => t.schema_from_iceberg(),
        SchemaFrom::Flink => t.schema_from_flink(),
        SchemaFrom::Presto => t.schema_from_presto(),
        SchemaFrom::Files => t.schema_from_files(),
    };
    Some(text.html())
}

/// What could not be taken as it came, with the source's own words for it.
fn remarks(ctx: Ctx<'_>, table: &TableDetail) -> Html {
    let t = ctx.t;
    if table.remarks.is_empty() {
        return blank();
    }
    let rows = table.remarks.iter().map(|remark| {
        let text = match remark.kind {
            RemarkKind::UnreadableTime => t.remark_unreadable_time(),
            RemarkKind::UnreadableNumber => t.remark_unreadable_number(),
            RemarkKind::ReplacedBytes => t.remark_replaced_bytes(),
            RemarkKind::BrokenSchema => t.remark_broken_schema(),
            RemarkKind::SchemasDiffer => t.remark_schemas_differ(),
            RemarkKind::UnreadableView => t.remark_unreadable_view(),
            RemarkKind::NamedTwice => t.remark_named_twice(),
            RemarkKind::Shortened => t.remark_shortened(),
        };
        let raw =
            (!remark.raw.is_empty()).then(|| view! { <p><code class="tiny faint">{remark.raw.clone()}</code></p> });
        view! {
            <li>
                <p>
                    <code>{remark.field.clone()}</code> " " {text}
                </p>
                {raw}
            </li>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let list = view! { <ul class="panel-list small" role="list">{rows}</ul> };
    panel(t.remarks(), badge("tone-warn", "alert", format::number(count)), list.html())
}

fn storage(ctx: Ctx<'_>, table: &TableDetail) -> Html {
    let t = ctx.t;
    let code = |text: &Option<String>| text.clone().map(|text| view! { <code class="tiny">{text}</code> }.html());
    let format = table.summary.format.as_deref().map(|format| format.to_uppercase().html());
    if format.is_none() && table.location.is_none() {
        return blank();
    }
    let facts = fact_list(vec![
        (t.format(), format),
        (t.location(), code(&table.location)),
        (t.input_format(), code(&table.input_format)),
        (t.serde(), code(&table.serde)),
    ]);
    panel(t.storage(), blank(), view! { <div class="panel-body">{facts}</div> }.html())
}

/// What the source keeps as key and value; folded, for there can be many.
pub(in crate::pages) fn parameters(ctx: Ctx<'_>, parameters: &std::collections::BTreeMap<String, String>) -> Html {
    if parameters.is_empty() {
        return blank();
    }
    let t = ctx.t;
    let count = i64::try_from(parameters.len()).unwrap_or(i64::MAX);
    let facts = parameters.iter().map(|(key, value)| {
        let value = view! { <code class="tiny">{value.clone()}</code> }.html();
        (key.clone(), Some(value))
    });
    let facts = fact_list(facts.collect());
    let content = view! {
        <div class="panel-body">
            <details class="disclosure">
                <summary>{icon_small("down")} {t.parameters_count(count)}</summary>
                <div class="parameters">{facts}</div>
            </details>
        </div>
    };
    panel(t.parameters(), blank(), content.html())
}
