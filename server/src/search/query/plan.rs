//! From a query to what is looked up: for each word the ways in which it may match, as terms and ranges of terms.

use super::marks::Needle;
use super::synonyms::Synonyms;
use crate::search::analysis::words::{Piece, Script, composed, pieces};
use crate::search::analysis::{hangul, keyboard, tokens};
use crate::search::index::schema::WordField;
use crate::search::rank::{Extent, Voice};
use reeve_model::query::{Filter, Query, What};

/// What a query asks of the words of a document. Every clause must match somewhere.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) clauses: Vec<Clause>,
    /// A document that one of these matches is out.
    pub(crate) excluded: Vec<Clause>,
    /// What adds points if it is there: words of the query side by side.
    pub(crate) beside: Vec<Alt>,
    /// The plain words as typed, which may be a name; empty if there are none.
    pub(crate) name: String,
    /// Whether there is nothing but plain words, so that a matching name alone makes a hit.
    pub(crate) plain: bool,
}

impl Plan {
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
const NAMES: &[WordField] = &[WordField::Name, WordField::Database];
const NAMES_AND_COLUMNS: &[WordField] = &[WordField::Name, WordField::Database, WordField::Column];
const COLUMN: &[WordField] = &[WordField::Column];

/// More words than this are left out: nobody types them, and each costs.
const MOST_CLAUSES: usize = 12;

/// Plans a query.
pub(crate) fn plan(query: &Query, synonyms: &Synonyms) -> Plan {
    let mut plan = Plan { plain: true, ..Plan::default() };
    let last_word = query.terms.iter().rposition(|term| !term.negated && matches!(term.what, What::Word(_)));
    let mut plain_pieces: Vec<(Piece, usize)> = Vec::new();
    let mut chunks = 0;
    for (at, term) in query.terms.iter().enumerate() {
        match &term.what {
            What::Word(text) | What::Phrase(text) if term.negated => {
                plan.excluded.extend(phrase(text, EVERYWHERE));
            }
            What::Filter(Filter::Column(text)) if term.negated => plan.excluded.extend(phrase(text, COLUMN)),
            What::Word(text) => {
                push_word(&mut plan.name, text);
                chunks += 1;
                words(text, Some(at) == last_word, synonyms, &mut plan.clauses, &mut plain_pieces);
            }
            What::Phrase(text) => {
                push_word(&mut plan.name, text);
                plan.plain = false;
                plan.clauses.extend(phrase(text, EVERYWHERE));
            }
            What::Filter(Filter::Column(text)) => {
                plan.plain = false;
                plan.clauses.extend(column(text));
            }
            What::Filter(_) => {}
        }
    }
    join_neighbours(&mut plan, &plain_pieces);
    if chunks > 1 {
        let whole: String = plain_pieces.iter().map(|(piece, _)| piece.text.as_str()).collect();
        for (_, clause) in &plain_pieces {
            plan.clauses[*clause].alts.push(whole_column(&whole));
        }
    }
    plan.clauses.truncate(MOST_CLAUSES);
    plan
}

fn push_word(name: &mut String, word: &str) {
    if !name.is_empty() {
        name.push(' ');
    }
    name.push_str(word);
}

/// The clauses of one run of text without white space, one for each of its words.
fn words(text: &str, last: bool, synonyms: &Synonyms, clauses: &mut Vec<Clause>, seen: &mut Vec<(Piece, usize)>) {
    let text = composed(text);
    let pieces = pieces(&text);
    let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let first_clause = clauses.len();
    for (at, piece) in pieces.iter().enumerate() {
        let mut clause = word(piece, last && at + 1 == pieces.len(), synonyms);
        clause.alts.push(whole_column(&whole));
        seen.push((piece.clone(), clauses.len()));
        clauses.push(clause);
    }
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
            for clause in &mut clauses[first_clause + at..first_clause + end] {
                let readings = alts.iter().cloned().map(|alt| Alt { reading: Some(meant.clone()), ..alt });
                clause.alts.extend(readings);
                clause.needles.extend(needles.iter().cloned());
            }
        }
        at = end;
    }
}

