//! The parts of a page that wake in the browser. Each renders its whole HTML on the server, where every text is
//! already in the reader's language, and everything it does has a plain link or form that does the same without
//! script.

#![expect(clippy::needless_pass_by_value, reason = "the properties of an island are owned: they arrive as JSON")]
#![expect(unreachable_pub, reason = "the island macro makes public items beside each function that no re-export names")]

mod browser;
mod column_filter;
mod crawl_progress;
mod keys;
mod number;
mod palette;
#[cfg(feature = "ssr")]
mod scripts;
mod search_box;
mod suggestions;
mod theme_switch;

pub use column_filter::{ColumnFilter, ColumnFilterTexts};
pub use crawl_progress::CrawlProgress;
pub use keys::Keys;
pub use palette::{Palette, PaletteAction, PaletteTexts};
#[cfg(feature = "ssr")]
pub use scripts::Scripts;
pub use search_box::{SearchBox, SearchBoxTexts};
pub use suggestions::KindTexts;
pub use theme_switch::ThemeSwitch;

#[cfg(all(test, feature = "ssr"))]
mod tests;
