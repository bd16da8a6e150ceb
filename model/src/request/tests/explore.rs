//! Everything that four people, five leaps of time and four changes of the world around them can do to one request, to a
//! stated depth. A state is told from another by 128 bits of hash over all that decisions depend on.

use super::*;
use crate::Word;
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// Steps from the draft on.
const DEPTH: usize = 5;

/// Operator.
const THIRD: AssetId = AssetId(3);
/// Administrator, and the owner's delegate.
const FOURTH: AssetId = AssetId(4);
const FOUR: [AssetId; 4] = [LEE, PARK, THIRD, FOURTH];

/// When it is after each leap: a reminder, an escalation, the hold's end, the request's, the agreement's.
const LEAPS: [&str; 5] = [
    "2026-11-24T07:10:00Z",
    "2026-11-26T07:10:00Z",
    "2026-12-09T00:00:00Z",
    "2026-12-24T00:00:00Z",
    "2027-07-01T00:00:00Z",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum World {
    OwnerLeaves,
    RequesterOwns,
    Tagged,
    /// The delegate's account turns out to be the requester's.
    Merged,
}

const WORLD: [World; 4] = [World::OwnerLeaves, World::RequesterOwns, World::Tagged, World::Merged];

#[derive(Clone, Debug)]
enum Move {
    #[expect(dead_code, reason = "printed with the way to a violation")]
    By(AssetId, Act),
    Done(Event),
    Change(World),
    /// To one of [`LEAPS`], over those between.
    Leap(usize),
    Tick,
}

#[derive(Clone)]
struct Node {
    stage: Stage,
    leaps: usize,
    changed: BTreeSet<World>,
    /// The world is as it was when somebody acted last.
    is_fresh: bool,
}

fn start() -> Node {
    let mut stage = Stage::new();
    let human = |name: &str, roles: &[Role]| Human {
        name: name.to_owned(),
        is_active: true,
        roles: roles.iter().copied().collect(),
        ..Human::default()
    };
    stage.directory = Directory {
        people: [
            (LEE, human("requester", &[])),
            (PARK, human("owner", &[])),
            (THIRD, human("operator", &[Role::Operator])),
            (FOURTH, human("administrator", &[Role::Administrator])),
        ]
        .into(),
        owners: BTreeSet::from([PARK]),
        delegations: vec![Delegation {
            id: 1,
            giver: PARK,
            taker: FOURTH,
            from: "2026-11-23".parse().unwrap(),
            until: "2026-11-30".parse().unwrap(),
        }],
        ..Directory::default()
    };
    stage.facts.owners = BTreeSet::from([PARK]);
    stage.facts.bytes = Some(21_000_000_000_000);
    stage.rules.steps.retain(|rule| ["owner", "large"].contains(&rule.id.as_str()));
    stage.rules.steps[0].fallback = vec![Who::Operators];
    stage.rules.steps[1].distinct = true;
    stage.request.facts = stage.facts.clone();
    Node { stage, leaps: 0, changed: BTreeSet::new(), is_fresh: true }
}

/// One of every act, two of those that can mean two things.
fn acts_of_people(stage: &Stage) -> Vec<Action> {
    let text = || "x".to_owned();
    let hash = facts_hash(&stage.facts);
    let seen = || Some(hash.clone());
    let facts = || stage.facts.clone();
    vec![
        Action::Submit,
        Action::Edit { content: extension(100), facts: facts(), reason: text() },
        Action::Approve { seen: seen(), text: text() },
        Action::Decline { text: text() },
        Action::Counter { content: extension(60), facts: facts(), text: text() },
        Action::Counter { content: extension(40), facts: facts(), text: text() },
        Action::Accept { seen: seen(), text: text() },
        Action::Refuse { text: text() },
        Action::Ask { text: text() },
        Action::Answer { text: text() },
        Action::Withdraw { text: text() },
        Action::Override { seen: seen(), text: text() },
    ]
}

impl Node {
    /// What somebody's act makes of it.
    fn by(&self, transition: Transition) -> Self {
        let mut next = self.clone();
        next.stage.take(transition);
        next.is_fresh = true;
        next
    }

    /// What else makes of it.
    fn next(&self, step: &Move) -> Option<Self> {
        let mut next = self.clone();
        match step {
            Move::By(..) => return None,
            Move::Done(event) => {
                let done = happen(&self.stage.request, event.clone(), &self.stage.ground(), self.stage.now);
                next.stage.take(done.ok()?);
            }
            Move::Tick => next.stage.take(tick(&self.stage.request, &self.stage.ground(), self.stage.now)?),
            Move::Leap(to) => {
                next.stage.now = LEAPS[*to].parse().unwrap();
                next.leaps = to + 1;
            }
            Move::Change(world) => {
                if !next.changed.insert(*world) {
                    return None;
                }
                next.is_fresh = false;
                let Stage { directory, facts, .. } = &mut next.stage;
                match world {
                    World::OwnerLeaves => directory.people.get_mut(&PARK).unwrap().is_active = false,
                    World::RequesterOwns => {
                        directory.owners = BTreeSet::from([LEE]);
                        facts.owners = BTreeSet::from([LEE]);
                    }
                    World::Tagged => facts.class = Class::Direct,
                    World::Merged => drop(directory.merged.insert(FOURTH, LEE)),
                }
            }
        }
        Some(next)
    }

    /// All that the future depends on, and what must have happened once.
    fn key(&self) -> u128 {
        let stage = &self.stage;
        let mut request = stage.request.clone();
        (request.version, request.last) = (0, None);
        request.struck.clear();
        request.last_seen = request.last_seen.min(DateTime::UNIX_EPOCH);
        let counts =
            [&Effect::Apply, &Effect::Lapse, &Effect::Release, &Effect::Check].map(|effect| stage.count(effect));
        let mut hash = Digest([1_u64, 2].map(|seed| {
            let mut hasher = DefaultHasher::new();
            seed.hash(&mut hasher);
            hasher
        }));
        write!(hash, "{request:?} {counts:?} {} {:?}", self.leaps, self.changed).unwrap();
        let [a, b] = hash.0.map(|hasher| hasher.finish());
        u128::from(a) << 64 | u128::from(b)
    }
}

struct Digest([DefaultHasher; 2]);

impl Write for Digest {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.iter_mut().for_each(|hasher| hasher.write(text.as_bytes()));
        Ok(())
    }
}

