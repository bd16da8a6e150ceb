//! A small company, and one request in it.

mod attacks;
mod content;
mod explore;
mod life;
mod matrix;

use super::*;
use crate::permission::Role;
use crate::personal_data::Class;
use crate::problem::GovernanceRefusal as Refusal;
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// Asks.
pub(super) const LEE: AssetId = AssetId(1);
/// Owns, in team [`CLICK`].
pub(super) const PARK: AssetId = AssetId(2);
/// In the same team.
pub(super) const CHOI: AssetId = AssetId(3);
pub(super) const PRIVACY: AssetId = AssetId(4);
pub(super) const OPERATOR: AssetId = AssetId(5);
pub(super) const ADMIN: AssetId = AssetId(6);
/// Park and Choi report to him.
pub(super) const LEAD: AssetId = AssetId(7);
/// A service account of Lee's.
pub(super) const ROBOT: AssetId = AssetId(8);
pub(super) const CLICK: AssetId = AssetId(20);
pub(super) const TABLE: AssetId = AssetId(100);

/// A request, what is true around it, and all that was written of it.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) directory: Directory,
    pub(super) rules: Rules,
    pub(super) facts: Facts,
    pub(super) calendar: Calendar,
    pub(super) past: Past,
    pub(super) is_held_by_law: bool,
    pub(super) now: DateTime<Utc>,
    pub(super) request: Request,
    pub(super) history: Vec<Entry>,
    pub(super) effects: Vec<Effect>,
}

use super::calendar::Calendar;

pub(super) fn extension(days: u32) -> Content {
    Content::RetentionExtension(RetentionExtension {
        extent: Extent::Table,
        days,
        until: "2027-06-30".parse().unwrap(),
        fewest_days: Some(45),
        masked_columns: BTreeSet::new(),
    })
}

pub(super) fn access(to: AssetId) -> Content {
    let until = "2027-06-30".parse().unwrap();
    Content::Access(AccessGrant { to, until, masked_columns: BTreeSet::new() })
}

pub(super) fn approve() -> Action {
    Action::Approve { seen: None, text: String::new() }
}

pub(super) fn decline() -> Action {
    Action::Decline { text: "집계로 충분합니다".to_owned() }
}

pub(super) fn counter(content: Content, facts: &Facts) -> Action {
    Action::Counter { content, facts: facts.clone(), text: String::new() }
}

pub(super) fn withdraw() -> Action {
    Action::Withdraw { text: String::new() }
}

pub(super) fn overrule() -> Action {
    Action::Override { seen: None, text: "장애 분석".to_owned() }
}

impl Stage {
    /// A draft of Lee's for 90 days; the team's table, no personal data, 1 TB. Monday 23 November 2026, 16:03 in Seoul.
    pub(super) fn new() -> Self {
        let human = |name: &str, roles: &[Role], manager: Option<AssetId>| Human {
            name: name.to_owned(),
            is_active: true,
            roles: roles.iter().copied().chain([Role::Analyst]).collect(),
            manager,
            answered_for_by: BTreeSet::new(),
        };
        let mut robot = human("svc_ml", &[], None);
        (robot.roles, robot.answered_for_by) = (BTreeSet::from([Role::Service]), BTreeSet::from([LEE]));
        let people = [
            (LEE, human("이하은", &[], None)),
            (PARK, human("박지훈", &[], Some(LEAD))),
            (CHOI, human("최민준", &[], Some(LEAD))),
            (PRIVACY, human("정유진", &[Role::PrivacyOfficer], None)),
            (OPERATOR, human("한도윤", &[Role::Operator], None)),
            (ADMIN, human("서민재", &[Role::Administrator], None)),
            (LEAD, human("강민석", &[], None)),
            (ROBOT, robot),
        ];
        let directory = Directory {
            people: people.into(),
            teams: [(CLICK, BTreeSet::from([PARK, CHOI]))].into(),
            owners: BTreeSet::from([CLICK]),
            ..Directory::default()
        };
        let facts = Facts {
            asset: Some(TABLE),
            database: "clickstream".to_owned(),
            owners: BTreeSet::from([CLICK]),
            class: Class::None,
            personal_columns: BTreeSet::new(),
            bytes: Some(1_000_000_000_000),
            days: Some(30),
            cap_days: None,
        };
        Self::of(directory, facts, extension(90), LEE, LEE)
    }

