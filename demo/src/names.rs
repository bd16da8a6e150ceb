//! Names and comments for tables that nobody wrote down: entity, modifier and suffix put together as people do.

use super::dictionary::{DatabaseWord, Dictionary, Kind};
use super::random::Random;
use std::collections::HashSet;

pub(super) struct Name {
    pub(super) name: String,
    pub(super) comment: Option<String>,
    pub(super) entity: &'static str,
    pub(super) kind: Kind,
}

/// A name that is not in `names` yet, and is put there.
pub(super) fn invent(
    dictionary: &Dictionary,
    database: &DatabaseWord,
    random: &mut Random,
    names: &mut HashSet<String>,
) -> Name {
    let scratch = database.name.starts_with("tmp_") || database.name == "sandbox";
    for attempt in 0.. {
        let entity = *random.pick(&database.entities);
        let word = &dictionary.entity(entity).word;
        let Some(variant) = random.weighted(&dictionary.variants, |variant| variant.weight) else { continue };
        // The first tries are plain names; the fuller the database, the longer the names get.
        let modifiers = if attempt < 3 { random.below(2) } else { 1 + (attempt / 12).min(2) };
        let modifiers: Vec<_> = (0..modifiers).map(|_| random.pick(&dictionary.modifiers)).collect();
        let mut parts: Vec<&str> = modifiers.iter().map(|modifier| modifier.name).collect();
        parts.insert(if random.percent(60) { 0 } else { parts.len() }, entity);
        parts.push(variant.word.name);
        let mut name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
        if database.abbreviates && random.percent(80) {
            name = dictionary.abbreviate(&name);
        }
        let prefix = *random.pick(&database.prefixes);
        // Not fact_order_fact.
        let end = prefix.replace('_', "");
        let name_without = name.strip_suffix(&end).filter(|_| !end.is_empty()).map(|name| name.trim_end_matches('_'));
        name = format!("{prefix}{}", name_without.unwrap_or(&name));
        let scratch_kind = scratch || matches!(variant.kind, Kind::Tmp);
        if scratch_kind && random.percent(60) {
            name = format!("{name}_{:02}{:02}", 1 + random.below(12), 1 + random.below(28));
        }
        if attempt > 40 {
            name = format!("{name}_{}", 2 + random.below(attempt));
        }
        if !names.insert(name.clone()) {
            continue;
        }
        let korean: Vec<_> = modifiers.iter().map(|modifier| modifier.korean).collect();
        let english: Vec<_> = modifiers.iter().map(|modifier| modifier.english).collect();
        let comment = Comment {
            korean: [&korean[..], &[word.korean, variant.word.korean]].concat(),
            english: [&english[..], &[word.english, variant.word.english]].concat(),
        };
        let kind = if scratch && variant.kind != Kind::Old { Kind::Tmp } else { variant.kind };
        return Name { name, comment: comment.write(kind, random), entity, kind };
    }
    unreachable!("the numbers at the end of names do not end")
}

/// The name and the comment of a view over a table.
pub(super) fn of_view(table: &str, comment: Option<&str>, random: &mut Random) -> (String, Option<String>) {
    let prefix = random.pick(&["v_", "vw_", "v_", "view_"]);
    let (suffix, korean) = random.pick(&[
        ("", "조회용 뷰"),
        ("", "조회용 뷰"),
        ("_recent", "최근 30일 뷰"),
        ("_active", "유효 건 뷰"),
        ("_masked", "개인정보 비식별 뷰"),
        ("_latest", "최종 상태 뷰"),
    ]);
    let comment = comment.map(|comment| {
        let title = comment.split(['.', '(']).next().unwrap_or(comment).trim();
        let is_korean = title.chars().any(|c| ('가'..='힣').contains(&c));
        format!("{title} {}", if is_korean { korean } else { "view" })
    });
    (format!("{prefix}{table}{suffix}"), comment)
}

struct Comment {
    korean: Vec<&'static str>,
    english: Vec<&'static str>,
}

impl Comment {
    fn write(self, kind: Kind, random: &mut Random) -> Option<String> {
        let missing = if matches!(kind, Kind::Tmp | Kind::Old) { 65 } else { 14 };
        if random.percent(missing) {
            return None;
        }
        let words = |words: Vec<&'static str>, between| {
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(between)
        };
        if random.percent(10) {
            let english = words(self.english, " ");
            let mut letters = english.chars();
            return letters.next().map(|first| first.to_uppercase().chain(letters).collect());
        }
        let name = words(self.korean, if random.percent(60) { "" } else { " " });
        let more = match kind {
            Kind::Daily | Kind::Monthly => {
                &["", "", "", ". 매일 06:00까지 전일자 적재", ". 배치 완료 후 갱신", ". 마감 후 재집계됨"][..]
            }
            Kind::Log | Kind::Hourly => &["", "", "", ". 시간 단위 적재", ". 중복 제거 전", ". 테스트 기기 제외"],
            Kind::Hist => &["", "", "", ". 변경 건만 적재", ". 매일 전체 이력 갱신"],
            Kind::Old => &["", ". 사용 중지", ". 신규 테이블을 쓰세요"],
            _ => &["", "", "", "", ". 운영 DB에서 일 1회 복제", " (담당자 문의 후 사용)", ". 삭제 건 포함"],
        };
        Some(format!("{name}{}", random.pick(more)))
    }
}