/// How a node was come to.
struct Path {
    step: Move,
    before: Option<Rc<Path>>,
}

fn told(path: Option<&Rc<Path>>) -> String {
    path.map_or_else(String::new, |path| format!("{}\n{:?}", told(path.before.as_ref()), path.step))
}

#[test]
fn everything_that_can_happen_keeps_what_must_hold() {
    let mut seen: HashMap<u128, ()> = HashMap::new();
    let mut words: HashMap<StateWord, usize> = HashMap::new();
    let mut deciders: BTreeSet<&str> = BTreeSet::new();
    let (mut transitions, mut quiet) = (0_usize, 0_usize);
    let mut open: VecDeque<(Node, usize, Option<Rc<Path>>)> = VecDeque::from([(start(), 0, None)]);
    seen.insert(start().key(), ());
    while let Some((node, depth, path)) = open.pop_front() {
        let Node { stage, .. } = &node;
        *words.entry(stage.word()).or_default() += 1;
        deciders.extend(stage.request.state.grant().map(|grant| match grant.by {
            Decided::Votes(_) => "votes",
            Decided::Rule { .. } => "rule",
            Decided::Override { .. } => "override",
        }));
        let ground = stage.ground();
        let actions_of = acts_of_people(stage);
        let mut nexts: Vec<(Move, Node)> = Vec::new();
        for person in FOUR {
            let decider = Decider { person, expects: Some(stage.request.version), ground: &ground };
            let may = actions(&stage.request, &decider, stage.now);
            for action in &actions_of {
                let may = &may.iter().find(|(act, _)| *act == action.act()).unwrap().1;
                let is = decide(&stage.request, action.clone(), &decider, stage.now);
                // What a page offers is taken, and what it does not is refused for the reason that it shows.
                let agrees = match (may, &is) {
                    // Of what he fills in himself only he can know.
                    (Ok(()), Err(Refusal::NotLess)) => action.act() == Act::Counter,
                    (Ok(()), Err(Refusal::Wrong { .. })) => {
                        [Act::Submit, Act::Edit, Act::Counter].contains(&action.act())
                    }
                    (Ok(()), Ok(_)) => true,
                    (may, is) => may.as_ref().err() == is.as_ref().err(),
                };
                assert!(agrees, "{person} {action:?}: {may:?} but {is:?}{}", told(path.as_ref()));
                if let Ok(transition) = is
                    && depth < DEPTH
                {
                    nexts.push((Move::By(person, action.act()), node.by(transition)));
                }
            }
        }
        if tick(&stage.request, &ground, stage.now).is_none() {
            quiet += 1;
            let Stage { request, history, effects, .. } = stage;
            let record = Record { request, history, effects, ground: &ground, is_fresh: node.is_fresh };
            let wrong = check(&super::super::World { records: vec![record], now: stage.now });
            assert!(wrong.is_empty(), "{wrong:?}{}", told(path.as_ref()));
        }
        if depth == DEPTH {
            continue;
        }
        let events = [Event::Applied { days: Some(40) }, Event::Applied { days: Some(101) }, Event::Verified];
        let failed = Move::Done(Event::Failed { why: "x".to_owned() });
        let others = events.into_iter().map(Move::Done).chain([failed, Move::Tick]).chain(WORLD.map(Move::Change));
        for step in others.chain((node.leaps..LEAPS.len()).map(Move::Leap)) {
            nexts.extend(node.next(&step).map(|next| (step, next)));
        }
        for (step, next) in nexts {
            transitions += 1;
            if let std::collections::hash_map::Entry::Vacant(new) = seen.entry(next.key()) {
                new.insert(());
                open.push_back((next, depth + 1, Some(Rc::new(Path { step, before: path.clone() }))));
            }
        }
    }
    let mut counts: Vec<_> = words.iter().map(|(word, count)| (*word, *count)).collect();
    counts.sort();
    println!("{} states ({quiet} at rest), {transitions} transitions to depth {DEPTH}: {counts:?}", seen.len());
    // A guard that lets nothing through would keep everything: each state is come to, and each way of deciding.
    for word in StateWord::ALL {
        assert!(words.contains_key(word), "never {}", word.as_str());
    }
    assert_eq!(deciders, BTreeSet::from(["votes", "override"]));
}
