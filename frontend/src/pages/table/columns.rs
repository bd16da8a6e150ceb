use crate::html::{Html, ToHtml};
use crate::islands::{ColumnFilter, ColumnFilterTexts};
use crate::link;
use crate::parts::{badge, data_table, empty, icon_small};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::asset::{ColumnDetail, Paged, TableDetail};
use reeve_model::curation::Author;
use reeve_model::hive_type::HiveType;
use reeve_model::personal_data::Class;

/// How many fields inside one column's type are listed; types of thousands of fields exist.
const FIELDS: usize = 300;

/// The panel of columns: a page of them on their tab, the first of them on the overview (`is_part`).
pub(super) fn panel(
    ctx: Ctx<'_>,
    table: &TableDetail,
    columns: &Paged<ColumnDetail>,
    filter: &str,
    is_first: bool,
    is_part: bool,
    may_edit: bool,
) -> Html {
    let t = ctx.t;
    let summary = &table.summary;
    let tab = link::table(summary).tab("columns");
    let shown = i64::try_from(columns.items.len()).unwrap_or(i64::MAX);
    let all = summary.columns.max(columns.total);
    let texts = ColumnFilterTexts {
        label: t.columns_filter(),
        placeholder: t.columns_filter(),
        count: t.columns_count("{shown}", "{total}"),
    };
    let caption = t.columns_of(table.qualified_name.clone());
    let rows = columns.items.iter().map(|column| row(ctx, table, column)).collect::<Vec<_>>();
    let content = if rows.is_empty() {
        let advice = view! { <a href=tab.clone()>{t.filter_clear()}</a> }.html();
        empty("menu", t.columns_none(), advice)
    } else {
        let heads = vec![(t.column(), ""), (t.data_type(), ""), (t.comment(), "")];
        data_table(&caption, heads, view! { <tbody id="columns">{rows}</tbody> }.html())
    };
    let foot = if is_part {
        (all > shown).then(|| view! { <a class="push" href=tab.clone()>{t.columns_all(all)}</a> }.html())
    } else {
        Some(ctx.pager(columns.next_cursor.as_deref(), is_first))
    };
    let edit = may_edit.then(|| {
        view! { <a class="button small" href=link::table(summary).tab("columns/edit")>{icon_small("comment")} {t.edit_columns()}</a> }
    });
    let has_foot = foot.is_some() && (is_part || columns.next_cursor.is_some() || !is_first);
    view! {
        <section class="panel">
            <header class="panel-header">
                <h2>{t.columns()}</h2> {edit}
                <form class="row" role="search" action=tab aria-label=t.columns()>
                    <ColumnFilter
                        name="q".to_owned()
                        value=filter.to_owned()
                        rows="columns".to_owned()
                        url=link::table(summary).api("columns")
                        shown=if filter.is_empty() { shown } else { columns.total }
                        total=all
                        texts=texts
                    />
                    {ctx.source_input(link::table(summary))}
                </form>
            </header>
            {content}
            {has_foot.then(|| view! { <footer class="panel-foot">{t.of_shown(shown, columns.total)} {foot}</footer> })}
        </section>
    }
    .html()
}

fn row(ctx: Ctx<'_>, table: &TableDetail, column: &ColumnDetail) -> Html {
    let is_key = table.partition_keys.iter().any(|key| key.name == column.name);
    let class = column.personal_data.as_ref().filter(|data| data.class != Class::None || data.decided);
    let class = class.map(|data| ctx.class(data.class, data.decided));
    let other = column.other_comment.as_deref().map(|text| {
        let by = if column.comment_from == Some(Author::Portal) {
            ctx.t.description_of_source()
        } else {
            ctx.t.comment_of_portal()
        };
        view! { <p class="tiny faint">{by} " " {ctx.prose(text)}</p> }
    });
    let key = is_key.then(|| badge("tone-info", "key", ctx.t.partition_key()));
    view! {
        <tr>
            <th scope="row">
                <code data-cell="name">{column.name.clone()}</code> " " {key} " " {class}
            </th>
            <td>{data_type(ctx, &column.data_type)}</td>
            <td class="muted" data-cell="comment">{column.comment.as_deref().map(|text| ctx.prose(text))} {other}</td>
        </tr>
    }
    .html()
}

/// A type; the fields inside it fold out. One that cannot be read stands as the source wrote it.
fn data_type(ctx: Ctx<'_>, text: &str) -> Html {
    let parsed = HiveType::parse(text).ok();
    let fields = parsed.as_ref().map(HiveType::fields).unwrap_or_default();
    let Some(parsed) = parsed.as_ref().filter(|_| !fields.is_empty()) else {
        return view! { <code class="faint" data-cell="type">{text.to_owned()}</code> }.html();
    };
    let count = i64::try_from(fields.len()).unwrap_or(i64::MAX);
    let more = (fields.len() > FIELDS).then(|| {
        let shown = i64::try_from(FIELDS).unwrap_or(i64::MAX);
        view! { <li class="faint">{ctx.t.of_shown(shown, count)}</li> }
    });
    let rows = fields.iter().take(FIELDS).map(|field| {
        let comment = field.comment.map(|text| view! { <span class="muted">{ctx.prose(text)}</span> });
        view! {
            <li class=format!("depth-{}", field.depth.min(6))>
                <code>{field.name.to_owned()}</code> " " <code class="faint">{field.data_type.clone()}</code> " " {comment}
            </li>
        }
    });
    // The filter looks at all of the text within, names of fields too.
    view! {
        <div data-cell="type">
            <details class="disclosure">
                <summary>
                    {icon_small("down")} <code class="faint">{parsed.summary()}</code> " " {ctx.t.fields_inside(count)}
                </summary>
                <ul class="fields" role="list">{rows.collect::<Vec<_>>()} {more}</ul>
            </details>
        </div>
    }
    .html()
}
