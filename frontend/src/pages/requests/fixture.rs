use super::{Asked, OPEN, RequestsPage};
use crate::fixture::paged;
use crate::pages::Fixture;
use crate::pages::request::fixture::summaries;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let all = RequestsPage { requests: paged(summaries(), 212, Some("13")), asked: Asked::default(), is_first: true };
    let none = RequestsPage {
        requests: paged(Vec::new(), 0, None),
        asked: Asked { kind: "restore".to_owned(), state: OPEN.to_owned(), q: "page <view>".to_owned() },
        is_first: true,
    };
    vec![
        ("requests", "/requests", Box::new(all)),
        ("requests-none", "/requests?kind=restore&state=open&q=page+%3Cview%3E", Box::new(none)),
    ]
}
