use super::{Found, PersonalDataPage};
use crate::fixture::paged;
use crate::pages::Fixture;
use reeve_model::asset::Column;
use reeve_model::personal_data::Class;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let found = |name: &str, comment: Option<&str>, class| Found {
        table: 2,
        source: "prod".to_owned(),
        ambiguous: false,
        database: "order".to_owned(),
        name: "order_item".to_owned(),
        column: Column { name: name.to_owned(), data_type: "string".to_owned(), comment: comment.map(str::to_owned) },
        class,
        suggested: Some(class),
        reason_ko: "연락처".to_owned(),
        reason_en: "phone number".to_owned(),
        by: None,
    };
    let items = vec![found("rcvr_hp_no", Some("수취인 휴대폰"), Class::Direct), found("mbr_no", None, Class::Indirect)];
    let page = PersonalDataPage {
        found: paged(items, 214, Some("2:mbr_no")),
        decided: false,
        class: None,
        database: String::new(),
        is_first: true,
        back: "/personal-data".to_owned(),
        done: Some((12, 1)),
    };
    let decided = PersonalDataPage {
        found: paged(vec![Found { by: Some("jiwoo".to_owned()), ..found("rrn", None, Class::Sensitive) }], 1, None),
        decided: true,
        class: Some(Class::Sensitive),
        database: "order".to_owned(),
        done: None,
        ..page.clone()
    };
    let none = PersonalDataPage { found: paged(Vec::new(), 0, None), done: None, ..page.clone() };
    vec![
        ("personal-data-decided", "/personal-data?state=decided", Box::new(decided)),
        ("personal-data-none", "/personal-data", Box::new(none)),
        ("personal-data", "/personal-data", Box::new(page)),
    ]
}
