//! What administrators may do to a person: roles, and keeping him out.

use super::Managed;
use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::link;
use crate::parts::{Field, Submit, panel};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::permission::Role;
use reeve_model::person::PersonDetail;

/// The fields of the forms, and their words.
pub const ROLE: &str = "role";
pub const HAS: &str = "has";
pub const GIVE: &str = "give";
pub const TAKE: &str = "take";
pub const STATE: &str = "state";
pub const DISABLE: &str = "disable";
pub const ENABLE: &str = "enable";
pub const REASON: &str = "reason";

/// Roles that are given by hand; the others follow from what somebody is.
const GIVEN: [Role; 3] = [Role::PrivacyOfficer, Role::Operator, Role::Administrator];

/// A role that can be given by hand, by its word.
pub fn given_role(word: &str) -> Option<Role> {
    GIVEN.into_iter().find(|role| role.as_str() == word)
}

pub(super) fn panel_of(ctx: Ctx<'_>, person: &PersonDetail, managed: &Managed) -> Html {
    let t = ctx.t;
    let login = &person.summary.login;
    let roles = GIVEN.into_iter().map(|role| {
        let has = managed.roles.contains(&role);
        let (word, label) = if has { (TAKE, t.role_take()) } else { (GIVE, t.role_give()) };
        let name = t.role(role);
        view! {
            <li>
                <form class="row spread" method="post" action=format!("{}/roles", link::person(login))>
                    {ctx.form_token()}
                    <input r#type="hidden" name=ROLE value=role.as_str()/>
                    <span>{name.clone()} {has.then(|| view! { " " <span class="faint">{t.role_has()}</span> })}</span>
                    <button class="button small" r#type="submit" name=HAS value=word aria-label=format!("{label}: {name}")>
                        {label.clone()}
                    </button>
                </form>
            </li>
        }
    });
    let content = view! {
        <ul class="panel-list small" role="list">{roles.collect::<Vec<_>>()}</ul>
        <div class="panel-body">{state_form(ctx, person, &managed.form)}</div>
    };
    panel(t.manage_title(), blank(), content.html())
}

fn state_form(ctx: Ctx<'_>, person: &PersonDetail, form: &Form) -> Html {
    let t = ctx.t;
    let reason = Field {
        id: "manage-reason".to_owned(),
        name: REASON,
        label: t.manage_reason(),
        hint: t.manage_reason_hint(),
        required: true,
    };
    let submit = if person.summary.disabled_at.is_some() {
        Submit { label: t.manage_enable(), tone: "", icon: "check", sends: Some((STATE, ENABLE)) }
    } else {
        Submit { label: t.manage_disable(), tone: "danger", icon: "lock", sends: Some((STATE, DISABLE)) }
    };
    view! {
        <form class="stack tight" method="post" action=format!("{}/state", link::person(&person.summary.login))>
            {ctx.form_token()} {ctx.text_field(form, &reason)} <div>{ctx.submit(submit)}</div>
        </form>
    }
    .html()
}
