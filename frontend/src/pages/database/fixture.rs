use super::DatabasePage;
use crate::fixture;
use crate::pages::Fixture;
use crate::pages::table::proposals::Curation;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![("database", "/databases/order", Box::new(database()))]
}

pub(in crate::pages) fn database() -> DatabasePage {
    DatabasePage {
        database: fixture::databases().remove(0),
        tables: fixture::paged(fixture::tables(), 214, Some("next")),
        filter: String::new(),
        cursor: None,
        curation: Curation::default(),
        owners: fixture::nobodys(),
    }
}
