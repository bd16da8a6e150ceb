//! What somebody might try so that he decides over his own request, or that nobody does. Each has its name in the
//! reference that the rules come from.

use super::*;
use chrono::Days;

fn has_part(why: Part) -> impl Fn(&Result<(), Refusal>) -> bool {
    move |answer| matches!(answer, Err(Refusal::HasPart { why: is, .. }) if *is == why)
}

fn not_a_decider(answer: &Result<(), Refusal>) -> bool {
    matches!(answer, Err(Refusal::NotADecider { .. }))
}

fn delegation(giver: AssetId, taker: AssetId) -> Delegation {
    let (from, until) = ("2026-11-20".parse().unwrap(), "2026-12-10".parse().unwrap());
    Delegation { id: 7, giver, taker, from, until }
}

#[test]
fn team_of_one() {
    let mut stage = Stage::new();
    stage.directory.teams.insert(CLICK, BTreeSet::from([LEE]));
    let mut stage = stage.submitted();
    assert!(has_part(Part::Requester)(&stage.act(LEE, approve())));
    // Nobody is left of the team, Lee has no manager, the database no owner.
    assert_eq!(stage.waits_for("owner"), ["한도윤"]);
    stage.act(OPERATOR, approve()).unwrap();
    assert_eq!(stage.word(), StateWord::Approved);
}

#[test]
fn others_left() {
    let mut stage = Stage::new();
    stage.directory.teams.insert(CLICK, BTreeSet::from([LEE, PARK]));
    let mut stage = stage.submitted();
    assert_eq!(stage.waits_for("owner"), ["박지훈"]);
    stage.directory.people.get_mut(&PARK).unwrap().is_active = false;
    stage.tick();
    assert!(has_part(Part::Requester)(&stage.act(LEE, approve())));
    // Whoever left still had a manager.
    assert_eq!(stage.waits_for("owner"), ["강민석"]);
}

#[test]
fn all_of_nobody_is_no_approval() {
    let mut stage = Stage::new();
    stage.rules.steps[0].quorum = Quorum::All;
    stage.rules.steps[0].fallback.clear();
    stage.directory.owners.clear();
    stage.facts.owners.clear();
    let mut stage = stage.submitted();
    assert_eq!(stage.word(), StateWord::Submitted);
    assert_eq!(stage.told(Notice::NobodyCanDecide), BTreeSet::from([OPERATOR]));
    // Rules that ask for no step approve nothing either.
    stage.rules.steps.clear();
    let mut edited = stage.clone();
    let edit = Action::Edit { content: extension(60), facts: stage.facts.clone(), reason: "짧게".to_owned() };
    edited.act(LEE, edit).unwrap();
    assert_eq!(edited.word(), StateWord::Submitted);
}

#[test]
fn fewer_than_the_quorum_is_no_smaller_quorum() {
    let mut stage = Stage::new();
    stage.rules.steps[0].quorum = Quorum::AtLeast(2);
    stage.rules.steps[0].fallback = vec![Who::Named(BTreeSet::from([OPERATOR, LEAD, ADMIN]))];
    let mut two = stage.clone().submitted();
    two.act(PARK, approve()).unwrap();
    assert_eq!(two.word(), StateWord::InReview);
    two.act(CHOI, approve()).unwrap();
    assert_eq!(two.word(), StateWord::Approved);
    // One of the two asks: the other alone is not enough.
    let mut one = stage.asked_by(PARK, PARK, extension(90)).submitted();
    assert_eq!(one.waits_for("owner"), ["최민준", "한도윤", "서민재", "강민석"]);
    one.act(CHOI, approve()).unwrap();
    one.act(LEAD, approve()).unwrap();
    assert_eq!(one.word(), StateWord::InReview);
    one.act(ADMIN, approve()).unwrap();
    assert_eq!(one.word(), StateWord::Approved);
}

