//! How one signs in, and what acts in one's name. An administrator sees another's in the same way.

#[cfg(any(test, feature = "fixtures"))]
pub(in crate::pages) mod fixture;

mod device;

use crate::form::Form;
use crate::html::{Html, ToHtml, blank};
use crate::pages::PageView;
use crate::pages::sign_in::{AGAIN, PASSWORD, Refused, secret};
use crate::parts::{Field, Submit, badge, data_table, fact_list, icon, page_header, panel, status};
use crate::shell::{Ctx, Framed};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::account::Token;
use reeve_model::permission::{Role, Scope};

/// Fields of the forms.
pub const CURRENT: &str = "current";
pub const TOKEN_NAME: &str = "name";
pub const TOKEN_DAYS: &str = "days";
pub const TOKEN_SCOPE: &str = "scope";
/// For how long a token may be made.
pub const DAYS: [(&str, i64); 3] = [("30", 30), ("90", 90), ("180", 180)];

/// Sessions, tokens and the password of somebody.
#[derive(Clone, Debug)]
pub struct AccountPage {
    pub login: String,
    pub name: String,
    pub mail: Option<String>,
    pub roles: Vec<Role>,
    /// It is his own who looks: only then are there forms that make something.
    pub is_own: bool,
    pub sessions: Vec<Session>,
    pub tokens: Vec<Token>,
    /// Just made: its name and itself, shown this once.
    pub made: Option<(String, String)>,
    pub token_form: Form,
    /// He signs in with a password of Reeve's own.
    pub has_password: bool,
    pub password: Option<PasswordAnswer>,
}

/// What became of a change of password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordAnswer {
    Changed,
    Refused(Refused),
}

/// A session of his that is alive.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: i64,
    pub is_this: bool,
    /// As the browser calls itself.
    pub agent: Option<String>,
    pub address: Option<String>,
    pub provider: String,
    pub last_seen_at: DateTime<Utc>,
}

impl PageView for AccountPage {
    fn view(&self, ctx: Ctx<'_>) -> Framed {
        let t = ctx.t;
        let title = if self.is_own { t.account() } else { t.account_of(self.name.clone()) };
        let heading = view! { <h1>{title.clone()}</h1> }.html();
        let roles = self.roles.iter().map(|role| badge("tone-neutral", "user", t.role(*role)));
        let facts = vec![
            (t.sign_in_login(), Some(view! { <code>{self.login.clone()}</code> }.html())),
            (t.account_roles(), Some(view! { <span class="row">{roles.collect::<Vec<_>>()}</span> }.html())),
        ];
        let main = view! {
            {page_header(blank(), heading, t.account_lead().html(), blank())}
            <section class="panel" aria-label=title.clone()>
                <div class="panel-body">{fact_list(facts)}</div>
            </section>
            {self.sessions(ctx)}
            {self.tokens(ctx)}
            {(self.is_own && self.has_password).then(|| self.password(ctx))}
        };
        Framed { title, section: "", has_search: false, main: main.html() }
    }
}

impl AccountPage {
    /// Where a form of this page is sent to.
    fn action(&self, what: &str) -> String {
        let of = if self.is_own { String::new() } else { format!("?of={}", self.login) };
        format!("/account/{what}{of}")
    }

    fn sessions(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let rows = self.sessions.iter().map(|session| {
            let device = device::name(t, session.agent.as_deref());
            let end = (!session.is_this).then(|| {
                view! {
                    <form method="post" action=self.action(&format!("sessions/{}/end", session.id))>
                        {ctx.form_token()}
                        <button class="button small" r#type="submit" aria-label=t.account_session_end_of(device.clone())>
                            {t.account_session_end()}
                        </button>
                    </form>
                }
            });
            let provider = match session.provider.as_str() {
                "local" => t.provider_local(),
                "demo" => t.provider_demo(),
                named => named.to_owned(),
            };
            view! {
                <tr>
                    <th scope="row">
                        {device.clone()} " "
                        {session.is_this.then(|| badge("tone-info", "check", t.account_session_this()))}
                    </th>
                    <td class="hide-narrow">{session.address.clone()}</td>
                    <td class="hide-narrow">{provider}</td>
                    <td>{ctx.time(session.last_seen_at)}</td>
                    <td>{end}</td>
                </tr>
            }
        });
        let body = view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html();
        let heads = vec![
            (t.account_session_device(), ""),
            (t.account_session_address(), "hide-narrow"),
            (t.account_session_with(), "hide-narrow"),
            (t.account_session_used(), ""),
            (t.account_action(), ""),
        ];
        let others = self.sessions.iter().any(|session| !session.is_this).then(|| {
            view! {
                <form method="post" action=self.action("sessions/end")>
                    {ctx.form_token()}
                    <button class="button small danger" r#type="submit">{t.account_session_end_others()}</button>
                </form>
            }
        });
        panel(t.account_sessions(), others.html(), data_table(&t.account_sessions(), heads, body))
    }

    fn tokens(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let made = self.made.clone().map(|(name, token)| {
            view! {
                <div class="panel-body">
                    <div class="callout tone-good" role="status">
                        {icon("check")}
                        <div>
                            <strong>{t.account_token_shown(name)}</strong> <p>{t.account_token_shown_note()}</p>
                            <label class="visually-hidden" r#for="token-value">{t.account_token_value()}</label>
                            <input class="input mono" id="token-value" readonly value=token/>
                        </div>
                    </div>
                </div>
            }
        });
        let list = if self.tokens.is_empty() {
            view! {
                <div class="panel-body">
                    <p class="muted">{t.account_tokens_none()}</p>
                </div>
            }
            .html()
        } else {
            self.token_table(ctx)
        };
        let content = view! { {made} {list} {self.is_own.then(|| self.new_token(ctx))} };
        panel(t.account_tokens(), blank(), content.html())
    }

