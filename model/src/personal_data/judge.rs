//! From the words of a name or a comment to what the column is. Both languages put last what it is: a customer's phone
//! number is a number, and whether he agreed to be phoned is a yes or no.

use super::sense::Ending;
use super::sense::Sense::{self, *};
use super::{Class, Finding, korean, latin, why};

const NO_VALUE: Finding = why(Class::None, "끝말이 값이 아님을 말함", "the last word says that it is no such value");
pub(super) const OF_A_THING: Finding = why(Class::None, "사람이 아닌 대상의 정보", "of a thing, not of a person");
const OF_MANY: Finding = why(Class::None, "여러 사람을 합친 값", "taken over many people");
/// The words are known, and none is about anybody.
pub(super) const OF_NOBODY: Finding =
    why(Class::None, "설명이 사람에 대한 것이 아님", "nothing that it says is about a person");
/// Somebody, and nothing else is said: the name of the column may say what.
pub(super) const SOMEBODY: Finding = why(Class::Direct, "역할로 부르는 사람의 이름", "name of a person by his role");

const PLACES: &[&str] = &[
    "shop",
    "shp",
    "store",
    "stor",
    "branch",
    "brnch",
    "center",
    "centre",
    "company",
    "cmpny",
    "corp",
    "hospital",
    "hsptl",
    "school",
    "warehouse",
    "wh",
    "bank",
    "dept",
    "hotel",
    "office",
    "partner",
    "prtnr",
    "vendor",
    "vndr",
    "supplier",
    "splr",
    "org",
    "building",
    "bldg",
    "facility",
    "plant",
    "factory",
    "academy",
    "clinic",
    "mart",
    "restaurant",
    "agency",
    "institution",
    "merchant",
    "brand",
    "매장",
    "점포",
    "창고",
    "회사",
    "병원",
    "학교",
    "지점",
    "거래처",
];
const MACHINES: &[&str] = &[
    "server",
    "srvr",
    "svr",
    "host",
    "sensor",
    "network",
    "equipment",
    "equip",
    "batch",
    "infra",
    "inventory",
    "router",
    "gateway",
    "iot",
    "node",
    "cluster",
    "machine",
    "asset",
    "서버",
    "장비",
];
const GOODS: &[&str] =
    &["product", "prd", "prod", "goods", "gds", "item", "itm", "category", "ctgr", "sku", "상품", "제품"];
const COUNTED: &[&str] = &[
    "stat",
    "stats",
    "statistics",
    "agg",
    "aggr",
    "summary",
    "smry",
    "sum",
    "demo",
    "cube",
    "mart_stat",
    "kpi",
    "통계",
    "집계",
];
const MEDICAL: &[&str] = &[
    "patient",
    "ptnt",
    "hospital",
    "hsptl",
    "clinic",
    "medical",
    "mdcl",
    "visit",
    "health",
    "hlth",
    "exam",
    "lab",
    "ehr",
    "emr",
    "diagnosis",
    "prescription",
    "환자",
    "진료",
    "건강",
];
const SERVICE: &[&str] = &[
    "review",
    "inquiry",
    "inqry",
    "qna",
    "cs",
    "consult",
    "cnslt",
    "counsel",
    "voc",
    "chat",
    "ticket",
    "survey",
    "complaint",
    "claim",
    "feedback",
    "call",
    "crm",
    "리뷰",
    "문의",
    "상담",
];
const CODES: &[&str] = &["code", "cd", "cmmn", "dict", "dictionary", "meta", "lookup"];

/// What the table says of its columns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Table {
    is_of_people: bool,
    is_of_places: bool,
    is_of_machines: bool,
    is_of_goods: bool,
    is_counted: bool,
    is_medical: bool,
    is_service: bool,
    is_of_codes: bool,
}

