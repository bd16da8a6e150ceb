//! Dresses the best documents for display: texts, marks, matching columns and the reasons for their place.

use super::collect::Top;
use crate::search::Error;
use crate::search::index::doc::{StoredDoc, cut, decode};
use crate::search::index::schema::WordField;
use crate::search::index::snapshot::Snapshot;
use crate::search::query::marks::{Haystack, Needle, merged};
use crate::search::query::plan::{Clause, Plan};
use crate::search::rank::{self, Covered, Tier, Voice};
use chrono::{DateTime, Utc};
use reeve_model::asset::AssetKind;
use reeve_model::search::{Hit, MatchedColumn, SearchRequest, Sort, Why, WhyRule};
use tantivy::schema::Value;
use tantivy::{DocAddress, TantivyDocument};

/// Matching columns listed with a table.
const MOST_COLUMNS: usize = 5;
/// Longest description sent with a hit, in bytes.
const DESCRIPTION_SHOWN: usize = 600;

/// What all hits of an answer share.
pub(crate) struct Dresser<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) plan: &'a Plan,
    pub(crate) request: &'a SearchRequest,
    /// One hit per table, for its best matching column.
    pub(crate) only_columns: bool,
    /// The near spelling that was searched instead.
    pub(crate) near: Option<&'a str>,
}

