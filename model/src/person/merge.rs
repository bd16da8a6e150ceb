//! Which records are about the same person: by ordered keys, and where that is not certain it is a question.

use super::record::Record;
use crate::AssetId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// By what records of different sources are taken for one person's. A name is no key.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MergeKey {
    /// What stays through every employment.
    PersonKey,
    EmployeeNumber,
    /// Given to somebody else, once the one before has left.
    Login,
    Mail,
}

impl MergeKey {
    fn of(self, record: &Record) -> Option<String> {
        let value = match self {
            Self::PersonKey => &record.person_key,
            Self::EmployeeNumber => &record.employee_number,
            Self::Login => &record.login,
            Self::Mail => &record.mail,
        };
        value.as_ref().map(|value| value.to_lowercase())
    }

    /// A company gives it to one person, ever.
    fn is_stable(self) -> bool {
        matches!(self, Self::PersonKey | Self::EmployeeNumber)
    }
}

/// A record that looks for its person.
#[derive(Clone, Debug)]
pub struct Loose<'a> {
    /// Empty for a person whom nothing but his sign-in makes known.
    pub source: &'a str,
    pub record: &'a Record,
    /// Whose it was taken for last time.
    pub person: Option<AssetId>,
    /// It is of an employment or account that has ended.
    pub over: bool,
}

/// What somebody decided about a record and a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Of the records.
    pub record: usize,
    pub person: AssetId,
    pub same: bool,
}

/// Records by person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grouped {
    /// Indexes of the records of each person, and the person they had: `None` for a new one.
    pub people: Vec<(Option<AssetId>, Vec<usize>)>,
    /// Persons whose records are all another's now: the first became part of the second.
    pub joined: Vec<(AssetId, AssetId)>,
    pub questions: Vec<Question>,
}

/// Two groups of records that could be one person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub key: MergeKey,
    pub value: String,
    pub reason: QuestionReason,
    /// One record of each group, the oldest.
    pub records: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum QuestionReason {
    /// One of them has left: a rehire, or a login that was given to somebody else.
    Left,
    /// Their numbers differ.
    NumbersDiffer,
    /// More than two have it, or two of one source.
    Several,
}

/// Groups records by `keys`, the strongest first.
///
/// Records that were one person's stay so while any key connects them. A key that hits two people merges nobody.
pub fn merge(records: &[Loose<'_>], keys: &[MergeKey], decisions: &[Decision]) -> Grouped {
    let mut groups = Groups::new(records.len());
    let apart: BTreeSet<(usize, AssetId)> =
        decisions.iter().filter(|one| !one.same).map(|one| (one.record, one.person)).collect();
    stay_together(records, keys, &apart, &mut groups);
    for decision in decisions.iter().filter(|one| one.same) {
        let his = |(index, one): (usize, &Loose<'_>)| {
            one.person == Some(decision.person) && !apart.contains(&(index, decision.person))
        };
        if let Some(known) = records.iter().enumerate().position(his) {
            groups.join(known, decision.record);
        }
    }
    let kept: BTreeSet<AssetId> = apart.iter().map(|(_, person)| *person).collect();
    let mut known: HashMap<AssetId, Vec<usize>> = HashMap::new();
    for (index, one) in records.iter().enumerate() {
        let his = |person: &AssetId| kept.contains(person) && !apart.contains(&(index, *person));
        if let Some(person) = one.person.filter(his) {
            known.entry(person).or_default().push(index);
        }
    }
    let mut questions = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let mut by_value: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, one) in records.iter().enumerate() {
            if let Some(value) = key.of(one.record) {
                by_value.entry(value).or_default().push(index);
            }
        }
        for (value, having) in by_value {
            let roots: BTreeSet<usize> = having.iter().map(|index| groups.root(*index)).collect();
            if roots.len() < 2 || kept_apart(&known, &apart, &mut groups, &roots) {
                continue;
            }
            match doubt(records, *key, &keys[..place], &mut groups, &having, &roots) {
                None => having.windows(2).for_each(|pair| groups.join(pair[0], pair[1])),
                Some(reason) => questions.push(Question {
                    key: *key,
                    value,
                    reason,
                    records: roots
                        .iter()
                        .filter_map(|root| having.iter().copied().find(|index| groups.root(*index) == *root))
                        .collect(),
                }),
            }
        }
    }
    // What a weaker key could not tell, another may have told since.
    questions.retain(|question| {
        let roots: BTreeSet<usize> = question.records.iter().map(|index| groups.root(*index)).collect();
        roots.len() > 1
    });
    let mut asked = BTreeSet::new();
    questions.retain(|question| {
        let roots: BTreeSet<usize> = question.records.iter().map(|index| groups.root(*index)).collect();
        asked.insert(roots)
    });
    let (people, joined) = assign(records, &apart, &mut groups);
    Grouped { people, joined, questions }
}

