use super::{LOGIN, Refused, SignInPage};
use crate::form::Form;
use crate::pages::Fixture;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let page = SignInPage { form: Form::default(), next: "/search".to_owned(), refused: None, sets_password_of: None };
    let refused = |refused| SignInPage {
        form: Form::new([(LOGIN.to_owned(), "jihoon.park".to_owned())]),
        refused: Some(refused),
        ..page.clone()
    };
    vec![
        ("sign-in-wrong", "/sign-in", Box::new(refused(Refused::Wrong))),
        ("sign-in-slow-down", "/sign-in", Box::new(refused(Refused::SlowDown { seconds: 4 }))),
        (
            "sign-in-link",
            "/sign-in/link/x",
            Box::new(SignInPage { sets_password_of: Some("jihoon.park".to_owned()), ..page.clone() }),
        ),
        ("sign-in", "/sign-in?next=%2Fsearch", Box::new(page)),
    ]
}
