use super::{AccountPage, PasswordAnswer, Session};
use crate::fixture::at;
use crate::form::{Form, Mistake};
use crate::pages::Fixture;
use crate::pages::sign_in::Refused;
use reeve_model::account::Token;
use reeve_model::permission::{Role, Scope};
use std::collections::BTreeSet;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let session = |id, is_this, agent: &str, day| Session {
        id,
        is_this,
        agent: Some(agent.to_owned()),
        address: Some("10.20.14.88".to_owned()),
        provider: "local".to_owned(),
        last_seen_at: at(day, 9, 12),
    };
    let token = Token {
        id: 7,
        name: "pv_daily DAG".to_owned(),
        hint: "reeve_pat_7Qd4".to_owned(),
        scopes: BTreeSet::from([Scope::CatalogRead, Scope::CrawlsRun]),
        created_at: at(3, 8, 0),
        expires_at: at(30, 8, 0),
        last_used_at: Some(at(24, 14, 2)),
    };
    let expired =
        Token { id: 6, name: "old export".to_owned(), expires_at: at(20, 0, 0), last_used_at: None, ..token.clone() };
    let page = AccountPage {
        login: "jihoon.park".to_owned(),
        name: "박지훈".to_owned(),
        mail: Some("jihoon.park@example.co.kr".to_owned()),
        roles: vec![Role::Analyst, Role::Operator],
        is_own: true,
        sessions: vec![
            session(2, true, "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36", 24),
            session(1, false, "Mozilla/5.0 (iPhone) Safari/604.1", 23),
        ],
        tokens: vec![token, expired],
        made: Some(("weekly report".to_owned(), "reeve_pat_shown_once".to_owned())),
        token_form: Form::default(),
        has_password: true,
        password: None,
    };
    let mut wrong = Form::default();
    wrong.refuse(super::TOKEN_NAME, Mistake::TooShort { least: 1 });
    let refused = AccountPage {
        tokens: Vec::new(),
        made: None,
        token_form: wrong,
        password: Some(PasswordAnswer::Refused(Refused::Wrong)),
        ..page.clone()
    };
    let other = AccountPage { is_own: false, made: None, ..page.clone() };
    vec![
        ("account", "/account", Box::new(page)),
        ("account-refused", "/account", Box::new(refused)),
        ("account-of-another", "/account?of=jihoon.park", Box::new(other)),
    ]
}
