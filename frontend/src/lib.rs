//! The portal: pages rendered on the server (feature `ssr`), islands woken in the browser (feature `hydrate`).
//!
//! A page is a function of its data: a handler fills the struct of a page and calls [`render`], which answers with a
//! whole document. Each page has a folder in `pages/`, with its data beside its view, and is made of the parts in
//! `parts/`; what moves in the browser is an island in `islands/`. `mail/` is what leaves the house. All texts come from `locales/` through `text.rs`.

#[cfg(any(feature = "ssr", feature = "hydrate"))]
mod address;
#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(all(feature = "ssr", any(test, feature = "fixtures")))]
pub mod fixture;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
mod format;
#[cfg(feature = "ssr")]
mod html;
#[cfg(feature = "hydrate")]
pub mod hydrate;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod islands;
#[cfg(feature = "ssr")]
pub mod link;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod markdown;
#[cfg(feature = "ssr")]
pub mod owners;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod partition_day;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod reason;
#[cfg(feature = "ssr")]
pub mod retention;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod text;

#[cfg(feature = "ssr")]
pub use pages::{PageView, render};
#[cfg(feature = "ssr")]
pub use partition_day::{unknown_day, unread_keys};
#[cfg(feature = "ssr")]
pub use reason::explain;
#[cfg(feature = "ssr")]
pub use shell::{Chrome, FORM_TOKEN};
