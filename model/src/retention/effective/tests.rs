use super::*;
use crate::retention::day;
use crate::retention::policy::Scope;
use proptest::prelude::*;

const TODAY: &str = "2026-03-20";

fn base(id: i64, term: Term) -> Policy {
    Policy {
        id: Some(PolicyId(id)),
        version: 1,
        name: format!("P-{id}"),
        scope: Scope::Database { name: "ads".into(), source: None },
        kind: PolicyKind::Base,
        period: term,
        clock: Clock::PartitionCreated { zone: chrono_tz::Asia::Seoul },
        hot_days: None,
        basis: String::new(),
        priority: 10,
        valid_from: day("2026-01-01"),
        valid_until: None,
    }
}

fn days(days: u32) -> Term {
    Term::For(Period::Days(days))
}

fn limit(id: i64, kind: PolicyKind, length: u32) -> Policy {
    Policy { kind, ..base(id, days(length)) }
}

/// A table of which something is known.
#[derive(Clone, Debug)]
struct Case {
    today: NaiveDate,
    day: Option<NaiveDate>,
    unknown: Option<Unknown>,
    origin: Origin,
    policies: Vec<Policy>,
    class: Option<(Class, NaiveDate)>,
    leaves: Vec<PrivacyLeave>,
    exemptions: Vec<Exemption>,
    agreements: Vec<Agreement>,
    holds: Vec<LegalHold>,
    pending: Vec<PendingRequest>,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            today: day(TODAY),
            day: None,
            unknown: None,
            origin: Origin::Other,
            policies: vec![],
            class: None,
            leaves: vec![],
            exemptions: vec![],
            agreements: vec![],
            holds: vec![],
            pending: vec![],
        }
    }
}

impl Case {
    fn policy(mut self, length: u32) -> Self {
        self.policies.push(base(1, days(length)));
        self
    }

    fn limit(mut self, kind: PolicyKind, length: u32) -> Self {
        let id = 10 + i64::try_from(self.policies.len()).unwrap();
        self.policies.push(limit(id, kind, length));
        self
    }

    fn class(mut self, class: Class) -> Self {
        self.class = Some((class, day("2026-01-01")));
        self
    }

    fn leave(mut self, length: u32) -> Self {
        let (from, until) = (day("2026-01-01"), None);
        self.leaves.push(PrivacyLeave { request: RequestId(45), period: Period::Days(length), from, until });
        self
    }

    fn agreed(mut self, length: u32, from: &str, until: &str) -> Self {
        self.agreements.push(Agreement {
            request: RequestId(60 + i64::try_from(self.agreements.len()).unwrap()),
            state: AgreementState::Applied,
            period: Period::Days(length),
            from: day(from),
            until: day(until),
            partitions: None,
        });
        self
    }

    fn exempt(mut self, by: ExemptBy) -> Self {
        self.exemptions.push(Exemption { id: ExemptionId(8), by, from: day("2026-01-01"), until: None });
        self
    }

    fn held(mut self, from: &str, until: Option<&str>) -> Self {
        let id = HoldId(1 + i64::try_from(self.holds.len()).unwrap());
        self.holds.push(LegalHold { id, from: day(from), until: until.map(day) });
        self
    }

    fn pending(mut self, latest_end: &str) -> Self {
        self.pending.push(PendingRequest {
            request: RequestId(9),
            from: day("2026-03-01"),
            latest_end: day(latest_end),
        });
        self
    }

    fn of(&self) -> Effective {
        effective(&Facts {
            today: self.today,
            day: self.day,
            unknown: self.unknown.clone(),
            origin: self.origin,
            policies: self.policies.iter().collect(),
            class: self.class,
            leaves: &self.leaves,
            exemptions: &self.exemptions,
            agreements: &self.agreements,
            holds: &self.holds,
            pending: &self.pending,
        })
    }

    fn on(&self, today: &str) -> Effective {
        Self { today: day(today), ..self.clone() }.of()
    }
}

fn kind(rule: &Rule) -> String {
    let json = serde_json::to_value(rule).unwrap();
    json["kind"].as_str().unwrap().to_owned()
}

fn check(case: &Case, term: Term, winner: &str) -> Effective {
    let got = case.of();
    assert_eq!((got.term, kind(&got.winner).as_str()), (term, winner), "{got:?}");
    got
}

