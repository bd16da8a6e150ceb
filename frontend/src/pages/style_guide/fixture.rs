use super::StyleGuidePage;
use crate::pages::Fixture;

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    vec![("style-guide", "/style-guide", Box::new(StyleGuidePage))]
}
