//! The search field with its suggestions. It stands in a GET form to `/search`, which works without script.

use super::suggestions::{KindTexts, Suggestions, follow};
use leptos::{ev, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SearchBoxTexts {
    /// Of the field, for those who do not see it.
    pub label: String,
    pub placeholder: String,
    /// Of the list of suggestions.
    pub suggestions: String,
    pub kinds: KindTexts,
}

/// The field `q` with suggestions. `id` must be unique on the page, `icon` is the address of the magnifier and
/// `main` says that this is the search of the page, not the one in the top bar.
#[island]
pub fn SearchBox(id: String, value: String, icon: String, main: bool, texts: SearchBoxTexts) -> impl IntoView {
    let suggestions = Suggestions::new();
    let list = format!("{id}-list");
    let SearchBoxTexts { label, placeholder, suggestions: list_label, kinds } = texts;

    let on_input = move |event| suggestions.ask(&event_target_value(&event), None);
    let on_keydown = {
        let list = list.clone();
        move |event: ev::KeyboardEvent| {
            if suggestions.steer(&event, suggestions.items.with_untracked(Vec::len)) || event.is_composing() {
                return;
            }
            let handled = match (event.key().as_str(), suggestions.active.get_untracked()) {
                ("Enter", Some(at)) => follow(&list, at),
                // The first Escape closes the list, a second one empties the field.
                ("Escape", _) if suggestions.open.get_untracked() => {
                    suggestions.close();
                    true
                }
                _ => false,
            };
            if handled {
                event.prevent_default();
            }
        }
    };
    let active_entry = {
        let list = list.clone();
        move || suggestions.active.get().map(|at| format!("{list}-{at}"))
    };
    let entries = {
        let list = list.clone();
        move || {
            let items = suggestions.items.get().into_iter().enumerate();
            items.map(|(at, item)| item.view(at, &list, &kinds, suggestions.active)).collect::<Vec<_>>()
        }
    };

    view! {
        <div class=if main { "search-box large" } else { "search-box" }>
            <svg class="icon" aria-hidden="true">
                <use href=icon></use>
            </svg>
            <input
                class="input"
                type="search"
                name="q"
                id=id
                value=value
                placeholder=placeholder
                aria-label=label
                autocomplete="off"
                spellcheck="false"
                role="combobox"
                aria-autocomplete="list"
                aria-controls=list.clone()
                aria-expanded=move || if suggestions.open.get() { "true" } else { "false" }
                aria-activedescendant=active_entry
                data-search=if main { "main" } else { "top" }
                on:input=on_input
                on:keydown=on_keydown
                on:blur=move |_| suggestions.close()
            />
            <kbd class="kbd hide-narrow" aria-hidden="true">
                {if main { "/" } else { "⌘K" }}
            </kbd>
            <ul
                class="suggestions"
                role="listbox"
                id=list
                aria-label=list_label
                hidden=move || !suggestions.open.get()
                // Focus stays in the field, so that the list is still there when the click arrives.
                on:mousedown=|event| event.prevent_default()
            >
                {entries}
            </ul>
        </div>
    }
}
