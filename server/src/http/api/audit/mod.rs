pub mod list;
pub mod show;

use crate::app::App;
use crate::audit::list::{Filter, bound};
use crate::http::error::{Error, Result};
use chrono::{DateTime, Utc};
use reeve_model::Word;
use reeve_model::audit::{Event, ObjectKind};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which acts; what is left out asks for all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Wanted {
    /// Words in the object's name, the values before and after, or the reason.
    pub q: String,
    /// Login name of who acted, or on whose behalf.
    pub actor: String,
    /// What was done: `class_changed`, `token_created`.
    pub action: String,
    /// To what: a kind, or a kind and its id: `table`, `table:12`.
    pub object: String,
    /// From this moment on (RFC 3339), or from the begin of this day (2026-11-24) where the portal is.
    pub since: String,
    /// Before this moment, or until the end of this day.
    pub until: String,
}

impl Wanted {
    /// # Errors
    /// What no row could have, by its parameter.
    pub fn filter(&self, app: &App) -> Result<Filter> {
        if !self.action.is_empty() && Event::parse(&self.action).is_none() {
            return Err(Error::not_one_of("action", &self.action, &Event::words()));
        }
        let kind = self.object.split(':').next().unwrap_or_default();
        if !kind.is_empty() && ObjectKind::parse(kind).is_none() {
            return Err(Error::not_one_of("object", kind, &ObjectKind::words()));
        }
        let zone = app.config.server.time_zone;
        let moment = |name: &str, text: &str, is_end| -> Result<Option<DateTime<Utc>>> {
            if text.is_empty() {
                return Ok(None);
            }
            bound(text, zone, is_end).map(Some).ok_or_else(|| Error::unreadable(name, text))
        };
        Ok(Filter {
            q: self.q.clone(),
            actor: self.actor.trim().to_owned(),
            action: self.action.clone(),
            object: self.object.clone(),
            since: moment("since", &self.since, false)?,
            until: moment("until", &self.until, true)?,
        })
    }
}