/// The table of the rule, row by row.
#[test]
fn every_row_of_the_table() {
    let year = ("2026-01-01", "2026-12-31");
    let none = Case::default();
    let requested = Case { origin: Origin::Ingestion(Some(RequestId(3))), ..Case::default() };
    check(&requested, days(7), "ingestion_default");
    check(&requested.clone().agreed(45, year.0, year.1), days(45), "agreement");
    check(&none.clone().policy(400).class(Class::Sensitive), days(7), "personal_cap");
    check(
        &none.clone().policy(20).agreed(60, year.0, year.1).class(Class::Direct).leave(45),
        days(45),
        "privacy_leave",
    );
    check(&none.clone().policy(10).class(Class::Direct).leave(45), days(10), "policy");
    check(&none.clone().class(Class::Direct), days(7), "personal_cap");
    check(&none.clone().policy(800).limit(PolicyKind::Cap, 500), days(500), "cap");
    check(&none.clone().policy(20).class(Class::Direct).limit(PolicyKind::Floor, 1095), days(1095), "floor");
    check(&none.clone().policy(20).agreed(60, year.0, "2026-03-19"), days(20), "policy");
    check(&none.clone().agreed(60, year.0, year.1), Term::Keep, "no_rule");
    check(&none, Term::Keep, "no_rule");
    for case in [
        none.clone(),
        none.clone().policy(20).agreed(60, year.0, year.1).class(Class::Direct).leave(45),
        none.clone().policy(20).limit(PolicyKind::Cap, 5).limit(PolicyKind::Floor, 1095),
    ] {
        check(&case.held("2026-01-01", None), Term::Keep, "legal_hold");
    }
}

#[test]
fn hold_then_request_then_what_is_unknown() {
    let unknown = Case { unknown: Some(Unknown::Time), ..Case::default() }.policy(20);
    let got = check(&unknown, Term::Keep, "unknown");
    assert!(got.is_unknown() && got.then.is_none());
    assert_eq!((kind(&got.beaten[0].rule), got.beaten[0].because), ("policy".into(), Because::Unknown));
    let pending = unknown.clone().pending("2026-03-20");
    check(&pending, Term::Keep, "pending_request");
    // Its latest end is its last day.
    assert_eq!(kind(&pending.on("2026-03-21").winner), "unknown");
    let held = pending.held("2026-03-20", Some("2026-03-20"));
    let got = check(&held, Term::Keep, "legal_hold");
    assert_eq!(
        got.beaten.iter().map(|beaten| kind(&beaten.rule)).collect::<Vec<_>>(),
        ["pending_request", "unknown", "policy"]
    );
    assert_eq!(kind(&held.on("2026-03-19").winner), "pending_request");
    assert_eq!(kind(&held.on("2026-03-21").winner), "unknown");
    // Of several holds the one that ends last.
    let several = Case::default()
        .policy(20)
        .held("2026-01-01", Some("2026-04-01"))
        .held("2026-01-01", None)
        .held("2026-01-01", Some("2026-12-31"));
    let got = several.of();
    assert_eq!((got.winner, got.until, got.then), (Rule::LegalHold { hold: HoldId(2), until: None }, None, None));
}

#[test]
fn after_what_ends_the_rest_holds_again() {
    let case = Case::default().policy(20).agreed(60, "2026-01-01", "2026-03-31").held("2026-01-01", Some("2026-03-25"));
    let now = case.of();
    assert_eq!((now.term, now.until), (Term::Keep, Some(day("2026-03-25"))));
    let agreed = now.then.unwrap();
    assert_eq!((agreed.term, agreed.until, agreed.not_before), (days(60), Some(day("2026-03-31")), None));
    let lapsed = agreed.then.unwrap();
    // Three days of grace: the first that goes, goes on 4 April.
    assert_eq!((lapsed.term, lapsed.until, lapsed.not_before), (days(20), None, Some(day("2026-04-04"))));
    assert_eq!(
        lapsed.beaten[0],
        Beaten {
            rule: Rule::Agreement { request: RequestId(60), until: day("2026-03-31") },
            term: days(60),
            because: Because::Lapsed,
        }
    );
    assert_eq!(case.on("2026-04-04").not_before, None);
    // What equals the value without the agreement waits for nothing.
    let short = Case::default().policy(90).agreed(60, "2026-01-01", "2026-03-19");
    assert_eq!((short.of().term, short.of().not_before), (days(90), None));
}

