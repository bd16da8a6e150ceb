use crate::html::{Html, ToHtml};
use crate::link;
use crate::parts::{Filter, data_table, empty};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::asset::{Paged, Partition, TableDetail};

/// The panel of partitions: a page of them on their tab, the first of them on the overview (`is_part`).
pub(super) fn panel(
    ctx: Ctx<'_>,
    table: &TableDetail,
    partitions: &Paged<Partition>,
    filter: &str,
    is_first: bool,
    is_part: bool,
) -> Html {
    let t = ctx.t;
    let summary = &table.summary;
    let tab = link::table(summary).tab("partitions");
    let rows = partitions.items.iter().map(|partition| {
        view! {
            <tr>
                <th scope="row">
                    <code>{partition.name.clone()}</code>
                </th>
                <td class="num">{ctx.size(partition.size_bytes)}</td>
                <td class="num hide-narrow">{ctx.count(partition.file_count)}</td>
                <td class="num hide-narrow">{ctx.count(partition.row_count)}</td>
                <td class="num">{partition.created_at.map(|at| ctx.time(at))}</td>
                <td class="hide-narrow">
                    <code class="tiny faint">{partition.location.clone()}</code>
                </td>
            </tr>
        }
    });
    let rows = rows.collect::<Vec<_>>();
    let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let content = if rows.is_empty() {
        let advice = if filter.is_empty() {
            view! { <p>{t.partitions_none_advice()}</p> }.html()
        } else {
            view! { <a href=tab.clone()>{t.filter_clear()}</a> }.html()
        };
        empty("shape", t.partitions_none(), advice)
    } else {
        let heads = vec![
            (t.partition(), ""),
            (t.size(), "num"),
            (t.files(), "num hide-narrow"),
            (t.rows(), "num hide-narrow"),
            (t.created(), "num"),
            (t.location(), "hide-narrow"),
        ];
        let caption = t.partitions_of(table.qualified_name.clone());
        data_table(&caption, heads, view! { <tbody>{rows}</tbody> }.html())
    };
    let foot = if is_part {
        view! { <a class="push" href=tab.clone()>{t.partitions_all(partitions.total)}</a> }.html()
    } else {
        ctx.pager(partitions.next_cursor.as_deref(), is_first)
    };
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{t.partitions()}</h2>
                {(!is_part)
                    .then(|| {
                        ctx.filter_form(Filter {
                            address: link::table(summary),
                            tab: "partitions",
                            id: "partition-filter",
                            label: t.partitions_filter(),
                            value: filter,
                        })
                    })}
            </header>
            {content}
            <footer class="panel-foot">{t.of_shown(shown, partitions.total)} {foot}</footer>
        </section>
    }
    .html()
}
