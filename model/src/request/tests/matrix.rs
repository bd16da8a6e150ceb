//! Who may do what in which state: the whole of it is one snapshot.

use super::*;
use crate::Word;

/// One of each state, under review in three ways.
fn stages() -> Vec<(&'static str, Stage)> {
    let filed = Stage::new().personal().submitted();
    let with = |change: &dyn Fn(&mut Stage)| {
        let mut stage = filed.clone();
        change(&mut stage);
        (stage.word().as_str(), stage)
    };
    let agree = |stage: &mut Stage| {
        for person in [PARK, PRIVACY, OPERATOR] {
            stage.act(person, approve()).unwrap();
        }
    };
    let applied = |stage: &mut Stage| {
        agree(stage);
        stage.happen(Event::Applied { days: Some(90) }).unwrap();
    };
    vec![
        ("draft", Stage::new()),
        with(&|stage| {
            stage.directory.people.get_mut(&PRIVACY).unwrap().is_active = false;
            stage.tick();
        }),
        with(&|_| ()),
        ("in_review, a question open", {
            let mut stage = filed.clone();
            stage.act(OPERATOR, Action::Ask { text: "압축본으로 될까요?".to_owned() }).unwrap();
            stage
        }),
        ("in_review, no personal data", Stage::new().submitted()),
        with(&|stage| {
            let facts = stage.facts.clone();
            stage.act(PARK, counter(extension(40), &facts)).unwrap();
        }),
        with(&agree),
        with(&applied),
        with(&|stage| {
            applied(stage);
            stage.happen(Event::Verified).unwrap();
        }),
        with(&|stage| {
            applied(stage);
            stage.now = "2027-07-01T00:00:00Z".parse().unwrap();
            stage.tick();
        }),
        with(&|stage| {
            agree(stage);
            stage.happen(Event::Failed { why: "x".to_owned() }).unwrap();
        }),
        with(&|stage| stage.act(PRIVACY, decline()).unwrap()),
        with(&|stage| stage.act(LEE, withdraw()).unwrap()),
        with(&|stage| stage.wait(TimeDelta::days(31))),
    ]
}

#[test]
fn the_matrix_is_as_agreed() {
    let people = [
        (LEE, "requester"),
        (PARK, "owner"),
        (CHOI, "owner's delegate"),
        (PRIVACY, "privacy officer"),
        (OPERATOR, "operator"),
        (ADMIN, "administrator"),
        (LEAD, "somebody"),
        (ROBOT, "service account"),
    ];
    let words: Vec<&str> = ACTS.iter().map(|act| act.as_str()).collect();
    let mut text = format!("{:<10} {:<17}{}\n", "state", "who", words.join(" "));
    let stages = stages();
    let states: BTreeSet<StateWord> = stages.iter().map(|(_, stage)| stage.word()).collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), StateWord::ALL);
    for (word, mut stage) in stages {
        text += &format!("\n{word}\n");
        // Park alone owns it now, and Choi stands in for him.
        stage.directory.owners = BTreeSet::from([PARK]);
        let (from, until) = ("2026-11-20".parse().unwrap(), "2026-12-31".parse().unwrap());
        stage.directory.delegations.push(Delegation { id: 1, giver: PARK, taker: CHOI, from, until });
        for (person, name) in people {
            let ground = stage.ground();
            let decider = Decider { person, expects: None, ground: &ground };
            let answers = actions(&stage.request, &decider, stage.now);
            let marks = answers.iter().map(|(act, answer)| {
                let mark = if answer.is_ok() { "x" } else { "." };
                format!("{mark:<width$}", width = act.as_str().len())
            });
            let line = format!("{:<10} {name:<17}{}", "", marks.collect::<Vec<_>>().join(" "));
            text += &format!("{}\n", line.trim_end());
        }
    }
    insta::assert_snapshot!("matrix", text);
}
