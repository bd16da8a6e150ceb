use super::NoticesEndPage;
use crate::pages::Fixture;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![
        ("notices-end", "/notices/end/1.12.abc", Box::new(NoticesEndPage::Asked)),
        ("notices-ended", "/notices/end/1.12.abc", Box::new(NoticesEndPage::Ended)),
        ("notices-end-unknown", "/notices/end/1.12.abd", Box::new(NoticesEndPage::Unknown)),
    ]
}