#[test]
fn joins_group_after_filing() {
    let mut stage = Stage::new().submitted();
    let members = BTreeSet::from([PARK, CHOI, LEE, ADMIN]);
    stage.directory.teams.insert(CLICK, members);
    assert!(has_part(Part::Requester)(&stage.act(LEE, approve())));
    // A friend whom he put there is no better.
    stage.directory.appointments.push(Appointment { at: stage.now, by: LEE, who: ADMIN });
    assert!(has_part(Part::Appointed)(&stage.act(ADMIN, approve())));
    // Nor one whom that friend put there.
    stage.directory.appointments.push(Appointment { at: stage.now, by: ADMIN, who: LEAD });
    stage.directory.teams.get_mut(&CLICK).unwrap().insert(LEAD);
    assert!(has_part(Part::Appointed)(&stage.act(LEAD, approve())));
    // One whom somebody else put there is.
    stage.directory.appointments.push(Appointment { at: stage.now, by: PARK, who: OPERATOR });
    stage.directory.teams.get_mut(&CLICK).unwrap().insert(OPERATOR);
    stage.act(OPERATOR, approve()).unwrap();
    assert_eq!(stage.word(), StateWord::Approved);
}

#[test]
fn an_appointment_of_long_ago_is_none() {
    let mut stage = Stage::new();
    stage.directory.appointments.push(Appointment { at: stage.now - TimeDelta::days(31), by: LEE, who: PARK });
    stage.directory.appointments.push(Appointment { at: stage.now - TimeDelta::days(29), by: LEE, who: CHOI });
    let mut stage = stage.submitted();
    assert!(has_part(Part::Appointed)(&stage.act(CHOI, approve())));
    stage.act(PARK, approve()).unwrap();
}

#[test]
fn claims_ownership_meanwhile() {
    let mut stage = Stage::new().submitted();
    stage.directory.owners = BTreeSet::from([LEE]);
    stage.facts.owners = BTreeSet::from([LEE]);
    stage.tick();
    assert!(has_part(Part::Requester)(&stage.act(LEE, approve())));
    assert!(not_a_decider(&stage.act(PARK, approve())));
    assert_eq!(stage.waits_for("owner"), ["한도윤"]);
}

#[test]
fn transfers_away_and_back() {
    // His own table, which he gives to a friend for the day.
    let mut stage = Stage::new();
    stage.directory.owners = BTreeSet::from([CHOI]);
    stage.directory.appointments.push(Appointment { at: stage.now - TimeDelta::hours(2), by: LEE, who: CHOI });
    let mut stage = stage.submitted();
    assert!(has_part(Part::Appointed)(&stage.act(CHOI, approve())));
    assert_eq!(stage.waits_for("owner"), ["강민석"]);
    stage.directory.owners = BTreeSet::from([LEE]);
    stage.tick();
    assert!(has_part(Part::Requester)(&stage.act(LEE, approve())));
}

#[test]
fn delegate_both_ways() {
    for (giver, taker) in [(LEE, PARK), (PARK, LEE)] {
        let mut stage = Stage::new();
        stage.directory.delegations.push(delegation(giver, taker));
        let mut stage = stage.submitted();
        assert!(has_part(Part::Requester)(&stage.act(LEE, approve())));
        assert!(has_part(Part::Delegate)(&stage.act(PARK, approve())));
        // Nor when it is over, if it was since the request was filed.
        stage.directory.delegations[0].until = stage.calendar.day(stage.now);
        stage.wait(TimeDelta::hours(30));
        assert!(has_part(Part::Delegate)(&stage.act(PARK, approve())));
        stage.act(CHOI, approve()).unwrap();
        assert_eq!(stage.word(), StateWord::Approved);
    }
}

