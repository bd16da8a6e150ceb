use crate::text::Texts;
use reeve_model::page::Lang;
use reeve_model::problem::{Reason, Thing};

/// Why a request could not be answered, in words.
pub fn explain(lang: Lang, reason: &Reason) -> String {
    let t = Texts(lang);
    match reason.clone() {
        Reason::NotFound { what: Thing::Table, name } => t.reason_no_table(name),
        Reason::NotFound { what: Thing::Database, name } => t.reason_no_database(name),
        Reason::NotFound { what: Thing::Source, name } => t.reason_no_source(name),
        Reason::NotFound { what: Thing::Crawl, name } => t.reason_no_crawl(name),
        Reason::NotFound { what: Thing::File, name } => t.reason_no_file(name),
        Reason::BadCursor { cursor } => t.reason_bad_cursor(cursor),
        Reason::OutOfRange { parameter, value, from, to } => t.reason_out_of_range(from, parameter, to, value),
        Reason::NotOneOf { parameter, value, known } => t.reason_not_one_of(known, parameter, value),
        Reason::ForeignHost { host } => t.reason_foreign_host(host),
        Reason::ForeignSite => t.reason_foreign_site(),
        Reason::CrawlUnderWay { source } => t.reason_crawl_under_way(source),
        Reason::IndexBuilding => t.reason_index_building(),
        Reason::Internal => t.reason_internal(),
    }
}
