use super::DatabasesPage;
use crate::fixture;
use crate::pages::Fixture;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let owners = [(reeve_model::AssetId(1), fixture::owners().owners)].into();
    vec![(
        "databases",
        "/databases",
        Box::new(DatabasesPage { databases: fixture::paged(fixture::databases(), 2, None), cursor: None, owners }),
    )]
}
