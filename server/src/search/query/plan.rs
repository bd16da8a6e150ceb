//! From a query to what is looked up: for each word the ways in which it may match, as terms and ranges of terms.
//!
//! What a query may cost is settled here: how many words, and how many ways for each. Repeated words count once.

use super::marks::Needle;
use super::synonyms::Synonyms;
use crate::search::analysis::words::{Piece, Script, composed, pieces, script};
use crate::search::analysis::{hangul, keyboard, tokens};
use crate::search::index::schema::WordField;
use crate::search::rank::{Extent, Voice};
use reeve_model::query::{Filter, Query, What};
use std::collections::BTreeSet;

/// What a query asks of the words of a document. Every clause must match somewhere.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) clauses: Vec<Clause>,
    /// A document that one of these matches is out.
    pub(crate) excluded: Vec<Clause>,
    /// What adds points if it is there: words of the query side by side, or what a compound is about in the very name.
    pub(crate) beside: Vec<Alt>,
    /// The plain words as typed, which may be a name; empty if there are none.
    pub(crate) name: String,
    /// Whether there is nothing but plain words, so that a matching name alone makes a hit.
    pub(crate) plain: bool,
    /// Tables that the text names in another way, as database and name: hits whatever their words are.
    pub(crate) named: Vec<(String, String)>,
    /// Whether it asks for something that no asset can have: `???`.
    pub(crate) impossible: bool,
    /// Where in the query the words stand that are too many.
    pub(crate) beyond: Option<(usize, usize)>,
}

impl Plan {
    /// Whether there is anything to find.
    pub(crate) fn is_possible(&self) -> bool {
        !self.impossible || !self.named.is_empty()
    }

    /// The clauses that must match whatever else is left out, as bits.
    pub(crate) fn required(&self) -> u32 {
        let bits = self.clauses.iter().enumerate().filter(|(_, clause)| clause.required);
        bits.fold(0, |bits, (at, _)| bits | 1 << at)
    }

    /// Leaves out the clauses whose bit is not in `kept`; answers their words.
    pub(crate) fn keep(&mut self, kept: u32) -> Vec<String> {
        let mut left_out = Vec::new();
        let mut at = 0;
        self.clauses.retain(|clause| {
            let keeps = kept & 1 << at != 0;
            at += 1;
            if !keeps {
                left_out.push(clause.label.clone());
            }
            keeps
        });
        let labels: Vec<&str> = self.clauses.iter().map(|clause| clause.label.as_str()).collect();
        self.name = labels.join(" ");
        left_out
    }

    /// Letters and digits in the words searched.
    pub(crate) fn letters(&self) -> usize {
        self.clauses.iter().flat_map(|clause| clause.label.chars()).filter(|c| c.is_alphanumeric()).count()
    }
}

/// One word, phrase or column filter.
#[derive(Debug)]
pub(crate) struct Clause {
    /// The word, for explanations.
    pub(crate) label: String,
    /// Asked for by a quotation or a filter, so that it is never left out.
    pub(crate) required: bool,
    /// Any of them will do; the best in points counts.
    pub(crate) alts: Vec<Alt>,
    /// What to mark in the texts shown.
    pub(crate) needles: Vec<(Voice, Needle)>,
}

