use crate::app::App;
use crate::audit::Origin;
use crate::auth::Caller;
use crate::db::{Tx, WriteTx};
use crate::governance::{self, Made};
use crate::http::api::requests::{How, content, look, person, shown, subject};
use crate::http::api::revision::Tagged;
use crate::http::error::{Error, Result};
use crate::http::extract::{Json as Sent, Query, Signed, Spoken};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::{Problem, RequestRefusal};
use reeve_model::request::{Action as Act, Content, Request, RequestDetail, RequestKind, RequestPreview, Subject};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What somebody asks for. Besides these fields it has those of its kind: of `retention_extension` `days`, `until`,
/// `fewest_days`, `extent`, `masked_columns`; of `ownership` `how`, `role`, `to`; of `deprecation` `how`, `on`, `note`,
/// `replacement`; of `access` `to`, `until`; of `restore` `extent`; of `proposal` `change`; of `ingestion` its specification.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRequest {
    pub kind: RequestKind,
    /// `db.table` or `db`; of an ingestion the table that is to be.
    pub subject: String,
    /// Name of the source, where several have such a database.
    #[serde(default)]
    pub source: Option<String>,
    pub reason: String,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

/// Ask for something, or see what would become of it
#[utoipa::path(
    post, path = "/requests", tag = "governance", params(How), request_body = NewRequest,
    responses(
        (status = 201, body = RequestDetail),
        (status = 200, description = "With `preview=true`", body = RequestPreview),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    State(app): State<App>,
    caller: Signed,
    origin: Origin,
    Spoken(lang): Spoken,
    Query(how): Query<How>,
    Sent(new): Sent<NewRequest>,
) -> Result<Response> {
    caller.actor.may(Action::Request, &Resource::portal())?;
    let now = app.clock.now();
    if how.preview {
        let mut tx = app.db.read().await?;
        let asked = Asked::read(&mut tx, &caller, new).await?;
        return Ok(Json(preview(&mut tx, &app, &caller, asked, now).await?).into_response());
    }
    let mut tx = app.db.write().await?;
    let asked = Asked::read(&mut tx, &caller, new).await?;
    let request = file(&mut tx, &app, &caller, &origin, asked, !how.draft, now).await?;
    let looked = look(&mut tx, &app, &caller, request.id, now).await?;
    tx.commit().await?;
    app.job_bell.notify_one();
    Ok((StatusCode::CREATED, Tagged(request.version, shown(looked, lang))).into_response())
}

/// What is asked for, as it was read.
#[derive(Debug)]
pub(in crate::http) struct Asked {
    pub(in crate::http) subject: Subject,
    pub(in crate::http) content: Content,
    pub(in crate::http) reason: String,
}

impl Asked {
    /// # Errors
    /// What cannot be read, or is not there.
    pub(in crate::http) async fn read(tx: &mut Tx, caller: &Caller, new: NewRequest) -> Result<Self> {
        let mut fields = new.fields;
        fields.insert("kind".to_owned(), <&str>::from(new.kind).into());
        let subject = match new.kind {
            RequestKind::Ingestion => Subject { asset: None, name: new.subject.trim().to_owned() },
            // A policy is nothing of the catalog.
            RequestKind::PolicyChange => Subject { asset: None, name: new.subject.trim().to_owned() },
            _ => subject(tx, caller, new.subject.trim(), new.source.as_deref()).await?,
        };
        if subject.name.is_empty() {
            return Err(
                RequestRefusal::UnreadableField { field: "subject".to_owned(), why: "it is empty".to_owned() }.into()
            );
        }
        Ok(Self { subject, content: content(tx, Value::Object(fields)).await?, reason: new.reason })
    }
}

/// Files it, or keeps it as a draft.
///
/// # Errors
/// What is wrong with it, by field.
pub(in crate::http) async fn file(
    tx: &mut WriteTx,
    app: &App,
    caller: &Caller,
    origin: &Origin,
    asked: Asked,
    submits: bool,
    now: DateTime<Utc>,
) -> Result<Request> {
    let requester = person(caller)?;
    let made = Made { subject: asked.subject, content: asked.content, reason: &asked.reason, requester };
    let draft = governance::draft(tx, app, origin, made, now).await?;
    if !submits {
        return Ok(draft);
    }
    let expects = Some(draft.version);
    let decided = governance::decide(tx, app, origin, &draft, Act::Submit, (requester, expects), now).await?;
    Ok(decided.request)
}

/// What would become of it.
///
/// # Errors
/// As [`file`].
pub(in crate::http) async fn preview(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    asked: Asked,
    now: DateTime<Utc>,
) -> Result<RequestPreview> {
    let preview = governance::view::preview(tx, app, person(caller)?, asked.subject, asked.content, &asked.reason, now);
    preview.await.map_err(Error::from)
}