#[test]
fn agreements_count_from_their_first_day_to_their_last() {
    let case = Case::default().policy(20).agreed(60, "2026-03-10", "2026-03-20").agreed(90, "2026-03-15", "2026-03-18");
    for (on, term) in [
        ("2026-03-09", 20),
        ("2026-03-10", 60),
        ("2026-03-15", 90),
        ("2026-03-18", 90),
        ("2026-03-19", 60),
        ("2026-03-20", 60),
        ("2026-03-21", 20),
    ] {
        assert_eq!(case.on(on).term, days(term), "{on}");
    }
    // The longer one's end comes first, and the other goes on.
    let longest = case.on("2026-03-16");
    assert_eq!((longest.until, longest.then.unwrap().term), (Some(day("2026-03-18")), days(60)));
    let ended = Case {
        agreements: vec![Agreement { state: AgreementState::Ended, ..case.agreements[0].clone() }],
        ..case.clone()
    };
    assert_eq!(ended.of().term, days(20));
    // Only of some partitions.
    let range = Some((day("2026-02-01"), day("2026-02-28")));
    let some = Case { agreements: vec![Agreement { partitions: range, ..case.agreements[0].clone() }], ..case };
    for (of, term) in [
        (None, 20),
        (Some("2026-01-31"), 20),
        (Some("2026-02-01"), 60),
        (Some("2026-02-28"), 60),
        (Some("2026-03-01"), 20),
    ] {
        assert_eq!(Case { day: of.map(day), ..some.clone() }.of().term, days(term), "{of:?}");
    }
    let shorter = Case::default().policy(20).agreed(10, "2026-01-01", "2026-12-31");
    let got = check(&shorter, days(20), "policy");
    assert_eq!((got.beaten[0].because, got.until), (Because::NotLonger, None));
}

#[test]
fn a_leave_that_ends_lets_the_cap_in_that_it_stood_for() {
    let mut case = Case::default().policy(7).agreed(8, "2026-01-01", "2026-04-14").class(Class::Direct).leave(8);
    case.leaves[0].until = Some(day("2026-03-25"));
    let now = case.of();
    assert_eq!((now.term, now.until), (days(8), Some(day("2026-03-25"))));
    assert_eq!(kind(&now.then.unwrap().winner), "personal_cap");
}

#[test]
fn what_begins_later_is_foreseen() {
    let case = Case::default().policy(20).agreed(60, "2026-03-25", "2026-03-31").held("2026-03-28", None);
    let now = case.of();
    assert_eq!((now.term, now.until), (days(20), Some(day("2026-03-24"))));
    let agreed = now.then.unwrap();
    assert_eq!((agreed.term, agreed.until), (days(60), Some(day("2026-03-27"))));
    let held = agreed.then.unwrap();
    assert_eq!((kind(&held.winner), held.until, held.then), ("legal_hold".into(), None, None));
}

#[test]
fn the_base_is_by_priority_then_scope_then_length() {
    let with = |id, length, priority, scope: Scope| Policy { priority, scope, ..base(id, days(length)) };
    let table = || Scope::Table { name: "ads.bid".into(), source: None };
    let case = |policies: Vec<Policy>| Case { policies, ..Case::default() };
    let first = case(vec![with(1, 30, 20, table()), with(2, 10, 10, Scope::Everything)]).of();
    assert_eq!((first.term, first.beaten[0].because), (days(10), Because::Priority));
    let exact = case(vec![with(1, 90, 10, Scope::Everything), with(2, 30, 10, table())]).of();
    assert_eq!((exact.term, exact.beaten[0].because, exact.conflict), (days(30), Because::Scope, vec![]));
    let longer = case(vec![with(1, 30, 10, table()), with(2, 90, 10, table()), with(3, 90, 10, table())]).of();
    assert_eq!((longer.term, longer.conflict.clone()), (days(90), vec![PolicyId(1)]));
    assert!(longer.beaten.iter().all(|beaten| beaten.because == Because::Shorter));
    let keep = case(vec![with(1, 30, 10, table()), Policy { period: Term::Keep, ..with(2, 0, 10, table()) }]).of();
    assert_eq!((keep.term, keep.conflict), (Term::Keep, vec![PolicyId(1)]));
    // By calendar: 31 days are longer than February.
    let month = Policy { period: Term::For(Period::Months(1)), ..with(2, 0, 10, table()) };
    let on =
        |from: &str| Case { day: Some(day(from)), ..case(vec![with(1, 29, 10, table()), month.clone()]) }.of().term;
    assert_eq!((on("2026-01-31"), on("2026-03-15")), (days(29), Term::For(Period::Months(1))));
    // In every scope, from the most exact.
    let named = |name: &str| name.to_owned();
    let scopes = [
        Scope::Partition { table: named("ads.bid"), name: named("*"), source: None },
        table(),
        Scope::Path { path: named("/ads") },
        Scope::Pattern { name: named("bid*") },
        Scope::Database { name: named("ads"), source: None },
        Scope::Tag { name: named("t") },
        Scope::Class { classes: vec![Class::Direct] },
        Scope::Source { name: named("prod") },
        Scope::Everything,
    ];
    for at in 1..scopes.len() {
        let got = case(vec![with(1, 90, 10, scopes[at].clone()), with(2, 5, 10, scopes[at - 1].clone())]).of();
        assert_eq!(got.term, days(5), "{:?}", scopes[at]);
    }
    // What is not in force yet, or any more.
    let later = Policy { valid_from: day("2026-03-21"), ..with(1, 5, 1, table()) };
    let over = Policy { valid_until: Some(day("2026-03-19")), ..with(2, 5, 1, table()) };
    assert_eq!(case(vec![later, over, with(3, 30, 10, table())]).of().term, days(30));
}