impl Table {
    pub(super) fn of(name: &str) -> Self {
        let name = name.rsplit('.').next().unwrap_or(name);
        let words = latin::words(name);
        let is_korean = korean::is_korean(name);
        let has = |list: &[&str]| {
            words.iter().any(|word| list.contains(&word.as_str()))
                || (is_korean && list.iter().any(|word| korean::is_korean(word) && name.contains(word)))
        };
        let senses = if korean::is_korean(name) { korean::senses(name) } else { latin::senses(name) };
        Self {
            is_of_people: senses.iter().flatten().any(|sense| sense.is_person()),
            is_of_places: has(PLACES),
            is_of_machines: has(MACHINES),
            is_of_goods: has(GOODS),
            is_counted: has(COUNTED),
            is_medical: has(MEDICAL),
            is_service: has(SERVICE),
            is_of_codes: has(CODES),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Person,
    Thing,
}

/// Judges words; `around` are those of the name, where these are the comment's. `None`: they say nothing.
pub(super) fn judge(words: &[Option<Sense>], around: &[Option<Sense>], table: Table) -> Option<Finding> {
    let has = |sense: Sense| words.contains(&Some(sense));
    let known = || words.iter().flatten().copied();
    if has(Law) {
        return Some(if table.is_of_codes || table.is_counted { OF_MANY } else { Law.finding()? });
    }
    let end = words.iter().rposition(|word| *word != Some(Modifier))? + 1;
    let (before, head) = (&words[..end - 1], words[end - 1]);
    let judged = Judged { before, around, table, is_statistic: has(Statistic) };
    let is_personal = known().any(|sense| sense.is_attribute() || sense.is_person());
    match head {
        None => {
            // What an unknown word adds to these does not make them anything else.
            let strong = known().find(|sense| matches!(sense, Unique | Card | Account | Password | Biometric | Masked));
            strong.and_then(Sense::finding)
        }
        Some(Ending(ending)) => judged.ended(ending, is_personal),
        _ if has(Mask) => {
            let kept = known().find(|sense| matches!(sense, Password | Biometric));
            Some(match kept.and_then(Sense::finding) {
                Some(finding) => finding,
                None if is_personal => Masked.finding()?,
                None => OF_NOBODY,
            })
        }
        Some(Thing) => Some(OF_A_THING),
        Some(Statistic) => Some(OF_MANY),
        Some(Number | Id) => judged.key(head == Some(Number)),
        Some(Named) => Some(SOMEBODY),
        Some(User) => Key.finding(),
        Some(sense) => judged.attribute(sense),
    }
}

/// What stands before a word, and around the whole.
struct Judged<'a> {
    before: &'a [Option<Sense>],
    around: &'a [Option<Sense>],
    table: Table,
    is_statistic: bool,
}

impl Judged<'_> {
    /// Whose it is, by the nearest word that says so.
    fn subject(&self) -> Option<Subject> {
        subject(self.before).or_else(|| subject(self.around))
    }

    /// The word right before, without those that change nothing.
    fn neighbour(&self) -> Option<Option<Sense>> {
        self.before.iter().rev().find(|word| **word != Some(Modifier)).copied()
    }

    fn ended(&self, ending: Ending, is_personal: bool) -> Option<Finding> {
        let at = self.before.iter().rposition(|word| word.is_some_and(Sense::is_attribute));
        if let Some(at) = at
            && let Some(sense) = self.before[at].filter(|sense| sense.survives(ending))
            && !self.before[at..].contains(&Some(Thing))
        {
            let earlier = Judged { before: &self.before[..at], ..*self };
            return earlier.attribute(sense);
        }
        Some(if is_personal { NO_VALUE } else { OF_NOBODY })
    }

