use super::EditColumnsPage;
use crate::fixture::{columns, paged};
use crate::pages::Fixture;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let page = EditColumnsPage {
        name: "order.order_item".to_owned(),
        home: "/tables/order/order_item/columns".to_owned(),
        action: "/tables/order/order_item/columns/edit".to_owned(),
        revision: 3,
        columns: paged(columns(), 8, Some("6")),
        is_first: true,
        may_comment: true,
        may_classify: true,
        refused: None,
    };
    let officer = EditColumnsPage { may_comment: false, ..page.clone() };
    vec![
        ("edit-columns-officer", "/tables/order/order_item/columns/edit", Box::new(officer)),
        ("edit-columns", "/tables/order/order_item/columns/edit", Box::new(page)),
    ]
}
