use super::{ACTION, COMMENT, DAYS, RequestBody, RequestPage};
use crate::fixture::{at, holder};
use crate::form::Form;
use crate::pages::{Fixture, PageView};
use chrono::{NaiveDate, TimeDelta};
use reeve_model::AssetId;
use reeve_model::curation::Edit;
use reeve_model::owner::{Holder, HolderKind, OwnerRole, OwnerState};
use reeve_model::personal_data::Class;
use reeve_model::request::{
    AccessGrant, Act, ActionShown, AgreementShown, Compression, Content, DeprecationChange, Difference, EntryShown,
    Extent, Facts, FileFormat, Ingestion, IngestionSchedule, IngestionSource, IngestionTable, JdbcEngine, Load, Named,
    OfferShown, OwnershipChange, OwnershipMove, Partitioning, Place, PolicyChange, ProposedEdit, RequestDetail,
    RequestKind, RequestSummary, Restoration, RetentionExtension, StateWord, StepShown, Struck, Verdict, VoteShown,
    Who,
};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::pages) fn pages() -> Vec<Fixture> {
    let page = |body| -> Box<dyn PageView> { Box::new(RequestPage { body }) };
    vec![
        ("request", "/requests/2408", page(in_review())),
        ("request-refused", "/requests/2408/decisions", page(refused())),
        ("request-changed", "/requests/2408", page(changed())),
        ("request-offered", "/requests/2408", page(offered())),
        ("request-verified", "/requests/2408", page(verified())),
        ("request-declined", "/requests/2408", page(declined())),
        ("request-failed", "/requests/2408", page(failed())),
        ("request-ingestion", "/requests/2401", page(ingestion())),
        ("request-proposal", "/requests/2405", page(proposal())),
    ]
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn named(id: i64, login: &str, name: &str) -> Named {
    Named { id: AssetId(id), login: login.to_owned(), name: name.to_owned() }
}

fn lee() -> Named {
    named(31, "haeun.lee", "이하은")
}

fn park() -> Named {
    named(32, "jihoon.park", "박지훈")
}

fn jung() -> Named {
    named(33, "yujin.jung", "정유진")
}

fn han() -> Named {
    named(34, "doyun.han", "한도윤")
}

fn team() -> Holder {
    Holder { id: AssetId(41), ..holder(HolderKind::Team, "clickstream", "클릭스트림", OwnerState::Active) }
}

fn retention(days: u32) -> RetentionExtension {
    RetentionExtension {
        extent: Extent::Table,
        days,
        until: day("2027-06-30"),
        fewest_days: Some(45),
        masked_columns: BTreeSet::new(),
    }
}

/// Somebody asks for 90 days of a table with personal data; one of three has agreed.
fn summary() -> RequestSummary {
    RequestSummary {
        id: 2408,
        kind: RequestKind::RetentionExtension,
        state: StateWord::InReview,
        version: 3,
        subject: "clickstream.page_view".to_owned(),
        place: Some(Place {
            source: "prod".to_owned(),
            ambiguous: false,
            database: "clickstream".to_owned(),
            table: Some("page_view".to_owned()),
        }),
        requester: lee(),
        content: Content::RetentionExtension(retention(90)),
        reason: "재방문 코호트 분석. 분기 OKR(신규 고객 90일 유지율) 측정에 90일 원천 로그가 필요합니다.".to_owned(),
        bytes: Some(108_000_000_000_000),
        filed_at: Some(at(23, 7, 3)),
        due_at: Some(at(24, 18, 0)),
        agreed: 1,
        steps: 3,
        is_changed: false,
        is_personal: true,
    }
}

/// One of each kind, in different states.
pub(in crate::pages) fn summaries() -> Vec<RequestSummary> {
    let of = |id, state, content: Content, subject: &str| RequestSummary {
        id,
        kind: content.kind(),
        state,
        subject: subject.to_owned(),
        place: None,
        content,
        bytes: None,
        is_personal: false,
        ..summary()
    };
    let ownership = |how, assets: &[i64]| {
        Content::Ownership(OwnershipChange {
            how,
            role: OwnerRole::DataOwner,
            to: AssetId(41),
            assets: assets.iter().map(|id| AssetId(*id)).collect(),
            case: None,
        })
    };
    let access = AccessGrant { to: AssetId(31), until: day("2027-01-31"), masked_columns: BTreeSet::new() };
    let note = "새 로그로 옮김".to_owned();
    let deprecate = DeprecationChange::Deprecate { on: day("2026-12-31"), note, replacement: None };
    let policy = |policy| PolicyChange { policy, text: "days = 30".to_owned(), simulation: "9f2c".to_owned() };
    let proposal = ProposedEdit { change: described() };
    vec![
        summary(),
        RequestSummary {
            due_at: Some(at(23, 9, 0)),
            ..of(2407, StateWord::Submitted, Content::Access(access), "clickstream.session_stitch")
        },
        RequestSummary {
            is_changed: true,
            due_at: Some(at(27, 9, 0)),
            ..of(2405, StateWord::InReview, Content::Proposal(proposal), "clickstream.page_view")
        },
        of(2401, StateWord::Approved, Content::Ingestion(Box::new(load())), "live.live_commerce_event"),
        of(2396, StateWord::Applied, ownership(OwnershipMove::HandOver, &[1, 2, 3]), "growth"),
        of(2395, StateWord::Withdrawn, ownership(OwnershipMove::Claim, &[]), "tmp_abtest.uplift"),
        of(2394, StateWord::Expired, ownership(OwnershipMove::Transfer, &[]), "growth.funnel"),
        RequestSummary {
            bytes: Some(640_000_000_000),
            ..of(2390, StateWord::Offered, Content::RetentionExtension(retention(1)), "delivery.route_eta")
        },
        of(
            2384,
            StateWord::Verified,
            Content::Restore(Restoration { extent: Extent::Table }),
            "clickstream.cart_event",
        ),
        of(2377, StateWord::Failed, Content::Deprecation(deprecate), "clickstream.pv_log_2022"),
        of(2376, StateWord::Lapsed, Content::Deprecation(DeprecationChange::Withdraw), "clickstream.pv_log_2022"),
        of(2352, StateWord::Declined, Content::PolicyChange(policy(Some(3))), "로그 30일"),
        of(2351, StateWord::Draft, Content::PolicyChange(policy(None)), "쿠폰 180일"),
    ]
}

fn facts(columns: &[&str]) -> Facts {
    Facts {
        asset: Some(AssetId(2)),
        database: "clickstream".to_owned(),
        owners: BTreeSet::from([AssetId(41)]),
        class: Class::Direct,
        personal_columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        bytes: Some(108_000_000_000_000),
        days: Some(30),
        cap_days: Some(180),
    }
}

fn step(rule: &str, who: Who, waiting: Vec<Named>, votes: Vec<VoteShown>) -> StepShown {
    let is_met = votes.iter().any(|vote| vote.struck.is_none() && vote.verdict == Verdict::Approve);
    StepShown { rule: rule.to_owned(), who, is_met, waiting, due_at: Some(at(24, 18, 0)), votes }
}

fn vote(by: Named, verdict: Verdict, struck: Option<Struck>) -> VoteShown {
    VoteShown { by, on_behalf_of: None, verdict, at: at(24, 0, 12), struck }
}

fn entry(act: Act, by: Option<Named>, (from, to): (StateWord, StateWord), text: &str) -> EntryShown {
    EntryShown { at: at(24, 0, 12), act, by, on_behalf_of: None, from, to, text: text.to_owned() }
}

/// All that can be done; what is not in `may` says why not.
fn actions(may: &[Act]) -> Vec<ActionShown> {
    let all = [
        Act::Submit,
        Act::Edit,
        Act::Approve,
        Act::Decline,
        Act::Counter,
        Act::Accept,
        Act::Refuse,
        Act::Ask,
        Act::Answer,
        Act::Comment,
        Act::Withdraw,
        Act::Override,
    ];
    let action = |action: Act| {
        let allowed = may.contains(&action);
        ActionShown { action, allowed, why: (!allowed).then(|| "이하은님만 할 수 있습니다.".to_owned()) }
    };
    all.into_iter().map(action).collect()
}

fn detail() -> RequestDetail {
    let review = (StateWord::InReview, StateWord::InReview);
    let history = vec![
        EntryShown { at: at(23, 7, 3), ..entry(Act::Submit, Some(lee()), (StateWord::Draft, StateWord::InReview), "") },
        EntryShown {
            at: at(23, 7, 20),
            ..entry(
                Act::Comment,
                Some(lee()),
                review,
                "집계 테이블(page_view_daily)에는 세션 단위 재방문 간격이 없습니다.",
            )
        },
        EntryShown { at: at(23, 23, 0), ..entry(Act::Remind, None, review, "") },
        EntryShown {
            on_behalf_of: Some(jung()),
            ..entry(Act::Approve, Some(named(35, "sora.min", "민소라")), review, "제외 사본이면 동의합니다.")
        },
    ];
    RequestDetail {
        summary: summary(),
        facts: facts(&["member_no", "client_ip"]),
        differences: Vec::new(),
        facts_hash: "77be".repeat(16),
        steps_list: vec![
            step(
                "privacy_period",
                Who::PrivacyOfficer,
                Vec::new(),
                vec![
                    vote(han(), Verdict::Decline, Some(Struck::OtherContent)),
                    VoteShown {
                        on_behalf_of: Some(jung()),
                        ..vote(named(35, "sora.min", "민소라"), Verdict::Approve, None)
                    },
                ],
            ),
            step("owner", Who::Named(BTreeSet::from([AssetId(41), AssetId(77)])), vec![park(), han()], Vec::new()),
            step("large", Who::Operators, Vec::new(), Vec::new()),
        ],
        offer: None,
        agreement: None,
        held_until: Some(day("2026-12-07")),
        expires_at: Some(at(23, 7, 3) + TimeDelta::days(30)),
        history,
        actions: Vec::new(),
        holders: BTreeMap::from([(41, team())]),
    }
}

fn shown(detail: RequestDetail) -> RequestBody {
    RequestBody {
        detail,
        form: Form::default(),
        refused: None,
        won_a_month: Some(1_620_000),
        login: "jihoon.park".to_owned(),
    }
}

/// Whoever looks may decide.
pub(in crate::pages) fn in_review() -> RequestBody {
    let may = [Act::Approve, Act::Counter, Act::Decline, Act::Ask, Act::Comment];
    shown(RequestDetail { actions: actions(&may), ..detail() })
}

fn refused() -> RequestBody {
    let typed = [(ACTION, Act::Counter.into()), (COMMENT, "60일이면 됩니다. <b>"), (DAYS, "90")];
    RequestBody {
        form: Form::new(typed.map(|(name, value): (&str, &str)| (name.to_owned(), value.to_owned()))),
        refused: Some("제안은 요청한 것보다 적어야 합니다.".to_owned()),
        ..in_review()
    }
}

/// What it rests on is different now, in every respect.
fn changed() -> RequestBody {
    let names = |names: &[&str]| facts(names).personal_columns;
    let many = (0..12).map(|at| format!("column_{at}")).collect();
    let differences = vec![
        Difference::Recreated { was: Some(AssetId(2)), is: Some(AssetId(9)) },
        Difference::Owners { was: BTreeSet::from([AssetId(41), AssetId(77)]), is: BTreeSet::new() },
        Difference::Class { was: Class::Indirect, is: Class::Direct },
        Difference::PersonalColumns { was: names(&["member_no"]), is: many },
        Difference::Bytes { was: Some(108_000_000_000_000), is: None },
        Difference::Days { was: Some(30), is: None },
        Difference::Cap { was: None, is: Some(60) },
    ];
    let summary = RequestSummary { is_changed: true, due_at: Some(at(24, 10, 0)), ..summary() };
    let RequestBody { detail, .. } = in_review();
    shown(RequestDetail { summary, differences, ..detail })
}

/// Whoever asked answers an offer.
fn offered() -> RequestBody {
    let base = detail();
    let summary = RequestSummary { state: StateWord::Offered, due_at: None, ..summary() };
    let offer = OfferShown {
        content: Content::RetentionExtension(retention(40)),
        by: park(),
        bytes: Some(18_000_000_000_000),
        until: at(26, 9, 0),
    };
    let mut history = base.history.clone();
    let states = (StateWord::InReview, StateWord::Offered);
    history.push(entry(Act::Counter, Some(park()), states, "40일이면 4주 코호트와 1주 여유까지 됩니다."));
    let may = [Act::Accept, Act::Refuse, Act::Comment, Act::Withdraw];
    let detail = RequestDetail { summary, offer: Some(offer), history, actions: actions(&may), ..base };
    RequestBody { login: "haeun.lee".to_owned(), ..shown(detail) }
}

fn agreement() -> AgreementShown {
    AgreementShown {
        at: at(24, 2, 0),
        days: Some(90),
        from: day("2026-11-24"),
        until: Some(day("2027-06-30")),
        applied_at: Some(at(24, 2, 1)),
        verified_at: Some(at(24, 14, 0)),
        rule: None,
        overridden: None,
        failed: None,
    }
}

fn verified() -> RequestBody {
    let base = detail();
    let states = (StateWord::Approved, StateWord::Verified);
    let mut history = base.history.clone();
    history.extend([Act::Apply, Act::Verify].map(|act| entry(act, None, states, "")));
    let summary = RequestSummary { state: StateWord::Verified, due_at: None, agreed: 3, ..summary() };
    shown(RequestDetail {
        summary,
        agreement: Some(agreement()),
        steps_list: vec![step("owner", Who::Owner, Vec::new(), vec![vote(park(), Verdict::Approve, None)])],
        held_until: None,
        expires_at: None,
        history,
        actions: actions(&[Act::Comment]),
        ..base
    })
}

fn declined() -> RequestBody {
    let base = detail();
    let states = (StateWord::InReview, StateWord::Declined);
    let mut history = base.history.clone();
    history.push(entry(Act::Decline, Some(park()), states, "집계 테이블로 충분합니다."));
    let summary = RequestSummary { state: StateWord::Declined, due_at: None, ..summary() };
    let votes = vec![vote(park(), Verdict::Decline, None)];
    shown(RequestDetail {
        summary,
        steps_list: vec![step("owner", Who::OwnersManager, Vec::new(), votes)],
        held_until: None,
        expires_at: None,
        history,
        ..base
    })
}

/// An administrator decided, and it could not be done.
fn failed() -> RequestBody {
    let agreement = AgreementShown {
        until: None,
        applied_at: None,
        verified_at: None,
        rule: Some("small".to_owned()),
        overridden: Some((han(), "감사 대응 기한이 오늘입니다.".to_owned())),
        failed: Some("the table is gone".to_owned()),
        ..agreement()
    };
    let summary = RequestSummary { state: StateWord::Failed, due_at: None, place: None, bytes: None, ..summary() };
    let detail = RequestDetail { summary, agreement: Some(agreement), steps_list: Vec::new(), ..detail() };
    RequestBody { won_a_month: None, ..shown(detail) }
}

fn load() -> Ingestion {
    let table = |source: &str, target: &str| IngestionTable {
        source: source.to_owned(),
        target: target.to_owned(),
        columns: Vec::new(),
        load: Load::Full,
        split_by: None,
        mappers: 1,
    };
    Ingestion {
        source: IngestionSource::Jdbc {
            engine: JdbcEngine::Mysql,
            address: "live-db:3306".to_owned(),
            database: "live".to_owned(),
            user: "reeve".to_owned(),
            password_file: "/secrets/live".to_owned(),
        },
        tables: vec![table("event", "live.live_commerce_event"), table("room", "live.room")],
        schedule: IngestionSchedule {
            cron: "0 3 * * *".to_owned(),
            zone: "Asia/Seoul".to_owned(),
            ready_by: Some("06:00".to_owned()),
        },
        format: FileFormat::Parquet,
        compression: Compression::Zstd,
        partitioning: Partitioning::Daily { column: "dt".to_owned() },
        retention_days: 30,
        purpose: "라이브 방송별 매출을 다음 날 아침에 봅니다.".to_owned(),
        consumers: vec!["라이브 대시보드".to_owned()],
        owner: AssetId(41),
    }
}

fn ingestion() -> RequestBody {
    let content = Content::Ingestion(Box::new(load()));
    let summary = RequestSummary {
        id: 2401,
        kind: RequestKind::Ingestion,
        subject: "live.live_commerce_event".to_owned(),
        place: None,
        content,
        ..summary()
    };
    // An offer of less is not made with this form.
    shown(RequestDetail { summary, actions: actions(&[Act::Approve, Act::Counter]), ..detail() })
}

fn described() -> Edit {
    Edit { description: Some(Some("화면을 본 기록".to_owned())), certified: Some(true), ..Edit::default() }
}

fn proposal() -> RequestBody {
    let content = Content::Proposal(ProposedEdit { change: described() });
    let kind = RequestKind::Proposal;
    let summary = RequestSummary { id: 2405, kind, content, bytes: None, is_personal: false, ..summary() };
    shown(RequestDetail { summary, held_until: None, actions: actions(&[Act::Comment]), ..detail() })
}
