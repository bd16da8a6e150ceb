use crate::assets;
use crate::html::{Html, ToHtml};
use leptos::prelude::*;
use reeve_model::asset::AssetKind;

/// The address of a symbol of the sprite.
pub(crate) fn icon_url(name: &str) -> String {
    format!("{}#i-{name}", assets::url("icons.svg"))
}

pub(crate) fn icon(name: &str) -> Html {
    drawn(name, "icon")
}

pub(crate) fn icon_small(name: &str) -> Html {
    drawn(name, "icon small")
}

fn drawn(name: &str, class: &'static str) -> Html {
    view! {
        <svg class=class aria-hidden="true">
            <use href=icon_url(name)></use>
        </svg>
    }
    .html()
}

pub(crate) fn kind_icon(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Database => "database",
        AssetKind::Table => "table",
        AssetKind::View => "eye",
        AssetKind::Column => "menu",
    }
}
