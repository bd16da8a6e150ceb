/// Enums that are nothing but words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
            strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
        )]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        pub enum $name { $($(#[$inner])* $variant),+ }
    };
}
pub(crate) use words;

/// An enum whose variants are also words: in URLs, in JSON and in the database. One derive gives the words.
///
/// ```
/// use reeve_model::Word;
/// use reeve_model::crawl::CrawlState;
///
/// assert_eq!(CrawlState::Complete.as_str(), "complete");
/// assert_eq!(CrawlState::parse("complete"), Some(CrawlState::Complete));
/// assert_eq!(CrawlState::parse("finished"), None);
/// ```
pub trait Word: Sized + Copy + 'static {
    /// Every variant, in the order they are declared.
    const ALL: &'static [Self];

    fn as_str(self) -> &'static str;

    fn parse(text: &str) -> Option<Self>;

    /// The words of all variants.
    fn words() -> Vec<&'static str> {
        Self::ALL.iter().map(|one| one.as_str()).collect()
    }
}

impl<T: Copy + Into<&'static str> + std::str::FromStr + strum::VariantArray> Word for T {
    const ALL: &'static [Self] = T::VARIANTS;

    fn as_str(self) -> &'static str {
        self.into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}
