use super::{ApiOperation, ApiPage, ApiParameter};
use crate::pages::Fixture;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![("api", "/docs/api", Box::new(api()))]
}

fn api() -> ApiPage {
    ApiPage {
        operations: vec![ApiOperation {
            method: "GET".to_owned(),
            path: "/api/v1/tables/{database}/{table}".to_owned(),
            summary: "One table".to_owned(),
            tag: "catalog".to_owned(),
            parameters: vec![ApiParameter {
                name: "database".to_owned(),
                place: "path".to_owned(),
                description: "Its name".to_owned(),
                required: true,
            }],
            responses: vec![("200".to_owned(), "The table".to_owned())],
        }],
    }
}
