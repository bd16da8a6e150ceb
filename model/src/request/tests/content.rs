//! What can be asked for, in words; and the hash that decisions are bound to.

use super::*;
use crate::Word;
use crate::curation::Edit;
use crate::owner::OwnerRole;
use serde_json::json;

fn today() -> chrono::NaiveDate {
    "2026-11-23".parse().unwrap()
}

fn read(value: serde_json::Value) -> Content {
    serde_json::from_value(value).unwrap()
}

fn flaws(content: &Content) -> Vec<(Field, Flaw)> {
    content.mistakes(today()).into_iter().map(|mistake| (mistake.field, mistake.flaw)).collect()
}

fn ingestion() -> serde_json::Value {
    json!({
        "kind": "ingestion",
        "source": {
            "kind": "jdbc", "engine": "mysql", "address": "logistics-ro.example:3306", "database": "delivery",
            "user": "reeve_ro", "password_file": "/user/etl/.pw/delivery"
        },
        "tables": [{
            "source": "delivery_event", "target": "logistics.delivery_event",
            "columns": [
                {"name": "event_id", "type": "varchar(36)", "class": "none", "comment": "이벤트 고유번호"},
                {"name": "member_no", "type": "bigint", "class": "indirect"},
                {"name": "updated_at", "type": "datetime", "class": "none"}
            ],
            "load": {"incremental": {"by": "updated_at"}}, "split_by": "member_no", "mappers": 4
        }],
        "schedule": {"cron": "30 2 * * *", "zone": "Asia/Seoul", "ready_by": "06:00"},
        "format": "orc", "compression": "zstd", "partitioning": {"daily": {"column": "dt"}},
        "retention_days": 7, "purpose": "배송 지연 구간을 찾아 물류 센터 배치를 다시 정합니다",
        "consumers": ["delivery_delay_daily"], "owner": 20
    })
}

/// One of each, as the API takes them.
fn all() -> Vec<serde_json::Value> {
    vec![
        json!({"kind": "retention_extension", "extent": {"partitions": ["dt=2026-11-01"]}, "days": 90, "until": "2027-06-30",
               "fewest_days": 45, "masked_columns": ["member_no"]}),
        json!({"kind": "retention_extension", "extent": {"range": {"from": "2026-11-01", "to": "2026-11-30"}}, "days": 90,
               "until": "2027-06-30"}),
        ingestion(),
        json!({"kind": "ownership", "how": "hand_over", "role": "data_owner", "to": 3, "assets": [100, 101], "case": 7}),
        json!({"kind": "deprecation", "how": "deprecate", "on": "2026-12-15", "note": "집계로 옮겼습니다",
               "replacement": "clickstream.page_view_daily"}),
        json!({"kind": "deprecation", "how": "withdraw"}),
        json!({"kind": "access", "to": 3, "until": "2027-06-30"}),
        json!({"kind": "restore", "extent": {"partitions": ["dt=2026-11-09"]}}),
        json!({"kind": "proposal", "change": {"description": null, "columns": {"a": {"personal_data": "direct"}}}}),
        json!({"kind": "policy_change", "policy": 5, "text": "period_days = 10", "simulation": "9f2c"}),
    ]
}

#[test]
fn each_kind_is_read_written_and_free_of_mistakes() {
    let mut kinds = BTreeSet::new();
    for value in all() {
        let content = read(value.clone());
        assert_eq!(serde_json::to_value(&content).unwrap(), value);
        assert_eq!(flaws(&content), [], "{value}");
        kinds.insert(content.kind());
        assert_eq!(json!(content.kind().as_str()), value["kind"]);
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), RequestKind::ALL);
    let unknown = json!({"kind": "access", "to": 3, "until": "2027-06-30", "days": 3});
    assert!(serde_json::from_value::<Content>(unknown).is_err());
}

#[test]
fn mistakes_name_their_field() {
    let cases = [
        (json!({"kind": "retention_extension", "days": 0, "until": "2026-11-22"}), vec![Field::Days, Field::Until]),
        (
            json!({"kind": "retention_extension", "days": 30, "until": "2029-06-30", "fewest_days": 31,
                   "extent": {"partitions": []}}),
            vec![Field::Until, Field::FewestDays, Field::Partitions],
        ),
        (json!({"kind": "restore", "extent": {"range": {"from": "2026-11-30", "to": "2026-11-01"}}}), vec![Field::To]),
        (json!({"kind": "ownership", "how": "hand_over", "role": "data_owner", "to": 3}), vec![Field::Assets]),
        (
            json!({"kind": "ownership", "how": "claim", "role": "data_owner", "to": 3, "assets": [1]}),
            vec![Field::Assets],
        ),
        (
            json!({"kind": "deprecation", "how": "deprecate", "on": "2026-01-01", "note": " ", "replacement": "x"}),
            vec![Field::On, Field::Note, Field::Replacement],
        ),
        (json!({"kind": "proposal", "change": {}}), vec![Field::Change]),
        (json!({"kind": "policy_change", "text": "", "simulation": ""}), vec![Field::Text, Field::Simulation]),
    ];
    for (value, expected) in cases {
        let fields: Vec<Field> = flaws(&read(value.clone())).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, expected, "{value}");
    }
}

