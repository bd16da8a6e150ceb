//! How far a crawl has come, counted while one watches.

use super::browser;
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

/// `41,032`, as both languages write it.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { String::from("-") } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        let numbers = [0, 999, 1_000, 41_032, 1_000_000, -12_345];
        assert_eq!(numbers.map(grouped), ["0", "999", "1,000", "41,032", "1,000,000", "-12,345"]);
    }
}
