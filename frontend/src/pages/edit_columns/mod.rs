//! Comments and classes of a table's columns, to be edited.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{Submit, breadcrumb, data_table, page_header};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::asset::{ColumnDetail, Paged};
use reeve_model::curation::Author;
use reeve_model::personal_data::Class;
use reeve_model::problem::Reason;
use reeve_model::reader::Lang;

pub const REVISION: &str = "revision";
/// Before a column's name.
pub const COMMENT: &str = "comment.";
pub const CLASS: &str = "class.";

#[derive(Clone, Debug)]
pub struct EditColumnsPage {
    pub name: String,
    /// The tab of columns.
    pub home: String,
    pub action: String,
    pub revision: i64,
    pub columns: Paged<ColumnDetail>,
    pub is_first: bool,
    pub may_comment: bool,
    pub may_classify: bool,
    pub refused: Option<Reason>,
}

impl PageView for EditColumnsPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let title = t.edit_columns_of(self.name.clone());
        let way = vec![(t.databases(), "/databases".to_owned()), (self.name.clone(), self.home.clone())];
        let heading = view! { <h1>{title.clone()}</h1> }.html();
        let rows = self.columns.items.iter().enumerate().map(|(at, column)| self.row(ctx, at, column));
        let heads =
            vec![(t.column(), ""), (t.comment(), ""), (t.comment_of_source(), "hide-narrow"), (t.personal_data(), "")];
        let table = data_table(&title, heads, view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html());
        let save = Submit { label: t.save(), tone: "primary", icon: "check", sends: None };
        let main = view! {
            {page_header(breadcrumb(t.breadcrumb(), way, t.edit()), heading, t.edit_columns_lead().html(), blank())}
            {ctx.refusal(self.refused.as_ref())}
            <form method="post" action=self.action.clone() class="stack">
                {ctx.form_token()}
                <input r#type="hidden" name=REVISION value=self.revision.to_string()/>
                <section class="panel" aria-label=t.columns()>
                    {table}
                    <footer class="panel-foot">
                        {ctx.submit(save)} <a class="button" href=self.home.clone()>{t.cancel()}</a>
                        {ctx.pager(self.columns.next_cursor.as_deref(), self.is_first)}
                    </footer>
                </section>
            </form>
        };
        Framed { title, section: "/databases", has_search: false, main: main.html() }
    }
}

impl EditColumnsPage {
    fn row(&self, ctx: Ctx<'_>, at: usize, column: &ColumnDetail) -> Html {
        let t = ctx.t;
        let (own, source) = match column.comment_from {
            Some(Author::Portal) => (column.comment.clone(), column.other_comment.clone()),
            _ => (column.other_comment.clone(), column.comment.clone()),
        };
        let comment = if self.may_comment {
            view! {
                <input
                    class="input"
                    id=format!("comment-{at}")
                    name=format!("{COMMENT}{}", column.name)
                    value=own.unwrap_or_default()
                    aria-label=t.comment_on(column.name.clone())
                />
            }
            .html()
        } else {
            own.as_deref().map(|text| ctx.prose(text)).unwrap_or_else(blank)
        };
        let data = column.personal_data.as_ref();
        let suggestion = data.and_then(|data| data.suggestion.as_ref()).map(|suggestion| {
            let reason = if ctx.lang() == Lang::Ko { &suggestion.reason_ko } else { &suggestion.reason_en };
            view! { <p class="tiny muted">{ctx.class(suggestion.class, false)} " " {reason.clone()}</p> }
        });
        let decided = data.filter(|data| data.decided).map(|data| data.class);
        let class = if self.may_classify {
            let choice = |value: &'static str, text: String, on: bool| {
                view! {
                    <option value=value selected=on>
                        {text}
                    </option>
                }
            };
            let classes =
                Class::ALL.iter().map(|class| choice(class.as_str(), ctx.class_name(*class), decided == Some(*class)));
            view! {
                <select
                    class="input"
                    id=format!("class-{at}")
                    name=format!("{CLASS}{}", column.name)
                    aria-label=t.class_of(column.name.clone())
                >
                    {choice("", t.class_undecided(), decided.is_none())}
                    {classes.collect::<Vec<_>>()}
                </select>
            }
            .html()
        } else {
            decided.map(|class| ctx.class(class, true)).unwrap_or_else(blank)
        };
        view! {
            <tr>
                <th scope="row">
                    <code>{column.name.clone()}</code> " " <code class="faint tiny">{column.data_type.clone()}</code>
                </th>
                <td>{comment}</td>
                <td class="muted hide-narrow">{source.as_deref().map(|text| ctx.prose(text))}</td>
                <td>{class} {suggestion}</td>
            </tr>
        }
        .html()
    }
}
