//! The governed list of tags.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{Field, Submit, data_table, empty, page_header, panel};
use crate::shell::{Ctx, Framed};
use crate::{format, link};
use leptos::prelude::*;
use reeve_model::curation::Tag;
use reeve_model::problem::Reason;

/// Fields of the form.
pub const NAME: &str = "name";
pub const TITLE_KO: &str = "title_ko";
pub const TITLE_EN: &str = "title_en";

#[derive(Clone, Debug)]
pub struct TagsPage {
    pub tags: Vec<Tag>,
    /// Who may not manage the list sees it.
    pub may_manage: bool,
    pub form: Form,
    pub refused: Option<Reason>,
}

impl PageView for TagsPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let heading = view! { <h1>{t.tags()}</h1> }.html();
        let list = if self.tags.is_empty() {
            empty("tag", t.tags_none(), view! { <p>{t.tags_none_advice()}</p> }.html())
        } else {
            self.list(ctx)
        };
        let main = view! {
            {page_header(blank(), heading, t.tags_lead().html(), blank())}
            {ctx.refusal(self.refused.as_ref())}
            <section class="panel" aria-label=t.tags()>{list}</section>
            {self.may_manage.then(|| self.define(ctx))}
        };
        Framed { title: t.tags(), section: "/tags", has_search: false, main: main.html() }
    }
}

impl TagsPage {
    fn list(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let rows = self.tags.iter().map(|tag| {
            let search = link::query("/search", [("q", format!("tag:\"{}\"", tag.name).as_str())]);
            let remove = self.may_manage.then(|| {
                view! {
                    <form method="post" action="/tags/remove">
                        {ctx.form_token()}
                        <input r#type="hidden" name=NAME value=tag.name.clone()/>
                        <button class="button small danger" r#type="submit" aria-label=t.tag_remove_of(tag.name.clone())>
                            {t.tag_remove()}
                        </button>
                    </form>
                }
            });
            view! {
                <tr>
                    <th scope="row">
                        <a class="mono" href=search>{tag.name.clone()}</a>
                    </th>
                    <td lang="ko">{tag.title_ko.clone()}</td>
                    <td lang="en">{tag.title_en.clone()}</td>
                    <td class="num">{format::number(tag.uses)}</td>
                    <td class="hide-narrow">{tag.created_by.clone()} ", " {ctx.date(tag.created_at)}</td>
                    <td>{remove}</td>
                </tr>
            }
        });
        let heads = vec![
            (t.tag_name(), ""),
            (t.tag_title_ko(), ""),
            (t.tag_title_en(), ""),
            (t.tag_uses(), "num"),
            (t.tag_made(), "hide-narrow"),
            (t.tag_action(), ""),
        ];
        data_table(&t.tags(), heads, view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html())
    }

    fn define(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let field = |name: &'static str, label: String, hint: String| Field {
            id: name.to_owned(),
            name,
            label,
            hint,
            required: true,
        };
        let fields = [
            field(NAME, t.tag_name(), t.tag_name_hint()),
            field(TITLE_KO, t.tag_title_ko(), String::new()),
            field(TITLE_EN, t.tag_title_en(), String::new()),
        ];
        let save = Submit { label: t.tag_define(), tone: "primary", icon: "plus", sends: None };
        let content = view! {
            <div class="panel-body">
                <form method="post" action="/tags" class="stack tight">
                    {ctx.form_token()} {ctx.mistakes(&self.form, &fields.iter().collect::<Vec<_>>())}
                    {fields.iter().map(|field| ctx.text_field(&self.form, field)).collect::<Vec<_>>()}
                    <div>{ctx.submit(save)}</div>
                </form>
            </div>
        };
        panel(t.tag_define(), blank(), content.html())
    }
}
