//! One change to all tables that a search finds: chosen, previewed, made and undone.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::pages::PageView;
use crate::parts::{Field, Submit, breadcrumb, icon, page_header, panel};
use crate::shell::{Ctx, Framed};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::curation::{BulkChange, Tag};
use reeve_model::personal_data::Class;
use reeve_model::problem::Reason;

/// Fields of the form.
pub const QUERY: &str = "query";
pub const WHAT: &str = "what";
pub const TAG: &str = "tag";
pub const COLUMN: &str = "column";
pub const CLASS: &str = "class";
pub const NOTE: &str = "note";
/// How many tables the preview would change: nothing is made where that has become another number.
pub const COUNT: &str = "count";

/// What can be done, as the form's field says it.
pub const WHATS: [&str; 5] = ["add_tag", "remove_tag", "classify", "deprecate", "undeprecate"];

#[derive(Clone, Debug)]
pub struct BulkEditPage {
    /// The query string of the search.
    pub query: String,
    /// What was searched, for people.
    pub searched: String,
    /// Tables that the search finds; `most` of them are taken.
    pub found: i64,
    pub most: i64,
    pub tags: Vec<Tag>,
    pub form: Form,
    pub preview: Option<Preview>,
    pub refused: Option<Reason>,
}

/// What would be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    pub changed: i64,
    pub unchanged: i64,
    pub forbidden: i64,
    pub examples: Vec<String>,
}

/// What was done, to be undone.
#[derive(Clone, Debug)]
pub struct BulkMadePage {
    pub id: i64,
    pub query: String,
    pub change: BulkChange,
    pub tables: i64,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub undone_by: Option<String>,
    pub undone_at: Option<DateTime<Utc>>,
    pub kept: Option<i64>,
    pub may_undo: bool,
}

impl PageView for BulkEditPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let back = format!("/search?{}", self.query);
        let way = vec![(t.search(), back)];
        let heading = view! { <h1>{t.bulk_edit()}</h1> }.html();
        let lead =
            if self.found > self.most { t.bulk_lead_most(self.found, self.most) } else { t.bulk_lead(self.found) };
        let main = view! {
            {page_header(breadcrumb(t.breadcrumb(), way, t.bulk_edit()), heading, lead.html(), blank())}
            <p class="small muted">{t.bulk_searched()} " " <code>{self.searched.clone()}</code></p>
            {ctx.refusal(self.refused.as_ref())}
            {self.preview.as_ref().map(|preview| self.preview(ctx, preview))}
            {panel(t.bulk_change(), blank(), self.fields(ctx))}
        };
        Framed { title: t.bulk_edit(), section: "/search", has_search: false, main: main.html() }
    }
}

impl BulkEditPage {
    fn fields(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let field = |name: &'static str, label: String, hint: String| Field {
            id: name.to_owned(),
            name,
            label,
            hint,
            required: false,
        };
        let whats = WHATS.into_iter().map(|what| (what, what_name(ctx, what))).collect();
        let tags = self.tags.iter().map(|tag| {
            let selected = tag.name == self.form.value(TAG);
            view! {
                <option value=tag.name.clone() selected=selected>
                    {tag.name.clone()}
                </option>
            }
        });
        let classes = Class::ALL.iter().map(|class| (class.as_str(), ctx.class_name(*class))).collect();
        let look = Submit { label: t.bulk_preview(), tone: "primary", icon: "eye", sends: None };
        view! {
            <div class="panel-body">
                <form method="post" action="/search/edit" class="stack tight">
                    {ctx.form_token()}
                    <input r#type="hidden" name=QUERY value=self.query.clone()/>
                    {ctx.select(&self.form, &field(WHAT, t.bulk_what(), String::new()), whats)}
                    <div class="field">
                        <label r#for=TAG>{t.facet_tag()}</label>
                        <select class="input" id=TAG name=TAG>
                            {tags.collect::<Vec<_>>()}
                        </select>
                    </div>
                    {ctx.text_field(&self.form, &field(COLUMN, t.column(), t.bulk_column_hint()))}
                    {ctx.select(&self.form, &field(CLASS, t.personal_class(), String::new()), classes)}
                    {ctx.text_field(&self.form, &field(NOTE, t.deprecation_note(), t.deprecation_note_hint()))}
                    <div>{ctx.submit(look)}</div>
                </form>
            </div>
        }
        .html()
    }

    fn preview(&self, ctx: Ctx<'_>, preview: &Preview) -> Html {
        let t = ctx.t;
        let examples = preview.examples.iter().map(|name| view! { <li><code>{name.clone()}</code></li> });
        let others = preview.changed - i64::try_from(preview.examples.len()).unwrap_or(0);
        let more = (others > 0).then(|| view! { <li class="faint">{t.filters_more(others)}</li> });
        let fields = [QUERY, WHAT, TAG, COLUMN, CLASS, NOTE].map(|name| {
            let value = if name == QUERY { self.query.clone() } else { self.form.value(name).to_owned() };
            view! { <input r#type="hidden" name=name value=value/> }
        });
        let make = Submit { label: t.bulk_make(preview.changed), tone: "primary", icon: "check", sends: None };
        let form = (preview.changed > 0).then(|| {
            view! {
                <form method="post" action="/search/edit/make">
                    {ctx.form_token()} {fields.into_iter().collect::<Vec<_>>()}
                    <input r#type="hidden" name=COUNT value=preview.changed.to_string()/> {ctx.submit(make)}
                </form>
            }
        });
        let content = view! {
            <div class="panel-body stack tight">
                <p role="status">
                    <b>{t.bulk_would_change(preview.changed)}</b> " " {t.bulk_unchanged(preview.unchanged)} " "
                    {t.bulk_forbidden(preview.forbidden)}
                </p>
                <ul class="fields" role="list">{examples.collect::<Vec<_>>()} {more}</ul>
                {form}
            </div>
        };
        panel(t.bulk_preview_of(what_name(ctx, self.form.value(WHAT))), blank(), content.html())
    }
}