/// One way to match: in one field, some term of each group.
#[derive(Clone, Debug)]
pub(crate) struct Alt {
    pub(crate) voice: Voice,
    pub(crate) extent: Extent,
    pub(crate) groups: Vec<Vec<Lookup>>,
    pub(crate) fields: &'static [WordField],
    /// What the word was taken for, where that is another word.
    pub(crate) reading: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Lookup {
    Term(String),
    /// From the first up to but not including the second.
    Range(String, String),
}

const EVERYWHERE: &[WordField] = &WordField::ALL;
const NAME: &[WordField] = &[WordField::Name];
const DATABASE: &[WordField] = &[WordField::Database];
const NAMES: &[WordField] = &[WordField::Name, WordField::Database];
const NAMES_AND_COLUMNS: &[WordField] = &[WordField::Name, WordField::Database, WordField::Column];
const COLUMN: &[WordField] = &[WordField::Column];

/// Different words searched for; more are told and left out. Each costs, and nobody types so many.
pub(crate) const MOST_WORDS: usize = 16;
/// Words of the query looked at side by side.
const MOST_NEIGHBOURS: usize = 2 * MOST_WORDS;
/// Ways for one word to match; every one is looked up in up to six fields.
const MOST_ALTERNATIVES: usize = 64;
/// Terms that must all be there for one way to match.
const MOST_GROUPS: usize = 96;
/// Synonyms of one word; a list of ones own may have groups of any size.
const MOST_SYNONYMS: usize = 24;

/// Plans a query.
pub(crate) fn plan(query: &Query, synonyms: &Synonyms) -> Plan {
    let mut plan = Plan { plain: true, ..Plan::default() };
    let last_word = query.terms.iter().rposition(|term| !term.negated && matches!(term.what, What::Word(_)));
    let mut seen = Seen::default();
    let mut chunks = 0;
    let mut asks = false;
    for (at, term) in query.terms.iter().enumerate() {
        match &term.what {
            What::Word(text) | What::Phrase(text) if term.negated => {
                push_new(&mut plan.excluded, phrase(text, EVERYWHERE));
            }
            What::Filter(Filter::Column(text)) if term.negated => {
                push_new(&mut plan.excluded, phrase(text, COLUMN));
            }
            What::Word(text) => {
                asks = true;
                push_word(&mut plan.name, text);
                chunks += 1;
                words(text, Some(at) == last_word, synonyms, &mut plan.clauses, &mut seen);
            }
            What::Phrase(text) => {
                asks = true;
                push_word(&mut plan.name, text);
                plan.plain = false;
                push_new(&mut plan.clauses, phrase(text, EVERYWHERE));
            }
            What::Filter(Filter::Column(text)) => {
                plan.plain = false;
                let column = column(text);
                // No column is called `???`.
                plan.impossible |= column.is_none();
                push_new(&mut plan.clauses, column);
            }
            What::Filter(_) => {}
        }
        if plan.clauses.len() > MOST_WORDS || seen.beyond {
            plan.clauses.truncate(MOST_WORDS);
            plan.beyond.get_or_insert((term.start, term.end));
            seen.beyond = false;
        }
    }
    plan.impossible |= asks && plan.clauses.is_empty();
    seen.pieces.retain(|(_, clause)| *clause < plan.clauses.len());
    join_neighbours(&mut plan, &seen.pieces);
    for (piece, _) in &seen.pieces {
        plan.beside.extend(subject(&piece.text, synonyms));
    }
    if chunks > 1 && plan.beyond.is_none() && seen.pieces.len() < MOST_NEIGHBOURS {
        let whole: String = seen.pieces.iter().map(|(piece, _)| piece.text.as_str()).collect();
        for clause in seen.pieces.iter().map(|(_, clause)| *clause).collect::<BTreeSet<_>>() {
            plan.clauses[clause].alts.push(whole_column(&whole));
        }
    }
    plan
}

/// The words met so far, with their clauses.
#[derive(Default)]
struct Seen {
    pieces: Vec<(Piece, usize)>,
    /// There was a word more than there may be.
    beyond: bool,
}

/// What is asked for twice is looked up once.
fn push_new(clauses: &mut Vec<Clause>, clause: Option<Clause>) {
    let Some(clause) = clause else { return };
    let sort = |of: &Clause| (of.required, of.alts.len(), of.alts.first().map(|alt| alt.fields));
    let is_same = |known: &Clause| known.label == clause.label && sort(known) == sort(&clause);
    if !clauses.iter().any(is_same) {
        clauses.push(clause);
    }
}

fn push_word(name: &mut String, word: &str) {
    if !name.is_empty() {
        name.push(' ');
    }
    name.push_str(word);
}

/// The clauses of one run of text without white space, one for each of its words that is new.
fn words(text: &str, last: bool, synonyms: &Synonyms, clauses: &mut Vec<Clause>, seen: &mut Seen) {
    let text = composed(text);
    let pieces = pieces(&text);
    let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    // The clause of each piece; behind the most there is none.
    let mut clause_of = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        let typing = last && at + 1 == pieces.len();
        let known = clauses.iter().position(|clause| !clause.required && clause.label == piece.text);
        let number = match known {
            Some(number) => {
                if typing {
                    let again = word(piece, true, synonyms);
                    clauses[number].alts = again.alts;
                    clauses[number].needles = again.needles;
                }
                number
            }
            None if clauses.len() >= MOST_WORDS => {
                seen.beyond = true;
                break;
            }
            None => {
                clauses.push(word(piece, typing, synonyms));
                clauses.len() - 1
            }
        };
        if clauses[number].alts.len() < MOST_ALTERNATIVES {
            clauses[number].alts.push(whole_column(&whole));
        }
        if seen.pieces.len() < MOST_NEIGHBOURS {
            seen.pieces.push((piece.clone(), number));
        }
        clause_of.push(number);
    }
    let pieces = &pieces[..clause_of.len()];
    // The other layout is tried on letters as typed, before they were split by case: shift types letters of its own.
    let mut at = 0;
    while at < pieces.len() {
        let glued = |i: &usize| pieces[*i].script == Script::Alphabet && pieces[*i].end == pieces[i + 1].start;
        let end = at + (at..pieces.len() - 1).take_while(glued).count() + 1;
        let typed = &text[pieces[at].start..pieces[end - 1].end];
        if pieces[at].script == Script::Alphabet
            && typed.len() >= 4
            && let Some(meant) = keyboard::to_hangul(typed).filter(|meant| meant.chars().count() >= 2)
        {
            let (alts, needles) = hangul_word(&meant, true, Voice::Keyboard);
            for number in &clause_of[at..end] {
                let clause = &mut clauses[*number];
                if clause.alts.len() < MOST_ALTERNATIVES {
                    let readings = alts.iter().cloned().map(|alt| Alt { reading: Some(meant.clone()), ..alt });
                    clause.alts.extend(readings);
                    clause.needles.extend(needles.iter().cloned());
                }
            }
        }
        at = end;
    }
}