    /// A number or an id: of what stands before it.
    fn key(&self, is_number: bool) -> Option<Finding> {
        match self.neighbour() {
            Some(Some(Number | Id)) | None => self.table.is_of_people.then_some(Key.finding()).flatten(),
            Some(Some(sense)) if sense.is_person() => Key.finding(),
            Some(Some(Thing)) => Some(OF_A_THING),
            Some(Some(sense)) => {
                let of_number = matches!(
                    sense,
                    Unique
                        | Account
                        | Card
                        | Password
                        | Ci
                        | Phone
                        | Area
                        | Plate
                        | Tracking
                        | Customs
                        | Key
                        | Masked
                        | Ip
                        | Device
                );
                let of_id = matches!(sense, Unique | Login | Device | Ci | Customs | Key | Mail | Nick | Ip);
                if (is_number && of_number) || (!is_number && of_id) {
                    let at = self.before.iter().rposition(|word| *word == Some(sense))?;
                    return Judged { before: &self.before[..at], ..*self }.attribute(sense);
                }
                Some(OF_NOBODY)
            }
            Some(None) => None,
        }
    }

    fn attribute(&self, sense: Sense) -> Option<Finding> {
        let subject = self.subject();
        let is_of_thing = subject == Some(Subject::Thing);
        let is_of_person = subject == Some(Subject::Person) || (subject.is_none() && self.table.is_of_people);
        let neighbour = self.neighbour();
        match sense {
            Name => match neighbour {
                Some(Some(sense)) if sense.is_person() => FullName.finding(),
                // The name of a value: of a nationality, of a disease.
                Some(Some(Trait | Area | Age)) => {
                    let at = self.before.iter().rposition(|word| matches!(word, Some(Trait | Area | Age)))?;
                    Judged { before: &self.before[..at], ..*self }.attribute(self.before[at]?)
                }
                Some(Some(_)) => Some(OF_A_THING),
                Some(None) => None,
                None if is_of_person => FullName.finding(),
                None => Some(OF_A_THING),
            },
            FullName if neighbour == Some(Some(Thing)) => Some(OF_A_THING),
            Picture => Some(if is_of_person { Photo.finding()? } else { OF_A_THING }),
            AnyText => Some(if is_of_person || (subject.is_none() && self.table.is_service) {
                Text.finding()?
            } else {
                OF_NOBODY
            }),
            Address if matches!(neighbour, Some(Some(Ip | Mail))) => {
                let at = self.before.iter().rposition(|word| matches!(word, Some(Ip | Mail)))?;
                Judged { before: &self.before[..at], ..*self }.attribute(self.before[at]?)
            }
            Phone | Mail | Address | Area => {
                let is_of_place = subject.is_none() && self.table.is_of_places && !self.table.is_of_people;
                Some(if is_of_thing || is_of_place { OF_A_THING } else { sense.finding()? })
            }
            Location => Some(if is_of_person { sense.finding()? } else { OF_A_THING }),
            Ip | Device => {
                let is_machines = subject != Some(Subject::Person) && self.table.is_of_machines;
                Some(if self.is_statistic {
                    OF_MANY
                } else if is_of_thing || is_machines {
                    OF_A_THING
                } else {
                    sense.finding()?
                })
            }
            Ci if self.is_statistic || is_of_thing || self.table.is_counted => Some(OF_NOBODY),
            Age | Trait | Income | Body => {
                let is_of_goods = subject.is_none() && self.table.is_of_goods && !self.table.is_of_people;
                if self.is_statistic || self.table.is_counted {
                    return Some(OF_MANY);
                }
                if is_of_thing || is_of_goods {
                    return Some(OF_A_THING);
                }
                if sense == Age && neighbour == Some(None) {
                    return None;
                }
                if sense == Body && self.table.is_medical { Law.finding() } else { sense.finding() }
            }
            Birth if is_of_thing => Some(OF_A_THING),
            _ => sense.finding(),
        }
    }
}

fn subject(words: &[Option<Sense>]) -> Option<Subject> {
    words.iter().rev().flatten().find_map(|sense| match sense {
        User | Named | FullName | Key => Some(Subject::Person),
        Thing => Some(Subject::Thing),
        _ => None,
    })
}