#[test]
fn a_delegate_decides_once_in_one_place_and_not_for_privacy() {
    let mut stage = Stage::new().personal();
    stage.directory.owners = BTreeSet::from([PARK]);
    stage.directory.delegations.push(delegation(PARK, CHOI));
    stage.directory.delegations.push(delegation(PRIVACY, CHOI));
    // No chains: Choi's delegate has Park's place not.
    stage.directory.delegations.push(delegation(CHOI, LEAD));
    let mut stage = stage.submitted();
    assert!(not_a_decider(&stage.act(LEAD, approve())));
    stage.act(CHOI, approve()).unwrap();
    let State::InReview(review) = &stage.request.state else { panic!("{:?}", stage.word()) };
    let votes: Vec<(&str, usize)> = review.steps.iter().map(|step| (step.rule.as_str(), step.votes.len())).collect();
    assert_eq!(votes, [("owner", 1), ("privacy_period", 0), ("large", 0)]);
    assert_eq!(review.steps[0].votes[0].for_whom, Some(PARK));
    assert_eq!(review.steps[0].votes[0].evidence.delegation, Some(7));
    assert_eq!(stage.history.last().unwrap().on_behalf_of, Some(PARK));
    assert!(not_a_decider(&stage.act(PARK, approve())));
    assert!(not_a_decider(&stage.act(CHOI, approve())));
    // The right ends with the giver's: the vote is void.
    stage.directory.owners = BTreeSet::from([LEAD]);
    stage.tick();
    assert_eq!(stage.request.struck[0].why, Struck::LostRight);
}

#[test]
fn own_service_account() {
    // It files for him, and then decides.
    let mut stage = Stage::new().asked_by(ROBOT, ROBOT, extension(90));
    stage.directory.teams.insert(CLICK, BTreeSet::from([LEE, ROBOT, PARK]));
    let mut stage = stage.submitted();
    assert_eq!(stage.act(ROBOT, approve()), Err(Refusal::Machine));
    assert!(has_part(Part::FiledByHisAccount)(&stage.act(LEE, approve())));
    // He gives the account away; it was his when it filed.
    stage.directory.people.get_mut(&ROBOT).unwrap().answered_for_by = BTreeSet::from([CHOI]);
    assert!(has_part(Part::FiledByHisAccount)(&stage.act(LEE, approve())));
    stage.act(PARK, approve()).unwrap();
}

#[test]
fn second_account() {
    let (second, mut stage) = (AssetId(9), Stage::new());
    let human = stage.directory.people[&PARK].clone();
    stage.directory.people.insert(second, Human { name: "haeun2".to_owned(), ..human });
    stage.directory.teams.insert(CLICK, BTreeSet::from([second, PARK]));
    stage.rules.steps[0].quorum = Quorum::All;
    let mut stage = stage.submitted();
    stage.act(second, approve()).unwrap();
    assert_eq!(stage.word(), StateWord::InReview);
    // It turns out to be his own: what it said is void.
    stage.directory.merged.insert(second, LEE);
    stage.tick();
    assert_eq!(stage.request.struck.iter().map(|one| one.why).collect::<Vec<_>>(), [Struck::HasPart]);
    assert!(has_part(Part::Requester)(&stage.act(second, approve())));
    // Two accounts of one decider are one vote.
    let mut stage = Stage::new();
    stage.rules.steps[0].quorum = Quorum::AtLeast(2);
    stage.directory.teams.get_mut(&CLICK).unwrap().insert(LEAD);
    let mut stage = stage.submitted();
    stage.directory.merged.insert(PARK, CHOI);
    stage.act(PARK, approve()).unwrap();
    assert!(not_a_decider(&stage.act(CHOI, approve())));
    assert_eq!(stage.word(), StateWord::InReview);
    stage.act(LEAD, approve()).unwrap();
    assert_eq!(stage.word(), StateWord::Approved);
}

#[test]
fn straw_filer() {
    // Lee files what Park asks for; and Lee asks that Park may read.
    let mut behalf = Stage::new().asked_by(PARK, LEE, extension(90)).submitted();
    assert!(has_part(Part::Requester)(&behalf.act(PARK, approve())));
    assert!(has_part(Part::FiledByHisAccount)(&behalf.act(LEE, approve())));
    let mut gain = Stage::new().asked_by(LEE, LEE, access(PARK)).submitted();
    assert!(has_part(Part::Beneficiary)(&gain.act(PARK, approve())));
    // For a team, each of its members gains.
    let team = Stage::new().asked_by(LEE, LEE, access(CLICK)).submitted();
    assert_eq!(team.waits_for("owner"), ["강민석"]);
    // And whoever was to gain before an edit.
    let edit =
        Action::Edit { content: access(LEE), facts: gain.facts.clone(), reason: "제가 읽습니다".to_owned() };
    gain.act(LEE, edit).unwrap();
    assert!(has_part(Part::Beneficiary)(&gain.act(PARK, approve())));
}