/// Records of one person stay his while a key connects them: a login that is no more unique does not tear them apart.
fn stay_together(records: &[Loose<'_>], keys: &[MergeKey], apart: &BTreeSet<(usize, AssetId)>, groups: &mut Groups) {
    let mut known: HashMap<(AssetId, MergeKey, String), usize> = HashMap::new();
    for (index, one) in records.iter().enumerate() {
        let Some(person) = one.person.filter(|person| !apart.contains(&(index, *person))) else { continue };
        for key in keys {
            if let Some(value) = key.of(one.record) {
                let first = *known.entry((person, *key, value)).or_insert(index);
                groups.join(first, index);
            }
        }
    }
}

/// Whether somebody said that a record of one of these groups is not the person of another.
fn kept_apart(
    known: &HashMap<AssetId, Vec<usize>>,
    apart: &BTreeSet<(usize, AssetId)>,
    groups: &mut Groups,
    roots: &BTreeSet<usize>,
) -> bool {
    apart.iter().any(|(record, person)| {
        roots.contains(&groups.root(*record))
            && known.get(person).is_some_and(|records| records.iter().any(|one| roots.contains(&groups.root(*one))))
    })
}

/// Why these groups are not simply one person's.
fn doubt(
    records: &[Loose<'_>],
    key: MergeKey,
    stronger: &[MergeKey],
    groups: &mut Groups,
    having: &[usize],
    roots: &BTreeSet<usize>,
) -> Option<QuestionReason> {
    if key.is_stable() {
        // Whatever the stable key, one that is stronger still may say that they are two.
        return (roots.len() > 1 && differ(records, stronger, groups, having)).then_some(QuestionReason::NumbersDiffer);
    }
    if roots.len() > 2 {
        return Some(QuestionReason::Several);
    }
    if differ(records, stronger, groups, having) {
        let over = over_apart(records, groups, having, roots);
        return Some(if over { QuestionReason::Left } else { QuestionReason::NumbersDiffer });
    }
    if over_apart(records, groups, having, roots) {
        return Some(QuestionReason::Left);
    }
    // Two rows of one source that only share a login.
    let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
    for index in having {
        let root = groups.root(*index);
        if *sources.entry(records[*index].source).or_insert(root) != root {
            return Some(QuestionReason::Several);
        }
    }
    None
}

/// Whether the groups have values of a stronger key, and none in common.
fn differ(records: &[Loose<'_>], stronger: &[MergeKey], groups: &mut Groups, having: &[usize]) -> bool {
    stronger.iter().filter(|key| key.is_stable()).any(|key| {
        let mut values: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for index in having {
            if let Some(value) = key.of(records[*index].record) {
                values.entry(groups.root(*index)).or_default().insert(value);
            }
        }
        let mut sets = values.values();
        let Some(first) = sets.next() else { return false };
        sets.any(|set| set.is_disjoint(first))
    })
}

/// Whether one group is all over and another is not.
fn over_apart(records: &[Loose<'_>], groups: &mut Groups, having: &[usize], roots: &BTreeSet<usize>) -> bool {
    let live: BTreeSet<usize> =
        having.iter().filter(|index| !records[**index].over).map(|index| groups.root(*index)).collect();
    !live.is_empty() && live.len() < roots.len()
}

type People = Vec<(Option<AssetId>, Vec<usize>)>;

/// Gives each group the person that most of it had: the oldest of them; and tells whose records went to another. A record
/// that somebody said is not his has no say in it.
fn assign(
    records: &[Loose<'_>],
    apart: &BTreeSet<(usize, AssetId)>,
    groups: &mut Groups,
) -> (People, Vec<(AssetId, AssetId)>) {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..records.len() {
        members.entry(groups.root(index)).or_default().push(index);
    }
    let person_of = |index: &usize| records[*index].person.filter(|person| !apart.contains(&(*index, *person)));
    // A person whose records came apart goes with the first of them.
    let mut goes_with: BTreeMap<AssetId, usize> = BTreeMap::new();
    for (root, of) in &members {
        for person in of.iter().filter_map(person_of) {
            goes_with.entry(person).or_insert(*root);
        }
    }
    let mut people = Vec::with_capacity(members.len());
    let mut joined = Vec::new();
    for (root, of) in members {
        let had: BTreeSet<AssetId> = of.iter().filter_map(person_of).collect();
        let mut own = had.into_iter().filter(|person| goes_with.get(person) == Some(&root));
        let person = own.next();
        joined.extend(own.filter_map(|other| Some((other, person?))));
        people.push((person, of));
    }
    (people, joined)
}

/// Disjoint sets; the root is the smallest index, so that the same records give the same groups.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [MergeKey; 3] = [MergeKey::EmployeeNumber, MergeKey::Login, MergeKey::Mail];

    fn record(number: &str, login: &str, mail: &str) -> Record {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Record { employee_number: text(number), login: text(login), mail: text(mail), ..Record::default() }
    }

    fn loose<'a>(source: &'a str, record: &'a Record) -> Loose<'a> {
        Loose { source, record, person: None, over: false }
    }

    fn groups(grouped: &Grouped) -> Vec<Vec<usize>> {
        grouped.people.iter().map(|(_, records)| records.clone()).collect()
    }

    #[test]
    fn the_strongest_key_goes_first_and_weaker_ones_fill_in() {
        let [a, b, c] = [record("1", "kim", ""), record("1", "", "kim@x"), record("", "", "kim@x")];
        let grouped = merge(&[loose("hr", &a), loose("ldap", &b), loose("wiki", &c)], &KEYS, &[]);
        assert_eq!(groups(&grouped), [vec![0, 1, 2]]);
        assert_eq!(grouped.questions, []);
    }

    #[test]
    fn two_posts_of_one_number_are_one_person_and_two_with_one_login_are_a_question() {
        let [a, b] = [record("1", "kim", ""), record("1", "kim", "")];
        assert_eq!(groups(&merge(&[loose("hr", &a), loose("hr", &b)], &KEYS, &[])), [vec![0, 1]]);
        let [a, b] = [record("", "kim", ""), record("", "kim", "")];
        let grouped = merge(&[loose("hr", &a), loose("hr", &b)], &KEYS, &[]);
        assert_eq!(groups(&grouped), [vec![0], vec![1]]);
        assert_eq!(grouped.questions[0].reason, QuestionReason::Several);
    }

    #[test]
    fn a_login_that_was_given_to_somebody_else_merges_nobody() {
        let [old, new] = [record("1", "kim", "kim@x"), record("2", "kim", "kim@x")];
        let left = Loose { person: Some(AssetId(7)), over: true, ..loose("hr", &old) };
        let records = [left, loose("hr", &new)];
        let grouped = merge(&records, &KEYS, &[]);
        assert_eq!(grouped.people, [(Some(AssetId(7)), vec![0]), (None, vec![1])]);
        assert_eq!(grouped.questions.len(), 1, "asked once, though two keys hit");
        assert_eq!(grouped.questions[0].reason, QuestionReason::Left);
        // Somebody knows: it is the same, with a new number.
        let same = Decision { record: 1, person: AssetId(7), same: true };
        let grouped = merge(&records, &KEYS, &[same]);
        assert_eq!(grouped.people, [(Some(AssetId(7)), vec![0, 1])]);
        // Or another.
        let other = Decision { record: 1, person: AssetId(7), same: false };
        let grouped = merge(&records, &KEYS, &[other]);
        assert_eq!((grouped.people.len(), grouped.questions.len()), (2, 0));
    }

    #[test]
    fn a_record_that_was_parted_is_another_persons_whatever_was_said_before() {
        let [old, new, account] = [record("1", "kim", ""), record("2", "kim", ""), record("1", "kim1", "")];
        let his = |record| Loose { person: Some(AssetId(7)), ..loose("hr", record) };
        let records = [his(&old), his(&new), loose("ldap", &account)];
        let decided = |record, same| Decision { record, person: AssetId(7), same };
        let grouped = merge(&records, &KEYS, &[decided(1, true), decided(0, false)]);
        assert_eq!(grouped.people, [(None, vec![0, 2]), (Some(AssetId(7)), vec![1])]);
        assert_eq!(grouped.questions, []);
    }

    #[test]
    fn an_account_of_somebody_who_left_is_his_when_it_was_before() {
        let [hr, ldap] = [record("1", "kim", ""), record("", "kim", "")];
        let strange = [Loose { over: true, ..loose("hr", &hr) }, loose("ldap", &ldap)];
        assert_eq!(merge(&strange, &KEYS, &[]).people.len(), 2);
        let known = strange.map(|one| Loose { person: Some(AssetId(3)), ..one });
        assert_eq!(merge(&known, &KEYS, &[]).people, [(Some(AssetId(3)), vec![0, 1])]);
    }

    #[test]
    fn two_who_become_one_keep_the_older_and_come_apart_again() {
        let [a, mut b] = [record("1", "kim", ""), record("1", "", "")];
        let known = |person, one: Loose<'_>| -> Option<AssetId> { one.person.or(Some(AssetId(person))) };
        let records = [
            Loose { person: known(5, loose("hr", &a)), ..loose("hr", &a) },
            Loose { person: known(9, loose("ldap", &b)), ..loose("ldap", &b) },
        ];
        let grouped = merge(&records, &KEYS, &[]);
        assert_eq!(grouped.people, [(Some(AssetId(5)), vec![0, 1])]);
        assert_eq!(grouped.joined, [(AssetId(9), AssetId(5))]);
        b.employee_number = Some("2".to_owned());
        let records =
            [("hr", &a), ("ldap", &b)].map(|(source, r)| Loose { person: Some(AssetId(5)), ..loose(source, r) });
        assert_eq!(merge(&records, &KEYS, &[]).people, [(Some(AssetId(5)), vec![0]), (None, vec![1])]);
    }
}