#[test]
fn an_ingestion_is_checked_to_its_last_column() {
    let wrong = |pointer: &str, value: serde_json::Value| {
        let mut changed = ingestion();
        *changed.pointer_mut(pointer).unwrap() = value;
        read(changed).mistakes(today()).into_iter().map(|one| (one.field, one.at)).collect::<Vec<_>>()
    };
    assert_eq!(wrong("/source/database", json!("delivery?allowLoadLocalInfile=true")), [(Field::Database, vec![])]);
    assert_eq!(wrong("/source/address", json!("db")), [(Field::Address, vec![])]);
    assert_eq!(wrong("/tables/0/target", json!("delivery_event")), [(Field::Target, vec![0])]);
    assert_eq!(wrong("/tables/0/columns/0/name", json!("a;b")), [(Field::Name, vec![0, 0])]);
    assert_eq!(wrong("/tables/0/columns/1/name", json!("EVENT_ID"))[0], (Field::Name, vec![0, 1]));
    assert_eq!(wrong("/tables/0/columns/0/comment", json!("{{ ds }}")), [(Field::Comment, vec![0, 0])]);
    assert_eq!(wrong("/tables/0/split_by", json!("order_no")), [(Field::SplitBy, vec![0])]);
    assert_eq!(wrong("/tables/0/split_by", json!(null)), [(Field::SplitBy, vec![0])]);
    assert_eq!(wrong("/tables/0/load", json!({"incremental": {"by": "x"}})), [(Field::CheckColumn, vec![0])]);
    assert_eq!(wrong("/compression", json!("gzip")), [(Field::Compression, vec![])]);
    assert_eq!(wrong("/partitioning", json!({"daily": {"column": "event_id"}})), [(Field::PartitionColumn, vec![])]);
    let hourly = json!({"hourly": {"column": "dt", "hour": "dt"}});
    assert_eq!(wrong("/partitioning", hourly), [(Field::PartitionColumn, vec![])]);
    assert_eq!(wrong("/purpose", json!("분석")), [(Field::Purpose, vec![])]);
    assert_eq!(wrong("/purpose", json!("")), [(Field::Purpose, vec![])]);
    assert_eq!(wrong("/schedule/cron", json!("@daily")), [(Field::Cron, vec![])]);
    assert_eq!(wrong("/schedule/ready_by", json!("6:00")), [(Field::ReadyBy, vec![])]);
    assert_eq!(wrong("/schedule/zone", json!("Asia/Seoul'; drop")), [(Field::Zone, vec![])]);
    assert_eq!(wrong("/tables", json!([])), [(Field::Tables, vec![])]);
    let Content::Ingestion(good) = read(ingestion()) else { panic!() };
    assert_eq!(good.class(), Class::Indirect);
    assert!(
        FileFormat::Parquet.is_splittable(Compression::Snappy) && !FileFormat::Text.is_splittable(Compression::Snappy)
    );
}