#[test]
fn edits_after_approval() {
    let mut stage = Stage::new().personal().submitted();
    stage.act(PARK, approve()).unwrap();
    let edit =
        |days| Action::Edit {
            content: extension(days), facts: Stage::new().personal().facts, reason: "더".to_owned()
        };
    stage.act(LEE, edit(170)).unwrap();
    // What was approved was something else.
    assert_eq!(stage.request.struck.iter().map(|one| one.why).collect::<Vec<_>>(), [Struck::OtherContent]);
    assert_eq!(stage.told(Notice::AskedAgain), BTreeSet::from([PARK]));
    for person in [PARK, PRIVACY, OPERATOR] {
        stage.act(person, approve()).unwrap();
    }
    assert_eq!(stage.word(), StateWord::Approved);
    assert_eq!(stage.act(LEE, edit(175)), Err(Refusal::NotInState { state: StateWord::Approved }));
    // An administrator who changes what is asked for has a part in it from then on; a request stays of its kind.
    let mut stage = Stage::new().submitted();
    stage.act(ADMIN, edit(60)).unwrap();
    assert!(has_part(Part::Editor)(&stage.act(ADMIN, overrule())));
    let other = Action::Edit { content: access(LEE), facts: stage.facts.clone(), reason: "읽기".to_owned() };
    assert_eq!(stage.act(LEE, other), Err(Refusal::OtherKind));
    assert!(matches!(stage.act(PARK, edit(50)), Err(Refusal::NotYours { .. })));
}

#[test]
fn counters_himself() {
    let mut stage = Stage::new();
    stage.directory.teams.insert(CLICK, BTreeSet::from([LEE, PARK, CHOI]));
    let mut stage = stage.submitted();
    let facts = stage.facts.clone();
    assert!(has_part(Part::Requester)(&stage.act(LEE, counter(extension(60), &facts))));
    // An accepted offer needs every step that it asks for; who made it has agreed to that and no more.
    let mut stage = Stage::new().personal().submitted();
    let facts = stage.facts.clone();
    stage.act(PRIVACY, approve()).unwrap();
    stage.act(PARK, counter(extension(40), &facts)).unwrap();
    assert_eq!(stage.word(), StateWord::Offered);
    stage.act(LEE, Action::Accept { seen: None, text: String::new() }).unwrap();
    assert_eq!(stage.word(), StateWord::InReview);
    assert_eq!(stage.waits_for("owner"), Vec::<String>::new());
    assert_eq!(
        (stage.waits_for("privacy_period"), stage.waits_for("large")),
        (vec!["정유진".to_owned()], vec!["한도윤".to_owned()])
    );
    // And an offer is less, never more.
    let mut stage = Stage::new().submitted();
    assert_eq!(stage.act(PARK, counter(extension(91), &facts)), Err(Refusal::NotLess));
    assert_eq!(stage.act(PARK, counter(extension(90), &facts)), Err(Refusal::NotLess));
}

#[test]
fn stale_tab() {
    let mut stage = Stage::new().personal().submitted();
    let seen = stage.request.version;
    stage.act(PRIVACY, decline()).unwrap();
    let overtaken = stage.act_from(seen, PARK, approve());
    let Err(Refusal::Overtaken { by, act, .. }) = overtaken else { panic!("{overtaken:?}") };
    assert_eq!((by.as_deref(), act), (Some("정유진"), Act::Decline));
    let ground = stage.ground();
    let decider = Decider { person: PARK, expects: None, ground: &ground };
    assert_eq!(decide(&stage.request, approve(), &decider, stage.now).unwrap_err(), Refusal::NoVersion);
    // A comment overtakes nobody.
    let mut stage = Stage::new().submitted();
    let seen = stage.request.version;
    stage.act(CHOI, Action::Comment { text: "확인했습니다".to_owned() }).unwrap();
    stage.act_from(seen, PARK, approve()).unwrap();
}