impl Dresser<'_> {
    pub(crate) fn hit(&self, segment: usize, top: &Top) -> Result<Hit, Error> {
        let data = &self.snapshot.segments[segment];
        let attributes = &data.attributes[top.document as usize];
        let bits = attributes.bits;
        let stored = self.stored(segment, top.document)?;
        let time = |seconds: Option<i64>| seconds.and_then(|at| DateTime::<Utc>::from_timestamp(at, 0));
        let columns = self.columns(&stored);
        let column = columns.first().filter(|_| self.only_columns).cloned();
        let mut qualified_name = match bits.kind() {
            AssetKind::Database => stored.name.clone(),
            _ => format!("{}.{}", stored.database, stored.name),
        };
        let mut kind = bits.kind();
        if self.only_columns {
            kind = AssetKind::Column;
            let name = match &column {
                Some(column) => column.name.as_str(),
                // Filters alone: any column stands for its table.
                None => stored.columns.first().map_or("", |(name, _)| name),
            };
            qualified_name = format!("{qualified_name}.{name}");
        }
        let table_description = stored.description.as_deref().map(|text| cut(text, DESCRIPTION_SHOWN).to_owned());
        let description = match &column {
            Some(column) => column.comment.clone(),
            None => table_description,
        };
        let needles = || self.plan.clauses.iter().flat_map(|clause| &clause.needles);
        let (name_marks, _) = Haystack::new(&qualified_name).find(needles());
        let description_marks =
            description.as_deref().map(|text| Haystack::new(text).find(needles()).0).unwrap_or_default();
        let (tier, points) = self.standing(top, bits);
        let why = self.why(top, tier, bits, &stored, &columns);
        Ok(Hit {
            kind,
            qualified_name,
            source: stored.source,
            ambiguous: self.snapshot.is_ambiguous(attributes.database()),
            database: stored.database,
            table: (bits.kind() != AssetKind::Database).then_some(stored.name),
            description,
            score: rank::score(tier, points),
            why,
            columns: if self.only_columns { columns.into_iter().skip(1).collect() } else { columns },
            name_marks,
            description_marks,
            owner: stored.owner,
            owner_state: stored.owner_state,
            format: stored.format,
            size_bytes: data.size.first(top.document),
            partitioned: bits.partitioned(),
            created_at: time(data.created.first(top.document)),
            changed_at: time(data.changed.first(top.document)),
            tags: stored.tags,
            personal_data: stored.personal_data,
            certified: bits.certified(),
            deprecated: bits.deprecated(),
        })
    }

    fn stored(&self, segment: usize, document: u32) -> Result<StoredDoc, Error> {
        let address = DocAddress::new(segment as u32, document);
        let found: TantivyDocument = self.snapshot.searcher.doc(address)?;
        let bytes = found.get_first(self.snapshot.fields.stored).and_then(|value| value.as_bytes());
        bytes.and_then(decode).ok_or_else(|| Error::Damaged(format!("stored document {document} is unreadable")))
    }

    /// The tier and points that ordered the hit; under another order than relevance, what they would say.
    fn standing(&self, top: &Top, bits: crate::search::index::schema::Bits) -> (Tier, f32) {
        if self.request.sort == Sort::Relevance {
            return rank::unkey(top.key);
        }
        let points: f32 = top.codes.chunks_exact(2).map(|codes| word_points(codes) / self.words()).sum();
        (Tier::Words, points + rank::quality(bits))
    }

    fn words(&self) -> f32 {
        self.plan.clauses.len().max(1) as f32
    }

    /// Columns with a word of the query, best first: those with more of its words, then names before comments.
    fn columns(&self, stored: &StoredDoc) -> Vec<MatchedColumn> {
        let mut found: Vec<(u32, usize, MatchedColumn)> = Vec::new();
        for (at, (name, comment)) in stored.columns.iter().enumerate() {
            let (mut worth, mut name_marks, mut comment_marks) = (0, Vec::new(), Vec::new());
            let (named, said) = (Haystack::new(name), comment.as_deref().map(Haystack::new));
            for clause in &self.plan.clauses {
                let (in_name, of_name) = named.find(clause.needles.iter());
                let in_comment = said.as_ref().map(|text| text.find(clause.needles.iter()));
                let typed = |found: &[bool]| {
                    found.iter().zip(&clause.needles).any(|(found, (voice, _))| *found && *voice != Voice::Synonym)
                };
                let for_name = if typed(&of_name) {
                    40
                } else if !in_name.is_empty() {
                    12
                } else {
                    0
                };
                let for_comment = match &in_comment {
                    Some((_, found)) if typed(found) => 20,
                    Some((marks, _)) if !marks.is_empty() => 8,
                    _ => 0,
                };
                let for_whole = if for_name == 40 && named.is_whole(&clause.needles) { 30 } else { 0 };
                worth += for_name + for_comment + for_whole;
                name_marks.extend(in_name);
                comment_marks.extend(in_comment.map(|(marks, _)| marks).unwrap_or_default());
            }
            if worth > 0 {
                name_marks = merged(name_marks);
                comment_marks = merged(comment_marks);
                let column = MatchedColumn { name: name.clone(), comment: comment.clone(), name_marks, comment_marks };
                found.push((worth, at, column));
            }
        }
        found.sort_by_key(|(worth, at, _)| (std::cmp::Reverse(*worth), *at));
        found.into_iter().take(MOST_COLUMNS).map(|(.., column)| column).collect()
    }

    fn why(
        &self,
        top: &Top,
        tier: Tier,
        bits: crate::search::index::schema::Bits,
        stored: &StoredDoc,
        columns: &[MatchedColumn],
    ) -> Vec<Why> {
        let mut why: Vec<Why> = Vec::new();
        let mut say = |rule: WhyRule, detail: Option<String>, points: f32| {
            let contribution = self.request.explain.then_some(points);
            why.push(Why { rule, detail, contribution });
        };
        let tier_points = rank::score(tier, 0.0);
        let letter = if top.letter { rank::TO_THE_LETTER } else { 0.0 };
        match tier {
            _ if self.near.is_some() => say(WhyRule::Fuzzy, self.near.map(str::to_owned), tier_points + letter),
            Tier::ExactQualifiedName => say(
                WhyRule::ExactQualifiedName,
                Some(format!("{}.{}", stored.database, stored.name)),
                tier_points + letter,
            ),
            Tier::ExactName if self.only_columns => {
                say(WhyRule::ExactName, columns.first().map(|column| column.name.clone()), tier_points);
            }
            Tier::ExactName => say(WhyRule::ExactName, Some(stored.name.clone()), tier_points + letter),
            Tier::NamePrefix => say(WhyRule::NamePrefix, Some(stored.name.clone()), tier_points),
            Tier::Words | Tier::Near => {}
        }
        // Below the tiers of names, every word has its share in the tier that all of them together earn.
        let share_of_tier = match tier {
            Tier::Words | Tier::Near if self.near.is_none() => tier_points / self.words(),
            _ => 0.0,
        };
        // An exact name says it all; what else matches decides nothing between namesakes.
        let clauses: &[Clause] = if tier.is_exact() && !self.only_columns { &[] } else { self.plan.clauses.as_slice() };
        for (clause, codes) in clauses.iter().zip(top.codes.chunks_exact(2)) {
            let [typed, synonym] = rank::shares(codes);
            let mut of_tier = share_of_tier;
            for (code, share) in [(codes[0], typed), (codes[1], synonym)].into_iter().filter(|(code, _)| *code != 0) {
                let level = rank::level(code);
                let detail = detail(level, &clause.label, &clause.needles, stored, columns);
                say(level.rule(), Some(detail), of_tier + f32::from(level.points) * share / self.words());
                of_tier = 0.0;
            }
        }
        // How well the name or the description fits as a whole: only numbers, so only for who asks for them.
        if self.request.explain && !clauses.is_empty() && self.request.sort == Sort::Relevance {
            let covered = rank::covered(&top.codes);
            let whole = rank::coverage(covered, self.plan.clauses.len(), self.plan.letters(), bits);
            let whole_rule = match covered {
                Covered::Description => WhyRule::Description,
                _ => WhyRule::NameWord,
            };
            if whole > 0.0 {
                say(whole_rule, Some(self.request.q.trim().to_owned()), whole);
            }
            if top.beside != 0 {
                say(WhyRule::NameWord, Some(self.request.q.trim().to_owned()), rank::beside(top.beside));
            }
        }
        if self.plan.clauses.is_empty() {
            say(WhyRule::Filter, None, share_of_tier);
        }
        if bits.usage() > 0 {
            say(WhyRule::Used, Some(bits.usage().to_string()), rank::used(bits));
        }
        if bits.has_owner() {
            say(WhyRule::HasOwner, stored.owner.clone(), rank::owned(bits));
        }
        if bits.has_description() {
            say(WhyRule::HasDescription, None, rank::described(bits));
        }
        if bits.deprecated() {
            say(WhyRule::Deprecated, None, rank::deprecated(bits));
        }
        why
    }
}