    fn token_table(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let rows = self.tokens.iter().map(|token| {
            let scopes = token.scopes.iter().map(|scope| {
                view! { <span class="badge tone-neutral">{scope.as_str()}</span> }
            });
            let expires = if token.expires_at <= ctx.chrome.now {
                status("tone-neutral", "x", t.account_token_expired())
            } else {
                ctx.date(token.expires_at)
            };
            let used = match token.last_used_at {
                Some(at) => ctx.time(at),
                None => t.account_token_never().html(),
            };
            view! {
                <tr>
                    <th scope="row">
                        <b>{token.name.clone()}</b> " " <code class="small">{token.hint.clone()} "…"</code>
                    </th>
                    <td>
                        <span class="row">{scopes.collect::<Vec<_>>()}</span>
                    </td>
                    <td class="hide-narrow">{ctx.date(token.created_at)}</td>
                    <td>{expires}</td>
                    <td class="hide-narrow">{used}</td>
                    <td>
                        <form method="post" action=self.action(&format!("tokens/{}/revoke", token.id))>
                            {ctx.form_token()}
                            <button
                                class="button small danger"
                                r#type="submit"
                                aria-label=t.account_token_revoke_of(token.name.clone())
                            >
                                {t.account_token_revoke()}
                            </button>
                        </form>
                    </td>
                </tr>
            }
        });
        let body = view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html();
        let heads = vec![
            (t.account_token_name(), ""),
            (t.account_token_scopes(), ""),
            (t.account_token_made(), "hide-narrow"),
            (t.account_token_expires(), ""),
            (t.account_token_used(), "hide-narrow"),
            (t.account_action(), ""),
        ];
        data_table(&t.account_tokens(), heads, body)
    }

    fn new_token(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let name = Field {
            id: "token-name".to_owned(),
            name: TOKEN_NAME,
            label: t.account_token_name(),
            hint: t.account_token_name_hint(),
            required: true,
        };
        let days = Field {
            id: "token-days".to_owned(),
            name: TOKEN_DAYS,
            label: t.account_token_expires(),
            hint: String::new(),
            required: true,
        };
        let choices = DAYS.iter().map(|(value, days)| (*value, t.account_token_days(*days))).collect();
        let scopes = Scope::ALL.iter().map(|scope| {
            view! {
                <label class="choice">
                    <input r#type="checkbox" name=TOKEN_SCOPE value=scope.as_str() checked=*scope == Scope::CatalogRead/>
                    <span>
                        <code>{scope.as_str()}</code> <small>{t.scope(*scope)}</small>
                    </span>
                </label>
            }
        });
        let submit = Submit { label: t.account_token_create(), tone: "primary", icon: "plus", sends: None };
        view! {
            <div class="panel-body">
                <form method="post" action=self.action("tokens") class="stack tight" aria-label=t.account_token_new()>
                    {ctx.form_token()} <h3>{t.account_token_new()}</h3>
                    <div class="form-grid">
                        {ctx.text_field(&self.token_form, &name)} {ctx.select(&self.token_form, &days, choices)}
                    </div>
                    <fieldset class="field">
                        <legend>{t.account_token_scopes()}</legend>
                        <div class="choices">{scopes.collect::<Vec<_>>()}</div>
                    </fieldset>
                    <p class="tiny faint">{t.account_token_note()}</p>
                    <div>{ctx.submit(submit)}</div>
                </form>
            </div>
        }
        .html()
    }

    fn password(&self, ctx: Ctx<'_>) -> Html {
        let t = ctx.t;
        let answer = self.password.map(|answer| {
            let (tone, icon_name, text) = match answer {
                PasswordAnswer::Changed => ("callout tone-good", "check", t.account_password_changed()),
                PasswordAnswer::Refused(Refused::TooShort) => ("callout tone-bad", "x", t.sign_in_too_short()),
                PasswordAnswer::Refused(Refused::NotTheSame) => ("callout tone-bad", "x", t.sign_in_not_the_same()),
                PasswordAnswer::Refused(Refused::SlowDown { seconds }) => {
                    ("callout tone-bad", "x", t.advice_slow_down(seconds))
                }
                PasswordAnswer::Refused(Refused::Busy) => ("callout tone-bad", "x", t.advice_busy()),
                // The others are refusals of a sign-in.
                PasswordAnswer::Refused(_) => ("callout tone-bad", "x", t.account_password_wrong()),
            };
            view! { <div class=tone role="alert">{icon(icon_name)} <div>{text}</div></div> }
        });
        let submit = Submit { label: t.account_password_change(), tone: "primary", icon: "key", sends: None };
        let content = view! {
            <div class="panel-body">
                {answer}
                <form method="post" action="/account/password" class="stack tight" aria-label=t.account_password()>
                    {ctx.form_token()} {secret(CURRENT, t.account_password_current(), "current-password")}
                    {secret(PASSWORD, t.sign_in_new_password(), "new-password")}
                    {secret(AGAIN, t.sign_in_again(), "new-password")}
                    <p class="tiny faint">{t.account_password_note()}</p> <div>{ctx.submit(submit)}</div>
                </form>
            </div>
        };
        panel(t.account_password(), blank(), content.html())
    }
}
