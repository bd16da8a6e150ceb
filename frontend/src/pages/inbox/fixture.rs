use super::{DUE, InboxPage, LARGEST, Tab};
use crate::fixture::paged;
use crate::pages::Fixture;
use crate::pages::request::fixture::{in_review, summaries};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let opened = InboxPage {
        tab: Tab::Waiting,
        order: DUE.to_owned(),
        kind: String::new(),
        requests: paged(summaries().into_iter().take(3).collect(), 11, Some("3")),
        is_first: true,
        waiting: 11,
        opened: Some(in_review()),
    };
    let mine = InboxPage {
        tab: Tab::Mine,
        order: LARGEST.to_owned(),
        requests: paged(summaries(), 13, None),
        is_first: false,
        opened: None,
        ..opened.clone()
    };
    let none = InboxPage { requests: paged(Vec::new(), 0, None), waiting: 0, opened: None, ..opened.clone() };
    let none_of_kind = InboxPage { tab: Tab::Done, kind: "restore".to_owned(), ..none.clone() };
    vec![
        ("inbox", "/inbox?open=2408", Box::new(opened.clone())),
        ("inbox-first", "/inbox", Box::new(opened)),
        ("inbox-mine", "/inbox?tab=mine&order=largest&cursor=13", Box::new(mine)),
        ("inbox-none", "/inbox", Box::new(none)),
        ("inbox-done-none", "/inbox?tab=done&kind=restore", Box::new(none_of_kind)),
    ]
}
