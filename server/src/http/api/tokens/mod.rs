pub mod create;
pub mod list;
pub mod revoke;

use crate::app::App;
use crate::auth::person;
use crate::http::error::{Error, Result};
use crate::http::extract::Signed;
use reeve_model::AssetId;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{AuthRefusal, Thing};
use serde::Deserialize;
use utoipa::IntoParams;

/// Whose tokens are meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfPerson {
    /// Login of a person or service account; absent: oneself.
    #[serde(default)]
    login: String,
}

impl OfPerson {
    /// Whom it names.
    ///
    /// # Errors
    /// Not found, or nobody asks.
    pub async fn find(&self, app: &App, caller: &Signed) -> Result<AssetId> {
        if self.login.is_empty() {
            return caller.actor.person.ok_or_else(|| Error::from(AuthRefusal::SignInNeeded));
        }
        caller.actor.may(Action::SeePeople, &Resource::portal())?;
        let found = person::find(&mut app.db.read().await?, &self.login).await?;
        found.ok_or_else(|| Error::not_found(Thing::Person, &self.login))
    }
}