fn word(piece: &Piece, last: bool, synonyms: &Synonyms) -> Clause {
    let text = &piece.text;
    let (mut alts, mut needles) = match piece.script {
        Script::Hangul => hangul_word(text, last, Voice::Plain),
        Script::Cjk => cjk_word(text),
        _ => latin_word(text, piece.script, Voice::Plain),
    };
    if piece.script == Script::Hangul {
        if let Some(stem) = hangul::without_particle(text) {
            let (stem_alts, stem_needles) = hangul_word(stem, false, Voice::Plain);
            alts.extend(stem_alts);
            needles.extend(stem_needles);
            with_synonyms(stem, synonyms, &mut alts, &mut needles);
        }
        if let Some(keys) = keyboard::to_latin(text).filter(|keys| keys.len() >= 3) {
            let keys = keys.to_lowercase();
            let (mut other, other_needles) = latin_word(&keys, Script::Alphabet, Voice::Keyboard);
            // Whole syllables are hardly ever Latin begun in the wrong layout; then only the finished word counts.
            if text.chars().all(hangul::is_syllable) {
                other.retain(|alt| alt.extent != Extent::Prefix);
            }
            alts.extend(other.into_iter().map(|alt| Alt { reading: Some(keys.clone()), ..alt }));
            needles.extend(other_needles);
        }
    }
    with_synonyms(text, synonyms, &mut alts, &mut needles);
    Clause { label: text.clone(), required: false, alts, needles }
}

