//! A piece of a page that is written already.
//!
//! Leptos' `AnyView` keeps a view open: for every type that is put into it the compiler makes functions to build it in
//! a browser, to change it there, to wait for it and to stream it, ten in all. Pages are written once and at once, so
//! their pieces are written as soon as they are made: one function for each. See `docs/build.md` for what that saves.

use leptos::prelude::RenderHtml;
use leptos::tachys::html::InertElement;

/// HTML, which goes into a `view!` as it is.
pub(crate) type Html = InertElement;

pub(crate) trait ToHtml {
    /// Writes this view; text in it is escaped.
    fn html(self) -> Html;
}

impl<T: RenderHtml> ToHtml for T {
    fn html(self) -> Html {
        InertElement::new(self.to_html())
    }
}

/// Where there is nothing to show.
pub(crate) fn blank() -> Html {
    InertElement::new("")
}
