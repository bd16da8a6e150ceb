//! The few things that islands ask of the browser. Nothing here runs on the server: it is called from event
//! handlers and effects only.

use leptos::prelude::{document, window};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent, Response};

/// The answer to a GET, `None` when there is none or it is not what was expected: an island then leaves the page
/// as it is.
pub(super) async fn get_json<T: DeserializeOwned>(url: &str) -> Option<T> {
    let response: Response = JsFuture::from(window().fetch_with_str(url)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

/// The first element that a selector finds.
pub(super) fn find<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// The elements directly within another.
pub(super) fn children(of: &Element) -> Vec<HtmlElement> {
    let children = of.children();
    (0..children.length()).filter_map(|at| children.item(at)?.dyn_into().ok()).collect()
}

/// The text of the first element within `of` that a selector finds, empty when there is none.
pub(super) fn text_within(of: &Element, selector: &str) -> String {
    of.query_selector(selector).ok().flatten().and_then(|found| found.text_content()).unwrap_or_default()
}

/// Whether a key goes into a field, where single keys must not mean anything else.
pub(super) fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let is_switch = matches!(target.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "range"));
    target.is_content_editable()
        || (matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") && !is_switch)
}

/// Whether a plain click hit something that `selector` names; one with a modifier is left to the browser.
pub(super) fn clicked(event: &MouseEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let hit = target.and_then(|target| target.closest(selector).ok().flatten());
    hit.is_some() && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key())
}

/// What this browser remembers under `key`; `None` also where it may not remember anything.
pub(super) fn remembered(key: &str) -> Option<String> {
    get_item(key).ok()?.as_string()
}

pub(super) fn remember(key: &str, value: &str) {
    // A browser that keeps nothing asks again next time; that is all there is to lose.
    let _ = set_item(key, value);
}

/// `true` where the system asks for dark pages.
pub(super) fn prefers_dark() -> bool {
    let media = match_media("(prefers-color-scheme: dark)");
    js_sys::Reflect::get(&media, &JsValue::from_str("matches")).is_ok_and(|matches| matches.is_truthy())
}

// Bound here and not taken from web-sys, because Leptos does not turn these features of it on.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = localStorage, js_name = getItem, catch)]
    fn get_item(key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = localStorage, js_name = setItem, catch)]
    fn set_item(key: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = matchMedia)]
    fn match_media(query: &str) -> JsValue;
}