#[test]
fn forwarded_or_reused_link() {
    let mut stage = Stage::new().submitted();
    let link = stage.request.version;
    // A link does not say who one is: whoever follows it decides as himself.
    assert!(not_a_decider(&stage.act_from(link, LEAD, approve())));
    stage.act_from(link, PARK, counter(extension(40), &stage.facts.clone())).unwrap();
    stage.act(LEE, Action::Refuse { text: String::new() }).unwrap();
    assert_eq!(stage.word(), StateWord::InReview);
    assert!(matches!(stage.act_from(link, PARK, approve()), Err(Refusal::Overtaken { .. })));
}

#[test]
fn removed_while_posting() {
    let mut stage = Stage::new().submitted();
    // He opened the page as a member, and is none when the transaction begins.
    stage.directory.teams.insert(CLICK, BTreeSet::from([CHOI]));
    assert!(not_a_decider(&stage.act(PARK, approve())));
    // Who voted and then left has not voted.
    let mut stage = Stage::new().personal().submitted();
    stage.act(PARK, approve()).unwrap();
    stage.directory.people.get_mut(&PARK).unwrap().is_active = false;
    stage.act(PRIVACY, approve()).unwrap();
    stage.act(OPERATOR, approve()).unwrap();
    assert_eq!(stage.word(), StateWord::InReview);
    assert_eq!(stage.waits_for("owner"), ["최민준"]);
}

#[test]
fn tag_taken_off_and_on() {
    let mut stage = Stage::new().personal();
    let personal = stage.facts.clone();
    (stage.facts.class, stage.facts.personal_columns) = (Class::None, BTreeSet::new());
    let mut stage = stage.submitted();
    stage.act(PARK, approve()).unwrap();
    assert_eq!(stage.waits_for("privacy_period"), Vec::<String>::new());
    // The tag is back: the last vote meets other ground, and says so.
    stage.facts = personal;
    let answer = stage.act(OPERATOR, approve());
    let Err(Refusal::GroundChanged { differences }) = answer else { panic!("{answer:?}") };
    let words: Vec<&str> = differences.iter().map(Into::into).collect();
    assert_eq!(words, ["class", "personal_columns"]);
    // Who has seen it may go on; the others are asked again, the privacy officer too.
    let seen = Some(facts_hash(&stage.facts));
    stage.act(OPERATOR, Action::Approve { seen, text: String::new() }).unwrap();
    assert_eq!(stage.word(), StateWord::InReview);
    assert_eq!(stage.waits_for("privacy_period"), ["정유진"]);
    assert_eq!(stage.waits_for("owner"), ["박지훈", "최민준"]);
}

#[test]
fn table_recreated() {
    let mut stage = Stage::new().personal().submitted();
    stage.act(PARK, approve()).unwrap();
    let hash = stage.request.hash.clone();
    stage.facts.asset = Some(AssetId(101));
    let answer = stage.act(PRIVACY, approve());
    assert!(matches!(answer, Err(Refusal::GroundChanged { .. })), "{answer:?}");
    stage.tick();
    assert_eq!((stage.request.subject.asset, stage.acts().last()), (Some(AssetId(101)), Some(&Act::ChangeGround)));
    assert_ne!(stage.request.hash, hash);
    assert_eq!(stage.waits_for("owner"), ["박지훈", "최민준"]);
    // The new one is held as the old one was, and no longer.
    let holds: Vec<_> = stage.effects.iter().filter(|effect| matches!(effect, Effect::Hold(_))).collect();
    assert_eq!((holds.len(), holds[0]), (2, holds[1]));
}

