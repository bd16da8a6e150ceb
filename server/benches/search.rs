//! How fast the index is built, opened and searched: `cargo bench -p reeve --bench search -- --tables 1000000`.
//!
//! Makes tables of 20 columns with Korean and English names and comments, builds the index, and lets 16 clients ask a
//! mix of exact, prefix, Korean, faceted and filtered queries without pause. The same query comes again as often as in
//! a portal's log (a few are asked by everybody), once with and once without the cache of answers.

use chrono::{DateTime, Utc};
use reeve::search::{IndexDoc, Opened, Rebuild, SearchIndex, Synonyms};
use reeve_model::asset::AssetKind;
use reeve_model::search::{FacetField, SearchRequest};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 16;
const NAMES: [(&str, &str); 40] = [
    ("order", "주문"),
    ("ord", "주문"),
    ("customer", "고객"),
    ("member", "회원"),
    ("product", "상품"),
    ("prd", "상품"),
    ("delivery", "배송"),
    ("dlv", "배송"),
    ("payment", "결제"),
    ("settle", "정산"),
    ("seller", "판매자"),
    ("coupon", "쿠폰"),
    ("point", "적립금"),
    ("review", "상품평"),
    ("cart", "장바구니"),
    ("click", "클릭"),
    ("search", "검색"),
    ("campaign", "캠페인"),
    ("stock", "재고"),
    ("warehouse", "창고"),
    ("return", "반품"),
    ("refund", "환불"),
    ("claim", "클레임"),
    ("invoice", "송장"),
    ("category", "카테고리"),
    ("brand", "브랜드"),
    ("price", "가격"),
    ("session", "세션"),
    ("event", "이벤트"),
    ("device", "기기"),
    ("login", "로그인"),
    ("grade", "등급"),
    ("address", "주소"),
    ("region", "지역"),
    ("budget", "예산"),
    ("revenue", "매출"),
    ("cost", "비용"),
    ("fraud", "이상거래"),
    ("score", "점수"),
    ("recommend", "추천"),
];
const KINDS: [(&str, &str); 20] = [
    ("detail", "상세"),
    ("hist", "이력"),
    ("daily", "일별집계"),
    ("monthly", "월별집계"),
    ("mst", "마스터"),
    ("log", "로그"),
    ("summary", "요약"),
    ("item", "품목"),
    ("map", "매핑"),
    ("snapshot", "스냅샷"),
    ("raw", "원천"),
    ("tmp", "임시"),
    ("bak", "백업"),
    ("code", "코드"),
    ("stat", "통계"),
    ("policy", "정책"),
    ("request", "신청내역"),
    ("result", "결과"),
    ("target", "대상"),
    ("base", "기본정보"),
];
const COLUMNS: [(&str, &str); 25] = [
    ("id", "식별자"),
    ("no", "번호"),
    ("nm", "이름"),
    ("cd", "코드"),
    ("amt", "금액"),
    ("qty", "수량"),
    ("dt", "일자"),
    ("dttm", "일시"),
    ("yn", "여부"),
    ("status", "상태"),
    ("type", "유형"),
    ("cnt", "건수"),
    ("rate", "비율"),
    ("desc", "설명"),
    ("url", "주소"),
    ("seq", "순번"),
    ("reg_dt", "등록 일자"),
    ("upd_dt", "수정 일자"),
    ("reason", "사유"),
    ("channel", "채널"),
    ("group", "그룹"),
    ("level", "단계"),
    ("start_dt", "시작 일자"),
    ("end_dt", "종료 일자"),
    ("memo", "비고"),
];

/// A number sequence that is the same on every run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Small numbers far more often than large ones, as names and queries are in life.
    fn skewed(&mut self, n: usize) -> usize {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((n as f64).powf(unit) - 1.0) as usize % n
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.skewed(of.len())]
    }
}

