//! What the clients of a bench ask: names out of the metastore itself, and the words people type.

use super::load::Request;
use anyhow::{Context, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::{Connection, Row, SqliteConnection};
use std::path::Path;

/// As typed: words, parts of compounds, with a particle, initial consonants, the wrong keyboard.
const KOREAN: &[&str] = &[
    "주문",
    "상세",
    "주문상세내역",
    "회원등급이력",
    "배송추적",
    "일별집계",
    "월별매출집계",
    "쿠폰 발급",
    "상품카테고리매핑",
    "정산을",
    "검색어",
    "재고",
    "새벽배송",
    "모바일 주문",
    "환불내역",
    "장바구니에",
    "페이지뷰",
    "결제수단",
    "ㅈㅁㅅㅅ",
    "ㅎㅇㄷㄱ",
    "wnans",
    "ghldnjs",
];
const WORDS: &[&str] = &[
    "order",
    "member",
    "delivery",
    "payment daily",
    "page view",
    "coupon",
    "ord item",
    "stl",
    "review",
    "mobile order",
    "search click",
    "stock",
];
const FILTERS: &[&str] =
    &["db:dw", "db:mart", "format:orc", "format:parquet", "type:view", "owner:svc_dw", "has:description"];

/// A search that somebody types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// `exact`, `prefix`, `korean` ...
    pub(super) kind: &'static str,
    pub(super) text: String,
    /// Whether facets are counted too.
    pub(super) facets: bool,
}

impl Question {
    pub(super) fn request(&self) -> Request {
        let facets = if self.facets { "&facets=true" } else { "" };
        Request { kind: self.kind, target: format!("/api/v1/search?q={}{facets}", escape(&self.text)) }
    }
}

/// Tables by database and name, as a sample all over the metastore.
pub(super) struct Sample {
    tables: Vec<(String, String)>,
}

impl Sample {
    /// # Errors
    /// When the metastore cannot be read.
    pub(super) fn read(metastore: &Path, count: u64) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let tables = runtime.block_on(async {
            let mut connection =
                SqliteConnection::connect(&format!("sqlite://{}?mode=ro", metastore.display())).await?;
            let rows = sqlx::query(
                "SELECT DBS.NAME, TBL_NAME FROM TBLS JOIN DBS USING (DB_ID)
                 WHERE TBL_ID % max(1, (SELECT max(TBL_ID) FROM TBLS) / $1) = 0",
            )
            .bind(count as i64)
            .fetch_all(&mut connection)
            .await?;
            rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, sqlx::Error>>()
        });
        Ok(Self { tables: tables.with_context(|| format!("cannot read {}", metastore.display()))? })
    }

    /// One fifth each: exact names, prefixes, Korean, with facets, with filters.
    pub(super) fn questions(&self) -> Vec<Question> {
        let mut questions = Vec::new();
        for (index, (database, table)) in self.tables.iter().enumerate() {
            let korean = KOREAN[index % KOREAN.len()];
            let word = WORDS[index % WORDS.len()];
            let filter = FILTERS[index % FILTERS.len()];
            let prefix = table.chars().take(3 + table.chars().count() * 2 / 5).collect();
            let exact = if index % 2 == 0 { format!("{database}.{table}") } else { table.clone() };
            let either = if index % 2 == 0 { korean } else { word };
            let mut push = |kind, text| questions.push(Question { kind, text, facets: kind == "faceted" });
            push("exact", exact);
            push("prefix", prefix);
            push("korean", korean.to_owned());
            push("faceted", either.to_owned());
            push("filtered", format!("{either} {filter}"));
        }
        questions
    }

    /// What a box that suggests asks while a name or a Korean word is typed, letter after letter.
    pub(super) fn suggestions(&self) -> Vec<Request> {
        let mut requests = Vec::new();
        for (index, (_, table)) in self.tables.iter().enumerate() {
            let typed = if index % 2 == 0 { table.as_str() } else { KOREAN[index % KOREAN.len()] };
            let letters = typed.chars().count();
            for length in [1, 2, 3, letters / 2, letters] {
                let part: String = typed.chars().take(length.max(1)).collect();
                requests.push(Request { kind: "suggest", target: format!("/api/v1/suggest?q={}", escape(&part)) });
            }
        }
        requests
    }

    pub(super) fn pages(&self) -> Vec<Request> {
        let mut requests = Vec::new();
        for (index, (database, table)) in self.tables.iter().take(200).enumerate() {
            let table = format!("/tables/{}/{}", escape(database), escape(table));
            let mut push = |kind, target| requests.push(Request { kind, target });
            push("home", "/".to_owned());
            push("search", format!("/search?q={}", escape(KOREAN[index % KOREAN.len()])));
            push("table", table.clone());
            push("columns", format!("{table}/columns"));
            push("partitions", format!("{table}/partitions"));
            push("database", format!("/databases/{}", escape(database)));
            push("sources", "/sources".to_owned());
        }
        requests
    }
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
