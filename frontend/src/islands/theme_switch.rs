//! Light or dark. A form, which a cookie answers; with script the page changes at once and the form is posted
//! in the background.

use super::browser;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;
use web_sys::{Request, RequestInit, RequestRedirect};

const ACTION: &str = "/preferences/theme";

/// `next` is the theme that the form asks for, `light` or `dark`; `back` the page to return to.
#[island]
pub fn ThemeSwitch(label: String, icon: String, next: String, back: String) -> impl IntoView {
    let next = RwSignal::new(next);
    let on_submit = move |event: ev::SubmitEvent| {
        let Some(root) = document().document_element() else { return };
        event.prevent_default();
        let is_dark = root.get_attribute("data-theme").map_or_else(browser::prefers_dark, |theme| theme == "dark");
        let (theme, after) = if is_dark { ("light", "dark") } else { ("dark", "light") };
        let _ = root.set_attribute("data-theme", theme);
        next.set(after.to_owned());
        post(theme);
    };
    view! {
        <form method="post" action=ACTION on:submit=on_submit>
            <input type="hidden" name="theme" value=move || next.get()/>
            <input type="hidden" name="next" value=back/>
            <button class="button quiet icon-only" type="submit" aria-label=label.clone() title=label>
                <svg class="icon" aria-hidden="true">
                    <use href=icon></use>
                </svg>
            </button>
        </form>
    }
}

/// Has the server remember the theme. Should it not, the next page has the old one: nothing else is lost.
fn post(theme: &str) {
    let options = RequestInit::new();
    options.set_method("POST");
    // The answer is a redirect to a page that is already open.
    options.set_redirect(RequestRedirect::Manual);
    options.set_body(&JsValue::from_str(&format!("theme={theme}&next=%2F")));
    let Ok(request) = Request::new_with_str_and_init(ACTION, &options) else { return };
    let _ = request.headers().set("content-type", "application/x-www-form-urlencoded");
    let _ = window().fetch_with_request(&request);
}
