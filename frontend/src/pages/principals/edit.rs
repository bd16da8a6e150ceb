//! Writing a rule, moving it, taking it out: forms that work without script.

use super::{PrincipalsPage, kind_name, preview, target_name};
use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::parts::{Field, Submit, icon, icon_small, panel};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::principal::{Rule, RuleKind, TargetKind};

/// The fields of the forms, and their words.
pub const ACTION: &str = "action";
pub const SAVE: &str = "save";
pub const PREVIEW: &str = "preview";
pub const UP: &str = "up";
pub const DOWN: &str = "down";
pub const REMOVE: &str = "remove";
/// The version of the rules that the form was made from.
pub const VERSION: &str = "version";
/// Where the rule is to stand, from 1.
pub const PLACE: &str = "place";
/// The place of the rule that it replaces; empty for a new one.
pub const REPLACES: &str = "replaces";
pub const KIND: &str = "kind";
pub const PATTERN: &str = "pattern";
pub const TARGET: &str = "target";
pub const VALUE: &str = "value";
pub const REASON: &str = "reason";

/// The rule that was typed; where a field is wrong the form says which.
pub fn typed(form: &mut Form) -> Rule {
    let kind = form.choice(KIND, RuleKind::parse).unwrap_or(RuleKind::Exact);
    let target = form.choice(TARGET, TargetKind::parse).unwrap_or(TargetKind::Nobody);
    let pattern = form.text(PATTERN, 1, 500);
    let value = if target == TargetKind::Nobody { String::new() } else { form.text(VALUE, 1, 200) };
    Rule { kind, pattern, target, value }
}

/// A form with a rule in it: one that is there, or a new one.
pub fn filled(rule: &Rule, place: usize, replaces: bool) -> Form {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    Form::new([
        pair(KIND, rule.kind.as_str().to_owned()),
        pair(PATTERN, rule.pattern.clone()),
        pair(TARGET, rule.target.as_str().to_owned()),
        pair(VALUE, rule.value.clone()),
        pair(PLACE, place.to_string()),
        pair(REPLACES, if replaces { place.to_string() } else { String::new() }),
    ])
}

/// Moves and removes one rule.
pub(super) fn actions(ctx: Ctx<'_>, version: i64, place: usize, last: usize) -> Html {
    let t = ctx.t;
    let number = i64::try_from(place).unwrap_or(i64::MAX);
    let button = |action: &'static str, name: &'static str, label: String, off: bool| {
        view! {
            <button
                class="button small icon-only"
                r#type="submit"
                name=ACTION
                value=action
                disabled=off
                aria-label=label.clone()
                title=label
            >
                {icon(name)}
            </button>
        }
    };
    view! {
        <form class="row" method="post" action="/people/principals">
            {ctx.form_token()}
            <input r#type="hidden" name=VERSION value=version.to_string()/>
            <input r#type="hidden" name=PLACE value=place.to_string()/>
            {button(UP, "sort", t.rule_up(number), place == 1)}
            {button(DOWN, "down", t.rule_down(number), place == last)}
            {button(REMOVE, "trash", t.rule_remove(number), last == 1)}
            <a class="button small" href=format!("/people/principals?edit={place}#rule") aria-label=t.rule_edit_of(number)>
                {t.rule_edit()}
            </a>
        </form>
    }
    .html()
}

pub(super) fn panel_of(ctx: Ctx<'_>, page: &PrincipalsPage) -> Html {
    let t = ctx.t;
    let form = &page.form;
    let field = |name: &'static str, label: String, hint: String, required| Field {
        id: format!("rule-{name}"),
        name,
        label,
        hint,
        required,
    };
    let kinds = RuleKind::ALL.iter().map(|kind| (kind.as_str(), kind_name(ctx, *kind))).collect();
    let targets = TargetKind::ALL.iter().map(|target| (target.as_str(), target_name(ctx, *target))).collect();
    let wrong = page.wrong.clone().map(|text| {
        view! { <p class="error" role="alert">{icon_small("alert")} <span lang="en">{text}</span></p> }
    });
    let replaces = form.value(REPLACES).to_owned();
    let title = match replaces.parse::<i64>() {
        Ok(place) => t.rule_edit_of(place),
        Err(_) => t.rule_add(),
    };
    let content = view! {
        <div class="panel-body stack tight" id="rule">
            {page.preview.as_ref().map_or_else(blank, |found| preview(ctx, found))}
            <form class="stack tight" method="post" action="/people/principals">
                {ctx.form_token()}
                <input r#type="hidden" name=VERSION value=page.version.to_string()/>
                <input r#type="hidden" name=REPLACES value=replaces/>
                {ctx.select(form, &field(KIND, t.rule_if(), String::new(), true), kinds)}
                {ctx.text_field(form, &field(PATTERN, t.rule_pattern(), t.rule_pattern_hint(), true))}
                {wrong}
                {ctx.select(form, &field(TARGET, t.rule_then(), String::new(), true), targets)}
                {ctx.text_field(form, &field(VALUE, t.rule_value(), t.rule_value_hint(), false))}
                {ctx.text_field(form, &field(PLACE, t.rule_place(), t.rule_place_hint(), false))}
                {ctx.text_field(form, &field(REASON, t.rule_reason(), t.rule_reason_hint(), false))}
                <div class="row">
                    {ctx.submit(Submit { label: t.rule_preview(), tone: "", icon: "eye", sends: Some((ACTION, PREVIEW)) })}
                    {ctx.submit(Submit { label: t.rule_save(), tone: "primary", icon: "check", sends: Some((ACTION, SAVE)) })}
                </div>
            </form>
        </div>
    };
    panel(title, blank(), content.html())
}
