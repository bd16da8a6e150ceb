//! The columns of a table: what its entity says, what its sort adds, in the spelling of its database.

use super::dictionary::{ColumnWord, Dictionary, Kind};
use super::random::Random;
use std::collections::HashSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) data_type: String,
    pub(super) comment: Option<String>,
}

pub(super) struct Wish<'a> {
    pub(super) entities: &'a [&'static str],
    pub(super) kind: Kind,
    /// `ord_no` instead of `order_no`.
    pub(super) abbreviates: bool,
    pub(super) commented: bool,
    /// All columns of the entities, not a choice of them.
    pub(super) whole: bool,
    /// Exactly this many; `None` for as many as there are.
    pub(super) count: Option<usize>,
}

pub(super) struct Made {
    pub(super) columns: Vec<Column>,
    /// At least one of them holds personal data.
    pub(super) personal: bool,
}

pub(super) fn make(dictionary: &Dictionary, wish: &Wish, random: &mut Random) -> Made {
    let words = choose(dictionary, wish, random);
    let language = random.below(100);
    let abbreviates = wish.abbreviates && (wish.whole || random.percent(85));
    let mut seen = HashSet::new();
    let mut made = Made { columns: Vec::new(), personal: false };
    let limit = wish.count.unwrap_or(usize::MAX);
    for word in words {
        let name = if abbreviates { dictionary.abbreviate(word.name) } else { word.name.to_owned() };
        if made.columns.len() == limit || !seen.insert(name.clone()) {
            continue;
        }
        // One team in ten writes English, some tables have no comments at all, and everyone forgets one now and then.
        let comment = match language {
            _ if !wish.commented && language < 70 => None,
            0..8 if !wish.whole => None,
            8..18 if !wish.whole => word.english.map(str::to_owned),
            _ if random.percent(if wish.whole { 2 } else { 8 }) => None,
            _ => Some(word.korean.to_owned()),
        };
        made.personal |= word.personal;
        made.columns.push(Column { name, data_type: word.data_type.to_owned(), comment });
    }
    for index in 0.. {
        if wish.count.is_none_or(|count| made.columns.len() >= count) {
            break;
        }
        let feature = feature(dictionary, index);
        if seen.insert(feature.name.clone()) {
            made.columns.push(feature);
        }
    }
    made
}

fn choose<'a>(dictionary: &'a Dictionary, wish: &Wish, random: &mut Random) -> Vec<&'a ColumnWord> {
    let mut words: Vec<_> = wish.entities.iter().flat_map(|entity| dictionary.columns(entity)).collect();
    if wish.whole {
        words.extend(dictionary.columns("etl"));
        return words;
    }
    match wish.kind {
        Kind::Hist => {
            words.truncate(4 + random.below(4) as usize);
            words.extend(dictionary.columns("hist"));
        }
        Kind::Daily | Kind::Monthly | Kind::Hourly => {
            words.retain(|word| !word.personal);
            words.truncate(3 + random.below(4) as usize);
            words.extend(dictionary.columns("metric").into_iter().filter(|_| random.percent(60)));
        }
        Kind::Log => words.extend(dictionary.columns("ctx")),
        Kind::Map => {
            words.truncate(2);
            words.extend(dictionary.columns("ids").into_iter().filter(|_| random.percent(50)));
        }
        Kind::Code => {
            words.truncate(2);
            words.extend(dictionary.columns("common_code"));
        }
        Kind::Base | Kind::Tmp | Kind::Old => {}
    }
    if random.percent(70) {
        words.extend(dictionary.columns("audit"));
    }
    words.extend(dictionary.columns("etl"));
    // The first column is the key; each other one may be left out.
    let mut first = true;
    words.retain(|_| std::mem::take(&mut first) || !random.percent(12));
    words
}

/// The `index`-th column of a feature table: `order_cnt_7d`, then other windows, statistics, topics and segments.
fn feature(dictionary: &Dictionary, index: usize) -> Column {
    let (window, rest) = (WINDOWS[index % WINDOWS.len()], index / WINDOWS.len());
    let (stat, rest) = (STATS[rest % STATS.len()], rest / STATS.len());
    let (topic, rest) = (TOPICS[rest % TOPICS.len()], rest / TOPICS.len());
    let segments = dictionary.modifiers.len() + 1;
    let (segment, again) = (rest % segments, rest / segments);
    let (segment, segment_korean) = match segment.checked_sub(1) {
        Some(at) => (format!("{}_", dictionary.modifiers[at].name), format!("{} ", dictionary.modifiers[at].korean)),
        None => (String::new(), String::new()),
    };
    let again = if again == 0 { String::new() } else { format!("_v{}", again + 1) };
    Column {
        name: format!("{segment}{}_{}_{window}d{again}", topic.0, stat.0),
        data_type: stat.2.to_owned(),
        comment: Some(format!("최근 {window}일 {segment_korean}{}{}", topic.1, stat.1)),
    }
}

const WINDOWS: [u32; 8] = [1, 3, 7, 14, 30, 60, 90, 180];

const STATS: [(&str, &str, &str); 6] = [
    ("cnt", "건수", "bigint"),
    ("amt", "금액", "double"),
    ("avg", "평균", "double"),
    ("max", "최대값", "double"),
    ("rate", "비율", "double"),
    ("days", "발생일수", "int"),
];

const TOPICS: [(&str, &str); 16] = [
    ("order", "주문"),
    ("pay", "결제"),
    ("view", "조회"),
    ("cart", "장바구니"),
    ("search", "검색"),
    ("click", "클릭"),
    ("coupon_use", "쿠폰사용"),
    ("review", "상품평"),
    ("claim", "클레임"),
    ("refund", "환불"),
    ("login", "로그인"),
    ("push_open", "푸시오픈"),
    ("ad_click", "광고클릭"),
    ("wish", "찜"),
    ("share", "공유"),
    ("gift", "선물"),
];