fn what_name(ctx: Ctx<'_>, what: &str) -> String {
    let t = ctx.t;
    match what {
        "remove_tag" => t.bulk_remove_tag(),
        "classify" => t.bulk_classify(),
        "deprecate" => t.bulk_deprecate(),
        "undeprecate" => t.bulk_undeprecate(),
        _ => t.bulk_add_tag(),
    }
}

/// The change that a form asks for; `None` where it is none.
pub fn change(form: &Form) -> Option<BulkChange> {
    let text = |name: &str| form.value(name).trim().to_owned();
    Some(match form.value(WHAT) {
        "add_tag" => BulkChange::AddTag(text(TAG)),
        "remove_tag" => BulkChange::RemoveTag(text(TAG)),
        "classify" => BulkChange::Classify { column: text(COLUMN), class: Class::parse(form.value(CLASS))? },
        "deprecate" => BulkChange::Deprecate { note: text(NOTE) },
        "undeprecate" => BulkChange::Undeprecate,
        _ => return None,
    })
}

impl PageView for BulkMadePage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let heading = view! { <h1>{t.bulk_made(self.tables)}</h1> }.html();
        let what = match &self.change {
            BulkChange::AddTag(tag) => format!("{}: {tag}", t.bulk_add_tag()),
            BulkChange::RemoveTag(tag) => format!("{}: {tag}", t.bulk_remove_tag()),
            BulkChange::Classify { column, class } => {
                format!("{}: {column}, {}", t.bulk_classify(), ctx.class_name(*class))
            }
            BulkChange::Deprecate { note } => format!("{}: {note}", t.bulk_deprecate()),
            BulkChange::Undeprecate => t.bulk_undeprecate(),
        };
        let undo = Submit { label: t.undo(), tone: "", icon: "undo", sends: None };
        let state = match self.undone_at {
            Some(at) => {
                let by = self.undone_by.clone().unwrap_or_default();
                let kept = self.kept.filter(|kept| *kept > 0).map(|kept| view! { <p>{t.bulk_kept(kept)}</p> });
                view! {
                    <div class="callout tone-info" role="status">
                        {icon("undo")} <div><strong>{t.bulk_undone()}</strong> <p>{by} ", " {ctx.time(at)}</p> {kept}</div>
                    </div>
                }
                .html()
            }
            None if self.may_undo => view! {
                <form method="post" action=format!("/search/edit/{}/undo", self.id)>
                    {ctx.form_token()} {ctx.submit(undo)}
                </form>
            }
            .html(),
            None => blank(),
        };
        let main = view! {
            {page_header(blank(), heading, what.html(), blank())}
            <p class="small muted">{self.made_by.clone()} ", " {ctx.time(self.made_at)}</p>
            {state}
            <p>
                <a class="button" href=format!("/search?{}", self.query)>{t.bulk_back()}</a>
            </p>
        };
        Framed { title: t.bulk_edit(), section: "/search", has_search: false, main: main.html() }
    }
}

/// Where a search is edited.
pub(in crate::pages) fn address(uri: &str) -> String {
    let uri = link::with(uri, "cursor", None);
    let query = uri.split_once('?').map_or("", |(_, query)| query).to_owned();
    format!("/search/edit?{query}")
}
