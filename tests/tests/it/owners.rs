//! Who answers for what: assigned, claimed, inherited, proposed, and what each may do by it.

use crate::metastore_at;
use chrono::TimeDelta;
use reeve::auth::person;
use reeve::db::Db;
use reeve::owners::succession::hold;
use reeve_model::AssetId;
use reeve_model::asset::{Change, ChangeKind, Paged};
use reeve_model::owner::{OwnerRole, OwnerSource, OwnerState, Owners};
use reeve_model::permission::Role;
use reeve_model::search::{FacetField, SearchResponse};
use reeve_model::succession::{Case, CaseDetail, CaseState, HeirReason};
use reeve_tests::{
    Answer, FakeMetastore, Reeve, Seat, Table, TestApp, World, escaped, execute, on_both_databases, texts,
};
use reqwest::{Method, StatusCode};
use std::collections::BTreeMap;

const ORDER_ITEM: &str = "/api/v1/tables/order/order_item/owners";

/// Databases `order` (three tables) and `member` (one), crawled.
async fn crawled(database: reeve_tests::Database) -> (TestApp, FakeMetastore) {
    let table = || Table { created_at: 1_700_000_000, columns: vec!["id".to_owned()], partitions: None };
    let tables = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), table())).collect();
    let databases = BTreeMap::from([
        ("order".to_owned(), tables(&["order_item", "order_base", "order_log"])),
        ("member".to_owned(), tables(&["member_base"])),
    ]);
    let metastore = FakeMetastore::start(World { warehouse: "hdfs://nn/w".to_owned(), databases, uuid: None }).await;
    let app = TestApp::start(database, &metastore_at(&metastore.uri)).await;
    app.crawl("prod").await;
    (app, metastore)
}

