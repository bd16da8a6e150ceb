//! Requests: what people and machines ask for, and what is decided of it.

pub mod create;
pub mod decide;
pub mod list;
pub mod show;

use crate::app::App;
use crate::auth::Caller;
use crate::catalog::{databases, tables};
use crate::db::Tx;
use crate::governance::list::{Filter, Order, Which};
use crate::governance::view::Looked;
use crate::governance::{GovernanceError, view};
use crate::http::error::{Error, Result, echo};
use crate::http::owners::holder;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use reeve_model::problem::{AuthRefusal, GovernanceRefusal, Reason, RequestRefusal, Thing};
use reeve_model::reader::Lang;
use reeve_model::request::{ActionShown, Content, RequestDetail, RequestKind, StateWord, Subject};
use reeve_model::{AssetId, Word};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct How {
    /// Only says what would become of it: steps, price, caps. Nothing is filed.
    pub preview: bool,
    /// Keeps it without asking anybody.
    pub draft: bool,
}

/// Which requests; what is left out asks for all.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Wanted {
    pub kind: String,
    /// A state, `open`, or `mine`.
    pub state: String,
    /// Part of what they are about: `db.table`.
    pub q: String,
}

impl Wanted {
    /// # Errors
    /// What is no kind or state, by its parameter.
    pub(in crate::http) fn filter(&self, caller: &Caller) -> Result<Filter> {
        let kind = match self.kind.as_str() {
            "" => None,
            word => {
                Some(RequestKind::parse(word).ok_or_else(|| Error::not_one_of("kind", word, &RequestKind::words()))?)
            }
        };
        let which = match self.state.as_str() {
            "" => Which::All,
            "open" => Which::Open,
            "mine" => Which::By(person(caller)?),
            word => {
                let known = || Error::not_one_of("state", word, &[&["open", "mine"], &*StateWord::words()].concat());
                Which::In(StateWord::parse(word).filter(|state| *state != StateWord::Draft).ok_or_else(known)?)
            }
        };
        Ok(Filter { kind, which, q: self.q.clone(), order: Order::Newest, asset: None })
    }
}

impl From<GovernanceError> for Error {
    fn from(error: GovernanceError) -> Self {
        match error {
            GovernanceError::Refused(refusal) => Reason::Governance(refusal).into(),
            GovernanceError::Catalog(error) => error.into(),
            GovernanceError::Effect(why) => Self::internal(why),
        }
    }
}

/// Whoever asks or decides is somebody.
///
/// # Errors
/// For the command line, and for nobody.
pub(in crate::http) fn person(caller: &Caller) -> Result<AssetId> {
    caller.actor.person.ok_or_else(|| AuthRefusal::SignInNeeded.into())
}

/// What a request is about: `db.table`, or `db`.
///
/// # Errors
/// Not found.
pub(in crate::http) async fn subject(
    tx: &mut Tx,
    caller: &Caller,
    name: &str,
    source: Option<&str>,
) -> Result<Subject> {
    let Some((database, table)) = name.split_once('.') else {
        let found = databases::find(tx, name, source, &caller.hidden).await?;
        let found = found.ok_or_else(|| Error::not_found(Thing::Database, name))?;
        return Ok(Subject { asset: Some(found.id), name: found.name });
    };
    let found = tables::find(tx, database, table, source, &caller.hidden).await?;
    let found = found.ok_or_else(|| Error::not_found(Thing::Table, name))?;
    Ok(Subject { asset: Some(found.summary.id), name: found.qualified_name })
}

/// What is asked for, out of fields that name people and teams by their names.
///
/// # Errors
/// Which field cannot be read, and why; nobody is called so.
pub(in crate::http) async fn content(tx: &mut Tx, mut fields: Value) -> Result<Content> {
    for field in ["to", "owner"] {
        let Some(name) = fields.get(field).and_then(Value::as_str).map(str::to_owned) else { continue };
        fields[field] = holder(tx, &name).await?.id.0.into();
    }
    serde_path_to_error::deserialize(fields).map_err(|error| {
        let field = echo(error.path().to_string());
        RequestRefusal::UnreadableField { field, why: echo(error.into_inner().to_string()) }.into()
    })
}

/// The version that a decision is made from.
///
/// # Errors
/// 428 where the caller does not say.
pub(in crate::http) fn version(headers: &HeaderMap) -> Result<Option<i64>> {
    let given = headers.get(header::IF_MATCH).and_then(|given| given.to_str().ok()).map(str::trim);
    let Some(given) = given else { return Err(Reason::Governance(GovernanceRefusal::NoVersion).into()) };
    if given == "*" {
        return Ok(None);
    }
    let tag = given.trim_start_matches("W/").trim_matches('"');
    let version = tag.split('-').next().and_then(|version| version.parse().ok());
    version.map(Some).ok_or_else(|| Reason::Governance(GovernanceRefusal::NoVersion).into())
}

/// A request for whoever asks, with the words for what he may not.
///
/// # Errors
/// Not found, also where it is about something hidden.
pub(in crate::http) async fn look(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    id: i64,
    now: DateTime<Utc>,
) -> Result<Looked> {
    let person = person(caller)?;
    let looked = view::look(tx, app, id, person, &caller.hidden, now).await?;
    looked.ok_or_else(|| Error::not_found(Thing::Request, id))
}

/// The answer of the API: actions with reasons in the caller's language.
pub(in crate::http) fn shown(looked: Looked, lang: Lang) -> RequestDetail {
    let actions = looked.actions.into_iter().map(|(action, may)| ActionShown {
        action,
        allowed: may.is_ok(),
        why: may.err().map(|refusal| reeve_frontend::explain(lang, &Reason::Governance(refusal), "").detail),
    });
    RequestDetail { actions: actions.collect(), ..looked.detail }
}
