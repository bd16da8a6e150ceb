use crate::http::error::{Error, Result, echo};
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use reeve_model::problem::RequestRefusal;
use reeve_model::query::nearest;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// The query parameters of each operation, by path and method, as the OpenAPI document says.
#[derive(Clone, Debug)]
pub(in crate::http) struct Documented(Arc<HashMap<(String, String), Vec<Parameter>>>);

#[derive(Debug)]
struct Parameter {
    name: String,
    /// A list: it may be given several times.
    repeats: bool,
}

impl Documented {
    pub(in crate::http) fn of(document: &OpenApi) -> Self {
        let document = serde_json::to_value(document).unwrap_or_default();
        let mut operations = HashMap::new();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let in_query = parameters.filter(|parameter| parameter["in"] == "query");
                let known = in_query.map(|parameter| Parameter {
                    name: parameter["name"].as_str().unwrap_or_default().to_owned(),
                    repeats: is_list(&parameter["schema"]["type"]),
                });
                operations.insert((path.clone(), method.to_uppercase()), known.collect());
            }
        }
        Self(Arc::new(operations))
    }

    /// Refuses names that the operation does not know, and what is given twice.
    fn check(&self, path: &str, method: &Method, query: &str) -> Result<()> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        // The router's own refusals, as of a method, have no operation.
        let Some(known) = self.0.get(&(path.to_owned(), method.to_string())) else { return Ok(()) };
        let mut seen = HashSet::new();
        for (name, _) in form_urlencoded::parse(query.as_bytes()) {
            let Some(parameter) = known.iter().find(|parameter| parameter.name == name) else {
                return Err(unknown(&name, known));
            };
            if !parameter.repeats && !seen.insert(&parameter.name) {
                return Err(RequestRefusal::RepeatedParameter { parameter: parameter.name.clone() }.into());
            }
        }
        Ok(())
    }
}

/// `"array"` or `["array", "null"]`.
fn is_list(kind: &serde_json::Value) -> bool {
    kind == "array" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "array"))
}

fn unknown(name: &str, known: &[Parameter]) -> Error {
    let names: Vec<&str> = known.iter().map(|parameter| parameter.name.as_str()).collect();
    // Words that long are no slips, and comparing them is costly.
    let near = if name.len() <= 40 { nearest(name, names.iter().copied()) } else { None };
    RequestRefusal::UnknownParameter { parameter: echo(name), near, known: names.join(", ") }.into()
}

/// The API takes what its document says and nothing else, so that a slip is not taken for "no filter". Pages ignore
/// what they do not know: old bookmarks still open.
pub(in crate::http) async fn parameters(
    State(documented): State<Documented>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    match documented.check(path.as_str(), request.method(), request.uri().query().unwrap_or_default()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reeve_model::problem::Reason;

    fn refusal(path: &str, method: &Method, query: &str) -> Option<RequestRefusal> {
        let documented = Documented::of(&crate::http::api::openapi::document());
        let response = documented.check(path, method, query).err()?.into_response();
        match response.extensions().get::<Reason>() {
            Some(Reason::Request(refusal)) => Some(refusal.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parameters_are_those_of_the_document() {
        let list = "/api/v1/databases";
        assert_eq!(refusal(list, &Method::GET, "limit=1&q=x&cursor=&source=prod"), None);
        let RequestRefusal::UnknownParameter { parameter, near, .. } = refusal(list, &Method::HEAD, "limt=1").unwrap()
        else {
            panic!("not refused as unknown")
        };
        assert_eq!((parameter.as_str(), near.as_deref()), ("limt", Some("limit")));
        assert!(matches!(refusal(list, &Method::GET, "q=a&q=b"), Some(RequestRefusal::RepeatedParameter { .. })));
        assert!(matches!(
            refusal("/api/v1/crawls", &Method::GET, "q=a"),
            Some(RequestRefusal::UnknownParameter { .. })
        ));
        assert!(matches!(
            refusal("/api/v1/sources/{name}/crawls", &Method::POST, "accept=1"),
            Some(RequestRefusal::UnknownParameter { known, .. }) if known.is_empty()
        ));
        assert_eq!(refusal("/api/v1/search", &Method::GET, "q=a&type=table&type=view&db=x&explain=1"), None);
        assert_eq!(refusal(list, &Method::DELETE, "x=1"), None);
    }
}
