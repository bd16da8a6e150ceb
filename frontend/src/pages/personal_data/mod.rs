//! Personal data over the whole catalog: what the rules suggest, to be confirmed or rejected, and what was decided.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::address::Address;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::pages::PageView;
use crate::parts::{Submit, data_table, empty, icon, page_header};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::{Column, Paged};
use reeve_model::personal_data::Class;
use reeve_model::reader::Lang;

/// Fields of the forms. `COLUMN` is there for each that is chosen: `table number:column`.
pub const COLUMN: &str = "column";
pub const DECISION: &str = "decision";
pub const CONFIRM: &str = "confirm";
pub const REJECT: &str = "reject";

#[derive(Clone, Debug)]
pub struct PersonalDataPage {
    pub found: Paged<Found>,
    pub decided: bool,
    pub class: Option<Class>,
    pub database: String,
    pub is_first: bool,
    /// The address with its query, without the cursor: where the form comes back to.
    pub back: String,
    /// How many were just decided, and how many the reader may not decide.
    pub done: Option<(i64, i64)>,
}

/// A column that holds personal data, or might.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub table: i64,
    pub source: String,
    pub ambiguous: bool,
    pub database: String,
    pub name: String,
    pub column: Column,
    pub class: Class,
    pub suggested: Option<Class>,
    pub reason_ko: String,
    pub reason_en: String,
    pub by: Option<String>,
}

impl PageView for PersonalDataPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let heading = view! { <h1>{t.personal_data()}</h1> }.html();
        let done = self.done.map(|(decided, forbidden)| {
            let left = (forbidden > 0).then(|| view! { <p>{t.personal_forbidden(forbidden)}</p> });
            view! {
                <div class="callout tone-good" role="status">
                    {icon("check")} <div><strong>{t.personal_decided_now(decided)}</strong> {left}</div>
                </div>
            }
        });
        let list = if self.found.items.is_empty() {
            let (title, advice) = if self.decided {
                (t.personal_none_decided(), t.personal_none_decided_advice())
            } else {
                (t.personal_none_open(), t.personal_none_open_advice())
            };
            empty("pii", title, view! { <p>{advice}</p> }.html())
        } else {
            self.list(ctx)
        };
        let main = view! {
            {page_header(blank(), heading, t.personal_lead().html(), blank())}
            {done}
            {self.tabs(ctx)}
            <div class="panel">
                <header class="panel-header">{self.filters(ctx)}</header>
                {list}
            </div>
        };
        Framed { title: t.personal_data(), section: "/personal-data", has_search: false, main: main.html() }
    }
}

impl PersonalDataPage {
    fn tabs(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let tab = |text: String, href: &str, is_here: bool| {
            view! { <a href=href.to_owned() aria-current=is_here.then_some("page")>{text}</a> }
        };
        view! {
            <nav class="tabs" aria-label=t.personal_data()>
                {tab(t.personal_open(), "/personal-data", !self.decided)}
                {tab(t.personal_decided(), "/personal-data?state=decided", self.decided)}
            </nav>
        }
        .html()
    }

    fn filters(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let state = self.decided.then(|| view! { <input r#type="hidden" name="state" value="decided"/> });
        let choice = |value: &'static str, text: String, on: bool| {
            view! {
                <option value=value selected=on>
                    {text}
                </option>
            }
        };
        let classes = Class::ALL
            .iter()
            .rev()
            .map(|class| choice(class.as_str(), ctx.class_name(*class), self.class == Some(*class)));
        view! {
            <form class="row" role="search" action="/personal-data" aria-label=t.filters()>
                {state}
                <label class="visually-hidden" r#for="class">{t.personal_class()}</label>
                <select class="input compact" id="class" name="class">
                    {choice("", t.personal_class_any(), self.class.is_none())} {classes.collect::<Vec<_>>()}
                </select>
                <label class="visually-hidden" r#for="database">{t.database()}</label>
                <input
                    class="input compact"
                    id="database"
                    name="database"
                    value=self.database.clone()
                    placeholder=t.database()
                    autocomplete="off"
                />
                <button class="button small" r#type="submit">{t.filter_apply()}</button>
            </form>
        }
        .html()
    }

    fn list(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let rows = self.found.items.iter().map(|found| self.row(ctx, found));
        let heads = vec![
            (t.choose(), ""),
            (t.column(), ""),
            (t.comment(), "hide-narrow"),
            (t.personal_class(), ""),
            (t.personal_reason(), "hide-narrow"),
        ];
        let body = view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html();
        let shown = i64::try_from(self.found.items.len()).unwrap_or(i64::MAX);
        let confirm =
            Submit { label: t.personal_confirm(), tone: "primary", icon: "check", sends: Some((DECISION, CONFIRM)) };
        let reject = Submit { label: t.personal_reject(), tone: "", icon: "x", sends: Some((DECISION, REJECT)) };
        let classes = Class::ALL.iter().map(|class| Submit {
            label: ctx.class_name(*class),
            tone: "",
            icon: "pii",
            sends: Some((DECISION, class.as_str())),
        });
        let confirm = (!self.decided).then(|| view! { {ctx.submit(confirm)} {ctx.submit(reject)} });
        view! {
            <form method="post" action="/personal-data">
                {ctx.form_token()}
                <input r#type="hidden" name="back" value=self.back.clone()/>
                {data_table(&t.personal_data(), heads, body)}
                <footer class="panel-foot">
                    {confirm} <span class="small muted">{t.personal_set()}</span>
                    {classes.map(|class| ctx.submit(class)).collect::<Vec<_>>()}
                    <span class="small muted">{t.of_shown(shown, self.found.total)}</span>
                    {ctx.pager(self.found.next_cursor.as_deref(), self.is_first)}
                </footer>
            </form>
        }
        .html()
    }

    fn row(&self, ctx: Ctx<'_>, found: &Found) -> Html {
        let t = ctx.t;
        let place = Address::new(&found.database, Some(&found.name), &found.source, found.ambiguous);
        let table = format!("{}.{}", found.database, found.name);
        let key = format!("{}:{}", found.table, found.column.name);
        let reason = if ctx.lang() == Lang::Ko { &found.reason_ko } else { &found.reason_en };
        let by = found.by.clone().map(|by| view! { <span class="tiny muted">{by}</span> });
        view! {
            <tr>
                <td>
                    <input
                        r#type="checkbox"
                        name=COLUMN
                        value=key
                        aria-label=t.choose_this(format!("{table}.{}", found.column.name))
                    />
                </td>
                <th scope="row">
                    <a class="mono" href=place.column(&found.column.name)>{found.column.name.clone()}</a>
                    " " <code class="faint tiny">{found.column.data_type.clone()}</code>
                    <p class="tiny"><a class="mono target" href=place.page()>{table}</a></p>
                </th>
                <td class="muted hide-narrow">{found.column.comment.as_deref().map(|text| ctx.prose(text))}</td>
                <td>{ctx.class(found.class, self.decided)} " " {by}</td>
                <td class="muted hide-narrow">{reason.clone()}</td>
            </tr>
        }
        .html()
    }
}

/// The address of the page under these filters.
pub fn address(decided: bool, class: Option<Class>, database: &str) -> String {
    let mut pairs = Vec::new();
    if decided {
        pairs.push(("state", "decided"));
    }
    if let Some(class) = class {
        pairs.push(("class", class.as_str()));
    }
    if !database.is_empty() {
        pairs.push(("database", database));
    }
    link::query("/personal-data", pairs)
}