fn latin_word(word: &str, script: Script, voice: Voice) -> (Vec<Alt>, Vec<(Voice, Needle)>) {
    let length = word.chars().count();
    let mut alts = vec![alt(voice, Extent::Word, EVERYWHERE, vec![vec![Lookup::Term(word.into())]])];
    if script == Script::Alphabet || length >= 2 {
        let fields = if length >= 2 { EVERYWHERE } else { NAMES };
        alts.push(alt(voice, Extent::Prefix, fields, vec![vec![longer(word)]]));
    }
    if length >= 4 {
        let pair = format!("+{word}");
        alts.push(alt(voice, Extent::Prefix, NAMES_AND_COLUMNS, vec![vec![longer(&pair)]]));
        alts.push(alt(voice, Extent::Part, EVERYWHERE, vec![vec![Lookup::Term(pair)]]));
    }
    let mut needles = vec![(voice, Needle::Word(word.into()))];
    if script == Script::Alphabet && voice == Voice::Plain {
        for other in other_numbers(word) {
            let terms = vec![Lookup::Term(other.clone()), Lookup::Term(format!("+{other}"))];
            alts.push(alt(voice, Extent::Part, EVERYWHERE, vec![terms]));
            needles.push((voice, Needle::Whole(other)));
        }
    }
    (alts, needles)
}

/// The plural of an English word, or what it may be the plural of.
fn other_numbers(word: &str) -> Vec<String> {
    if word.len() < 2 || !word.is_ascii() {
        return Vec::new();
    }
    let ends_in = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let Some(stem) = word.strip_suffix('s').filter(|stem| stem.len() >= 2 && !stem.ends_with('s')) else {
        return match word.strip_suffix('y') {
            Some(stem) if stem.len() >= 2 => vec![format!("{word}s"), format!("{stem}ies")],
            _ if ends_in(&["s", "x", "z", "ch", "sh"]) => vec![format!("{word}es")],
            _ => vec![format!("{word}s")],
        };
    };
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() >= 2) {
        return vec![format!("{stem}y")];
    }
    match word.strip_suffix("es") {
        Some(shorter) if ends_in(&["ses", "xes", "zes", "ches", "shes"]) => vec![stem.to_owned(), shorter.to_owned()],
        _ => vec![stem.to_owned()],
    }
}

/// Chinese characters or kana, by all their pairs.
fn cjk_word(word: &str) -> (Vec<Alt>, Vec<(Voice, Needle)>) {
    let chars: Vec<char> = word.chars().collect();
    let mut alts = vec![alt(Voice::Plain, Extent::Word, EVERYWHERE, vec![vec![Lookup::Term(word.into())]])];
    match chars.len() {
        1 => alts.push(alt(Voice::Plain, Extent::Prefix, EVERYWHERE, vec![vec![longer(word)]])),
        2 => {}
        _ => alts.push(alt(Voice::Plain, Extent::Part, EVERYWHERE, pairs(&chars))),
    }
    (alts, vec![(Voice::Plain, Needle::Part(word.into()))])
}

/// Each two characters that follow each other.
fn pairs(chars: &[char]) -> Vec<Vec<Lookup>> {
    chars.windows(2).map(|two| vec![Lookup::Term(two.iter().collect())]).collect()
}

/// A Hangul word by all its pairs of syllables; if it is being typed, its end may still change.
fn hangul_word(word: &str, typing: bool, voice: Voice) -> (Vec<Alt>, Vec<(Voice, Needle)>) {
    let chars: Vec<char> = word.chars().collect();
    if chars.iter().all(|c| hangul::is_initial(*c)) && chars.len() >= 2 {
        return (vec![initials(&chars)], vec![(Voice::Initials, Needle::Initials(word.into()))]);
    }
    let mut alts = Vec::new();
    let finished = chars.iter().all(|c| hangul::is_syllable(*c));
    if finished {
        alts.push(alt(voice, Extent::Word, EVERYWHERE, vec![vec![Lookup::Term(word.into())]]));
        if chars.len() >= 3 {
            alts.push(alt(voice, Extent::Part, EVERYWHERE, pairs(&chars)));
        }
    }
    let begins = chars[..chars.len() - 1].iter().all(|c| hangul::is_syllable(*c));
    if begins && (typing || chars.len() == 1) {
        // The pair that is being typed may become any pair in these ranges; the pairs before it are fixed.
        let tail_start = chars.len().saturating_sub(2);
        let tail: String = chars[tail_start..].iter().collect();
        let mut groups = pairs(&chars[..chars.len() - 1]);
        groups.push(hangul::completions(&tail).into_iter().map(|(from, until)| Lookup::Range(from, until)).collect());
        alts.push(alt(voice, Extent::Prefix, EVERYWHERE, groups));
    }
    (alts, vec![(voice, Needle::Part(word.into()))])
}

