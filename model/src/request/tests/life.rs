//! What becomes of requests in good order: days, reminders, offers, ends.

use super::*;
use calendar::Holidays;

fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}

#[test]
fn approved_applied_and_verified_are_different_and_happen_once() {
    let mut stage = Stage::new().submitted();
    assert_eq!(
        stage.happen(Event::Applied { days: Some(90) }),
        Err(Refusal::NotInState { state: StateWord::InReview })
    );
    stage.act(PARK, approve()).unwrap();
    assert_eq!((stage.word(), stage.count(&Effect::Apply)), (StateWord::Approved, 1));
    assert_eq!(stage.happen(Event::Verified), Err(Refusal::NotInState { state: StateWord::Approved }));
    let more = stage.happen(Event::Applied { days: Some(91) });
    assert_eq!(more, Err(Refusal::OverCap { days: 91, cap: 90 }));
    stage.happen(Event::Applied { days: Some(90) }).unwrap();
    assert!(stage.happen(Event::Applied { days: Some(90) }).is_err());
    stage.happen(Event::Verified).unwrap();
    assert!(stage.happen(Event::Failed { why: String::new() }).is_err());
    assert_eq!(stage.acts(), [Act::Submit, Act::Approve, Act::Apply, Act::Verify]);
    assert_eq!((stage.count(&Effect::Check), stage.count(&Effect::Release)), (1, 1));
}

#[test]
fn what_cannot_be_done_has_failed_and_operators_know() {
    let mut stage = Stage::new().submitted();
    stage.act(PARK, approve()).unwrap();
    stage.happen(Event::Failed { why: "metastore refused".to_owned() }).unwrap();
    assert_eq!(stage.told(Notice::Failed), BTreeSet::from([LEE, OPERATOR]));
    assert!(!stage.request.is_in_force("2026-11-24".parse().unwrap()));
}

#[test]
fn an_agreement_ends_by_itself_with_notices() {
    let mut stage = Stage::new().submitted();
    stage.act(PARK, approve()).unwrap();
    stage.happen(Event::Applied { days: Some(90) }).unwrap();
    stage.happen(Event::Verified).unwrap();
    stage.now = "2027-06-10T00:00:00Z".parse().unwrap();
    stage.wait(days(25));
    let told: Vec<(Act, String)> =
        stage.history.iter().skip(4).map(|entry| (entry.act, stage.calendar.day(entry.at).to_string())).collect();
    let expected = [
        (Act::GiveNotice, "2027-06-16"),
        (Act::GiveNotice, "2027-06-23"),
        (Act::GiveNotice, "2027-06-29"),
        (Act::Lapse, "2027-07-01"),
    ];
    assert_eq!(told, expected.map(|(act, day)| (act, day.to_owned())));
    assert_eq!(stage.told(Notice::Ends), BTreeSet::from([LEE, PARK, CHOI]));
    assert_eq!(stage.count(&Effect::Lapse), 1);
    // Its last day is one of its own.
    let mut last = Stage::new().submitted();
    last.act(PARK, approve()).unwrap();
    let day = |text: &str| text.parse().unwrap();
    assert!(last.request.is_in_force(day("2027-06-30")) && !last.request.is_in_force(day("2027-07-01")));
    assert!(!last.request.is_in_force(day("2026-11-22")));
    // Of notices that were missed, one is given.
    last.now = "2027-06-29T03:00:00Z".parse().unwrap();
    last.tick();
    assert_eq!(last.acts(), [Act::Submit, Act::Approve, Act::GiveNotice]);
}

#[test]
fn one_is_reminded_then_it_goes_to_the_next_and_at_last_it_is_over() {
    let mut stage = Stage::new();
    stage.directory.database_owners = BTreeSet::from([ADMIN]);
    let mut stage = stage.submitted();
    stage.wait(days(40));
    let story: Vec<(Act, Option<usize>, String)> = stage
        .history
        .iter()
        .map(|entry| {
            let at = entry.at.with_timezone(&stage.calendar.offset).format("%m-%d %H:%M").to_string();
            (entry.act, entry.rung.as_ref().map(|(_, rung)| *rung), at)
        })
        .collect();
    let expected = [
        (Act::Submit, None, "11-23 16:03"),
        (Act::Remind, None, "11-24 16:03"),
        (Act::Escalate, Some(1), "11-25 16:03"),
        (Act::Remind, None, "11-26 16:03"),
        (Act::Escalate, Some(2), "11-27 16:03"),
        // A weekend.
        (Act::Remind, None, "11-30 16:03"),
        (Act::Escalate, Some(3), "12-01 16:03"),
        (Act::Remind, None, "12-02 16:03"),
        (Act::ReleaseHold, None, "12-08 00:03"),
        (Act::Expire, None, "12-23 16:03"),
    ];
    assert_eq!(story, expected.map(|(act, rung, at)| (act, rung, at.to_owned())));
    assert_eq!(stage.told(Notice::Escalated), BTreeSet::from([LEAD, ADMIN, OPERATOR]));
    assert_eq!(stage.told(Notice::Expired), BTreeSet::from([LEE]));
}