fn table(id: usize, columns: usize) -> IndexDoc {
    let mut random = Random(id as u64);
    let (a, b, kind) = (*random.pick(&NAMES), *random.pick(&NAMES), *random.pick(&KINDS));
    let database = format!("{}_{}", NAMES[random.below(NAMES.len())].0, random.skewed(40));
    let name = format!("{}_{}_{}_{}", a.0, b.0, kind.0, id / 3);
    let kind_of = if id.is_multiple_of(12) { AssetKind::View } else { AssetKind::Table };
    let mut doc = IndexDoc::new(id as i64, kind_of, "hive", &database, &name);
    doc.description = (!id.is_multiple_of(5)).then(|| format!("{}{}{} 테이블", a.1, b.1, kind.1));
    doc.owner = (!id.is_multiple_of(7)).then(|| format!("user{}", random.skewed(3_000)));
    for at in 0..columns {
        let (of, what) = (random.pick(&NAMES), &COLUMNS[(at + random.below(3)) % COLUMNS.len()]);
        let comment = (!random.below(4).is_multiple_of(4)).then(|| format!("{} {}", of.1, what.1));
        let name = format!("{}_{}", of.0, what.0);
        doc.columns.push(&name, comment.as_deref());
    }
    if id.is_multiple_of(2) {
        doc.columns.push("dt", None);
        doc.partitioned = true;
    }
    doc.format = Some(["orc", "parquet", "text", "avro"][random.skewed(4)].into());
    doc.size_bytes = Some((random.next() >> 24) as i64);
    doc.created_at = DateTime::from_timestamp(1_500_000_000 + (random.next() % 300_000_000) as i64, 0);
    doc
}

/// One query of the mix, by its number: the same number is the same query.
fn query(number: usize, tables: usize) -> (&'static str, SearchRequest) {
    let mut random = Random(number as u64 ^ 0xabcd);
    let (a, b, kind) = (*random.pick(&NAMES), *random.pick(&NAMES), *random.pick(&KINDS));
    let some = table(random.below(tables), 0);
    let mut request = SearchRequest { limit: 20, facets: true, ..SearchRequest::default() };
    let sort = match number % 8 {
        0 => {
            request.q = format!("{}.{}", some.database, some.name);
            "exact"
        }
        1 => {
            request.q = some.name;
            "name"
        }
        2 => {
            let end = 3 + random.below(some.name.len() - 3);
            request.q = some.name[..end].to_owned();
            "prefix"
        }
        3 => {
            request.q = format!("{} {}", a.0, kind.0);
            "words"
        }
        4 => {
            request.q = format!("{}{}", a.1, kind.1);
            "korean"
        }
        5 => {
            request.q = format!("{} {} {}", a.1, b.1, kind.1);
            "korean words"
        }
        6 => {
            request.q = format!("{} {}", a.0, b.0);
            request.filters = vec![(FacetField::Db, some.database), (FacetField::Type, "table".into())];
            "faceted"
        }
        _ => {
            request.q = format!("{} owner:user{} size:>1gb has:description", a.0, random.skewed(3_000));
            "filtered"
        }
    };
    (sort, request)
}

