//! The parts of a form: each field with its label, what is wrong with it, its hint, and what was typed.

use super::{icon, icon_small};
use crate::form::{Form, Mistake};
use crate::html::{Html, ToHtml, blank};
use crate::shell::Ctx;
use leptos::prelude::*;

/// A field by what stands around it.
pub(crate) struct Field {
    /// Unique on the page.
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) label: String,
    /// What to enter; empty where the label says it.
    pub(crate) hint: String,
    /// The form is not taken without it.
    pub(crate) required: bool,
}

/// A button that sends its form.
pub(crate) struct Submit {
    pub(crate) label: String,
    /// `primary`, `danger` or none.
    pub(crate) tone: &'static str,
    pub(crate) icon: &'static str,
    /// Name and value that it sends, for a form with several.
    pub(crate) sends: Option<(&'static str, &'static str)>,
}

impl Ctx<'_> {
    pub(crate) fn text_field(self, form: &Form, field: &Field) -> Html {
        let (value, wrong, described) = self.state(form, field);
        let input = view! {
            <input
                class="input"
                id=field.id.clone()
                name=field.name
                value=value
                aria-required=field.required.then_some("true")
                aria-invalid=wrong
                aria-describedby=described
            />
        };
        self.around(form, field, input.html())
    }

    pub(crate) fn text_area(self, form: &Form, field: &Field) -> Html {
        let (value, wrong, described) = self.state(form, field);
        // Leptos does not escape what stands within it, and a browser drops the first line break.
        let text = format!("\n{value}").html();
        let input = view! {
            <textarea
                class="input"
                id=field.id.clone()
                name=field.name
                rows="3"
                aria-required=field.required.then_some("true")
                aria-invalid=wrong
                aria-describedby=described
            >
                {text}
            </textarea>
        };
        self.around(form, field, input.html())
    }

    /// One of several: value and text of each.
    pub(crate) fn select(self, form: &Form, field: &Field, choices: Vec<(&'static str, String)>) -> Html {
        let (value, wrong, described) = self.state(form, field);
        let choices = choices.into_iter().map(|(choice, text)| {
            let selected = choice == value;
            view! {
                <option value=choice selected=selected>
                    {text}
                </option>
            }
        });
        let input = view! {
            <select
                class="input"
                id=field.id.clone()
                name=field.name
                aria-required=field.required.then_some("true")
                aria-invalid=wrong
                aria-describedby=described
            >
                {choices.collect::<Vec<_>>()}
            </select>
        };
        self.around(form, field, input.html())
    }

    pub(crate) fn submit(self, button: Submit) -> Html {
        let Submit { label, tone, icon: icon_name, sends } = button;
        let (name, value) = sends.unzip();
        view! {
            <button class=format!("button {tone}") r#type="submit" name=name value=value>
                {icon_small(icon_name)} {label}
            </button>
        }
        .html()
    }

    /// Above a form with two mistakes or more: what is wrong, with a link to each field.
    pub(crate) fn mistakes(self, form: &Form, fields: &[&Field]) -> Html {
        let wrong = fields.iter().filter_map(|field| {
            let text = self.mistake(form, field)?;
            Some(view! {
                <li>
                    <a href=format!("#{}", field.id)>{field.label.clone()}</a> ": " {text}
                </li>
            })
        });
        let wrong = wrong.collect::<Vec<_>>();
        if wrong.len() < 2 {
            return blank();
        }
        view! {
            <div class="callout tone-bad" role="alert" tabindex="-1">
                {icon("alert")}
                <div>
                    <strong>{self.t.form_mistakes(i64::try_from(wrong.len()).unwrap_or(i64::MAX))}</strong>
                    <ul>{wrong}</ul>
                </div>
            </div>
        }
        .html()
    }

    /// What was typed, whether it is wrong, and the elements that say what to enter.
    fn state(self, form: &Form, field: &Field) -> (String, Option<&'static str>, Option<String>) {
        let is_wrong = form.mistake(field.name).is_some();
        let error = is_wrong.then(|| format!("{}-error", field.id));
        let hint = (!field.hint.is_empty()).then(|| format!("{}-hint", field.id));
        let described = error.into_iter().chain(hint).collect::<Vec<_>>().join(" ");
        let value = form.value(field.name).to_owned();
        (value, is_wrong.then_some("true"), (!described.is_empty()).then_some(described))
    }

    fn around(self, form: &Form, field: &Field, input: Html) -> Html {
        let error = self.mistake(form, field).map(|text| {
            view! { <span class="error" id=format!("{}-error", field.id)>{icon_small("alert")} {text}</span> }
        });
        let hint = (!field.hint.is_empty()).then(|| {
            view! { <span class="help" id=format!("{}-hint", field.id)>{field.hint.clone()}</span> }
        });
        view! {
            <div class="field">
                <label r#for=field.id.clone()>{field.label.clone()}</label>
                {input} {error} {hint}
            </div>
        }
        .html()
    }

    fn mistake(self, form: &Form, field: &Field) -> Option<String> {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Some(match form.mistake(field.name)? {
            Mistake::TooShort { least } => self.t.mistake_too_short(count(least)),
            Mistake::TooLong { most } => self.t.mistake_too_long(count(most)),
            Mistake::NoChoice => self.t.mistake_no_choice(),
            Mistake::Nobody => self.t.mistake_nobody(),
            Mistake::Several => self.t.mistake_several(),
            Mistake::NothingChosen => self.t.mistake_nothing_chosen(),
            Mistake::HasLeft => self.t.mistake_has_left(),
            Mistake::Taken => self.t.mistake_taken(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::chrome;
    use reeve_model::reader::Lang;

    fn field(name: &'static str) -> Field {
        Field { id: format!("f-{name}"), name, label: name.to_owned(), hint: "hint".to_owned(), required: true }
    }

    #[test]
    fn a_field_that_is_wrong_says_so_beside_it_and_keeps_what_was_typed() {
        let chrome = chrome(Lang::En, None, "/");
        let ctx = Ctx::new(&chrome);
        let mut form = Form::new([("reason".to_owned(), "<b>".to_owned())]);
        form.text("reason", 10, 100);
        form.choice("days", |_| None::<u8>);
        let html = ctx.text_area(&form, &field("reason")).to_html();
        for expected in [
            r#"aria-invalid="true""#,
            r#"aria-describedby="f-reason-error f-reason-hint""#,
            "\n&lt;b&gt;</textarea>",
            r#"<span id="f-reason-error" class="error">"#,
            "Enter 10 characters or more.",
            r#"<label for="f-reason">"#,
        ] {
            assert!(html.contains(expected), "{expected} is not in {html}");
        }
        let select = ctx.select(&form, &field("days"), vec![("7", "7 days".to_owned())]).to_html();
        assert!(select.contains("Choose one of those offered."), "{select}");
        let all = ctx.mistakes(&form, &[&field("reason"), &field("days")]).to_html();
        assert!(all.contains(r#"role="alert""#) && all.contains("href=\"#f-days\""), "{all}");
        let right = ctx.text_field(&Form::default(), &field("name")).to_html();
        assert!(!right.contains("aria-invalid") && right.contains(r#"aria-describedby="f-name-hint""#), "{right}");
    }
}
