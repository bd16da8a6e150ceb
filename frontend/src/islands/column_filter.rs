//! Narrows the columns of a table while one types.

use super::browser;
use super::number::grouped;
use crate::address::encoded;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// How long to wait for the next letter before the server is asked.
const PAUSE: Duration = Duration::from_millis(80);

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ColumnFilterTexts {
    pub label: String,
    pub placeholder: String,
    /// With `{shown}` and `{total}` in it.
    pub count: String,
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Column>,
    total: i64,
}

/// `reeve_model`'s `Column` as far as it is shown.
#[derive(Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    data_type: String,
    comment: Option<String>,
}

/// The field `name` over the rows of the `tbody` with the id `rows`, whose cells carry `data-cell="name"`, `"type"`
/// and `"comment"`. `shown` of `total` columns are on the page; when they are not all of them, the API at `url` is
/// asked. It stands in a GET form, which filters on the server where there is no script.
#[island]
pub fn ColumnFilter(
    name: String,
    value: String,
    rows: String,
    url: String,
    shown: i64,
    total: i64,
    texts: ColumnFilterTexts,
) -> impl IntoView {
    let counts = RwSignal::new((shown, total));
    let asked = StoredValue::new(0_u32);
    // The rows as the server rendered them with the columns' names, kept aside once the first letter is typed.
    let original = StoredValue::new_local(Vec::<(String, HtmlElement)>::new());
    let asked_by_page = value.trim().to_lowercase();
    // What the page was loaded with is part of it already: less than that must be asked for.
    let is_whole = shown == total && value.is_empty();
    let ColumnFilterTexts { label, placeholder, count } = texts;

    let on_input = move |event| {
        let q = event_target_value(&event).trim().to_lowercase();
        let Some(body) = browser::find::<Element>(&format!("#{rows}")) else { return };
        let number = asked.get_value().wrapping_add(1);
        asked.set_value(number);
        if is_whole {
            counts.set((narrow(&body, &q), total));
            return;
        }
        if original.with_value(Vec::is_empty) {
            let named = |row: HtmlElement| (browser::text_within(&row, NAME), row);
            original.set_value(browser::children(&body).into_iter().map(named).collect());
        }
        if q == asked_by_page {
            original.with_value(|original| replace(&body, original.iter().map(|(_, row)| row)));
            counts.set((shown, total));
            return;
        }
        let and = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{and}limit=200&q={}", encoded(&q));
        let is_newest = move || asked.try_get_value() == Some(number);
        let ask = move || {
            if !is_newest() {
                return;
            }
            wasm_bindgen_futures::spawn_local(async move {
                let answer = browser::get_json::<Answer>(&url).await;
                if let Some(answer) = answer.filter(|_| is_newest()) {
                    original.with_value(|original| render(&body, original, &answer.items));
                    counts.set((answer.total, total));
                }
            });
        };
        set_timeout(ask, PAUSE);
    };
    let count = move || {
        let (shown, total) = counts.get();
        count.replace("{shown}", &grouped(shown)).replace("{total}", &grouped(total))
    };

    view! {
        <span class="row">
            <input
                class="input compact"
                type="search"
                name=name
                value=value
                placeholder=placeholder
                aria-label=label
                autocomplete="off"
                spellcheck="false"
                on:input=on_input
            />
            <span class="tiny faint" role="status">
                {count}
            </span>
        </span>
    }
}

/// Hides the rows without `q` in their name, type or comment and returns how many are left.
fn narrow(body: &Element, q: &str) -> i64 {
    let mut left = 0;
    for row in browser::children(body) {
        let has = |cell: &str| browser::text_within(&row, cell).to_lowercase().contains(q);
        let fits = q.is_empty() || [NAME, TYPE, COMMENT].into_iter().any(has);
        row.set_hidden(!fits);
        left += i64::from(fits);
    }
    left
}

const NAME: &str = "[data-cell=name]";
const TYPE: &str = "[data-cell=type]";
const COMMENT: &str = "[data-cell=comment]";

/// Puts `columns` in place of the rows: those that the server rendered as they are, others in their likeness.
fn render(body: &Element, original: &[(String, HtmlElement)], columns: &[Column]) {
    let Some((_, pattern)) = original.first() else { return };
    let row_of = |column: &Column| {
        let rendered = original.iter().find(|(name, _)| *name == column.name).map(|(_, row)| row.clone());
        rendered.or_else(|| like(pattern, column))
    };
    let rows: Vec<HtmlElement> = columns.iter().filter_map(row_of).collect();
    replace(body, rows.iter());
}

fn replace<'a>(body: &Element, rows: impl Iterator<Item = &'a HtmlElement>) {
    body.set_inner_html("");
    for row in rows {
        let _ = body.append_child(row);
    }
}

/// A copy of the row `pattern` that shows another column.
fn like(pattern: &HtmlElement, column: &Column) -> Option<HtmlElement> {
    let row: HtmlElement = pattern.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    row.remove_attribute("id").ok()?;
    for (cell, text) in
        [(NAME, &column.name), (TYPE, &column.data_type), (COMMENT, column.comment.as_ref().unwrap_or(&String::new()))]
    {
        if let Some(cell) = row.query_selector(cell).ok()? {
            // A type stands in a `code` of its own, unless the pattern's has fields that fold out.
            let code = cell.query_selector(":scope > code").ok().flatten();
            code.unwrap_or(cell).set_text_content(Some(text));
        }
    }
    Some(row)
}
