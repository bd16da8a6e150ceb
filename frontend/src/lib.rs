//! The portal: pages rendered on the server (feature `ssr`), islands woken in the browser (feature `hydrate`).

#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "hydrate")]
mod hydrate;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod islands;

#[cfg(feature = "ssr")]
/// The HTML of a page.
pub fn render(_: &reeve_model::page::Chrome, _: &reeve_model::page::Page) -> String {
    String::new()
}
