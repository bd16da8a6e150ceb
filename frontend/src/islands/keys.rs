//! Single keys: `/` to the search, `j` and `k` through the results, `?` for help. They never act in a field and can
//! be turned off (WCAG 2.1.4).

use super::browser;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

/// Where the browser remembers that they are off.
const REMEMBERED_AS: &str = "reeve.keys";

/// The checkbox that turns single keys on and off; it stands in the dialog `#keyboard-help`, which it opens on `?`
/// and on links with `data-help`.
#[island]
pub fn Keys(label: String) -> impl IntoView {
    let on = RwSignal::new(true);
    Effect::new(move |_| {
        on.set(browser::remembered(REMEMBERED_AS).as_deref() != Some("off"));
        window_event_listener(ev::keydown, move |event| {
            let is_chord = event.meta_key() || event.ctrl_key() || event.alt_key() || event.is_composing();
            if on.get_untracked() && !is_chord && !browser::is_typing(&event) && act_on(&event.key()) {
                event.prevent_default();
            }
        });
        window_event_listener(ev::click, |event| {
            if browser::clicked(&event, "[data-help]") && show_help() {
                event.prevent_default();
            }
        });
    });
    let on_change = move |event| {
        let checked = event_target_checked(&event);
        browser::remember(REMEMBERED_AS, if checked { "on" } else { "off" });
        on.set(checked);
    };
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=move || on.get() checked=true on:change=on_change/>
            {label}
        </label>
    }
}

/// Returns `true` when the key meant something on this page.
fn act_on(key: &str) -> bool {
    match key {
        "/" => {
            let field = browser::find::<HtmlElement>("[data-search=main]")
                .or_else(|| browser::find::<HtmlElement>("[data-search=top]"));
            field.is_some_and(|field| field.focus().is_ok())
        }
        "j" => step(1),
        "k" => step(-1),
        "?" => show_help(),
        _ => false,
    }
}

/// Moves the focus to the next or the previous result.
fn step(by: isize) -> bool {
    let Some(list) = browser::find::<HtmlElement>("[data-move]") else { return false };
    let links: Vec<HtmlElement> = browser::children(&list)
        .iter()
        .filter_map(|item| item.query_selector("a[data-target]").ok()??.dyn_into().ok())
        .collect();
    let focused = document().active_element();
    let at = links.iter().position(|link| focused.as_ref().is_some_and(|focused| link.is_same_node(Some(focused))));
    let next = at.map_or(0, |at| at.saturating_add_signed(by).min(links.len().saturating_sub(1)));
    links.get(next).is_some_and(|link| link.focus().is_ok())
}

fn show_help() -> bool {
    let Some(dialog) = browser::find::<HtmlDialogElement>("#keyboard-help") else { return false };
    dialog.open() || dialog.show_modal().is_ok()
}