#[test]
fn pieces_under_the_auto_limit() {
    let mut stage = Stage::new();
    let tb = 1_000_000_000_000;
    stage.rules.auto.push(AutoRule {
        id: "small".to_owned(),
        kinds: BTreeSet::from([RequestKind::RetentionExtension]),
        databases: BTreeSet::new(),
        most_days: 90,
        most_bytes: tb,
        most_bytes_in_30_days: 2 * tb,
        most_in_30_days: 3,
        author: ADMIN,
    });
    let word = |stage: &Stage| stage.clone().submitted().word();
    assert_eq!(word(&stage), StateWord::Approved);
    let by =
        |requester, asset, days| ByRule { requester, asset, at: stage.now - TimeDelta::days(days), bytes: 3 * tb / 2 };
    let with = |past: Vec<ByRule>| word(&Stage { past: Past { by_rule: past, ..Past::default() }, ..stage.clone() });
    // Of his other tables, of others on this table; not of a month ago, nor of others on other tables.
    assert_eq!(with(vec![by(LEE, Some(AssetId(55)), 1)]), StateWord::InReview);
    assert_eq!(with(vec![by(CHOI, Some(TABLE), 1)]), StateWord::InReview);
    assert_eq!(with(vec![by(LEE, Some(TABLE), 31), by(CHOI, Some(AssetId(55)), 1)]), StateWord::Approved);
    let many = vec![ByRule { bytes: 0, ..by(LEE, Some(TABLE), 2) }; 3];
    assert_eq!(with(many), StateWord::InReview);
    let declined = Past { declined: true, ..Past::default() };
    assert_eq!(word(&Stage { past: declined, ..stage.clone() }), StateWord::InReview);
    for change in [
        |facts: &mut Facts| facts.class = Class::Indirect,
        |facts: &mut Facts| facts.bytes = None,
        |facts: &mut Facts| facts.bytes = Some(1_000_000_000_001),
    ] {
        let mut other = stage.clone();
        change(&mut other.facts);
        assert_eq!(word(&other), StateWord::InReview);
    }
    assert_eq!(word(&stage.clone().asked_by(LEE, LEE, extension(91))), StateWord::InReview);
    let done = stage.submitted();
    let by = done.request.state.grant().map(|grant| grant.by.clone());
    assert_eq!(by, Some(Decided::Rule { id: "small".to_owned(), version: 1 }));
    assert_eq!((done.acts(), done.request.hold), (vec![Act::ApproveByRule], None));
}

#[test]
fn edits_the_rule() {
    // Who wrote the rule gains nothing by it.
    let mut stage = Stage::new().asked_by(ADMIN, ADMIN, extension(90));
    stage.rules.auto.push(AutoRule {
        id: "mine".to_owned(),
        kinds: BTreeSet::from([RequestKind::RetentionExtension]),
        databases: BTreeSet::new(),
        most_days: 3650,
        most_bytes: i64::MAX,
        most_bytes_in_30_days: i64::MAX,
        most_in_30_days: 1000,
        author: ADMIN,
    });
    let mut stage = stage.submitted();
    assert_eq!(stage.word(), StateWord::InReview);
    // Rules that change meanwhile do not change who has to agree to what was filed before.
    stage.rules.steps.truncate(0);
    stage.rules.version += 1;
    stage.tick();
    assert_eq!(stage.waits_for("owner"), ["박지훈", "최민준"]);
    let State::InReview(review) = &stage.request.state else { panic!() };
    assert_eq!(review.rules, 1);
}

#[test]
fn mutual_overrides() {
    let mut stage = Stage::new().submitted();
    stage.past.overrides.push(Overridden { by: LEE, requester: ADMIN, at: stage.now - TimeDelta::days(3) });
    assert!(matches!(stage.act(ADMIN, overrule()), Err(Refusal::MutualOverride { .. })));
    stage.past.overrides[0].at = stage.now - TimeDelta::days(31);
    stage.act(ADMIN, overrule()).unwrap();
    assert_eq!(stage.told(Notice::Overridden), BTreeSet::from([PARK, CHOI, PRIVACY]));
    // Never past the privacy officer, nor past the law, nor his own.
    let mut stage = Stage::new().personal().submitted();
    assert_eq!(stage.act(ADMIN, overrule()), Err(Refusal::NotOverridable));
    stage.act(PRIVACY, approve()).unwrap();
    stage.is_held_by_law = true;
    assert_eq!(stage.act(ADMIN, overrule()), Err(Refusal::HeldByLaw));
    stage.is_held_by_law = false;
    assert_eq!(stage.act(ADMIN, Action::Override { seen: None, text: " ".to_owned() }), Err(Refusal::TextNeeded));
    assert!(not_a_decider(&stage.act(OPERATOR, overrule())));
    stage.act(ADMIN, overrule()).unwrap();
    let mut own = Stage::new().asked_by(ADMIN, ADMIN, extension(90)).submitted();
    assert!(has_part(Part::Requester)(&own.act(ADMIN, overrule())));
}