#[test]
fn holidays_are_no_days_of_business() {
    let mut stage = Stage::new();
    stage.calendar.holidays = Holidays::parse("2026-11-24 임시공휴일").unwrap();
    let stage = stage.submitted();
    let State::InReview(review) = &stage.request.state else { panic!() };
    assert_eq!(review.steps[0].due_at, "2026-11-26T07:03:00Z".parse::<DateTime<Utc>>().unwrap());
}

#[test]
fn a_question_stops_the_clock_until_it_is_answered() {
    let mut stage = Stage::new().submitted();
    stage.wait(TimeDelta::hours(18));
    stage.act(CHOI, Action::Ask { text: "원천 없이 될까요?".to_owned() }).unwrap();
    assert_eq!(stage.told(Notice::Question), BTreeSet::from([LEE]));
    stage.wait(days(7));
    // Neither reminded nor escalated; on 1 December it is answered.
    assert_eq!(stage.acts(), [Act::Submit, Act::Ask]);
    assert!(matches!(stage.act(PARK, Action::Answer { text: "네".to_owned() }), Err(Refusal::NotYours { .. })));
    stage.act(LEE, Action::Answer { text: "세션 간격이 없습니다".to_owned() }).unwrap();
    assert_eq!(stage.told(Notice::Answer), BTreeSet::from([CHOI]));
    // Asked on Tuesday at 10:03, where 14 hours of 18 were left.
    let State::InReview(review) = &stage.request.state else { panic!() };
    let left = stage.calendar.business_between(stage.now, review.steps[0].due_at);
    assert_eq!(left, TimeDelta::minutes(15 * 60));
    assert!(matches!(stage.act(LEE, Action::Answer { text: "네".to_owned() }), Err(Refusal::NotInState { .. })));
}

#[test]
fn an_offer_within_what_he_accepts_holds_at_once_and_any_other_waits() {
    let mut stage = Stage::new().submitted();
    let facts = stage.facts.clone();
    let mut at_once = stage.clone();
    at_once.act(PARK, counter(extension(60), &facts)).unwrap();
    assert_eq!(at_once.word(), StateWord::Approved);
    assert_eq!((at_once.request.content.days(), at_once.acts().last()), (Some(60), Some(&Act::Counter)));
    stage.act(PARK, counter(extension(40), &facts)).unwrap();
    assert_eq!((stage.word(), stage.told(Notice::Offer)), (StateWord::Offered, BTreeSet::from([LEE])));
    let accept = || Action::Accept { seen: None, text: String::new() };
    assert!(matches!(stage.act(PARK, accept()), Err(Refusal::NotYours { .. })));
    let mut taken = stage.clone();
    taken.act(LEE, accept()).unwrap();
    assert_eq!((taken.word(), taken.request.content.days()), (StateWord::Approved, Some(40)));
    // Refused, it is under review as it was; without an answer it is over.
    let mut refused = stage.clone();
    refused.act(LEE, Action::Refuse { text: "45일은 필요합니다".to_owned() }).unwrap();
    assert_eq!((refused.word(), refused.request.content.days()), (StateWord::InReview, Some(90)));
    let mut silent = stage.clone();
    silent.wait(days(3));
    assert_eq!((silent.word(), silent.acts().last()), (StateWord::Expired, Some(&Act::LapseOffer)));
    // Who made it is no owner any more: it falls, and the others decide.
    let mut lost = stage.clone();
    lost.directory.teams.insert(CLICK, BTreeSet::from([CHOI]));
    lost.tick();
    assert_eq!((lost.word(), lost.waits_for("owner")), (StateWord::InReview, vec!["최민준".to_owned()]));
    // Other ground: the requester is told before he accepts.
    stage.facts.bytes = Some(2_000_000_000_000);
    assert!(matches!(stage.act(LEE, accept()), Err(Refusal::GroundChanged { .. })));
    let seen = Some(facts_hash(&stage.facts));
    stage.act(LEE, Action::Accept { seen, text: String::new() }).unwrap();
    // What was offered was offered on other facts: whoever offered it is asked again.
    assert_eq!(stage.word(), StateWord::InReview);
}