    fn of(directory: Directory, facts: Facts, content: Content, requester: AssetId, filed_by: AssetId) -> Self {
        let now = "2026-11-23T07:03:00Z".parse().unwrap();
        let subject = Subject { asset: facts.asset, name: "clickstream.page_view".to_owned() };
        let reason = "재방문 코호트 분석".to_owned();
        let filing = (requester, filed_by);
        let request = Request::draft(2408, subject, filing, content, facts.clone(), reason, now);
        Self {
            directory,
            rules: Rules::shipped(),
            facts,
            calendar: Calendar::default(),
            past: Past::default(),
            is_held_by_law: false,
            now,
            request,
            history: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// The same, asked by somebody else, for something else.
    pub(super) fn asked_by(self, requester: AssetId, filed_by: AssetId, content: Content) -> Self {
        let Self { rules, past, .. } = self;
        Self { rules, past, ..Self::of(self.directory, self.facts, content, requester, filed_by) }
    }

    /// Personal data: 21 TB of it as well, so that three steps are asked.
    pub(super) fn personal(mut self) -> Self {
        self.facts.class = Class::Direct;
        self.facts.personal_columns = BTreeSet::from(["member_no".to_owned()]);
        self.facts.bytes = Some(21_000_000_000_000);
        self
    }

    pub(super) fn submitted(mut self) -> Self {
        let filer = self.request.filed_by;
        self.act(filer, Action::Submit).unwrap();
        self
    }

    pub(super) fn ground(&self) -> Ground<'_> {
        Ground {
            directory: &self.directory,
            rules: &self.rules,
            facts: &self.facts,
            calendar: &self.calendar,
            past: &self.past,
            is_held_by_law: self.is_held_by_law,
        }
    }

    /// Acts from the newest version, sees to what is due, and checks that all that must hold holds.
    pub(super) fn act(&mut self, person: AssetId, action: Action) -> Result<(), Refusal> {
        self.act_from(self.request.version, person, action)
    }

    pub(super) fn act_from(&mut self, version: i64, person: AssetId, action: Action) -> Result<(), Refusal> {
        let ground = self.ground();
        let decider = Decider { person, expects: Some(version), ground: &ground };
        let transition = decide(&self.request, action, &decider, self.now)?;
        self.take(transition);
        self.tick();
        Ok(())
    }

    pub(super) fn happen(&mut self, event: Event) -> Result<(), Refusal> {
        let transition = happen(&self.request, event, &self.ground(), self.now)?;
        self.take(transition);
        self.tick();
        Ok(())
    }

    /// Time passes, an hour at a time.
    pub(super) fn wait(&mut self, span: TimeDelta) {
        let until = self.now + span;
        while self.now < until {
            self.now = (self.now + TimeDelta::hours(1)).min(until);
            self.tick();
        }
    }

    /// All that is due, until nothing is.
    pub(super) fn tick(&mut self) {
        for _ in 0..20 {
            let Some(transition) = tick(&self.request, &self.ground(), self.now) else {
                self.check();
                return;
            };
            self.take(transition);
        }
        panic!("it never ends: {:?}", self.history.iter().map(|entry| entry.act).collect::<Vec<_>>());
    }

    pub(super) fn take(&mut self, transition: Transition) {
        self.request = transition.request;
        self.history.push(transition.entry);
        self.effects.extend(transition.effects);
    }

    fn check(&self) {
        let ground = self.ground();
        let Self { request, history, effects, .. } = self;
        let record = Record { request, history, effects, ground: &ground, is_fresh: false };
        assert_eq!(check(&World { records: vec![record], now: self.now }), []);
    }

    pub(super) fn word(&self) -> StateWord {
        self.request.state.word()
    }

    /// Those whom a step waits for, by name.
    pub(super) fn waits_for(&self, rule: &str) -> Vec<String> {
        let of = deciders(&self.request, &self.ground(), self.now);
        let step = of.into_iter().find(|(id, _)| id == rule).map(|(_, people)| people).unwrap_or_default();
        step.into_iter().map(|person| self.directory.name(person)).collect()
    }

    pub(super) fn acts(&self) -> Vec<Act> {
        self.history.iter().map(|entry| entry.act).collect()
    }

    pub(super) fn told(&self, notice: Notice) -> BTreeSet<AssetId> {
        let told = self.effects.iter().filter_map(|effect| match effect {
            Effect::Notify { whom, notice: of } if *of == notice => Some(whom.clone()),
            _ => None,
        });
        told.flatten().collect()
    }

    pub(super) fn count(&self, effect: &Effect) -> usize {
        self.effects.iter().filter(|one| *one == effect).count()
    }
}
