use super::{icon, icon_small};
use crate::address::Address;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::asset::TableSummary;

/// A form that narrows a list by name.
pub(crate) struct Filter<'a> {
    pub(crate) address: Address<'a>,
    /// Where on the page of `address` the list is.
    pub(crate) tab: &'a str,
    /// Of the field; unique on the page.
    pub(crate) id: &'static str,
    pub(crate) label: String,
    pub(crate) value: &'a str,
}

/// A head cell: its text and its class.
pub(crate) type Head = (String, &'static str);

/// A table with a name that is read but not seen, in a region that scrolls by itself.
pub(crate) fn data_table(caption: &str, heads: Vec<Head>, body: Html) -> Html {
    let heads = heads.into_iter().map(|(text, class)| {
        view! { <th scope="col" class=class>{text}</th> }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.to_owned()>
            <table class="data-table">
                <caption class="visually-hidden">{caption.to_owned()}</caption>
                <thead>
                    <tr>{heads.collect::<Vec<_>>()}</tr>
                </thead>
                {body}
            </table>
        </div>
    }
    .html()
}

/// What stands where a list would be.
pub(crate) fn empty(icon_name: &str, title: String, advice: Html) -> Html {
    view! {
        <div class="empty">
            {icon(icon_name)}
            <h2>{title}</h2>
            {advice}
        </div>
    }
    .html()
}

impl Ctx<'_> {
    pub(crate) fn filter_form(self, filter: Filter<'_>) -> Html {
        let Filter { address, tab, id, label, value } = filter;
        view! {
            <form class="row" role="search" action=address.tab(tab) aria-label=label.clone()>
                <label class="visually-hidden" r#for=id>{label.clone()}</label>
                <input
                    class="input compact"
                    r#type="search"
                    id=id
                    name="q"
                    value=value.to_owned()
                    placeholder=label.clone()
                    autocomplete="off"
                />
                {self.source_input(address)}
                <button class="button small" r#type="submit">{self.t.filter_apply()}</button>
            </form>
        }
        .html()
    }

    /// What a GET form sends besides its fields: browsers drop the query of its action.
    pub(crate) fn source_input(self, address: Address<'_>) -> Html {
        match address.source {
            Some(source) => view! { <input r#type="hidden" name="source" value=source.to_owned()/> }.html(),
            None => blank(),
        }
    }

    /// The link to the next page of a list, and back to the first when this is not it.
    pub(crate) fn pager(self, next: Option<&str>, is_first: bool) -> Html {
        if next.is_none() && is_first {
            return blank();
        }
        let first = (!is_first).then(|| link::with(&self.chrome.uri, "cursor", None));
        let next = next.map(|cursor| link::with(&self.chrome.uri, "cursor", Some(cursor)));
        view! {
            <nav class="row small muted push" aria-label=self.t.pages_label()>
                {first.map(|href| view! { <a class="button small" href=href>{icon_small("left")} {self.t.pages_first()}</a> })}
                {next
                    .map(|href| {
                        view! { <a class="button small" rel="next" href=href>{self.t.pages_next()} {icon_small("right")}</a> }
                    })}
            </nav>
        }
        .html()
    }

    /// A table's name as a link, with its database before it.
    pub(crate) fn table_link(self, table: &TableSummary) -> Html {
        let name = format!("{}.{}", table.database, table.name);
        view! { <a class="mono" href=link::table(table).page()>{name}</a> }.html()
    }
}
