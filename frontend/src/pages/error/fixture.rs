use super::ErrorPage;
use crate::pages::Fixture;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![(
        "error",
        "/tables/order/nothing",
        Box::new(ErrorPage {
            status: 404,
            title: "Not found".to_owned(),
            detail: "There is no table order.nothing.".to_owned(),
            advice: "Check the name, or search for it.".to_owned(),
        }),
    )]
}
