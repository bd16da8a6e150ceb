use super::{Conflict, DESCRIPTION, EditPage, May, TAG};
use crate::fixture::tags;
use crate::form::Form;
use crate::pages::Fixture;
use reeve_model::problem::CurationRefusal;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let typed =
        |text: &str| Form::new([(DESCRIPTION.to_owned(), text.to_owned()), (format!("{TAG}gold"), "on".to_owned())]);
    let page = EditPage {
        name: "order.order_item".to_owned(),
        home: "/tables/order/order_item".to_owned(),
        action: "/tables/order/order_item/edit".to_owned(),
        is_table: true,
        form: typed("한 행이 **주문 상품** 하나. </textarea><script>"),
        revision: 3,
        tags: tags(),
        may: May { edit: true, certify: true, deprecate: true },
        source_description: Some("주문 상세".to_owned()),
        conflict: None,
        refused: None,
    };
    let now = Conflict { description: "한 행이 주문 하나.".to_owned(), tags: vec!["gold".to_owned()] };
    let refused = CurationRefusal::NoReplacement { name: "order.nowhere".to_owned() };
    vec![
        ("edit-conflict", "/tables/order/order_item/edit", Box::new(EditPage { conflict: Some(now), ..page.clone() })),
        (
            "edit-refused",
            "/tables/order/order_item/edit",
            Box::new(EditPage { refused: Some(refused.into()), ..page.clone() }),
        ),
        ("edit-propose", "/tables/order/order_item/edit", Box::new(EditPage { may: May::default(), ..page.clone() })),
        ("edit", "/tables/order/order_item/edit", Box::new(page)),
    ]
}