fn word(piece: &Piece, last: bool, synonyms: &Synonyms) -> Clause {
    let text = &piece.text;
    let (mut alts, mut needles) = match piece.script {
        Script::Hangul => hangul_word(text, last, Voice::Plain),
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
    Clause { label: text.clone(), alts, needles }
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
    (alts, vec![(voice, Needle::Word(word.into()))])
}

/// A Hangul word by all its pairs of syllables; if it is being typed, its end may still change.
fn hangul_word(word: &str, typing: bool, voice: Voice) -> (Vec<Alt>, Vec<(Voice, Needle)>) {
    let chars: Vec<char> = word.chars().collect();
    if chars.iter().all(|c| hangul::is_initial(*c)) && chars.len() >= 2 {
        return (vec![initials(&chars)], vec![(Voice::Initials, Needle::Initials(word.into()))]);
    }
    let mut alts = Vec::new();
    let finished = chars.iter().all(|c| hangul::is_syllable(*c));
    let pairs = |of: &[char]| -> Vec<Vec<Lookup>> {
        of.windows(2).map(|two| vec![Lookup::Term(two.iter().collect())]).collect()
    };
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
    (alts, vec![(voice, Needle::Hangul(word.into()))])
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
    for other in synonyms.of(word) {
        let groups = synonym_groups(other);
        alts.push(Alt { reading: Some(other.into()), ..alt(Voice::Synonym, Extent::Word, EVERYWHERE, groups) });
        needles.push((Voice::Synonym, needle(other)));
    }
    if let Some(parts) = synonyms.split_compound(word) {
        // Each part by any of its Latin synonyms: 주문상세 by order and detail, or ord and dtl.
        let latin = |part: &&str| -> Vec<Lookup> {
            let others = synonyms.of(part).into_iter().filter(|other| other.is_ascii());
            others.map(|other| Lookup::Term(other.into())).collect()
        };
        let groups: Vec<Vec<Lookup>> = parts.iter().map(latin).collect();
        alts.push(alt(Voice::Synonym, Extent::Part, EVERYWHERE, groups));
        for part in parts {
            needles.extend(synonyms.of(part).into_iter().map(|other| (Voice::Synonym, needle(other))));
        }
    }
}

fn synonym_groups(word: &str) -> Vec<Vec<Lookup>> {
    let chars: Vec<char> = word.chars().collect();
    if chars.len() >= 3 && chars.iter().all(|c| hangul::is_syllable(*c)) {
        return chars.windows(2).map(|two| vec![Lookup::Term(two.iter().collect())]).collect();
    }
    vec![vec![Lookup::Term(word.into()), Lookup::Term(format!("+{word}"))]]
}

/// What is looked up as a whole word is marked as one.
fn needle(word: &str) -> Needle {
    match word.chars().all(hangul::is_syllable) {
        true => Needle::Hangul(word.into()),
        false => Needle::Whole(word.into()),
    }
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
    Some(Clause { label: text.into_owned(), alts, needles })
}

fn phrase_groups(pieces: &[Piece]) -> Vec<Vec<Lookup>> {
    let mut groups: Vec<Vec<Lookup>> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if piece.script != Script::Hangul {
            groups.push(vec![Lookup::Term(piece.text.clone())]);
        }
        if let Some(next) = pieces.get(at + 1)
            && !(piece.script == Script::Hangul && next.script == Script::Hangul)
        {
            groups.push(vec![Lookup::Term(format!("+{}{}", piece.text, next.text))]);
        }
    }
    for run in pieces.split(|piece| piece.script != Script::Hangul).filter(|run| !run.is_empty()) {
        let chars: Vec<char> = run.iter().flat_map(|piece| piece.text.chars()).collect();
        match chars.len() {
            1 => groups.push(vec![Lookup::Term(chars[0].into())]),
            _ => groups.extend(chars.windows(2).map(|two| vec![Lookup::Term(two.iter().collect())])),
        }
    }
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

/// Neighbouring words may be one word in a name (`order detail` in `orderdetail`), and are worth more side by side.
fn join_neighbours(plan: &mut Plan, seen: &[(Piece, usize)]) {
    for two in seen.windows(2) {
        let [(a, clause_a), (b, clause_b)] = two else { continue };
        if a.script == Script::Hangul && b.script == Script::Hangul {
            let boundary: String = a.text.chars().next_back().into_iter().chain(b.text.chars().next()).collect();
            let groups = vec![vec![Lookup::Term(boundary)]];
            plan.beside.push(alt(Voice::Plain, Extent::Word, NAMES_AND_COLUMNS, groups));
            continue;
        }
        let joined = format!("{}{}", a.text, b.text);
        let pair = Lookup::Term(format!("+{joined}"));
        plan.beside.push(alt(Voice::Plain, Extent::Word, NAMES_AND_COLUMNS, vec![vec![pair]]));
        for clause in [*clause_a, *clause_b] {
            let terms = vec![vec![Lookup::Term(joined.clone())]];
            plan.clauses[clause].alts.push(alt(Voice::Plain, Extent::Part, EVERYWHERE, terms));
            plan.clauses[clause].needles.push((Voice::Plain, Needle::Word(joined.clone())));
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
