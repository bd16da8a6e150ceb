use crate::app::App;
use crate::audit::Origin;
use crate::auth::Caller;
use crate::db::Tx;
use crate::governance;
use crate::http::api::requests::{content, look, person, shown, version};
use crate::http::api::revision::Tagged;
use crate::http::error::{Error, Result};
use crate::http::extract::{Json as Sent, Path, Signed, Spoken};
use axum::extract::State;
use axum::http::HeaderMap;
use reeve_model::Word;
use reeve_model::permission::{Action, Resource};
use reeve_model::problem::Problem;
use reeve_model::request::{Act, Action as Does, ContentHash, Request, RequestDetail};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What of a request people do by the API; the rest happens by itself.
const KNOWN: [Act; 12] = reeve_model::request::ACTS;

/// A decision on a request.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Decision {
    /// `approve`, `decline`, `counter`, `ask`, `accept`, `refuse`, `answer`, `comment`, `withdraw`, `override`, `edit`, `submit`.
    pub action: String,
    /// The reason, the question, the answer.
    #[serde(default)]
    pub comment: String,
    /// `facts_hash` of the request, where what it was made on is different now and the caller has seen that.
    #[serde(default)]
    pub seen: Option<String>,
    /// Of a counter-offer or an edit: the fields that are to be others, as in `days`, `until`, `masked_columns`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

/// Decide on a request, or take part in it
#[utoipa::path(
    post, path = "/requests/{id}/decisions", tag = "governance",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header, description = "The entity tag of the request that the decision is made from")),
    request_body = Decision,
    responses(
        (status = 200, body = RequestDetail),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Somebody decided meanwhile, or it rests on something that is different now", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 428, description = "No If-Match", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn decide(
    State(app): State<App>,
    caller: Signed,
    origin: Origin,
    Spoken(lang): Spoken,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Sent(decision): Sent<Decision>,
) -> Result<Tagged<RequestDetail>> {
    caller.actor.may(Action::Decide, &Resource::portal())?;
    let act = Act::parse(&decision.action).filter(|act| KNOWN.contains(act));
    let act = act.ok_or_else(|| Error::not_one_of("action", &decision.action, &KNOWN.map(Word::as_str)))?;
    let expects = if act == Act::Comment { None } else { version(&headers)? };
    let request = make(&app, &caller, &origin, id, act, decision, expects).await?;
    let looked = look(&mut app.db.read().await?, &app, &caller, request.id, app.clock.now()).await?;
    Ok(Tagged(request.version, shown(looked, lang)))
}

/// Does it, for the API and the page's form.
///
/// # Errors
/// A refusal of the rules, or not found.
pub(in crate::http) async fn make(
    app: &App,
    caller: &Caller,
    origin: &Origin,
    id: i64,
    act: Act,
    decision: Decision,
    expects: Option<i64>,
) -> Result<Request> {
    let person = person(caller)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // What is hidden from him, or another's draft, is not there to be decided.
    let request = look(&mut tx, app, caller, id, now).await?.request;
    let action = action(&mut tx, &request, act, decision).await?;
    let decided = governance::decide(&mut tx, app, origin, &request, action, (person, expects), now).await?;
    tx.commit().await?;
    app.job_bell.notify_one();
    Ok(decided.request)
}

async fn action(tx: &mut Tx, request: &Request, act: Act, decision: Decision) -> Result<Does> {
    let text = decision.comment.trim().to_owned();
    let seen = decision.seen.map(ContentHash);
    // The facts are read where the decision is made.
    let facts = || request.facts.clone();
    Ok(match act {
        Act::Approve => Does::Approve { seen, text },
        Act::Decline => Does::Decline { text },
        Act::Counter => Does::Counter { content: changed(tx, request, decision.fields).await?, facts: facts(), text },
        Act::Accept => Does::Accept { seen, text },
        Act::Refuse => Does::Refuse { text },
        Act::Ask => Does::Ask { text },
        Act::Answer => Does::Answer { text },
        Act::Comment => Does::Comment { text },
        Act::Withdraw => Does::Withdraw { text },
        Act::Override => Does::Override { seen, text },
        Act::Edit => {
            let reason = if text.is_empty() { request.reason.clone() } else { text };
            Does::Edit { content: changed(tx, request, decision.fields).await?, facts: facts(), reason }
        }
        _ => Does::Submit,
    })
}

/// What is asked for, with other values in some of its fields.
async fn changed(tx: &mut Tx, request: &Request, fields: Map<String, Value>) -> Result<reeve_model::request::Content> {
    let mut whole = serde_json::to_value(&request.content).map_err(Error::internal)?;
    for (name, value) in fields {
        whole[name] = value;
    }
    content(tx, whole).await
}
