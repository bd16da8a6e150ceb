pub mod crawl;
pub mod list;
pub mod show;