#[test]
fn exemptions_keep_and_only_the_officers_keep_personal_data() {
    let policy = Case::default().policy(20);
    let got = check(&policy.clone().exempt(ExemptBy::Operator), Term::Keep, "exemption");
    assert_eq!(got.beaten[0].because, Because::Exempted);
    check(&policy.clone().exempt(ExemptBy::Operator).class(Class::Direct), days(7), "personal_cap");
    let officers =
        check(&policy.clone().exempt(ExemptBy::PrivacyOfficer).class(Class::Direct), Term::Keep, "exemption");
    assert_eq!(officers.beaten[0].because, Because::OfficerExempted);
    // An organisation's cap counts there too.
    check(&policy.clone().exempt(ExemptBy::PrivacyOfficer).limit(PolicyKind::Cap, 500), days(500), "cap");
    check(&policy.clone().exempt(ExemptBy::Operator).limit(PolicyKind::Floor, 500), Term::Keep, "exemption");
    let mut lapsed = policy.exempt(ExemptBy::Operator);
    lapsed.exemptions[0].until = Some(day("2026-03-19"));
    assert_eq!((lapsed.of().term, lapsed.of().not_before), (days(20), Some(day("2026-03-23"))));
    assert_eq!(lapsed.on("2026-03-19").term, Term::Keep);
}

#[test]
fn caps_and_floors() {
    let case =
        Case::default().policy(800).limit(PolicyKind::Cap, 500).limit(PolicyKind::Cap, 300).limit(PolicyKind::Cap, 900);
    let got = check(&case, days(300), "cap");
    assert_eq!(
        got.beaten.iter().map(|beaten| (beaten.term, beaten.because)).collect::<Vec<_>>(),
        [(days(900), Because::SmallerCap), (days(500), Because::SmallerCap), (days(800), Because::Capped),]
    );
    // The smallest, whatever the priority and scope.
    let mut exact = limit(12, PolicyKind::Cap, 500);
    exact.priority = 0;
    exact.scope = Scope::Table { name: "ads.bid".into(), source: None };
    let mut case = case;
    case.policies.push(exact);
    check(&case, days(300), "cap");
    let floors = Case::default().policy(20).limit(PolicyKind::Floor, 90).limit(PolicyKind::Floor, 1095);
    let got = check(&floors, days(1095), "floor");
    assert_eq!((got.beaten[0].term, got.beaten[0].because), (days(90), Because::NotAbove));
    check(&Case::default().policy(2000).limit(PolicyKind::Floor, 90), days(2000), "policy");
    check(&Case::default().policy(20).class(Class::Indirect), days(20), "policy");
    // Fewer days than the cap are the privacy officer's to say.
    check(&Case::default().policy(20).class(Class::Sensitive).leave(3), days(3), "privacy_leave");
    // A cap that counts alone says by which clock.
    let alone = check(&Case::default().limit(PolicyKind::Cap, 500), days(500), "cap");
    assert_eq!(alone.clock, Some(Clock::PartitionCreated { zone: chrono_tz::Asia::Seoul }));
    assert_eq!(Case::default().class(Class::Direct).of().clock, None);
    // A cap confirmed lately waits.
    let mut fresh = Case::default().policy(20).class(Class::Direct);
    fresh.class = Some((Class::Direct, day("2026-03-19")));
    assert_eq!(fresh.of().not_before, Some(day("2026-03-23")));
    let mut left = Case::default().policy(20).class(Class::Direct).leave(45);
    left.leaves[0].until = Some(day("2026-03-19"));
    assert_eq!((left.of().term, left.of().not_before), (days(7), Some(day("2026-03-23"))));
}

#[test]
fn the_answer_as_json() {
    let got = Case::default().policy(20).agreed(60, "2026-01-01", "2026-03-31").of();
    let json = serde_json::to_value(&got).unwrap();
    assert_eq!(
        (&json["term"], &json["winner"]["kind"], &json["until"]),
        (&"60d".into(), &"agreement".into(), &"2026-03-31".into())
    );
    assert_eq!(
        (&json["beaten"][0]["rule"]["kind"], &json["beaten"][0]["because"]),
        (&"policy".into(), &"agreed".into())
    );
    assert_eq!(serde_json::from_value::<Effective>(json).unwrap(), got);
}

