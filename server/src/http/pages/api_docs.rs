//! The API for people, out of the OpenAPI document.

use super::Visit;
use crate::http::api::openapi;
use crate::http::error::{Error, Result};
use axum::response::Html;
use reeve_frontend::pages::api::{ApiOperation, ApiPage, ApiParameter};
use serde_json::Value;

pub(super) async fn api_docs(visit: Visit) -> Result<Html<String>> {
    let document = serde_json::to_value(openapi::document()).map_err(Error::internal)?;
    let page = ApiPage { operations: operations(&document) };
    visit.render(visit.read().await?, &page).await
}

fn operations(document: &Value) -> Vec<ApiOperation> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, methods)| {
            methods.as_object().into_iter().flatten().map(move |(method, op)| (path, method, op))
        })
        .map(|(path, method, operation)| ApiOperation {
            method: method.to_uppercase(),
            path: path.clone(),
            summary: text(&operation["summary"]),
            tag: text(&operation["tags"][0]),
            parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
            responses: operation["responses"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(status, response)| (status.clone(), text(&response["description"])))
                .collect(),
        })
        .collect()
}

fn parameter(parameter: &Value) -> ApiParameter {
    ApiParameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        description: text(&parameter["description"]),
        required: parameter["required"].as_bool().unwrap_or_default(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