fn word_points(codes: &[u8]) -> f32 {
    let points = |code: u8| f32::from(rank::level(code).points);
    let [typed, synonym] = rank::shares(codes);
    points(codes[0]) * typed + points(codes[1]) * synonym
}

/// What of the asset a word matched: the column, the owner, the database, the other word, or else the word itself.
fn detail(
    level: &rank::Level,
    label: &str,
    needles: &[(Voice, Needle)],
    stored: &StoredDoc,
    columns: &[MatchedColumn],
) -> String {
    if level.voice != Voice::Plain {
        let text = match level.field {
            WordField::Name => Some(stored.name.as_str()),
            WordField::Database => Some(stored.database.as_str()),
            WordField::Owner => stored.owner.as_deref(),
            WordField::Description => stored.description.as_deref(),
            WordField::Column => None,
            WordField::Comment => None,
        };
        let own = || needles.iter().filter(|(voice, _)| *voice == level.voice);
        let texts = text
            .into_iter()
            .chain(columns.iter().flat_map(|c| [Some(c.name.as_str()), c.comment.as_deref()]).flatten());
        for text in texts {
            if let Some(mark) = Haystack::new(text).find(own()).0.first() {
                return text[mark.start..mark.end].to_owned();
            }
        }
        return label.to_owned();
    }
    let column = |found: &dyn Fn(&MatchedColumn) -> bool| {
        columns.iter().find(|column| found(column)).map(|column| column.name.clone())
    };
    let found = match level.field {
        WordField::Column => column(&|column| !Haystack::new(&column.name).find(needles.iter()).0.is_empty()),
        WordField::Comment => column(&|column| !column.comment_marks.is_empty()),
        WordField::Owner => stored.owner.clone(),
        WordField::Database => Some(stored.database.clone()),
        WordField::Name | WordField::Description => None,
    };
    found.unwrap_or_else(|| label.to_owned())
}