fn initials(letters: &[char]) -> Alt {
    let window = |from: usize| {
        let part: String = letters[from..].iter().take(tokens::INITIALS_WINDOW).collect();
        vec![Lookup::Term(part.clone()), longer(&part)]
    };
    let beyond = letters.len().saturating_sub(tokens::INITIALS_WINDOW);
    let groups = if beyond == 0 { vec![window(0)] } else { vec![window(0), window(beyond)] };
    alt(Voice::Initials, Extent::Word, EVERYWHERE, groups)
}

fn with_synonyms(word: &str, synonyms: &Synonyms, alts: &mut Vec<Alt>, needles: &mut Vec<(Voice, Needle)>) {
    for other in synonyms.of(word).into_iter().take(MOST_SYNONYMS) {
        let groups = synonym_groups(other);
        alts.push(Alt { reading: Some(other.into()), ..alt(Voice::Synonym, Extent::Word, EVERYWHERE, groups) });
        needles.push((Voice::Synonym, needle(other)));
    }
    if let Some(parts) = synonyms.split_compound(word) {
        // Each part by any of its Latin synonyms: 주문상세 by order and detail, or ord and dtl.
        let latin = |part: &&str| -> Vec<Lookup> {
            let others = synonyms.of(part).into_iter().filter(|other| other.is_ascii()).take(MOST_SYNONYMS);
            others.map(|other| Lookup::Term(other.into())).collect()
        };
        let groups: Vec<Vec<Lookup>> = parts.iter().map(latin).collect();
        alts.push(alt(Voice::Synonym, Extent::Part, EVERYWHERE, groups));
        for part in parts {
            let others = synonyms.of(part).into_iter().take(MOST_SYNONYMS);
            needles.extend(others.map(|other| (Voice::Synonym, needle(other))));
        }
    }
}

fn synonym_groups(word: &str) -> Vec<Vec<Lookup>> {
    let chars: Vec<char> = word.chars().collect();
    if chars.len() >= 3 && runs_on(word) {
        return pairs(&chars);
    }
    vec![vec![Lookup::Term(word.into()), Lookup::Term(format!("+{word}"))]]
}

/// What is looked up as a whole word is marked as one.
fn needle(word: &str) -> Needle {
    match runs_on(word) {
        true => Needle::Part(word.into()),
        false => Needle::Whole(word.into()),
    }
}

/// Whether all of a word is of one script that is found by pairs.
fn runs_on(word: &str) -> bool {
    let of = word.chars().next().and_then(script);
    of.is_some_and(Script::runs_on) && word.chars().all(|c| script(c) == of && !hangul::is_letter(c))
}

/// Words that follow each other: each of them, and each pair.
fn phrase(text: &str, fields: &'static [WordField]) -> Option<Clause> {
    let text = composed(text);
    let pieces = pieces(&text);
    let groups = phrase_groups(&pieces);
    if groups.is_empty() {
        return None;
    }
    let needles = pieces.iter().map(|piece| (Voice::Plain, needle(&piece.text))).collect();
    let alts = vec![alt(Voice::Plain, Extent::Word, fields, groups)];
    Some(Clause { label: text.into_owned(), required: true, alts, needles })
}