#[test]
fn streams_and_logs_are_checked_too() {
    let source = |source: serde_json::Value| {
        let mut changed = ingestion();
        changed["source"] = source;
        flaws(&read(changed)).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    let click = json!({
        "kind": "clickstream", "event": "page_view", "schema_name": "page_view.v3", "producer": "web", "topic": "click.pv",
        "key": "event_id", "event_time": "ts", "zone": "Asia/Seoul", "partition_by": "event", "late_hours": 48,
        "bots": "mark", "events_per_second": 2000, "peak_per_second": 9000
    });
    assert_eq!(source(click.clone()), []);
    let mut slow = click;
    (slow["peak_per_second"], slow["late_hours"], slow["topic"]) = (json!(1), json!(9000), json!("a b"));
    assert_eq!(source(slow), [Field::Topic, Field::LateHours, Field::Rate]);
    let logs = json!({
        "kind": "logs", "hosts": ["web-01", "web-02"], "glob": "/var/log/nginx/access*.log", "rotation": "daily",
        "charset": "cp949", "first_line": "^\\d{4}", "zone": "Asia/Seoul", "agent": "fluent-bit", "bytes_per_day": 1
    });
    assert_eq!(source(logs.clone()), []);
    let mut odd = logs;
    (odd["hosts"], odd["first_line"], odd["agent"]) = (json!([]), json!("("), json!("{% raw %}"));
    assert_eq!(source(odd), [Field::Hosts, Field::Glob, Field::Agent]);
}

#[test]
fn less_is_less_in_every_respect() {
    let ask = |days: u32, until: &str, extent: Extent, masked: &[&str]| {
        Content::RetentionExtension(RetentionExtension {
            extent,
            days,
            until: until.parse().unwrap(),
            fewest_days: None,
            masked_columns: masked.iter().map(|one| (*one).to_owned()).collect(),
        })
    };
    let range = |from: &str, to: &str| Extent::Range { from: from.parse().unwrap(), to: to.parse().unwrap() };
    let whole = ask(90, "2027-06-30", Extent::Table, &["a"]);
    for less in [
        ask(60, "2027-06-30", Extent::Table, &["a"]),
        ask(90, "2027-05-30", Extent::Table, &["a"]),
        ask(90, "2027-06-30", range("2026-11-01", "2026-11-30"), &["a"]),
        ask(90, "2027-06-30", Extent::Table, &["a", "b"]),
    ] {
        assert!(less.is_less_than(&whole) && !whole.is_less_than(&less), "{less:?}");
    }
    for other in [
        whole.clone(),
        ask(60, "2027-07-30", Extent::Table, &["a"]),
        ask(60, "2027-06-30", Extent::Table, &[]),
        ask(91, "2027-01-30", Extent::Table, &["a", "b"]),
        access(LEE),
    ] {
        assert!(!other.is_less_than(&whole), "{other:?}");
    }
    let november = ask(90, "2027-06-30", range("2026-11-01", "2026-11-30"), &[]);
    assert!(ask(90, "2027-06-30", range("2026-11-02", "2026-11-30"), &[]).is_less_than(&november));
    assert!(!ask(30, "2027-06-30", range("2026-10-31", "2026-11-30"), &[]).is_less_than(&november));
    assert!(!ask(30, "2027-06-30", Extent::Table, &[]).is_less_than(&november));
    let asked = read(ingestion());
    let narrower = |change: &dyn Fn(&mut Ingestion)| {
        let Content::Ingestion(mut other) = asked.clone() else { panic!() };
        change(&mut other);
        Content::Ingestion(other).is_less_than(&asked)
    };
    assert!(narrower(&|other| drop(other.tables[0].columns.remove(1))));
    assert!(narrower(&|other| other.retention_days = 3));
    assert!(!narrower(&|other| other.retention_days = 8));
    assert!(!narrower(&|other| other.format = FileFormat::Text));
    assert!(!narrower(&|other| other.tables[0].columns[0].class = Class::Direct));
    assert!(!narrower(&|other| other.tables[0].target = "a.b".to_owned()));
}

#[test]
fn the_hash_is_of_all_that_is_decided_and_stays_the_same() {
    let stage = Stage::new();
    let Request { subject, content, facts, .. } = &stage.request;
    let hash = content_hash(subject, content, facts);
    // It is in mails and rows: another version of Reeve has to come to the same.
    assert_eq!(hash.0, "287d875268616f692c664c170d9fdcaee7f237f45ad0e159c6325d8985f1566e");
    let renamed = Subject { name: "other".to_owned(), ..subject.clone() };
    assert_eq!(content_hash(&renamed, content, facts), hash);
    let mut others = BTreeSet::from([hash]);
    let asset = Subject { asset: None, ..subject.clone() };
    others.insert(content_hash(&asset, content, facts));
    for change in [
        json!({"days": 91}),
        json!({"until": "2027-06-29"}),
        json!({"fewest_days": 44}),
        json!({"masked_columns": ["a"]}),
        json!({"masked_columns": ["a,b"]}),
        json!({"masked_columns": ["a", "b"]}),
        json!({"extent": {"partitions": ["dt=2026-11-01"]}}),
    ] {
        let mut value = serde_json::to_value(content).unwrap();
        value.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        others.insert(content_hash(subject, &read(value), facts));
    }
    let mut facts_of = facts.clone();
    facts_of.bytes = Some(1);
    others.insert(content_hash(subject, content, &facts_of));
    assert_eq!(others.len(), 10);
    assert_ne!(facts_hash(facts), facts_hash(&facts_of));
}

#[test]
fn a_request_is_stored_and_read_again_in_every_state() {
    let mut stage = Stage::new().submitted();
    let facts = stage.facts.clone();
    stage.act(PARK, counter(extension(40), &facts)).unwrap();
    for request in [Stage::new().request, stage.request.clone(), {
        stage.act(LEE, Action::Accept { seen: None, text: String::new() }).unwrap();
        stage.request.clone()
    }] {
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
    }
}

#[test]
fn rules_are_read_as_an_administrator_writes_them() {
    let shipped = Rules::shipped();
    let text = toml::to_string(&shipped).unwrap();
    insta::assert_snapshot!("shipped_rules", text);
    assert_eq!(toml::from_str::<Rules>(&text).unwrap(), shipped);
    let written: Rules = toml::from_str(
        r#"
        version = 2
        [[step]]
        id = "owner"
        who = "owner"
        due_hours = 18
        [[step]]
        id = "finance"
        who = { named = [31, 32] }
        quorum = { at_least = 2 }
        due_hours = 9
        when = { databases = ["settlement*"], kinds = ["access"] }
        "#,
    )
    .unwrap();
    let step = &written.steps[1];
    assert!(step.delegable && step.overridable && !step.distinct && step.decline == Declining::Ends);
    assert_eq!(step.who, Who::Named(BTreeSet::from([AssetId(31), AssetId(32)])));
    let mut facts = Stage::new().facts;
    let ids = |content: &Content, facts: &Facts| {
        written.applying(content, facts).map(|rule| rule.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&access(LEE), &facts), ["owner"]);
    facts.database = "Settlement_2026".to_owned();
    assert_eq!(ids(&access(LEE), &facts), ["owner", "finance"]);
    assert_eq!(ids(&extension(9), &facts), ["owner"]);
    assert!(toml::from_str::<Rules>("version = 1\n[[step]]\nid = 'a'\nwho = 'nobody'\ndue_hours = 1").is_err());
}

#[test]
fn rules_that_cannot_hold_say_why() {
    assert_eq!(Rules::shipped().mistakes(), []);
    let mut rules = Rules::shipped();
    rules.steps[1].id = "owner".to_owned();
    rules.steps[2].due_hours = 0;
    rules.steps[3].quorum = Quorum::AtLeast(0);
    rules.steps[4].who = Who::Named(BTreeSet::new());
    rules.steps[0].fallback.push(Who::Owner);
    let found: Vec<(Field, Vec<usize>)> = rules.mistakes().into_iter().map(|one| (one.field, one.at)).collect();
    let expected = [(Field::Name, 1), (Field::Who, 0), (Field::DueHours, 2), (Field::Quorum, 3), (Field::Who, 4)];
    assert_eq!(found, expected.map(|(field, at)| (field, vec![at])));
    rules.steps.clear();
    assert_eq!(rules.mistakes(), [Mistake { field: Field::Steps, at: Vec::new(), flaw: Flaw::Missing }]);
}

/// Which steps ship for what.
#[test]
fn the_shipped_rules_ask_whom_they_should() {
    let rules = Rules::shipped();
    let ask = |content: Content, class: Class, bytes: Option<i64>| -> Vec<String> {
        let facts = Facts { class, bytes, ..Stage::new().facts };
        rules.applying(&content, &facts).map(|rule| rule.id.clone()).collect()
    };
    let small = Some(1);
    assert_eq!(ask(extension(180), Class::None, Some(20_000_000_000_000)), ["owner"]);
    assert_eq!(ask(extension(181), Class::None, small), ["owner", "large"]);
    assert_eq!(ask(extension(8), Class::None, Some(20_000_000_000_001)), ["owner", "large"]);
    assert_eq!(ask(extension(8), Class::None, None), ["owner", "large"]);
    assert_eq!(ask(extension(7), Class::Sensitive, small), ["owner"]);
    assert_eq!(ask(extension(8), Class::Direct, small), ["owner", "privacy_period"]);
    assert_eq!(ask(extension(8), Class::Indirect, small), ["owner"]);
    assert_eq!(ask(access(LEE), Class::Direct, small), ["owner", "privacy"]);
    assert_eq!(ask(read(ingestion()), Class::None, small), ["owner", "platform"]);
    assert_eq!(ask(read(ingestion()), Class::Direct, small), ["owner", "privacy", "platform"]);
    let change = Content::Proposal(ProposedEdit { change: Edit { certified: Some(true), ..Edit::default() } });
    assert_eq!(ask(change, Class::Direct, small), ["owner"]);
    let claim = OwnershipChange {
        how: OwnershipMove::Claim,
        role: OwnerRole::DataOwner,
        to: LEE,
        assets: BTreeSet::new(),
        case: None,
    };
    assert_eq!(ask(Content::Ownership(claim), Class::None, small), ["owner"]);
}