#[test]
fn changes_his_manager() {
    // Park asks; he is the only owner, so that it goes to his manager, whom he has just chosen.
    let mut stage = Stage::new().asked_by(PARK, PARK, extension(90));
    stage.directory.owners = BTreeSet::from([PARK]);
    let mut honest = stage.clone().submitted();
    assert_eq!(honest.waits_for("owner"), ["강민석"]);
    honest.act(LEAD, approve()).unwrap();
    stage.directory.people.get_mut(&PARK).unwrap().manager = Some(CHOI);
    stage.directory.appointments.push(Appointment { at: stage.now, by: PARK, who: CHOI });
    let mut stage = stage.submitted();
    assert!(has_part(Part::Appointed)(&stage.act(CHOI, approve())));
    assert_eq!(stage.waits_for("owner"), ["한도윤"]);
    // And a manager who is himself the one who asks is passed over.
    let mut own = Stage::new().asked_by(LEAD, LEAD, extension(90));
    own.directory.owners = BTreeSet::from([LEAD]);
    own.directory.people.get_mut(&LEAD).unwrap().manager = Some(LEAD);
    assert_eq!(own.submitted().waits_for("owner"), ["한도윤"]);
}

#[test]
fn clock_back() {
    let mut stage = Stage::new().submitted();
    stage.wait(TimeDelta::days(31));
    assert_eq!(stage.word(), StateWord::Expired);
    stage.now -= TimeDelta::days(31);
    assert_eq!(stage.act(PARK, approve()), Err(Refusal::NotInState { state: StateWord::Expired }));
    // An agreement that has lapsed holds on no day again; nor does anything happen before what has happened.
    let mut stage = Stage::new().submitted();
    stage.wait(TimeDelta::hours(30));
    let seen = stage.now;
    stage.act(PARK, approve()).unwrap();
    stage.now -= TimeDelta::days(2);
    stage.happen(Event::Applied { days: Some(90) }).unwrap();
    assert_eq!(stage.history.last().unwrap().at, seen);
    stage.now = "2027-07-01T00:00:00Z".parse().unwrap();
    stage.tick();
    assert_eq!(stage.word(), StateWord::Lapsed);
    stage.now -= TimeDelta::days(100);
    stage.tick();
    assert!(!stage.request.is_in_force("2027-03-23".parse().unwrap()));
}

#[test]
fn re_files_to_hold() {
    let mut held = Vec::new();
    let mut stage = Stage::new();
    for _ in 0..40 {
        let mut next = stage.clone();
        next.past.held = held.clone();
        next.request.last_seen = next.now;
        let mut next = next.submitted();
        held.extend(next.request.hold);
        next.act(LEE, withdraw()).unwrap();
        assert_eq!(
            next.count(&Effect::Release),
            usize::from(next.effects.iter().any(|e| matches!(e, Effect::Hold(_))))
        );
        stage.now += TimeDelta::days(3);
    }
    let days: BTreeSet<_> =
        held.iter().flat_map(|hold| hold.from.iter_days().take_while(|day| *day <= hold.until)).collect();
    assert_eq!(days.len(), MOST_HOLD_DAYS_A_YEAR);
    // And one request alone is held two weeks at most, though it may be open longer.
    let mut stage = Stage::new().submitted();
    let until = stage.request.hold.unwrap().until;
    assert_eq!(until, stage.calendar.day(stage.now) + Days::new(MOST_HOLD_DAYS));
    stage.wait(TimeDelta::days(16));
    assert_eq!((stage.request.hold, stage.count(&Effect::Release)), (None, 1));
    assert!(stage.word().is_open());
}
