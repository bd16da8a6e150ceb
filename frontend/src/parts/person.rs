use crate::html::{Html, ToHtml};
use crate::text::Texts;
use leptos::prelude::*;
use reeve_model::permission::{Role, Scope};

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
            Scope::AuditRead => self.scope_audit_read(),
            Scope::PeopleManage => self.scope_people_manage(),
        }
    }
}
