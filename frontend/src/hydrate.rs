//! The browser's entry point.

/// Readies Leptos for the islands; the script in `Scripts` then wakes them one by one.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
