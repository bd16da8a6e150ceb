//! From what crawlers observe to the catalog: one family each. Nothing else turns a crawl into catalog changes.

pub mod metastore;
pub mod people;