/// Adds people without sign-in.
async fn people(app: &TestApp, people: &[(&str, &str)]) {
    let mut tx = app.app.db.write().await.unwrap();
    for (login, name) in people {
        person::create(&mut tx, "person", login, name, None, app.app.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Has Reeve look at owners and people, as it does now and then.
async fn reviewed(app: &TestApp) {
    app.advance(TimeDelta::minutes(11));
    let open = "SELECT 'job' FROM job WHERE kind = 'owners' AND state IN ('queued', 'running')";
    let later = "SELECT 'schedule' FROM schedule WHERE kind = 'owners' AND next_run_at > $1";
    app.until("owners are reviewed", async |app| {
        let now = app.app.clock.now();
        let planned: Result<Vec<String>, sqlx::Error> = match &app.app.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(later).bind(now).fetch_all(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(later).bind(now).fetch_all(pool).await,
        };
        planned.unwrap().len() == 1 && texts(&app.app.db, open).await.is_empty()
    })
    .await;
}

/// `data_owner kim, data_steward team/order (inherited)`
fn told(owners: &Owners) -> String {
    let one = |owner: &reeve_model::owner::Owner| {
        let inherited = if owner.inherited { " (inherited)" } else { "" };
        let role: &str = owner.role.into();
        format!("{role} {}{inherited}", owner.holder.word())
    };
    owners.owners.iter().map(one).collect::<Vec<_>>().join(", ")
}

async fn put(seat: &Seat, path: &str, owners: &[(&str, &str)]) -> Answer {
    let owners: Vec<_> =
        owners.iter().map(|(role, holder)| serde_json::json!({ "role": role, "holder": holder })).collect();
    seat.send_json(Method::PUT, path, &serde_json::json!({ "owners": owners })).await
}

on_both_databases! {
    async fn owners_are_assigned_inherited_overridden_and_taken_away(database: Database) {
        let (app, _metastore) = crawled(database).await;
        people(&app, &[("kim", "김하나"), ("lee", "이하은"), ("lee2", "이하은")]).await;
        let operator = app.seat("operator", &[Role::Operator]).await;
        let nobody: Owners = operator.read(ORDER_ITEM).await;
        assert_eq!((nobody.owner_state, nobody.owners.len()), (OwnerState::None, 0));

        let database = "/api/v1/databases/order/owners";
        let answer = put(&operator, database, &[("data_owner", "kim"), ("data_steward", "lee")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let inherited: Owners = operator.read(ORDER_ITEM).await;
        assert_eq!(told(&inherited), "data_owner kim (inherited), data_steward lee (inherited)");
        assert_eq!(inherited.owner_state, OwnerState::Active);
        assert_eq!((inherited.owners[0].by.as_str(), inherited.owners[0].source), ("operator", OwnerSource::Assigned));

        let own = put(&operator, ORDER_ITEM, &[("data_owner", "lee")]).await.json::<Owners>();
        assert_eq!(told(&own), "data_owner lee, data_steward lee (inherited)");
        assert_eq!(told(&operator.read(database).await), "data_owner kim, data_steward lee");
        let history: Paged<Change> = operator.read("/api/v1/tables/order/order_item/history").await;
        let newest = &history.items[0];
        assert_eq!((newest.kind, newest.field.as_deref()), (ChangeKind::OwnersAssigned, Some("data_owner")));
        assert_eq!((newest.new.as_deref(), newest.actor.as_deref()), (Some("lee"), Some("operator")));
        let audit = "SELECT concat_ws(' ', actor, action, object_name, old_value, new_value) FROM audit
                     WHERE action = 'owners_changed' ORDER BY seq DESC LIMIT 1";
        assert_eq!(texts(&app.app.db, audit).await, ["operator owners_changed order.order_item data_owner lee"]);
        assert_eq!(told(&put(&operator, ORDER_ITEM, &[]).await.json()), "data_owner kim (inherited), data_steward lee (inherited)");

        // Who is nobody, or several, or nonsense, is refused by name; nothing changes.
        for (role, holder, status, kind) in [
            ("data_owner", "nobody", 422, "nobody"),
            ("data_owner", "이하은", 422, "several"),
            ("data_owner", "team/none", 422, "nobody"),
            ("boss", "kim", 400, "not-one-of"),
        ] {
            let answer = put(&operator, ORDER_ITEM, &[(role, holder)]).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
            assert!(answer.body.contains(&format!("/problems/{kind}")), "{}", answer.body);
        }
        execute(&app.app.db, "UPDATE person SET state = 'departed' WHERE login = 'lee2'").await;
        assert!(put(&operator, ORDER_ITEM, &[("data_owner", "lee2")]).await.body.contains("/problems/has-left"));
        let bad = operator.send_json(Method::PUT, ORDER_ITEM, &serde_json::json!({ "owners": [{ "role": "data_owner" }] })).await;
        assert!(bad.status == StatusCode::BAD_REQUEST && bad.body.contains("holder"), "{}", bad.body);
        assert_eq!(told(&operator.read(ORDER_ITEM).await), "data_owner kim (inherited), data_steward lee (inherited)");
        app.stop().await;
    }

    /// An analyst assigns nobody; what is nobody's he claims, and is its owner then.
    async fn what_is_nobodys_is_claimed_and_an_owner_assigns(database: Database) {
        let (app, _metastore) = crawled(database).await;
        let kim = app.seat("kim", &[]).await;
        let lee = app.seat("lee", &[]).await;
        assert_eq!(put(&kim, ORDER_ITEM, &[("data_owner", "kim")]).await.status, StatusCode::FORBIDDEN);
        let page = kim.get("/tables/order/order_item?lang=en").await.body;
        assert!(page.contains("It is mine") && !page.contains("Assign an owner"), "{page}");
        let form = "/tables/order/order_item/owners";
        assert_eq!(kim.submit(form, &[("act", "assign"), ("role", "data_owner"), ("holder", "kim")]).await.status, StatusCode::FORBIDDEN);
        let claimed = kim.submit(form, &[("act", "claim")]).await;
        assert_eq!((claimed.status, claimed.header("location")), (StatusCode::SEE_OTHER, "/tables/order/order_item"));
        let owners: Owners = kim.read(ORDER_ITEM).await;
        assert_eq!((told(&owners).as_str(), owners.owners[0].source), ("data_owner kim", OwnerSource::Claimed));
        assert_eq!(lee.submit(form, &[("act", "claim")]).await.status, StatusCode::CONFLICT);
        assert_eq!(lee.submit(form, &[("act", "take"), ("role", "data_owner"), ("holder", "kim")]).await.status, StatusCode::FORBIDDEN);

        let wrong = kim.submit(form, &[("act", "assign"), ("role", "data_owner"), ("holder", "누구")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("value=\"누구\"") && wrong.body.contains("aria-invalid"), "{}", wrong.body);
        let right = kim.submit(form, &[("act", "assign"), ("role", "data_steward"), ("holder", "lee")]).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
        let page = lee.get("/tables/order/order_item?lang=en").await.body;
        assert!(page.contains("href=\"/people/lee\"") && page.contains("claimed"), "{page}");
        assert!(!page.contains("Assign an owner"), "a steward assigns nobody: {page}");
        assert_eq!(kim.submit(form, &[("act", "take"), ("role", "data_owner"), ("holder", "kim")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(told(&kim.read(ORDER_ITEM).await), "data_steward lee");
        app.stop().await;
    }

    /// What the metastore says becomes a proposal after the crawl, and an owner only when somebody says so.
    async fn the_metastores_owners_are_proposed_and_never_assigned(database: Database) {
        let (app, metastore) = crawled(database).await;
        let kim = app.seat("kim", &[]).await;
        let operator = app.seat("operator", &[Role::Operator]).await;
        people(&app, &[("lee", "이하은")]).await;
        let mut tx = app.app.db.write().await.unwrap();
        person::create(&mut tx, "service_account", "etl_order", "주문 배치", None, app.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        for sql in [
            "INSERT INTO asset (kind) VALUES ('team')",
            "INSERT INTO team (id, name, title) SELECT max(id), 'order', '주문팀' FROM asset WHERE kind = 'team'",
            "UPDATE person SET team_id = (SELECT id FROM team) WHERE login = 'etl_order'",
            "UPDATE catalog_database SET owner = 'etl_order/h7@PROD' WHERE name = 'order'",
            "UPDATE catalog_table SET owner = 'etl_order/h7@PROD' WHERE name = 'order_base'",
            "UPDATE catalog_table SET owner = 'kim@PROD' WHERE name = 'order_item'",
            "UPDATE catalog_table SET owner = 'lee' WHERE name = 'member_base'",
            "UPDATE catalog_table SET owner = 'hive' WHERE name = 'order_log'",
        ] {
            execute(&app.app.db, sql).await;
        }
        reviewed(&app).await;
        let proposals = "SELECT concat_ws(' ', coalesce(t.name, d.name), o.role, coalesce(p.login, m.name), o.state)
            FROM owner_proposal o LEFT JOIN catalog_table t ON t.id = o.asset_id LEFT JOIN catalog_database d ON d.id = o.asset_id
            LEFT JOIN person p ON p.id = o.holder_id LEFT JOIN team m ON m.id = o.holder_id ORDER BY 1";
        let expected = [
            "member_base data_owner lee open",
            "order data_owner order open",
            "order technical_owner etl_order open",
            "order_item data_owner kim open",
        ];
        app.until("owners are proposed", async |app| texts(&app.app.db, proposals).await.len() >= expected.len()).await;
        assert_eq!(texts(&app.app.db, proposals).await, expected);
        let order: Owners = operator.read("/api/v1/databases/order/owners").await;
        assert_eq!((order.owner_state, order.owners.len(), order.proposals.len()), (OwnerState::None, 0, 2));
        let page = operator.get("/databases/order?lang=en").await.body;
        assert!(page.contains("The metastore names etl_order/h7@PROD as the owner."), "{page}");

        // Whoever is proposed may take what is nobody's, and nothing else.
        let item: Owners = kim.read(ORDER_ITEM).await;
        let id = item.proposals[0].id.to_string();
        let kims = |act: &'static str| [("act", act), ("proposal", id.as_str())];
        let team = order.proposals.iter().find(|proposal| proposal.role == OwnerRole::DataOwner).unwrap().id.to_string();
        let refused = kim.submit("/databases/order/owners", &[("act", "accept"), ("proposal", team.as_str())]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(kim.submit("/tables/order/order_item/owners", &kims("accept")).await.status, StatusCode::SEE_OTHER);
        let item: Owners = kim.read(ORDER_ITEM).await;
        assert_eq!((told(&item).as_str(), item.owners[0].source), ("data_owner kim", OwnerSource::Metastore));
        assert!(!item.owners[0].evidence.is_empty() && item.proposals.is_empty());

        // What was declined does not come back.
        let member: Owners = operator.read("/api/v1/tables/member/member_base/owners").await;
        let id = member.proposals[0].id.to_string();
        let decline = [("act", "decline"), ("proposal", id.as_str())];
        assert_eq!(operator.submit("/tables/member/member_base/owners", &decline).await.status, StatusCode::SEE_OTHER);
        reviewed(&app).await;
        let member: Owners = operator.read("/api/v1/tables/member/member_base/owners").await;
        assert_eq!((member.owners.len(), member.proposals.len()), (0, 0));

        // A table that is made again inherits nothing; it is proposed to whom the one before was.
        let mut world = metastore.world();
        world.databases.get_mut("order").unwrap().get_mut("order_item").unwrap().created_at += 10;
        metastore.set(world, reeve_tests::Fault::None);
        app.crawl("prod").await;
        reviewed(&app).await;
        let again: Owners = kim.read(ORDER_ITEM).await;
        assert_eq!((again.owners.len(), again.proposals.len()), (0, 1), "{again:?}");
        assert_eq!(again.proposals[0].holder.name, "kim");
        app.stop().await;
    }

    /// Search finds by owner and by how it stands with him, within a second, and follows when he goes on leave or away.
    async fn search_knows_who_answers_and_how_it_stands_with_him(database: Database) {
        let (app, _metastore) = crawled(database).await;
        let kim = app.seat("kim.hana", &[]).await;
        let operator = app.seat("operator", &[Role::Operator]).await;
        for sql in [
            "INSERT INTO asset (kind) VALUES ('team')",
            "INSERT INTO team (id, name, title, lead_id) SELECT max(a.id), 'order', '주문팀', max(p.id) FROM asset a, person p
             WHERE a.kind = 'team' AND p.login = 'kim.hana'",
            "UPDATE catalog_table SET owner = 'hive' WHERE name = 'member_base'",
        ] {
            execute(&app.app.db, sql).await;
        }
        put(&operator, "/api/v1/databases/order/owners", &[("data_owner", "team/order")]).await;
        put(&operator, ORDER_ITEM, &[("data_owner", "kim.hana")]).await;
        put(&operator, "/api/v1/tables/member/member_base/owners", &[("data_steward", "kim.hana")]).await;
        app.until_indexed().await;
        let names = async |seat: &Seat, q: &str| {
            let found: SearchResponse = seat.read(&format!("/api/v1/search?q={}", escaped(q))).await;
            let mut names: Vec<String> = found.hits.into_iter().map(|hit| hit.qualified_name).collect();
            names.sort();
            names.join(" ")
        };
        assert_eq!(names(&kim, "owner:kim.hana").await, "order.order_item");
        assert_eq!(names(&kim, "owner:KIM type:table").await, "order.order_item");
        assert_eq!(names(&kim, "owner:team/order").await, "order order.order_base order.order_log");
        assert_eq!(names(&kim, "owner:me").await, "order order.order_base order.order_item order.order_log");
        assert_eq!(names(&operator, "owner:me").await, "");
        assert_eq!(names(&kim, "no:owner").await, "member member.member_base");
        assert_eq!(names(&kim, "-owner:team/order type:table").await, "member.member_base order.order_item");
        let found: SearchResponse = kim.read("/api/v1/search?q=order_item&facets=true").await;
        let hit = &found.hits[0];
        assert_eq!((hit.owner.as_deref(), hit.owner_state), (Some("kim.hana"), OwnerState::Active));
        assert!(found.facets.iter().any(|facet| facet.field == FacetField::OwnerState), "{:?}", found.facets);

        for (state, word) in [("on_leave", "on_leave"), ("suspected", "suspected"), ("departed", "departed")] {
            execute(&app.app.db, &format!("UPDATE person SET state = '{state}' WHERE login = 'kim.hana'")).await;
            reviewed(&app).await;
            app.until_indexed().await;
            assert_eq!(names(&operator, &format!("owner:{word}")).await, "order.order_item");
        }
        let found: SearchResponse = operator.read("/api/v1/search?q=&owner_state=departed").await;
        assert_eq!(found.hits.len(), 1);
        let page = operator.get("/tables/order/order_item?lang=en").await.body;
        assert!(page.contains("Owner left"), "{page}");
        app.stop().await;
    }

    /// Who leaves has a case with all that was his; it holds that until it is handed over, and closes should he come back.
    async fn a_departure_opens_a_case_that_holds_what_was_his(database: Database) {
        let (app, _metastore) = crawled(database).await;
        let kang = app.seat("kang", &[]).await;
        let lee = app.seat("lee", &[]).await;
        let other = app.seat("other", &[]).await;
        let operator = app.seat("operator", &[Role::Operator]).await;
        let database = "/api/v1/databases/order/owners";
        put(&operator, database, &[("data_owner", "kang"), ("data_steward", "other")]).await;
        put(&operator, ORDER_ITEM, &[("data_owner", "kang"), ("technical_owner", "kang")]).await;
        put(&operator, "/api/v1/tables/order/order_log/owners", &[("data_owner", "other")]).await;
        assert_eq!(kang.submit("/tables/order/order_item/watch", &[("watch", "yes")]).await.status, StatusCode::SEE_OTHER);
        let leaves = "UPDATE person SET state = 'departed', manager_id = (SELECT id FROM person WHERE login = 'lee') WHERE login = 'kang'";
        execute(&app.app.db, leaves).await;
        reviewed(&app).await;
        let cases: Paged<Case> = lee.read("/api/v1/succession?state=open").await;
        let [case] = &cases.items[..] else { panic!("{cases:?}") };
        assert_eq!((case.person.name.as_str(), case.items, case.decided), ("kang", 3, 0));
        assert_eq!((case.due_at - case.opened_at).num_days(), 30);
        let path = format!("/api/v1/succession/{}", case.id);
        let detail: CaseDetail = lee.read(&path).await;
        let items: Vec<String> = detail.items_list.iter().map(|item| format!("{} {}", item.name, <&str>::from(item.state))).collect();
        assert_eq!(items, ["order open", "order.order_item open", "order.order_item open", "order.order_item ended"]);
        let heirs: Vec<&str> = detail.heirs.iter().map(|heir| heir.holder.name.as_str()).collect();
        assert_eq!(heirs, ["lee", "other"]);
        assert_eq!(detail.heirs[0].reasons, [HeirReason::Manager]);
        assert!(matches!(detail.heirs[1].reasons[..], [HeirReason::AlsoOwns { .. }]), "{:?}", detail.heirs);

        // All of it is held: the database, its tables, but for the one that another answers for.
        let held = async |name: &str| {
            let id = format!("SELECT CAST(id AS TEXT) FROM catalog_table WHERE name = '{name}'
                              UNION ALL SELECT CAST(id AS TEXT) FROM catalog_database WHERE name = '{name}'");
            let id = AssetId(texts(&app.app.db, &id).await[0].parse().unwrap());
            hold(&mut app.app.db.read().await.unwrap(), id).await.unwrap().map(|hold| hold.person)
        };
        for name in ["order", "order_item", "order_base"] {
            assert_eq!(held(name).await.as_deref(), Some("kang"), "{name}");
        }
        assert_eq!((held("order_log").await, held("member_base").await), (None, None));

        // The manager settles it, and who has nothing to do with it does not.
        let stranger = app.seat("stranger", &[]).await;
        let body = |items: Option<Vec<i64>>, holder: &str| serde_json::json!({ "holder": holder, "items": items });
        let handover = format!("{path}/handover");
        assert_eq!(stranger.send_json(Method::POST, &handover, &body(None, "stranger")).await.status, StatusCode::FORBIDDEN);
        assert!(lee.send_json(Method::POST, &handover, &body(None, "kang")).await.body.contains("/problems/has-left"));
        let first = detail.items_list[0].id;
        let answer = lee.send_json(Method::POST, &handover, &body(Some(vec![first]), "other")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let detail: CaseDetail = answer.json();
        assert_eq!((detail.case.state, detail.case.decided), (CaseState::Open, 1));
        assert_eq!(told(&lee.read(database).await), "data_owner other, data_steward other");
        assert_eq!(held("order_base").await, None);
        assert_eq!(held("order").await.as_deref(), Some("kang"), "a table in it is still held");
        let page = other.get(&format!("/succession/{}?lang=en", case.id)).await.body;
        assert!(page.contains("Hand over all that is open") && page.contains("1 of 3 handed over"), "{page}");
        assert!(!stranger.get(&format!("/succession/{}?lang=en", case.id)).await.body.contains("Hand over all that is open"));
        let form = format!("/succession/{}/handover", case.id);
        assert_eq!(other.submit(&form, &[("heir", "lee"), ("other", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(other.submit(&form, &[("heir", "lee"), ("other", ""), ("scope", "all")]).await.status, StatusCode::SEE_OTHER);
        let detail: CaseDetail = lee.read(&path).await;
        assert_eq!((detail.case.state, detail.case.closed_by.as_deref()), (CaseState::Settled, Some("other")));
        assert_eq!(told(&lee.read(ORDER_ITEM).await), "data_owner lee, data_steward other (inherited), technical_owner lee");
        assert_eq!(held("order").await, None);
        let acts = "SELECT action FROM audit WHERE action IN ('case_opened', 'handed_over', 'case_closed') ORDER BY seq";
        let acts = texts(&app.app.db, acts).await;
        assert_eq!((acts[0].as_str(), acts.iter().filter(|act| *act == "handed_over").count()), ("case_opened", 3));
        app.stop().await;
    }

    /// Nothing is lost of somebody who comes back, whether HR or an administrator says so.
    async fn who_comes_back_has_what_nobody_took(database: Database) {
        let (app, _metastore) = crawled(database).await;
        people(&app, &[("kang", "강민석")]).await;
        let operator = app.seat("operator", &[Role::Operator]).await;
        put(&operator, ORDER_ITEM, &[("data_owner", "kang")]).await;
        let reeve = Reeve::beside(&app);
        assert_eq!(reeve.run(&["user", "disable", "kang"]).await.code, Some(0));
        let cases: Paged<Case> = operator.read("/api/v1/succession").await;
        assert_eq!((cases.items[0].state, cases.items[0].items), (CaseState::Open, 1));
        assert_eq!(reeve.run(&["user", "disable", "kang", "--undo"]).await.code, Some(0));
        let cases: Paged<Case> = operator.read("/api/v1/succession").await;
        assert_eq!((cases.total, cases.items[0].state), (1, CaseState::Returned));
        let owners: Owners = operator.read(ORDER_ITEM).await;
        assert_eq!((told(&owners).as_str(), owners.owner_state), ("data_owner kang", OwnerState::Active));
        // Once more, and by removal of the owner instead of a hand-over.
        execute(&app.app.db, "UPDATE person SET state = 'departed' WHERE login = 'kang'").await;
        reviewed(&app).await;
        reviewed(&app).await;
        assert_eq!(put(&operator, ORDER_ITEM, &[]).await.status, StatusCode::OK);
        let cases: Paged<Case> = operator.read("/api/v1/succession").await;
        assert_eq!(cases.items.iter().map(|case| case.state).collect::<Vec<_>>(), [CaseState::Returned, CaseState::Settled]);
        app.stop().await;
    }
}
