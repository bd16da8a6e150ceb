//! What is suggested while one types; the search box and the palette share it.

use super::browser::get_json;
use crate::address::{Address, encoded};
use leptos::{ev, prelude::*};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long to wait for the next letter, so that a word typed at speed is one question.
const PAUSE: Duration = Duration::from_millis(80);

/// The names of the kinds of assets, in the reader's language.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KindTexts {
    pub database: String,
    pub table: String,
    pub view: String,
    pub column: String,
}

/// `reeve_model`'s `Suggestion` as far as it is shown; its own type keeps the model out of the bundle.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Suggestion {
    kind: String,
    qualified_name: String,
    database: String,
    table: Option<String>,
    source: String,
    ambiguous: bool,
    description: Option<String>,
    #[serde(default)]
    name_marks: Vec<Mark>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Mark {
    start: usize,
    end: usize,
}

#[derive(Deserialize)]
struct Answer {
    suggestions: Vec<Suggestion>,
}

/// The list under a field: what is in it and which entry the arrow keys have reached.
#[derive(Clone, Copy)]
pub(super) struct Suggestions {
    pub(super) items: RwSignal<Vec<Suggestion>>,
    pub(super) active: RwSignal<Option<usize>>,
    pub(super) open: RwSignal<bool>,
    /// Counts questions; an answer to any but the newest is dropped.
    asked: StoredValue<u32>,
}

impl Suggestions {
    pub(super) fn new() -> Self {
        Self {
            items: RwSignal::new(Vec::new()),
            active: RwSignal::new(None),
            open: RwSignal::new(false),
            asked: StoredValue::new(0),
        }
    }

    /// Asks what `q` may become. When the answer is there, entry `first` is the active one.
    pub(super) fn ask(self, q: &str, first: Option<usize>) {
        let number = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(number);
        let q = q.trim();
        if q.is_empty() {
            self.show(Vec::new(), None);
            return;
        }
        let url = format!("/api/v1/suggest?limit=8&q={}", encoded(q));
        let is_newest = move || self.asked.try_get_value() == Some(number);
        let ask = move || {
            if !is_newest() {
                return;
            }
            wasm_bindgen_futures::spawn_local(async move {
                let answer = get_json::<Answer>(&url).await;
                if is_newest() {
                    self.show(answer.map(|answer| answer.suggestions).unwrap_or_default(), first);
                }
            });
        };
        set_timeout(ask, PAUSE);
    }

    /// Moves through `count` entries with the arrow keys. Returns `true` when the key was for the list.
    pub(super) fn steer(self, event: &ev::KeyboardEvent, count: usize) -> bool {
        // While a syllable is being composed, the keys belong to the input method.
        if event.is_composing() || count == 0 {
            return false;
        }
        let active = self.active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => active.map_or(0, |at| (at + 1) % count),
            "ArrowUp" => active.map_or(count - 1, |at| (at + count - 1) % count),
            _ => return false,
        };
        self.active.set(Some(next));
        self.open.set(true);
        event.prevent_default();
        true
    }

    /// Drops the list, and an answer that is still under way.
    pub(super) fn close(self) {
        self.asked.update_value(|asked| *asked = asked.wrapping_add(1));
        self.open.set(false);
        self.active.set(None);
    }

    fn show(self, items: Vec<Suggestion>, first: Option<usize>) {
        self.active.set(first.filter(|_| !items.is_empty()));
        self.open.set(!items.is_empty());
        self.items.set(items);
    }
}

impl Suggestion {
    /// The page of the asset; a column is on the page of its table.
    pub(super) fn href(&self) -> String {
        let address = Address::new(&self.database, self.table.as_deref(), &self.source, self.ambiguous);
        // Names may have dots: a column's own is what follows the names of its database and table.
        let own = self.database.len() + self.table.as_deref().map_or(0, str::len) + 2;
        match self.qualified_name.get(own..) {
            Some(column) if self.kind == "column" => address.column(column),
            _ => address.page(),
        }
    }

    /// One entry of the list, entry `at` of the field's list `list`.
    pub(super) fn view(self, at: usize, list: &str, kinds: &KindTexts, active: RwSignal<Option<usize>>) -> AnyView {
        let kind = match self.kind.as_str() {
            "database" => &kinds.database,
            "view" => &kinds.view,
            "column" => &kinds.column,
            _ => &kinds.table,
        };
        view! {
            <li role="presentation">
                <a
                    role="option"
                    id=format!("{list}-{at}")
                    href=self.href()
                    tabindex="-1"
                    aria-selected=move || if active.get() == Some(at) { "true" } else { "false" }
                >
                    <span>{kind.clone()}</span>
                    <code>{self.marked_name()}</code>
                    <span class="truncate">{self.description.clone()}</span>
                </a>
            </li>
        }
        .into_any()
    }

    /// The name with `<mark>` around what matched. Marks that do not fit the name are left out.
    fn marked_name(&self) -> Vec<AnyView> {
        let name = &self.qualified_name;
        let mut parts = Vec::new();
        let mut at = 0;
        for mark in &self.name_marks {
            let (Some(before), Some(marked)) = (name.get(at..mark.start), name.get(mark.start..mark.end)) else {
                continue;
            };
            parts.push(before.to_owned().into_any());
            parts.push(view! { <mark>{marked.to_owned()}</mark> }.into_any());
            at = mark.end;
        }
        parts.push(name.get(at..).unwrap_or_default().to_owned().into_any());
        parts
    }
}

/// Goes to the entry `at` of a list, as a click on it would. Returns `false` when it is not there.
pub(super) fn follow(list: &str, at: usize) -> bool {
    let entry = super::browser::find::<web_sys::HtmlElement>(&format!("#{list}-{at}"));
    entry.inspect(|entry| entry.click()).is_some()
}

#[cfg(test)]
mod tests {
    use super::Suggestion;

    fn href(json: &str) -> String {
        serde_json::from_str::<Suggestion>(json).expect("a suggestion").href()
    }

    #[test]
    fn each_leads_to_that_very_object() {
        let table = r#"{"kind": "table", "qualified_name": "dot.db.dot.name", "database": "dot.db", "table": "dot.name",
            "source": "prod", "ambiguous": false, "description": null}"#;
        assert_eq!(href(table), "/tables/dot.db/dot.name");
        let column = r#"{"kind": "column", "qualified_name": "dot.db.dot.name.a.b", "database": "dot.db",
            "table": "dot.name", "source": "prod", "ambiguous": true, "description": null}"#;
        assert_eq!(href(column), "/tables/dot.db/dot.name/columns?q=a.b&source=prod");
        let database = r#"{"kind": "database", "qualified_name": "a/b", "database": "a/b", "table": null,
            "source": "old one", "ambiguous": true, "description": null}"#;
        assert_eq!(href(database), "/databases/a%2Fb?source=old%20one");
    }
}
