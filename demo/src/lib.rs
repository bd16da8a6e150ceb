//! A believable e-commerce company's Hive metastore, for the demo, the golden queries and the benches.
//!
//! [`write()`] makes a metastore's database as SQLite, of any size, the same for the same [`Scale`]. The default scale is
//! the demo: 33 databases of a Korean shop (`order`, `member`, `clickstream`, `dw`, `mart`, `tmp_growth` ...), 2,000
//! tables and views, 200,000 partitions. What is in it:
//!
//! - About 250 tables written down by hand in `data/tables.tsv`, the same at every scale: `order.order_detail`
//!   (주문상세내역), `clickstream.page_view` with `page_view_daily`, `page_view_old` and
//!   `tmp_growth.page_view_sample_0612` beside it, the same name in two databases (`order_item`, `member_base`,
//!   `order_detail`, `page_view`), tables that look given up (`_old`, `_bak`, `_2019`), one with 5,000 columns
//!   (`ml_feature.user_feature_wide`), one with 20,000 partitions (`clickstream.web_event_log`, `dt`/`hh`).
//! - The rest put together from the words of `data/`: entity, modifier and suffix make the name (`mobile_ord_item_daily`)
//!   and the comment (모바일주문상품일별집계); the entity's columns, in full or abbreviated as the database's style has it,
//!   make the table. Some comments are English, some are missing.
//! - ORC, Parquet, Avro, text, CSV, JSON, sequence and RC files; Iceberg; Spark's own tables with their schema in
//!   parameters; views and a materialized view with their text; nested types.
//! - Owners: team accounts (`svc_order`), people, people who left, nobody. Parameters: statistics, `retention` in days,
//!   `pii`, `deprecated`, `owner_email`.
//!
//! [`Scale::legacy`] is an older, smaller cluster of the same company. What a metastore held weeks ago, [`rewind`] makes of
//! what it holds now; [`hide`] leaves what somebody sees who lost his grants.
//!
//! [`hr_table`], [`department_table`] and [`wiki_table`] say who they are: somebody on leave, somebody suspected to have left,
//! some who left, service accounts, and sources that disagree.
//!
//! Times are relative to [`NOW`]; nothing reads a clock.

mod bulk;
mod catalog;
mod columns;
mod dictionary;
mod metastore;
mod names;
mod partitions;
mod past;
mod people;
pub mod random;
mod spark;
mod storage;
#[cfg(test)]
mod tests;

pub use catalog::{Cluster, NOW, Scale};
pub use metastore::{Written, write};
pub use past::{PAST, hide, rewind};
pub use people::{department_table, hr_table, wiki_table};
