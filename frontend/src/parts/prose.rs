//! Text that people wrote into a source.

use crate::html::{Html, ToHtml};
use crate::markdown::{self, plain};
use crate::shell::Ctx;
use leptos::prelude::*;
use reeve_model::Word;
use reeve_model::curation::Author;
use reeve_model::reader::Lang;
use reeve_model::search::Mark;

impl Ctx<'_> {
    /// Text that people wrote into the source, marked with its language where that is not the page's.
    pub(crate) fn prose(self, text: &str) -> Html {
        self.marked_prose(text, &[], &Typed::default())
    }

    pub(crate) fn marked_prose(self, text: &str, marks: &[Mark], typed: &Typed) -> Html {
        let content = marked(text, marks, typed);
        match language_of(text).filter(|lang| *lang != self.lang()) {
            Some(lang) => view! { <span lang=lang.as_str()>{content}</span> }.html(),
            None => content.html(),
        }
    }

    /// A description in one line, whoever wrote it.
    pub(crate) fn described(self, text: Option<&str>, from: Option<Author>) -> Html {
        match (text, from) {
            (Some(text), Some(Author::Portal)) => self.description(Some(&plain(text))),
            _ => self.description(text),
        }
    }

    /// A description, or a line that says that there is none.
    pub(crate) fn description(self, text: Option<&str>) -> Html {
        match text.filter(|text| !text.trim().is_empty()) {
            Some(text) => self.prose(text),
            None => view! { <span class="faint">{self.t.no_description()}</span> }.html(),
        }
    }
}

/// Markdown that people wrote, in full.
pub(crate) fn prose_panel(text: &str) -> Html {
    let lang = language_of(text).map(Word::as_str);
    view! { <div class="markdown" lang=lang>{Html::new(markdown::html(text))}</div> }.html()
}

/// The words that were typed: what matched by another reading of them is marked in another way.
#[derive(Debug, Default)]
pub(crate) struct Typed(Vec<String>);

impl Typed {
    /// The words of a query, without its fields and quotes.
    pub(crate) fn new(query: &str) -> Self {
        let words = query.split(|c: char| c.is_whitespace() || "\":.-_()".contains(c));
        Self(words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect())
    }

    fn has(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.0.is_empty() || self.0.iter().any(|word| text.contains(word.as_str()) || word.contains(&text))
    }
}

/// The text with `<mark>` around the byte ranges in `marks`, which stand in order. Those that do not fit are left out.
pub(crate) fn marked(text: &str, marks: &[Mark], typed: &Typed) -> Vec<Html> {
    let mut parts = Vec::new();
    let mut at = 0;
    for mark in marks {
        let (Some(before), Some(inside)) = (text.get(at..mark.start), text.get(mark.start..mark.end)) else { continue };
        push_text(&mut parts, before);
        let word = inside.to_owned();
        parts.push(if typed.has(inside) {
            view! { <mark>{word}</mark> }.html()
        } else {
            view! { <mark class="near">{word}</mark> }.html()
        });
        at = mark.end;
    }
    push_text(&mut parts, text.get(at..).unwrap_or_default());
    parts
}

/// Leptos writes an empty text as a space, for hydration to find: names must not get one.
fn push_text(parts: &mut Vec<Html>, text: &str) {
    if !text.is_empty() {
        parts.push(text.to_owned().html());
    }
}

/// Korean where there is Hangul, English where there are several Latin words and none; else it cannot be told.
fn language_of(text: &str) -> Option<Lang> {
    let is_hangul = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}');
    if text.chars().any(is_hangul) {
        return Some(Lang::Ko);
    }
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic() || ",.'".contains(c));
    (text.split_whitespace().filter(is_word).count() >= 2).then_some(Lang::En)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_what_people_wrote() {
        assert_eq!(language_of("주문 상세 order detail"), Some(Lang::Ko));
        assert_eq!(language_of("One row per order"), Some(Lang::En));
        for unclear in ["", "orders", "dt=2026-01-01", "42"] {
            assert_eq!(language_of(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn another_reading_is_marked_in_another_way() {
        let typed = Typed::new("db:sales 주문번호 \"order\"");
        assert!(typed.has("주문") && typed.has("Orders") && typed.has("sales"));
        assert!(!typed.has("상품") && !typed.has("settlement"));
    }

    #[test]
    fn marks_that_do_not_fit_the_text_are_left_out() {
        let html = |text: &str, marks: &[Mark]| {
            marked(text, marks, &Typed::default())
                .into_iter()
                .map(|part| part.to_html())
                .collect::<String>()
                .replace("<!>", "")
        };
        assert_eq!(html("주문_a", &[Mark { start: 0, end: 6 }]), "<mark>주문</mark>_a");
        assert_eq!(html("주문", &[Mark { start: 1, end: 2 }, Mark { start: 0, end: 99 }]), "주문");
        assert_eq!(html("a<b", &[]), "a&lt;b");
    }
}
