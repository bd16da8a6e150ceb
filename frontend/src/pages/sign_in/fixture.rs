use super::{DemoPerson, LOGIN, Provider, Refused, SignInPage};
use crate::form::Form;
use crate::pages::Fixture;
use reeve_model::permission::Role;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let page = SignInPage {
        form: Form::default(),
        next: "/search".to_owned(),
        refused: None,
        providers: Vec::new(),
        sets_password_of: None,
        has_passwords: true,
        demo: Vec::new(),
    };
    let refused = |refused| SignInPage {
        form: Form::new([(LOGIN.to_owned(), "jihoon.park".to_owned())]),
        refused: Some(refused),
        ..page.clone()
    };
    let provider =
        |title: &str, path: &str, is_silent| Provider { title: title.to_owned(), path: path.to_owned(), is_silent };
    let providers =
        vec![provider("회사 계정", "/sign-in/oidc/corp", false), provider("Partner", "/sign-in/oidc/partner", true)];
    vec![
        ("sign-in-providers", "/sign-in", Box::new(SignInPage { providers, ..refused(Refused::NoAnswer) })),
        ("sign-in-question", "/sign-in", Box::new(refused(Refused::Question))),
        ("sign-in-wrong", "/sign-in", Box::new(refused(Refused::Wrong))),
        ("sign-in-slow-down", "/sign-in", Box::new(refused(Refused::SlowDown { seconds: 4 }))),
        (
            "sign-in-link",
            "/sign-in/link/x",
            Box::new(SignInPage { sets_password_of: Some("jihoon.park".to_owned()), ..page.clone() }),
        ),
        ("sign-in-demo", "/sign-in", Box::new(SignInPage { demo: people(), ..page.clone() })),
        ("sign-in", "/sign-in?next=%2Fsearch", Box::new(page)),
    ]
}

fn people() -> Vec<DemoPerson> {
    let person = |login: &str, name: &str, roles: &[Role]| DemoPerson {
        login: login.to_owned(),
        name: name.to_owned(),
        roles: roles.to_vec(),
    };
    vec![
        person("haeun.lee", "이하은", &[Role::Analyst]),
        person("yujin.jeong", "정유진", &[Role::Analyst, Role::PrivacyOfficer]),
        person("minjae.seo", "서민재", &[Role::Analyst, Role::Administrator]),
    ]
}
