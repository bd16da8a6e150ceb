//! One file per page: load, render. A page is a function of its data; the frontend crate is that function.

mod account;
mod api_docs;
mod audit;
mod bulk_edit;
mod crawl;
mod database;
mod databases;
mod edit;
mod edit_columns;
pub(super) mod error;
mod home;
mod inbox;
mod notices_end;
mod owners;
mod people;
mod person;
mod personal_data;
mod principals;
mod proposals;
mod request;
mod requests;
mod retention_request;
mod search;
mod sign_in;
mod sign_in_oidc;
mod sign_in_spnego;
mod source;
mod sources;
mod style_guide;
mod succession;
mod table;
mod tags;
mod team;

use super::error::{Error, Result};
use super::extract::Signed;
use super::layers::{FormToken, Nonce};
use super::path_and_query;
use super::preferences::{self, Preferences};
use crate::app::App;
use crate::catalog::overview;
use crate::curation::may;
use crate::curation::proposals::list as proposals_of;
use crate::db::Tx;
use axum::Router;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::middleware::from_fn;
use axum::response::Html;
use axum::routing::{get, post};
use reeve_frontend::pages::table::proposals::Curation;
use reeve_frontend::{Chrome, PageView};
use reeve_model::AssetId;
use reeve_model::Word;
use reeve_model::curation::Author;
use reeve_model::permission::{Action, Resource};
use serde::Deserialize;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/search", get(search::search))
        .route("/databases", get(databases::databases))
        .route("/databases/{database}", get(database::database))
        .route("/tables/{database}/{table}", get(table::overview))
        .route("/databases/{database}/owners", post(owners::of_database))
        .route("/databases/{database}/watch", post(owners::watch_database))
        .route("/search/watch", post(owners::watch_search))
        .route("/tables/{database}/{table}/owners", post(owners::of_table))
        .route("/tables/{database}/{table}/watch", post(owners::watch_table))
        .route("/tables/{database}/{table}/columns", get(table::columns))
        .route("/tables/{database}/{table}/partitions", get(table::partitions))
        .route("/tables/{database}/{table}/history", get(table::history))
        .route("/tables/{database}/{table}/edit", get(edit::table).post(edit::save_table))
        .route("/tables/{database}/{table}/columns/edit", get(edit_columns::show).post(edit_columns::save))
        .route("/databases/{database}/edit", get(edit::database).post(edit::save_database))
        .route("/proposals/{id}", post(proposals::decide))
        .route("/tags", get(tags::show).post(tags::add))
        .route("/tags/remove", post(tags::take))
        .route("/personal-data", get(personal_data::show).post(personal_data::decide))
        .route("/search/edit", get(bulk_edit::show).post(bulk_edit::preview))
        .route("/search/edit/make", post(bulk_edit::make))
        .route("/search/edit/{id}", get(bulk_edit::made))
        .route("/search/edit/{id}/undo", post(bulk_edit::undo))
        .route("/sources", get(sources::sources))
        .route("/sources/{name}", get(source::source))
        .route("/sources/{name}/crawl", post(source::crawl))
        .route("/sources/{name}/removals/{id}", post(source::decide))
        .route("/crawls/{id}", get(crawl::crawl))
        .route("/inbox", get(inbox::inbox))
        .route("/requests", get(requests::requests))
        .route("/requests/new/retention", get(retention_request::show).post(retention_request::send))
        .route("/requests/{id}", get(request::show))
        .route("/requests/{id}/decisions", post(request::decide))
        .route("/audit", get(audit::audit))
        .route("/audit/verify", post(audit::verify_now))
        .route("/audit/export", post(audit::export))
        .route("/people", get(people::people))
        .route("/people/principals", get(principals::show).post(principals::change))
        .route("/people/questions/{id}", post(people::answer))
        .route("/people/accounts/{id}", post(people::join))
        .route("/people/{login}", get(person::person))
        .route("/people/{login}/roles", post(person::role))
        .route("/people/{login}/state", post(person::state))
        .route("/people/{login}/records/{id}", post(person::part))
        .route("/teams/{name}", get(team::team))
        .route("/succession", get(succession::list))
        .route("/succession/{id}", get(succession::show))
        .route("/succession/{id}/handover", post(succession::hand_over))
        .route("/style-guide", get(style_guide::style_guide))
        .route("/docs/api", get(api_docs::api_docs))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-in/demo", post(sign_in::enter_demo))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/account/sessions/end", post(account::end_others))
        .route("/account/sessions/{id}/end", post(account::end_session))
        .route("/account/tokens", post(account::make_token))
        .route("/account/tokens/{id}/revoke", post(account::revoke_token))
        .route("/sign-in/link/{token}", get(sign_in::link).post(sign_in::set_password))
        .route("/sign-in/spnego", get(sign_in_spnego::negotiate))
        .route("/sign-in/oidc/{name}", get(sign_in_oidc::begin))
        .route("/sign-in/oidc/{name}/callback", get(sign_in_oidc::callback))
        .route("/sign-in/oidc/{name}/backchannel-logout", post(sign_in_oidc::back_channel))
        .route("/sign-out", post(sign_in::leave))
        .route("/notices/end/{token}", get(notices_end::ask).post(notices_end::end))
        .route("/preferences/theme", post(preferences::set_theme))
        .layer(from_fn(preferences::remember_lang))
}

