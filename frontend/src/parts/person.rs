//! People and teams as links, how it stands with somebody, and what roles and scopes are called.

use super::{badge, data_table, icon_small, status};
use crate::address::Address;
use crate::html::{Html, ToHtml};
use crate::shell::Ctx;
use crate::text::Texts;
use crate::{format, link};
use chrono::NaiveDate;
use leptos::prelude::*;
use reeve_model::permission::{Role, Scope};
use reeve_model::person::{AnswersFor, Attribute, Owned, PersonKind, PersonRef, PersonState, TeamRef, Why};

/// A person's first letter on a colour of his own.
pub(crate) fn avatar(name: &str) -> Html {
    let colour = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 8 + 1;
    let letter: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
    view! { <span class=format!("avatar av{colour}") aria-hidden="true">{letter}</span> }.html()
}

impl Texts {
    pub(crate) fn role(self, role: Role) -> String {
        match role {
            Role::Analyst => self.role_analyst(),
            Role::PrivacyOfficer => self.role_privacy_officer(),
            Role::Operator => self.role_operator(),
            Role::Administrator => self.role_administrator(),
            Role::Service => self.role_service(),
        }
    }

    /// What the role is for, in a few words.
    pub(crate) fn role_about(self, role: Role) -> String {
        match role {
            Role::Analyst => self.role_analyst_about(),
            Role::PrivacyOfficer => self.role_privacy_officer_about(),
            Role::Operator => self.role_operator_about(),
            Role::Administrator => self.role_administrator_about(),
            Role::Service => self.role_service_about(),
        }
    }

    /// What a token with this scope may be used for.
    pub(crate) fn scope(self, scope: Scope) -> String {
        match scope {
            Scope::CatalogRead => self.scope_catalog_read(),
            Scope::CatalogWrite => self.scope_catalog_write(),
            Scope::CrawlsRun => self.scope_crawls_run(),
            Scope::RequestsWrite => self.scope_requests_write(),
            Scope::AuditRead => self.scope_audit_read(),
            Scope::PeopleManage => self.scope_people_manage(),
        }
    }
}

impl Ctx<'_> {
    pub(crate) fn person(self, person: &PersonRef) -> Html {
        let gone = person.state == PersonState::Departed;
        let left = gone.then(|| view! { " " {badge("tone-bad", "user-gone", self.t.person_left())} });
        view! {
            {self.person_name(&person.login, &person.name, gone)} {left}
        }
        .html()
    }

    pub(crate) fn person_name(self, login: &str, name: &str, gone: bool) -> Html {
        let picture = if gone { icon_small("user-gone") } else { avatar(name) };
        view! {
            <a class="person" href=link::person(login)>{picture} {name.to_owned()}</a>
        }
        .html()
    }

    pub(crate) fn team(self, team: &TeamRef) -> Html {
        view! {
            <a class="person" href=link::team(&team.name)>{icon_small("users")} {team.title.clone()}</a>
        }
        .html()
    }

    /// A day as it is written in the reader's language.
    pub(crate) fn day(self, day: NaiveDate) -> String {
        let noon = day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc();
        format::date(self.lang(), noon.with_timezone(&chrono_tz::Tz::UTC))
    }

    /// His state as icon, word and colour.
    pub(crate) fn person_state(self, state: PersonState) -> Html {
        let t = self.t;
        let (tone, icon, text) = match state {
            PersonState::Planned => ("tone-neutral", "calendar", t.person_planned()),
            PersonState::Active => ("tone-good", "check", t.person_here()),
            PersonState::OnLeave => ("tone-info", "pause", t.person_on_leave()),
            PersonState::Suspected => ("tone-warn", "alert", t.person_suspected()),
            PersonState::Departed => ("tone-bad", "user-gone", t.person_left()),
        };
        status(tone, icon, text)
    }

    /// Why it stands so with him, in a sentence.
    pub(crate) fn why(self, why: &Why) -> String {
        let t = self.t;
        let at = |at| self.moment(at);
        match why.clone() {
            Why::Listed { source } => t.why_listed(source),
            Why::Starts { source, on } => t.why_starts(self.day(on), source),
            Why::Leave { source, status } => t.why_leave(source, status),
            Why::Ended { source, on } => t.why_ended(self.day(on), source),
            Why::Expired { source, on } => t.why_expired(self.day(on), source),
            Why::Left { source, status } => t.why_left(source, status),
            Why::Disabled { source } => t.why_disabled(source),
            Why::Missing { source, since } => t.why_missing(at(since), source),
            Why::Gone { source, since, at: agreed } => t.why_gone(at(agreed), at(since), source),
        }
    }

    pub(crate) fn attribute(self, attribute: Attribute) -> String {
        let t = self.t;
        match attribute {
            Attribute::Name => t.person_name(),
            Attribute::Login => t.person_login(),
            Attribute::Mail => t.person_mail(),
            Attribute::EmployeeNumber => t.person_number(),
            Attribute::Title => t.person_title(),
            Attribute::Department => t.team(),
            Attribute::Manager => t.person_manager(),
            Attribute::StartsOn => t.person_starts(),
            Attribute::EndsOn => t.person_ends(),
            Attribute::State => t.state(),
        }
    }

    pub(crate) fn person_kind(self, kind: PersonKind) -> String {
        match kind {
            PersonKind::Employee => self.t.person_employee(),
            PersonKind::Contractor => self.t.person_contractor(),
            PersonKind::Service => self.t.person_service(),
        }
    }

    /// What somebody answers for himself: role by role as it was assigned to him.
    pub(crate) fn answers_for(self, assets: &[AnswersFor]) -> Html {
        let t = self.t;
        if assets.is_empty() {
            return view! { <p class="panel-body muted">{t.answers_for_nothing()}</p> }.html();
        }
        let rows = assets.iter().map(|one| {
            let address = Address::new(&one.database, one.table.as_deref(), &one.source, one.ambiguous);
            let name = match &one.table {
                Some(table) => format!("{}.{table}", one.database),
                None => one.database.clone(),
            };
            view! {
                <tr>
                    <th scope="row"><a class="mono" href=address.page()>{name}</a></th>
                    <td>{self.owner_role(one.role)}</td>
                    <td class="num">{self.size(one.size_bytes)}</td>
                    <td class="num hide-narrow">{self.date(one.since)}</td>
                </tr>
            }
        });
        let heads = vec![
            (t.answers_for_what(), ""),
            (t.answers_for_role(), ""),
            (t.size(), "num"),
            (t.answers_for_since(), "num hide-narrow"),
        ];
        data_table(&t.answers_for(), heads, view! { <tbody>{rows.collect::<Vec<_>>()}</tbody> }.html())
    }

    /// What belongs to somebody by the names that other systems have for him.
    pub(crate) fn owned(self, owned: &[Owned]) -> Html {
        let t = self.t;
        if owned.is_empty() {
            return view! { <p class="panel-body muted">{t.owned_nothing()}</p> }.html();
        }
        let rows = owned.iter().map(|one| {
            let rule = one.rule.map(|rule| t.rule_number(rule));
            let href = link::query("/search", [("q", format!("owner:\"{}\"", one.name).as_str())]);
            view! {
                <li class="row spread">
                    <span>
                        <a href=href><code>{one.name.clone()}</code></a> " " <span class="faint">{rule}</span>
                    </span>
                    <span class="num">{t.count_tables(one.tables)} ", " {format::bytes(one.size_bytes)}</span>
                </li>
            }
        });
        view! { <ul class="panel-list small" role="list">{rows.collect::<Vec<_>>()}</ul> }.html()
    }
}
