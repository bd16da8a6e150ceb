//! How far a crawl has come, counted while one watches.

use super::browser;
use super::number::grouped;
use leptos::prelude::*;
use serde::Deserialize;
use std::time::Duration;

/// `reeve_model`'s `Crawl` as far as it is shown.
#[derive(Deserialize)]
struct Progress {
    state: String,
    harvested: i64,
    listed: i64,
}

/// Asks once a second while the crawl `id` runs, and loads the page anew when it has ended. `of` is the text with
/// `{done}` and `{total}` in it.
#[island]
pub fn CrawlProgress(id: i64, state: String, done: i64, total: i64, label: String, of: String) -> impl IntoView {
    let counts = RwSignal::new((done, total));
    let is_over = !is_running(&state);
    Effect::new(move |_| {
        if !is_over {
            watch(id, counts);
        }
    });
    // Until the source has said how much there is, the bar has no value: it shows that something goes on.
    let value = move || Some(counts.get()).filter(|(_, total)| *total > 0).map(|(done, _)| done.to_string());
    let max = move || counts.get().1.max(1).to_string();
    let text = move || {
        let (done, total) = counts.get();
        of.replace("{done}", &grouped(done)).replace("{total}", &grouped(total))
    };
    view! {
        <span class="row">
            <progress aria-label=label value=value max=max></progress>
            <span class="num">{text}</span>
        </span>
    }
}

fn watch(id: i64, counts: RwSignal<(i64, i64)>) {
    let url = format!("/api/v1/crawls/{id}");
    let tick = move || {
        let url = url.clone();
        wasm_bindgen_futures::spawn_local(async move {
            match browser::get_json::<Progress>(&url).await {
                Some(progress) if is_running(&progress.state) => {
                    counts.set((progress.harvested, progress.listed));
                    watch(id, counts);
                }
                Some(_) => {
                    let _ = window().location().reload();
                }
                // The server is busy or restarts: ask again.
                None => watch(id, counts),
            }
        });
    };
    set_timeout(tick, Duration::from_secs(1));
}

fn is_running(state: &str) -> bool {
    matches!(state, "queued" | "running")
}