fn main() {
    // `cargo test --all-targets` runs benches without `--bench`: there it is enough that they compile.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut tables = 100_000;
    let mut columns = 20;
    let mut seconds = 10;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("a number after the option");
        match argument.as_str() {
            "--tables" => tables = number(),
            "--columns" => columns = number(),
            "--seconds" => seconds = number() as u64,
            // What cargo itself adds.
            _ => {}
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    build(folder.path(), tables, columns);
    let started = Instant::now();
    let Opened::Ready(index) = SearchIndex::open(folder.path(), Synonyms::built_in()).expect("readable") else {
        panic!("the index just built is not there");
    };
    println!("opened in {:.0} ms; {} documents", started.elapsed().as_secs_f64() * 1e3, index.documents());

    let now: DateTime<Utc> = DateTime::UNIX_EPOCH;
    let length = Duration::from_secs(seconds);
    // Each query asked once, alone: what an answer costs that nobody asked before.
    let mut alone: Vec<(&str, Duration)> = Vec::new();
    for number in 0..2_000 {
        let (sort, request) = query(number + 1_000_000, tables);
        let started = Instant::now();
        index.search(&request, now).expect("an answer");
        alone.push((sort, started.elapsed()));
    }
    report("one client, every query new", &alone, None);
    let distinct = 2_000;
    let asked = load(length, |random| {
        let (sort, request) = query(random.skewed(distinct), tables);
        let started = Instant::now();
        index.search(&request, now).expect("an answer");
        (sort, started.elapsed())
    });
    report("16 clients, 2,000 different queries", &asked, Some(length));
    let typed = load(length, |random| {
        let (_, request) = query(random.skewed(distinct), tables);
        let most = request.q.chars().count().min(12);
        let typed: String = request.q.chars().take(1 + random.below(most)).collect();
        let started = Instant::now();
        index.suggest(&typed, 8, &reeve_model::visibility::Hidden::NOTHING).expect("suggestions");
        ("suggest", started.elapsed())
    });
    report("16 clients, suggestions while typing", &typed, Some(length));
}

fn build(folder: &Path, tables: usize, columns: usize) {
    let started = Instant::now();
    let rebuild = Rebuild::begin(folder, 2, 256_000_000).expect("a new version");
    let making = AtomicUsize::new(0);
    for id in 0..tables {
        let before = Instant::now();
        let doc = table(id, columns);
        making.fetch_add(before.elapsed().as_nanos() as usize, Ordering::Relaxed);
        rebuild.add(&doc).expect("added");
    }
    rebuild.finish(1).expect("finished");
    let took = started.elapsed().as_secs_f64();
    let made = making.load(Ordering::Relaxed) as f64 / 1e9;
    let size: u64 = files(folder).iter().filter_map(|file| std::fs::metadata(file).ok()).map(|meta| meta.len()).sum();
    println!(
        "built {tables} tables x {columns} columns in {took:.1} s: {:.0} tables/s ({made:.1} s of it making them up); {:.0} MB",
        tables as f64 / took,
        size as f64 / 1e6
    );
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] })
        .collect()
}

/// Lets 16 clients ask for a while.
fn load(
    length: Duration,
    ask: impl Fn(&mut Random) -> (&'static str, Duration) + Sync,
) -> Vec<(&'static str, Duration)> {
    let end = Instant::now() + length;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let ask = &ask;
                scope.spawn(move || {
                    let mut random = Random(client as u64 + 77);
                    let mut asked = Vec::new();
                    while Instant::now() < end {
                        asked.push(ask(&mut random));
                    }
                    asked
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().expect("a client panicked")).collect()
    })
}

fn report(title: &str, asked: &[(&str, Duration)], length: Option<Duration>) {
    println!("\n{title}");
    if let Some(length) = length {
        println!("  {:.0} answers/s", asked.len() as f64 / length.as_secs_f64());
    }
    println!("  {:<14} {:>9} {:>9} {:>9} {:>9} {:>9}", "ms", "count", "p50", "p95", "p99", "max");
    let mut sorts: Vec<&str> = asked.iter().map(|(sort, _)| *sort).collect();
    sorts.sort_unstable();
    sorts.dedup();
    for sort in sorts.into_iter().map(Some).chain([None]) {
        let mut times: Vec<Duration> =
            asked.iter().filter(|(s, _)| sort.is_none_or(|sort| sort == *s)).map(|(_, time)| *time).collect();
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "  {:<14} {:>9} {:>9.2} {:>9.2} {:>9.2} {:>9.2}",
            sort.unwrap_or("all"),
            times.len(),
            at(0.5),
            at(0.95),
            at(0.99),
            at(1.0)
        );
    }
}