fn phrase_groups(pieces: &[Piece]) -> Vec<Vec<Lookup>> {
    let mut groups: Vec<Vec<Lookup>> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if !piece.script.runs_on() {
            groups.push(vec![Lookup::Term(piece.text.clone())]);
        }
        if let Some(next) = pieces.get(at + 1)
            && !(piece.script.runs_on() && next.script == piece.script)
        {
            groups.push(vec![Lookup::Term(format!("+{}{}", piece.text, next.text))]);
        }
    }
    for run in tokens::runs(pieces) {
        let chars: Vec<char> = run.iter().flat_map(|piece| piece.text.chars()).collect();
        match chars.len() {
            1 => groups.push(vec![Lookup::Term(chars[0].into())]),
            _ => groups.extend(pairs(&chars)),
        }
    }
    // One may quote a whole page: its beginning says which.
    groups.truncate(MOST_GROUPS);
    groups
}

/// `column:order_id`: a column of this name, one that begins so, or one with these words.
fn column(text: &str) -> Option<Clause> {
    let mut clause = phrase(text, COLUMN)?;
    let whole: String = pieces(&composed(text)).into_iter().map(|piece| piece.text).collect();
    let begins = longer(&format!("={whole}"));
    clause.alts.push(whole_column(&whole));
    clause.alts.push(alt(Voice::Plain, Extent::Prefix, COLUMN, vec![vec![begins]]));
    clause.needles.push((Voice::Plain, Needle::Word(whole)));
    Some(clause)
}

fn whole_column(whole: &str) -> Alt {
    alt(Voice::Plain, Extent::Whole, COLUMN, vec![vec![Lookup::Term(format!("={whole}"))]])
}

/// What a compound is about, as names say it: 결제금액 is about payments, so that their tables come before all others
/// with such a column.
fn subject(word: &str, synonyms: &Synonyms) -> Vec<Alt> {
    let Some(about) = synonyms.split_compound(word).and_then(|parts| parts.first().copied()) else { return Vec::new() };
    let others = synonyms.of(about).into_iter().take(MOST_SYNONYMS);
    let terms: Vec<Lookup> = others.chain([about]).map(|word| Lookup::Term(word.into())).collect();
    // A whole database about it says more than one name.
    let in_name = alt(Voice::Plain, Extent::Part, NAME, vec![terms.clone()]);
    vec![in_name, alt(Voice::Plain, Extent::Word, DATABASE, vec![terms])]
}

/// Neighbouring words may be one word in a name (`order detail` in `orderdetail`), and are worth more side by side.
fn join_neighbours(plan: &mut Plan, seen: &[(Piece, usize)]) {
    for two in seen.windows(2) {
        let [(a, clause_a), (b, clause_b)] = two else { continue };
        if a.script.runs_on() && a.script == b.script {
            let boundary: String = a.text.chars().next_back().into_iter().chain(b.text.chars().next()).collect();
            let groups = vec![vec![Lookup::Term(boundary)]];
            plan.beside.push(alt(Voice::Plain, Extent::Word, NAMES_AND_COLUMNS, groups));
            continue;
        }
        let joined = format!("{}{}", a.text, b.text);
        let pair = Lookup::Term(format!("+{joined}"));
        plan.beside.push(alt(Voice::Plain, Extent::Word, NAMES_AND_COLUMNS, vec![vec![pair]]));
        for clause in [*clause_a, *clause_b] {
            let clause = &mut plan.clauses[clause];
            if clause.alts.len() < MOST_ALTERNATIVES {
                let numbers = other_numbers(&joined).into_iter().map(Lookup::Term);
                let terms = vec![std::iter::once(Lookup::Term(joined.clone())).chain(numbers).collect()];
                clause.alts.push(alt(Voice::Plain, Extent::Part, EVERYWHERE, terms));
                clause.needles.push((Voice::Plain, Needle::Word(joined.clone())));
            }
        }
    }
}

fn alt(voice: Voice, extent: Extent, fields: &'static [WordField], groups: Vec<Vec<Lookup>>) -> Alt {
    Alt { voice, extent, groups, fields, reading: None }
}

/// Everything that begins with `word` and goes on.
fn longer(word: &str) -> Lookup {
    Lookup::Range(format!("{word}\u{1}"), format!("{word}{}", char::MAX))
}