fn cases() -> impl Strategy<Value = Case> {
    let date = || (0..120_i32).prop_map(|days| day("2026-01-01") + chrono::TimeDelta::days(days.into()));
    let end = move || proptest::option::of(date());
    let policy = (0..3_u8, 0..1200_u32, 0..3_u32, date(), end(), any::<bool>()).prop_map(
        |(kind, length, priority, valid_from, valid_until, keep)| {
            let kind = [PolicyKind::Base, PolicyKind::Cap, PolicyKind::Floor][usize::from(kind)];
            let term = if keep && kind == PolicyKind::Base { Term::Keep } else { days(length) };
            Policy { kind, priority, valid_from, valid_until, ..base(i64::from(length), term) }
        },
    );
    let agreement = (1..200_u32, date(), date()).prop_map(|(length, from, until)| Agreement {
        request: RequestId(length.into()),
        state: AgreementState::Verified,
        period: Period::Days(length),
        from,
        until,
        partitions: None,
    });
    let hold = (date(), end()).prop_map(|(from, until)| LegalHold { id: HoldId(1), from, until });
    let class =
        proptest::option::of((prop_oneof![Just(Class::Indirect), Just(Class::Direct), Just(Class::Sensitive)], date()));
    let leave = (1..100_u32, date(), end()).prop_map(|(length, from, until)| PrivacyLeave {
        request: RequestId(2),
        period: Period::Days(length),
        from,
        until,
    });
    (
        prop::collection::vec(policy, 0..5),
        prop::collection::vec(agreement, 0..3),
        prop::collection::vec(hold, 0..2),
        class,
        prop::collection::vec(leave, 0..2),
        any::<bool>(),
    )
        .prop_map(|(policies, agreements, holds, class, leaves, requested)| Case {
            policies,
            agreements,
            holds,
            class,
            leaves,
            origin: if requested { Origin::Ingestion(None) } else { Origin::Other },
            ..Case::default()
        })
}

proptest! {
    /// A hold beats all, floors and caps hold, and the order in which facts are told changes no value.
    #[test]
    fn the_rules_hold_for_all(case in cases(), turn in 0..5_usize) {
        let got = case.of();
        let today = day(TODAY);
        let is_held = case.holds.iter().any(|hold| covers(today, hold.from, hold.until));
        prop_assert_eq!(got.is_held(), is_held);
        if is_held {
            prop_assert_eq!(got.term, Term::Keep);
        } else {
            let limits = |kind| case.policies.iter().filter(move |policy| policy.kind == kind && policy.is_in_force(today)).map(|policy| policy.period);
            for floor in limits(PolicyKind::Floor) {
                prop_assert!(!floor.is_longer(got.term, today), "{:?}", got);
            }
            if !matches!(got.winner, Rule::Floor { .. }) {
                for cap in limits(PolicyKind::Cap) {
                    prop_assert!(!got.term.is_longer(cap, today), "{:?}", got);
                }
                let is_personal = matches!(case.class, Some((Class::Direct | Class::Sensitive, _)));
                let has_leave = case.leaves.iter().any(|leave| covers(today, leave.from, leave.until));
                if is_personal && !has_leave {
                    prop_assert!(!got.term.is_longer(Term::For(PERSONAL_CAP), today), "{:?}", got);
                }
            }
        }
        let mut turned = case.clone();
        turned.policies.reverse();
        turned.agreements.reverse();
        let by = turn % turned.policies.len().max(1);
        turned.policies.rotate_left(by);
        let again = turned.of();
        prop_assert_eq!((got.term, got.until, got.not_before), (again.term, again.until, again.not_before));
    }

    /// What is said of later is what is said then.
    #[test]
    fn the_future_is_foreseen(case in cases()) {
        let today = day(TODAY);
        let mut at = Some(Box::new(case.of()));
        for ahead in 0..200 {
            let on = today + chrono::TimeDelta::days(ahead);
            while let Some(until) = at.as_ref().and_then(|now| now.until) && until < on {
                at = at.unwrap().then;
            }
            let Some(foreseen) = &at else { panic!("nothing is said of {on}") };
            // Comparing by a calendar day is comparing by another day later on: days are days.
            let then = Case { today: on, ..case.clone() }.of();
            prop_assert_eq!((foreseen.term, &foreseen.winner), (then.term, &then.winner), "{}", on);
        }
    }
}
