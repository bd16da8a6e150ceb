//! Every text that a page shows, in the reader's language. `build/texts.rs` makes a function of each message in
//! `locales/`: the message `home-title` is `texts.home_title()`.

use crate::format;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use reeve_model::Word;
use reeve_model::reader::Lang;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// A value for a variable of a message. Numbers choose the plural and are written with their thousands set apart.
type Argument = FluentValue<'static>;

type Bundle = FluentBundle<FluentResource>;

static KOREAN: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Ko, include_str!(concat!(env!("OUT_DIR"), "/ko.ftl"))));
static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Lang::En, include_str!(concat!(env!("OUT_DIR"), "/en.ftl"))));

/// The texts of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts(pub(crate) Lang);

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

impl Texts {
    fn message<const N: usize>(self, name: &str, arguments: [(&'static str, Argument); N]) -> String {
        let bundle = match self.0 {
            Lang::Ko => &*KOREAN,
            Lang::En => &*ENGLISH,
        };
        // The functions were made from the same files: a message that is not there cannot be asked for.
        let Some(pattern) = bundle.get_message(name).and_then(|message| message.value()) else {
            return name.to_owned();
        };
        let arguments: FluentArgs<'_> = arguments.into_iter().collect();
        bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

fn bundle(lang: Lang, text: &'static str) -> Bundle {
    let language = LanguageIdentifier::from_bytes(lang.as_str().as_bytes()).unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Names and numbers stand in HTML of their own direction; the marks would end up in copied text.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        #[expect(clippy::cast_possible_truncation, reason = "counts, which were whole numbers before")]
        FluentValue::Number(number) => Some(format::number(number.value as i64)),
        _ => None,
    }));
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_without_an_error() {
        for text in
            [include_str!(concat!(env!("OUT_DIR"), "/ko.ftl")), include_str!(concat!(env!("OUT_DIR"), "/en.ftl"))]
        {
            assert!(FluentResource::try_new(text.to_owned()).is_ok());
        }
    }

    #[test]
    fn counts_are_grouped_and_take_their_plural() {
        assert_eq!(Texts(Lang::En).count_tables(1), "1 table");
        assert_eq!(Texts(Lang::En).count_tables(41_032), "41,032 tables");
        assert_eq!(Texts(Lang::Ko).count_tables(214), "테이블 214개");
    }
}
