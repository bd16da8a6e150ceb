use super::{NAME, TagsPage};
use crate::fixture::tags;
use crate::form::{Form, Mistake};
use crate::pages::Fixture;
use reeve_model::problem::CurationRefusal;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let page = TagsPage { tags: tags(), may_manage: false, form: Form::default(), refused: None };
    let mut form = Form::new([(NAME.to_owned(), "two words".to_owned())]);
    form.refuse(NAME, Mistake::NoChoice);
    let refused = CurationRefusal::TagTaken { tag: "gold".to_owned() };
    vec![
        ("tags-empty", "/tags", Box::new(TagsPage { tags: Vec::new(), ..page.clone() })),
        (
            "tags-manage",
            "/tags",
            Box::new(TagsPage { may_manage: true, form, refused: Some(refused.into()), ..page.clone() }),
        ),
        ("tags", "/tags", Box::new(page)),
    ]
}
