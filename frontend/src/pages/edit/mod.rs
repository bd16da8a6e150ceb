//! What is said of a table or a database, to be edited, or to be proposed by who may not.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{Field, Submit, breadcrumb, icon, page_header};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::curation::Tag;
use reeve_model::problem::Reason;
use reeve_model::reader::Lang;

/// Fields of the form.
pub const REVISION: &str = "revision";
pub const DESCRIPTION: &str = "description";
pub const CERTIFIED: &str = "certified";
pub const DEPRECATED: &str = "deprecated";
pub const DEPRECATION_NOTE: &str = "deprecation_note";
pub const REPLACEMENT: &str = "replacement";
pub const WHY: &str = "why";
/// Before the name of a tag: a checkbox for each.
pub const TAG: &str = "tag.";

#[derive(Clone, Debug)]
pub struct EditPage {
    /// `db.table` or `db`.
    pub name: String,
    /// The page of what is edited.
    pub home: String,
    /// Where the form is sent to.
    pub action: String,
    pub is_table: bool,
    /// As it was typed, or as it is said now.
    pub form: Form,
    /// Of what `form` is sent as a change of.
    pub revision: i64,
    pub tags: Vec<Tag>,
    pub may: May,
    pub source_description: Option<String>,
    /// What it says now, where somebody else has edited it meanwhile.
    pub conflict: Option<Conflict>,
    pub refused: Option<Reason>,
}

/// What the reader may change himself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Otherwise he proposes.
    pub edit: bool,
    pub certify: bool,
    pub deprecate: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub description: String,
    pub tags: Vec<String>,
}

impl PageView for EditPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let title = if self.may.edit { t.edit_of(self.name.clone()) } else { t.propose_of(self.name.clone()) };
        let way = vec![(t.databases(), "/databases".to_owned()), (self.name.clone(), self.home.clone())];
        let here = if self.may.edit { t.edit() } else { t.propose() };
        let heading = view! { <h1>{title.clone()}</h1> }.html();
        let lead = if self.may.edit { t.edit_lead() } else { t.propose_lead() };
        let main = view! {
            {page_header(breadcrumb(t.breadcrumb(), way, here), heading, lead.html(), blank())}
            {self.conflict(ctx)}
            {ctx.refusal(self.refused.as_ref())}
            <section class="panel" aria-label=title.clone()>
                <div class="panel-body">{self.fields(ctx)}</div>
            </section>
        };
        Framed { title, section: "/databases", has_search: false, main: main.html() }
    }
}

impl EditPage {
    fn fields(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let field = |name: &'static str, label: String, hint: String| Field {
            id: name.to_owned(),
            name,
            label,
            hint,
            required: false,
        };
        let source = self.source_description.as_deref().map(|text| {
            view! { <p class="small muted">{t.description_of_source()} " " {ctx.prose(text)}</p> }
        });
        let tags = (self.is_table && !self.tags.is_empty()).then(|| self.tags(ctx));
        let certify = (self.is_table && self.may.certify).then(|| check(&self.form, CERTIFIED, t.certify()));
        let deprecate = (self.is_table && self.may.deprecate).then(|| {
            view! {
                <fieldset class="stack tight">
                    <legend>{t.deprecation()}</legend>
                    {check(&self.form, DEPRECATED, t.deprecate())}
                    {ctx.text_field(&self.form, &field(DEPRECATION_NOTE, t.deprecation_note(), t.deprecation_note_hint()))}
                    {ctx.text_field(&self.form, &field(REPLACEMENT, t.replacement(), t.replacement_hint()))}
                </fieldset>
            }
        });
        let why =
            (!self.may.edit).then(|| ctx.text_field(&self.form, &field(WHY, t.propose_why(), t.propose_why_hint())));
        let label = if self.may.edit { t.save() } else { t.propose() };
        view! {
            <form method="post" action=self.action.clone() class="stack">
                {ctx.form_token()}
                <input r#type="hidden" name=REVISION value=self.revision.to_string()/>
                {ctx.text_area(&self.form, &field(DESCRIPTION, t.description(), t.description_hint()))}
                {source} {tags} {certify} {deprecate} {why}
                <div class="row">
                    {ctx.submit(Submit { label, tone: "primary", icon: "check", sends: None })}
                    <a class="button" href=self.home.clone()>{t.cancel()}</a>
                </div>
            </form>
        }
        .html()
    }

    fn tags(&self, ctx: Ctx<'_>) -> Html {
        let choices = self.tags.iter().map(|tag| {
            let name = format!("{TAG}{}", tag.name);
            let title = if ctx.lang() == Lang::Ko { &tag.title_ko } else { &tag.title_en };
            let is_on = !self.form.value(&name).is_empty();
            view! {
                <label class="check">
                    <input r#type="checkbox" name=name value="on" checked=is_on/>
                    <span>{tag.name.clone()}</span>
                    <span class="muted">{title.clone()}</span>
                </label>
            }
        });
        view! {
            <fieldset>
                <legend>{ctx.t.tags()}</legend>
                {choices.collect::<Vec<_>>()}
            </fieldset>
        }
        .html()
    }

    /// Both texts: what it says now, and what was typed, which is in the form below.
    fn conflict(&self, ctx: Ctx<'_>) -> Html {
        let Some(now) = &self.conflict else { return blank() };
        let t = ctx.t;
        let tags = (!now.tags.is_empty()).then(|| view! { <p>{t.tags()} ": " {now.tags.join(", ")}</p> });
        view! {
            <div class="callout tone-warn" role="alert">
                {icon("alert")}
                <div>
                    <strong>{t.conflict()}</strong>
                    <p>{t.conflict_advice()}</p>
                    <pre class="source-text">
                        <code>{now.description.clone()}</code>
                    </pre>
                    {tags}
                </div>
            </div>
        }
        .html()
    }
}

/// A single checkbox.
fn check(form: &Form, name: &'static str, label: String) -> Html {
    let is_on = !form.value(name).is_empty();
    view! {
        <label class="check">
            <input r#type="checkbox" name=name value="on" checked=is_on/>
            <span>{label}</span>
        </label>
    }
    .html()
}
