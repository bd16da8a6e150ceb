use super::{columns, history, partitions};
use crate::parts::{Ctx, fact_list, icon_small, panel, stat_row};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::asset::{Change, Column, Paged, Partition, TableDetail};

pub(super) fn tab(
    ctx: Ctx<'_>,
    table: &TableDetail,
    columns: &Paged<Column>,
    changes: &Paged<Change>,
    partitions: &Paged<Partition>,
) -> AnyView {
    let t = ctx.t;
    let summary = &table.summary;
    let base = link::table(&summary.database, &summary.name);
    let parts = summary.partitioned.then(|| partitions::panel(ctx, table, partitions, "", true, true));
    let definition = table.view_text.clone().map(|text| {
        let text = view! {
            <div class="panel-body table-scroll" tabindex="0" role="region" aria-label=t.definition()>
                <pre class="source-text">
                    <code>{text}</code>
                </pre>
            </div>
        };
        panel(t.definition(), ().into_any(), text.into_any())
    });
    let all = view! { <a class="small" href=format!("{base}/history")>{t.history_all()}</a> }.into_any();
    view! {
        {stats(ctx, table)}
        <div class="columns main-side">
            <div class="stack">{columns::panel(ctx, table, columns, "", true, true)} {parts} {definition}</div>
            <div class="stack">
                {panel(t.about(), ().into_any(), about(ctx, table))} {storage(ctx, table)} {parameters(ctx, &table.parameters)}
                {panel(t.history(), all, history::list(ctx, &changes.items))}
            </div>
        </div>
    }
    .into_any()
}

fn stats(ctx: Ctx<'_>, table: &TableDetail) -> AnyView {
    let t = ctx.t;
    let summary = &table.summary;
    let text = |text: String| text.into_any();
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

fn about(ctx: Ctx<'_>, table: &TableDetail) -> AnyView {
    let t = ctx.t;
    let summary = &table.summary;
    let database = view! { <a href=link::database(&summary.database)>{summary.database.clone()}</a> }.into_any();
    let source = view! { <a href=link::source(&summary.source)>{summary.source.clone()}</a> }.into_any();
    let facts = fact_list(vec![
        (t.owner(), Some(ctx.owner(summary.owner.as_deref()))),
        (t.database(), Some(database)),
        (t.source(), Some(source)),
        (t.facet_type(), Some(view! { <code class="tiny">{table.table_type.as_str().to_owned()}</code> }.into_any())),
        (t.created(), summary.created_at.map(|at| ctx.date(at))),
        (t.changed(), summary.changed_at.map(|at| ctx.time(at))),
        (t.first_seen(), Some(ctx.time(table.first_seen_at))),
        (t.checked(), table.checked_at.map(|at| ctx.time(at))),
    ]);
    view! { <div class="panel-body">{facts}</div> }.into_any()
}

fn storage(ctx: Ctx<'_>, table: &TableDetail) -> AnyView {
    let t = ctx.t;
    let code = |text: &Option<String>| text.clone().map(|text| view! { <code class="tiny">{text}</code> }.into_any());
    let format = table.summary.format.as_deref().map(|format| format.to_uppercase().into_any());
    if format.is_none() && table.location.is_none() {
        return ().into_any();
    }
    let facts = fact_list(vec![
        (t.format(), format),
        (t.location(), code(&table.location)),
        (t.input_format(), code(&table.input_format)),
        (t.serde(), code(&table.serde)),
    ]);
    panel(t.storage(), ().into_any(), view! { <div class="panel-body">{facts}</div> }.into_any())
}

/// What the source keeps as key and value; folded, for there can be many.
pub(in crate::pages) fn parameters(ctx: Ctx<'_>, parameters: &std::collections::BTreeMap<String, String>) -> AnyView {
    if parameters.is_empty() {
        return ().into_any();
    }
    let t = ctx.t;
    let count = i64::try_from(parameters.len()).unwrap_or(i64::MAX);
    let facts = parameters.iter().map(|(key, value)| {
        let value = view! { <code class="tiny">{value.clone()}</code> }.into_any();
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
    panel(t.parameters(), ().into_any(), content.into_any())
}
