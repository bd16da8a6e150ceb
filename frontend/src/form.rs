//! A form as it was sent: what was typed, and what is wrong with it. A handler reads its fields out of it, and where one
//! is wrong it answers 422 with the page again, which shows this.

use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    typed: BTreeMap<String, String>,
    mistakes: BTreeMap<&'static str, Mistake>,
}

/// What is wrong with a field; the page has words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Fewer characters than it takes.
    TooShort {
        least: usize,
    },
    TooLong {
        most: usize,
    },
    /// Not one of the choices that the form offers.
    NoChoice,
    /// Nobody is called so.
    Nobody,
    /// Several people are called so.
    Several,
    /// None of what the form lists.
    NothingChosen,
    /// Whoever is called so has left.
    HasLeft,
    /// Somebody has this login.
    Taken,
}

impl Form {
    /// Of what a browser sent. Of a field that is there twice the last one counts.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { typed: pairs.into_iter().collect(), mistakes: BTreeMap::new() }
    }

    /// What was typed, as it was typed; empty where nothing was.
    pub fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    /// A text of `least` to `most` characters, without the blanks around it.
    pub fn text(&mut self, name: &'static str, least: usize, most: usize) -> String {
        let text = self.value(name).trim().to_owned();
        match text.chars().count() {
            count if count < least => self.refuse(name, Mistake::TooShort { least }),
            count if count > most => self.refuse(name, Mistake::TooLong { most }),
            _ => {}
        }
        text
    }

    /// A choice, by what `parse` makes of its word.
    pub fn choice<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let choice = parse(self.value(name));
        if choice.is_none() {
            self.refuse(name, Mistake::NoChoice);
        }
        choice
    }

    /// For what only the handler can know to be wrong.
    pub fn refuse(&mut self, name: &'static str, mistake: Mistake) {
        self.mistakes.entry(name).or_insert(mistake);
    }

    pub fn mistake(&self, name: &str) -> Option<Mistake> {
        self.mistakes.get(name).copied()
    }

    pub fn is_right(&self) -> bool {
        self.mistakes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, value: &str) -> Form {
        Form::new([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn what_was_typed_stays_beside_what_is_wrong_with_it() {
        let mut short = form("reason", "  가나 ");
        assert_eq!(short.text("reason", 3, 500), "가나");
        assert_eq!((short.value("reason"), short.is_right()), ("  가나 ", false));
        assert_eq!(short.mistake("reason"), Some(Mistake::TooShort { least: 3 }));
        let mut long = form("reason", "abcd");
        long.text("reason", 0, 3);
        assert_eq!(long.mistake("reason"), Some(Mistake::TooLong { most: 3 }));
        let mut right = form("reason", "확인함");
        assert_eq!(right.text("reason", 3, 500), "확인함");
        assert!(right.is_right());
    }

    #[test]
    fn a_choice_is_one_of_those_offered() {
        let mut form = form("days", "seven");
        assert_eq!(form.choice("days", |text| text.parse::<u8>().ok()), None);
        assert_eq!(form.mistake("days"), Some(Mistake::NoChoice));
    }
}
