//! What a page needs in its head so that its islands wake.

use crate::assets;
use leptos::prelude::*;

/// The browser bundle with the script that starts it. Nothing when this program was built without a bundle.
/// `nonce` is that of the page's content-security policy.
#[component]
pub fn Scripts(nonce: String) -> impl IntoView {
    assets::bundle().map(|assets::Bundle { js_url, wasm_url }| {
        let script = format!("const js = {js_url:?}, wasm = {wasm_url:?};\n{}", include_str!("wake.js"));
        view! {
            <link rel="modulepreload" href=js_url/>
            <link rel="preload" href=wasm_url r#as="fetch" r#type="application/wasm" crossorigin=""/>
            <script type="module" nonce=nonce inner_html=script></script>
        }
    })
}