#[test]
fn an_offer_of_less_data_or_columns_is_never_taken_unasked() {
    let mut stage = Stage::new().submitted();
    let Content::RetentionExtension(asked) = extension(60) else { panic!() };
    let masked = RetentionExtension { masked_columns: BTreeSet::from(["member_no".to_owned()]), ..asked };
    let facts = stage.facts.clone();
    stage.act(PARK, counter(Content::RetentionExtension(masked), &facts)).unwrap();
    assert_eq!(stage.word(), StateWord::Offered);
}

#[test]
fn nobody_agrees_to_more_than_the_cap() {
    let mut stage = Stage::new();
    stage.facts.cap_days = Some(60);
    assert_eq!(stage.act(LEE, Action::Submit), Err(Refusal::OverCap { days: 90, cap: 60 }));
    // A cap that comes while it is under review: less can be agreed, and nobody can decide past it.
    let mut stage = Stage::new().submitted();
    stage.facts.cap_days = Some(60);
    stage.tick();
    assert_eq!(stage.act(PARK, approve()), Err(Refusal::OverCap { days: 90, cap: 60 }));
    assert_eq!(stage.act(ADMIN, overrule()), Err(Refusal::OverCap { days: 90, cap: 60 }));
    let facts = stage.facts.clone();
    assert_eq!(stage.act(PARK, counter(extension(61), &facts)), Err(Refusal::OverCap { days: 61, cap: 60 }));
    stage.act(PARK, counter(extension(60), &facts)).unwrap();
    assert_eq!(stage.word(), StateWord::Approved);
}

#[test]
fn one_no_ends_it_unless_the_rule_counts_them() {
    let mut stage = Stage::new().personal().submitted();
    stage.act(PARK, approve()).unwrap();
    assert_eq!(stage.act(PRIVACY, Action::Decline { text: String::new() }), Err(Refusal::TextNeeded));
    stage.act(PRIVACY, decline()).unwrap();
    assert_eq!((stage.word(), stage.told(Notice::Declined)), (StateWord::Declined, BTreeSet::from([LEE])));
    let mut stage = Stage::new();
    (stage.rules.steps[0].decline, stage.rules.steps[0].quorum) = (Declining::Counts, Quorum::Any);
    let mut stage = stage.submitted();
    stage.act(PARK, decline()).unwrap();
    assert_eq!(stage.word(), StateWord::InReview);
    let mut yes = stage.clone();
    yes.act(CHOI, approve()).unwrap();
    assert_eq!(yes.word(), StateWord::Approved);
    // Two noes are not asked of somebody else until one says yes.
    stage.act(CHOI, decline()).unwrap();
    assert_eq!(stage.word(), StateWord::Declined);
}

#[test]
fn who_decides_for_privacy_has_no_other_vote() {
    // The owner is the privacy officer too, and there is no other.
    let mut stage = Stage::new().personal();
    stage.directory.owners = BTreeSet::from([PRIVACY]);
    stage.facts.owners = BTreeSet::from([PRIVACY]);
    let mut stage = stage.submitted();
    stage.act(PRIVACY, approve()).unwrap();
    // One seat, one step: nobody is left for the other, and operators are told.
    assert_eq!((stage.word(), stage.told(Notice::NobodyCanDecide)), (StateWord::Submitted, BTreeSet::from([OPERATOR])));
    let mut second = stage.directory.people[&PRIVACY].clone();
    second.name = "윤재호".to_owned();
    stage.directory.people.insert(AssetId(9), second);
    stage.tick();
    assert_eq!((stage.word(), stage.waits_for("privacy_period")), (StateWord::InReview, vec!["윤재호".to_owned()]));
    assert_eq!(stage.told(Notice::Decide), BTreeSet::from([PRIVACY, OPERATOR, AssetId(9)]));
}

#[test]
fn no_rule_gives_the_privacy_officers_word_to_others() {
    let mut stage = Stage::new().personal();
    stage.rules.steps[1].delegable = true;
    stage.rules.steps[1].overridable = true;
    let (from, until) = ("2026-11-20".parse().unwrap(), "2026-12-10".parse().unwrap());
    stage.directory.delegations.push(Delegation { id: 1, giver: PRIVACY, taker: LEAD, from, until });
    let mut stage = stage.submitted();
    assert!(matches!(stage.act(LEAD, approve()), Err(Refusal::NotADecider { .. })));
    assert_eq!(stage.act(ADMIN, overrule()), Err(Refusal::NotOverridable));
}

