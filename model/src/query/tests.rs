use super::*;
use crate::search::QueryProblemCode;
use proptest::prelude::*;

fn only(text: &str) -> Term {
    let query = parse(text);
    assert_eq!(query.problems, vec![], "{text}");
    assert_eq!(query.terms.len(), 1, "{text}");
    query.terms.into_iter().next().expect("one term")
}

fn filter_of(text: &str) -> Filter {
    match only(text).what {
        What::Filter(filter) => filter,
        other => panic!("{text}: {other:?}"),
    }
}

fn date(text: &str) -> DateTime<Utc> {
    format!("{text}T00:00:00Z").parse().expect("a date")
}

fn between(from: Option<&str>, until: Option<&str>) -> When {
    When::Between { from: from.map(date), until: until.map(date) }
}

#[test]
fn words_phrases_and_signs() {
    let query = parse("주문  order_detail \"배송 지연\" -tmp -\"old one\"");
    let what: Vec<_> = query.terms.iter().map(|t| (t.negated, t.what.clone())).collect();
    assert_eq!(
        what,
        [
            (false, What::Word("주문".into())),
            (false, What::Word("order_detail".into())),
            (false, What::Phrase("배송 지연".into())),
            (true, What::Word("tmp".into())),
            (true, What::Phrase("old one".into())),
        ]
    );
    assert_eq!((query.terms[1].start, query.terms[1].end), (8, 20));
    assert!(query.problems.is_empty());
}

#[test]
fn fields_in_any_case_with_quoted_and_listed_values() {
    assert_eq!(filter_of("DB:mart"), Filter::Db("mart".into()));
    assert_eq!(filter_of("database:mart"), Filter::Db("mart".into()));
    assert_eq!(filter_of("Owner:\"Kim Minsu\""), Filter::Owner("Kim Minsu".into()));
    assert_eq!(filter_of("column:order_id"), Filter::Column("order_id".into()));
    assert_eq!(filter_of("type:Views"), Filter::Type(AssetKind::View));
    assert_eq!(filter_of("partitioned:no"), Filter::Partitioned(false));
    assert_eq!(filter_of("has:description"), Filter::Has(Part::Description));
    assert!(only("no:owner").negated);
    assert!(!only("-no:owner").negated);
    assert!(only("-owner:kim").negated);
    assert_eq!(parse("db:mart,ods").terms.len(), 2);
}

#[test]
fn times() {
    assert_eq!(filter_of("created:>2026-01-01"), Filter::Created(between(Some("2026-01-02"), None)));
    assert_eq!(filter_of("created:>=2026-01-01"), Filter::Created(between(Some("2026-01-01"), None)));
    assert_eq!(filter_of("created:<2026"), Filter::Created(between(None, Some("2026-01-01"))));
    assert_eq!(filter_of("created:2026-01..2026-03"), Filter::Created(between(Some("2026-01-01"), Some("2026-04-01"))));
    assert_eq!(filter_of("created:2026-12"), Filter::Created(between(Some("2026-12-01"), Some("2027-01-01"))));
    assert_eq!(filter_of("created:<30d"), Filter::Created(When::Within(TimeDelta::days(30))));
    assert_eq!(filter_of("changed:>1y"), Filter::Changed(When::Before(TimeDelta::days(365))));
    let now = date("2026-11-23");
    assert_eq!(When::Within(TimeDelta::days(1)).span(now), (Some(date("2026-11-22")), None));
    assert_eq!(When::Within(TimeDelta::MAX).span(now), (None, None));
}

#[test]
fn sizes_are_decimal() {
    let size = |min, max| Filter::Size(Bytes { min, max });
    assert_eq!(filter_of("size:>1tb"), size(Some(1_000_000_000_001), None));
    assert_eq!(filter_of("size:>=1.5GB"), size(Some(1_500_000_000), None));
    assert_eq!(filter_of("size:<500mb"), size(None, Some(499_999_999)));
    assert_eq!(filter_of("size:1gb..1tb"), size(Some(1_000_000_000), Some(1_000_000_000_000)));
    assert_eq!(filter_of("size:>99999999pb"), size(Some(i64::MAX), None));
}

fn problem_of(text: &str) -> (QueryProblemCode, String, Option<String>) {
    let query = parse(text);
    assert_eq!(query.problems.len(), 1, "{text}: {:?}", query.problems);
    let problem = &query.problems[0];
    assert_eq!(problem.text, text[problem.start..problem.end]);
    (problem.code, problem.text.clone(), problem.suggestion.clone())
}

#[test]
fn mistakes_are_pointed_at() {
    use QueryProblemCode::*;
    let say = |text: &str| Some(text.to_owned());
    assert_eq!(problem_of("주문 onwer:kim"), (UnknownField, "onwer".into(), say("owner:")));
    assert_eq!(problem_of("foo:bar"), (UnknownField, "foo".into(), None));
    assert_eq!(problem_of("type:tabel"), (BadValue, "tabel".into(), say("table")));
    assert_eq!(problem_of("size:1tb"), (BadValue, "1tb".into(), say(">1tb")));
    assert_eq!(problem_of("size:big"), (BadValue, "big".into(), say(">1tb")));
    assert_eq!(problem_of("created:yesterday"), (BadValue, "yesterday".into(), say(">2026-01-01")));
    assert_eq!(problem_of("has:descripton"), (BadValue, "descripton".into(), say("description")));
    assert_eq!(problem_of("order db:"), (EmptyValue, "db:".into(), say("db:mart")));
    assert_eq!(problem_of("a - b"), (Dangling, "-".into(), say("-tmp")));
    assert_eq!(problem_of("\"order detail"), (UnclosedQuote, "\"order detail".into(), say("\"order detail\"")));
    let long = "a ".repeat(600);
    assert_eq!(problem_of(&long), (TooLong, "a".into(), None));
    assert_eq!(parse(&long).problems[0].limit, Some(1_000));
    let many: String = (0..100).map(|n| format!("w{n} ")).collect();
    assert_eq!(problem_of(&many), (TooManyWords, "w64".into(), None));
    assert_eq!(parse(&many).terms.len(), MOST_TERMS);
    // What is odd is searched all the same.
    assert_eq!(parse("foo:bar").terms[0].what, What::Word("foo:bar".into()));
    assert_eq!(parse("\"order detail").terms[0].what, What::Phrase("order detail".into()));
    assert_eq!(parse("size:big order").terms.len(), 1);
    assert_eq!(only("hdfs://nn/a").what, What::Word("hdfs://nn/a".into()));
}

proptest! {
    #[test]
    fn never_panics_and_points_inside(text in ".{0,80}") {
        check(&text);
    }

    #[test]
    fn never_panics_near_the_language(
        text in "(-?(db|size|created|has|no|foo|type|주문|ㅈㅁ)?:?[<>=]{0,2}[\"0-9a-z가-힣ㄱ-ㅣ.,-]{0,8}[ \"]?){0,6}"
    ) {
        check(&text);
    }
}

fn check(text: &str) {
    let query = parse(text);
    for term in &query.terms {
        assert!(text.get(term.start..term.end).is_some());
        assert!(term.start < term.end);
        if let What::Filter(Filter::Created(when) | Filter::Changed(when)) = &term.what {
            when.span(DateTime::UNIX_EPOCH);
        }
    }
    for problem in &query.problems {
        assert_eq!(text.get(problem.start..problem.end), Some(problem.text.as_str()));
    }
    // Plain words always search.
    if text.split_whitespace().next().is_some_and(|w| w.chars().all(char::is_alphanumeric)) {
        assert!(!query.terms.is_empty());
    }
}