/// Who asks for a page, and how he likes it.
pub(super) struct Visit {
    pub(super) caller: Signed,
    app: App,
    preferences: Preferences,
    nonce: String,
    form_token: String,
    pub(super) uri: String,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let caller = Signed::from_request_parts(parts, app).await?;
        let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let preferences = match parts.extensions.get::<Preferences>() {
            Some(preferences) => preferences.clone(),
            None => Preferences::of(&parts.headers, &uri),
        };
        let nonce = parts.extensions.get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default();
        let form_token = parts.extensions.get::<FormToken>().map(|token| token.0.clone()).unwrap_or_default();
        Ok(Self { caller, app: app.clone(), preferences, nonce, form_token, uri: path_and_query(&uri).to_owned() })
    }
}

impl Visit {
    /// The one transaction that the page and its frame are read in.
    pub(super) async fn read(&self) -> Result<Tx> {
        Ok(self.app.db.read().await?)
    }

    /// What he may do with what is said of an asset, and what is proposed of it.
    pub(super) async fn curation(&self, tx: &mut Tx, asset: AssetId) -> Result<Curation> {
        let actor = &self.caller.actor;
        let resource = may::resource(tx, actor, asset).await?;
        Ok(Curation {
            proposals: proposals_of(tx, asset).await?,
            may_edit: edit::may_of(self, &resource).edit,
            may_edit_columns: actor.can(Action::EditDescription, &resource) || actor.can(Action::Classify, &resource),
            may_propose: actor.can(Action::Propose, &resource),
            may_decide: actor.can(Action::DecideProposal, &resource),
            login: actor.login.clone(),
        })
    }

    /// Whose comments of columns go first.
    pub(super) fn comments(&self) -> Author {
        self.app.config.catalog.comments.into()
    }

    /// The page in its frame; ends the transaction.
    pub(super) async fn render(&self, mut tx: Tx, page: &dyn PageView) -> Result<Html<String>> {
        let fresh_at = overview::fresh_as_of(&mut tx, &self.app.config).await?;
        drop(tx);
        let chrome = Chrome {
            lang: self.preferences.lang,
            theme: self.preferences.theme,
            uri: self.uri.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fresh_at,
            now: self.app.clock.now(),
            zone: self.app.config.server.time_zone,
            nonce: self.nonce.clone(),
            form_token: self.form_token.clone(),
            is_demo: self.app.config.auth.demo.is_some(),
            may: Action::ALL
                .iter()
                .copied()
                .filter(|action| self.caller.actor.can(*action, &Resource::portal()))
                .collect(),
            who: self.caller.actor.person.map(|_| self.caller.actor.name.clone()),
        };
        Ok(Html(reeve_frontend::render(&chrome, page)))
    }
}

/// Which part of a list a page shows, from its URL.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    q: String,
    cursor: Option<String>,
    /// Which of several sources is meant.
    source: Option<String>,
}

impl ListQuery {
    /// A form sends an empty cursor where there is none.
    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty())
    }
}
