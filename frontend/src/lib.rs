//! The portal: pages rendered on the server (feature `ssr`), islands woken in the browser (feature `hydrate`).
//!
//! A page is a function of its data: a handler loads a [`reeve_model::page::Page`] and calls [`render`], which answers
//! with a whole document. Pages are plain functions of [`leptos`] views in `pages/`, made of the parts in `parts.rs`;
//! what moves in the browser is an island in `islands/`. All texts come from `locales/` through `text.rs`.

#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
mod format;
#[cfg(feature = "hydrate")]
pub mod hydrate;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod islands;
#[cfg(feature = "ssr")]
mod link;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod reason;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod text;

#[cfg(feature = "ssr")]
pub use pages::render;
#[cfg(feature = "ssr")]
pub use reason::explain;
