#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;
mod providers;

use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::parts::{avatar, icon};
use crate::shell::{Ctx, Framed};
use leptos::prelude::*;
use reeve_model::permission::Role;

pub use providers::Provider;

/// Fields of both forms.
pub const LOGIN: &str = "login";
pub const PASSWORD: &str = "password";
pub const AGAIN: &str = "again";
pub const NEXT: &str = "next";
/// Whom one is in a demo.
pub const AS: &str = "as";

/// Who are you: a name and a password, or a link that sets one.
#[derive(Clone, Debug)]
pub struct SignInPage {
    /// The name as it was typed; never the password.
    pub form: Form,
    /// Where one goes from here: a path of ours.
    pub next: String,
    pub refused: Option<Refused>,
    /// Other ways in than a password.
    pub providers: Vec<Provider>,
    /// Sets the password of this login, by the link that the page stands at.
    pub sets_password_of: Option<String>,
    /// Whether there are passwords to sign in with.
    pub has_passwords: bool,
    /// Whom one may be in a demo; empty anywhere else.
    pub demo: Vec<DemoPerson>,
}

/// Somebody to be, by one click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    pub login: String,
    pub name: String,
    pub roles: Vec<Role>,
}

/// Why one is not signed in; never which of name and password it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Wrong,
    SlowDown {
        seconds: u32,
    },
    Busy,
    TooShort,
    NotTheSame,
    /// Nobody knew the name and password, and a directory or provider did not answer.
    NoAnswer,
    /// Proven, and it cannot be told whose account it is.
    Question,
    /// The provider says who it is, and he may not come in.
    NotAllowed,
    /// Turned away by the provider, or gone from there by himself.
    Cancelled,
    /// Begun in another browser, too long ago, or used before.
    Expired,
    /// What the provider said could not be believed; why is in the log.
    Unproven,
}

impl PageView for SignInPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        if !self.demo.is_empty() {
            return demo(ctx, self);
        }
        let title = if self.sets_password_of.is_some() { t.sign_in_set_password() } else { t.sign_in() };
        let refused = self.refused.map(|refused| {
            let text = match refused {
                Refused::Wrong => t.sign_in_wrong(),
                Refused::SlowDown { seconds } => format!("{} {}", t.reason_slow_down(), t.advice_slow_down(seconds)),
                Refused::Busy => format!("{} {}", t.reason_busy(), t.advice_busy()),
                Refused::TooShort => t.sign_in_too_short(),
                Refused::NotTheSame => t.sign_in_not_the_same(),
                Refused::NoAnswer => t.sign_in_no_answer(),
                Refused::Question => t.sign_in_question(),
                Refused::NotAllowed => t.sign_in_not_allowed(),
                Refused::Cancelled => t.sign_in_cancelled(),
                Refused::Expired => t.sign_in_expired(),
                Refused::Unproven => t.sign_in_unproven(),
            };
            view! {
                <div class="callout tone-bad" role="alert">
                    {icon("x")} <div><strong>{t.sign_in_refused()}</strong> <p>{text}</p></div>
                </div>
            }
        });
        let form = match &self.sets_password_of {
            Some(login) => new_password(ctx, login),
            None if self.has_passwords => password(ctx, self),
            None => blank(),
        };
        let providers = providers::links(ctx, self);
        let main = view! {
            <h1>{title.clone()}</h1>
            {refused}
            <section class="panel" aria-label=title.clone()>
                <div class="panel-body stack">{providers} {form}</div>
            </section>
        };
        Framed { title, section: "", has_search: true, main: main.html() }
    }
}

fn demo(ctx: Ctx<'_>, page: &SignInPage) -> Framed {
    let t = ctx.t;
    let people = page.demo.iter().map(|person| {
        let roles: Vec<Role> = match person.roles.as_slice() {
            [role] => vec![*role],
            roles => roles.iter().copied().filter(|role| *role != Role::Analyst).collect(),
        };
        let names: Vec<String> = roles.iter().map(|role| t.role(*role)).collect();
        let about: Vec<String> = roles.iter().map(|role| t.role_about(*role)).collect();
        view! {
            <button class="choice" r#type="submit" name=AS value=person.login.clone()>
                {avatar(&person.name)}
                <span>
                    <b>{person.name.clone()}</b> ", " {names.join(", ")} <small>{about.join(". ")}</small>
                </span>
            </button>
        }
    });
    let main = view! {
        <div>
            <h1>{t.sign_in_demo()}</h1>
            <p class="muted">{t.sign_in_demo_lead()}</p>
        </div>
        <div class="callout tone-warn">
            {icon("alert")}
            <div>
                <strong>{t.sign_in_demo_warning()}</strong> <p>{t.sign_in_demo_warning_text()}</p>
            </div>
        </div>
        <form method="post" action="/sign-in/demo" class="panel" aria-label=t.sign_in_demo_people()>
            {ctx.form_token()} <input r#type="hidden" name=NEXT value=page.next.clone()/>
            <div class="panel-body choices">{people.collect::<Vec<_>>()}</div>
            <footer class="panel-foot">{t.sign_in_demo_change()}</footer>
        </form>
    };
    Framed { title: t.sign_in_demo(), section: "", has_search: true, main: main.html() }
}

fn password(ctx: Ctx<'_>, page: &SignInPage) -> Html {
    let t = ctx.t;
    view! {
        <form method="post" action="/sign-in" class="stack tight">
            {ctx.form_token()}
            <input r#type="hidden" name=NEXT value=page.next.clone()/>
            <div class="field">
                <label r#for="login">{t.sign_in_login()}</label>
                <input
                    class="input"
                    id="login"
                    name=LOGIN
                    value=page.form.value(LOGIN).to_owned()
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                />
            </div>
            {secret(PASSWORD, t.sign_in_password(), "current-password")}
            <div>
                <button class="button primary" r#type="submit">{icon("key")} {t.sign_in()}</button>
            </div>
        </form>
    }
    .html()
}

fn new_password(ctx: Ctx<'_>, login: &str) -> Html {
    let t = ctx.t;
    view! {
        <form method="post" class="stack tight">
            {ctx.form_token()}
            <p>{t.sign_in_password_of(login.to_owned())}</p>
            {secret(PASSWORD, t.sign_in_new_password(), "new-password")}
            {secret(AGAIN, t.sign_in_again(), "new-password")}
            <div>
                <button class="button primary" r#type="submit">{icon("key")} {t.sign_in_set_password()}</button>
            </div>
        </form>
    }
    .html()
}

pub(crate) fn secret(name: &'static str, label: String, autocomplete: &'static str) -> Html {
    view! {
        <div class="field">
            <label r#for=name>{label}</label>
            <input class="input" id=name r#type="password" name=name autocomplete=autocomplete required/>
        </div>
    }
    .html()
}
