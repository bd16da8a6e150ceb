use super::{BulkEditPage, BulkMadePage, Preview, TAG, WHAT};
use crate::fixture::{at, tags};
use crate::form::Form;
use crate::pages::Fixture;
use reeve_model::curation::BulkChange;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let page = BulkEditPage {
        query: "q=%EC%A3%BC%EB%AC%B8&type=table".to_owned(),
        searched: "주문 type:table".to_owned(),
        found: 46,
        most: 2_000,
        tags: tags(),
        form: Form::default(),
        preview: None,
        refused: None,
    };
    let preview = BulkEditPage {
        form: Form::new([(WHAT.to_owned(), "add_tag".to_owned()), (TAG.to_owned(), "gold".to_owned())]),
        preview: Some(Preview {
            changed: 12,
            unchanged: 30,
            forbidden: 4,
            examples: vec!["order.order_item".to_owned(), "order.order_log_2023".to_owned()],
        }),
        ..page.clone()
    };
    let made = BulkMadePage {
        id: 7,
        query: "q=x".to_owned(),
        change: BulkChange::AddTag("gold".to_owned()),
        tables: 12,
        made_by: "jihoon.park".to_owned(),
        made_at: at(24, 13, 0),
        undone_by: None,
        undone_at: None,
        kept: None,
        may_undo: true,
    };
    let undone = BulkMadePage {
        undone_by: Some("jihoon.park".to_owned()),
        undone_at: Some(at(24, 13, 5)),
        kept: Some(2),
        ..made.clone()
    };
    vec![
        ("bulk-edit-preview", "/search/edit", Box::new(preview)),
        ("bulk-edit-made", "/search/edit/7", Box::new(made)),
        ("bulk-edit-undone", "/search/edit/7", Box::new(undone)),
        ("bulk-edit", "/search/edit?q=x", Box::new(page)),
    ]
}
