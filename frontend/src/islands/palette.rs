//! The palette: ⌘K or Ctrl+K from anywhere, then a few letters of a table or of a page.

use super::browser;
use super::suggestions::{KindTexts, Suggestions, follow};
use leptos::{ev, html, prelude::*};
use serde::{Deserialize, Serialize};

/// The `id` of the entries of the palette starts with it.
const LIST: &str = "palette-list";

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PaletteTexts {
    /// Of the dialog.
    pub label: String,
    pub placeholder: String,
    /// The headings of the two groups.
    pub assets: String,
    pub actions: String,
    pub kinds: KindTexts,
}

/// A page that the palette offers besides the catalog's assets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaletteAction {
    pub label: String,
    pub href: String,
    /// Says in a word what it is, before the label.
    pub kind: String,
}

/// Any link with `data-palette` opens it; without script that link leads to the search page.
#[island]
pub fn Palette(icon: String, actions: Vec<PaletteAction>, texts: PaletteTexts) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(String::new());
    let suggestions = Suggestions::new();
    let PaletteTexts { label, placeholder, assets, actions: actions_label, kinds } = texts;

    let actions = StoredValue::new(actions);
    let chosen = Memo::new(move |_| {
        let typed = typed.with(|typed| typed.trim().to_lowercase());
        let fits = |(at, action): (usize, &PaletteAction)| action.label.to_lowercase().contains(&typed).then_some(at);
        actions.with_value(|actions| actions.iter().enumerate().filter_map(fits).collect::<Vec<_>>())
    });

    let open = move || {
        // Opening an open dialog is an error of the browser's.
        if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
            let _ = dialog.show_modal();
        }
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    Effect::new(move |_| {
        window_event_listener(ev::keydown, move |event| {
            if (event.meta_key() || event.ctrl_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open();
            }
        });
        window_event_listener(ev::click, move |event| {
            if browser::clicked(&event, "[data-palette]") {
                event.prevent_default();
                open();
            }
        });
    });

    let on_input = move |event| {
        let text = event_target_value(&event);
        suggestions.ask(&text, Some(0));
        typed.set(text);
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let count = suggestions.items.with_untracked(Vec::len) + chosen.with_untracked(Vec::len);
        if suggestions.steer(&event, count) || event.is_composing() || event.key() != "Enter" {
            return;
        }
        if suggestions.active.get_untracked().is_some_and(|at| follow(LIST, at)) {
            event.prevent_default();
        }
    };
    let assets_view = move || {
        let items = suggestions.items.get().into_iter().enumerate();
        items.map(|(at, item)| item.view(at, LIST, &kinds, suggestions.active)).collect::<Vec<_>>()
    };
    let actions_view = move || {
        let before = suggestions.items.with(Vec::len);
        let entry = |(nth, at): (usize, usize)| {
            let at_list = before + nth;
            let PaletteAction { label, href, kind } = actions.with_value(|actions| actions[at].clone());
            view! {
                <li role="presentation">
                    <a
                        role="option"
                        id=format!("{LIST}-{at_list}")
                        href=href
                        tabindex="-1"
                        aria-selected=move || {
                            if suggestions.active.get() == Some(at_list) { "true" } else { "false" }
                        }
                    >
                        <span>{kind}</span>
                        <span>{label}</span>
                    </a>
                </li>
            }
        };
        chosen.get().into_iter().enumerate().map(entry).collect::<Vec<_>>()
    };

    view! {
        <dialog class="palette" id="palette" aria-label=label.clone() node_ref=dialog>
            <form role="search" action="/search" aria-label=label.clone()>
                <div class="search-box">
                    <svg class="icon" aria-hidden="true">
                        <use href=icon></use>
                    </svg>
                    <input
                        class="input"
                        type="search"
                        name="q"
                        placeholder=placeholder
                        aria-label=label.clone()
                        autocomplete="off"
                        spellcheck="false"
                        role="combobox"
                        aria-autocomplete="list"
                        aria-expanded="true"
                        aria-controls=LIST
                        aria-activedescendant=move || suggestions.active.get().map(|at| format!("{LIST}-{at}"))
                        node_ref=field
                        on:input=on_input
                        on:keydown=on_keydown
                    />
                    <kbd class="kbd" aria-hidden="true">"esc"</kbd>
                </div>
            </form>
            <div role="listbox" id=LIST>
                <div role="group" aria-label=assets.clone() hidden=move || suggestions.items.with(Vec::is_empty)>
                    <h3 role="presentation">{assets.clone()}</h3>
                    <ul role="presentation">{assets_view}</ul>
                </div>
                <div role="group" aria-label=actions_label.clone() hidden=move || chosen.with(Vec::is_empty)>
                    <h3 role="presentation">{actions_label.clone()}</h3>
                    <ul role="presentation">{actions_view}</ul>
                </div>
            </div>
        </dialog>
    }
}