#[test]
fn who_was_asked_may_take_his_own_request_back_and_others_may_not() {
    let mut stage = Stage::new().submitted();
    assert!(matches!(stage.act(PARK, withdraw()), Err(Refusal::NotYours { .. })));
    stage.act(LEE, withdraw()).unwrap();
    assert_eq!(stage.told(Notice::Withdrawn), BTreeSet::from([PARK, CHOI]));
    let mut robot = Stage::new().asked_by(ROBOT, ROBOT, extension(90)).submitted();
    robot.act(LEE, withdraw()).unwrap();
    assert_eq!(robot.word(), StateWord::Withdrawn);
}

#[test]
fn what_is_wrong_is_said_before_it_is_filed() {
    let mut stage = Stage::new();
    stage.request.reason.clear();
    stage.now = "2027-07-02T00:00:00Z".parse().unwrap();
    let answer = stage.act(LEE, Action::Submit);
    let Err(Refusal::Wrong { mistakes }) = answer else { panic!("{answer:?}") };
    let fields: Vec<Field> = mistakes.iter().map(|mistake| mistake.field).collect();
    assert_eq!(fields, [Field::Until, Field::Reason]);
    assert_eq!(stage.request.hold, None);
}

#[test]
fn steps_are_shown_before_it_is_filed() {
    let stage = Stage::new().personal();
    let (review, auto) = preview(&stage.request, &stage.ground(), stage.now);
    let rules: Vec<&str> = review.steps.iter().map(|step| step.rule.as_str()).collect();
    assert_eq!((rules, auto), (vec!["owner", "privacy_period", "large"], None));
    assert_eq!(stage.word(), StateWord::Draft);
}

#[test]
fn many_are_decided_together_only_where_it_is_the_same() {
    let one = Stage::new().submitted().request;
    assert_eq!(together(&[&one, &one]), Ok(()));
    assert_eq!(together(&vec![&one; 51]), Err(Refusal::TooManyTogether { most: 50 }));
    let other = Stage::new().asked_by(LEE, LEE, access(LEE)).submitted().request;
    assert_eq!(together(&[&one, &other]), Err(Refusal::MixedTogether));
    let personal = Stage::new().personal().submitted().request;
    assert_eq!(together(&[&one, &personal]), Err(Refusal::PersonalTogether));
    assert_eq!(together(&[]), Ok(()));
}

#[test]
fn delegations_are_dated_short_and_no_chain() {
    let stage = Stage::new();
    let today = "2026-11-23".parse().unwrap();
    let make = |id, giver, taker, from: &str, until: &str| Delegation {
        id,
        giver,
        taker,
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
    };
    let flaws = |one: Delegation, others: &[Delegation]| -> Vec<(Field, Flaw)> {
        let found = one.mistakes(others, &stage.directory, today);
        found.into_iter().map(|mistake| (mistake.field, mistake.flaw)).collect()
    };
    let good = make(1, PARK, CHOI, "2026-11-23", "2027-01-21");
    assert_eq!(flaws(good.clone(), &[]), []);
    let last = "2027-01-21".parse().unwrap();
    assert_eq!(flaws(make(1, PARK, CHOI, "2026-11-23", "2027-01-22"), &[]), [(Field::Until, Flaw::TooFar { last })]);
    assert_eq!(flaws(make(1, PARK, CHOI, "2026-11-22", "2026-11-30"), &[]), [(Field::From, Flaw::Past)]);
    let before = [(Field::Until, Flaw::Before(Field::From))];
    assert_eq!(flaws(make(1, PARK, CHOI, "2026-12-02", "2026-12-01"), &[]), before);
    for taker in [PARK, ROBOT, AssetId(999)] {
        assert_eq!(flaws(make(1, PARK, taker, "2026-11-23", "2026-11-30"), &[]), [(Field::Taker, Flaw::NotHere)]);
    }
    let chain = [(Field::Taker, Flaw::NotWith(Field::Taker))];
    assert_eq!(flaws(make(2, CHOI, LEAD, "2026-12-01", "2026-12-02"), std::slice::from_ref(&good)), chain);
    assert_eq!(flaws(make(2, LEAD, PARK, "2026-12-01", "2026-12-02"), std::slice::from_ref(&good)), chain);
    assert_eq!(
        flaws(make(2, PARK, LEAD, "2026-12-01", "2026-12-02"), std::slice::from_ref(&good)),
        [(Field::From, Flaw::Repeated)]
    );
    assert_eq!(flaws(make(2, CHOI, LEAD, "2027-02-01", "2027-02-02"), &[good]), []);
}
