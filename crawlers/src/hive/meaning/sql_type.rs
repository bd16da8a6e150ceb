//! Types as Trino, Presto and Flink write them, in Hive's spelling where they correspond:
//! `row(sku varchar, qty integer)` and ``ROW<`sku` STRING, `qty` INT>`` are `struct<sku:string,qty:int>`.

use reeve_model::hive_type::{HiveType, StructField};

/// How deep types may nest.
const MAX_DEPTH: usize = 64;

/// The type, or `None` where the text is no type.
pub(in crate::hive) fn parse(text: &str) -> Option<HiveType> {
    let mut parser = Parser { rest: text };
    let parsed = parser.data_type(0)?;
    parser.skip_spaces();
    parser.rest.is_empty().then_some(parsed)
}

/// The type in Hive's spelling, or the text as it is.
pub(in crate::hive) fn spelled(text: &str) -> String {
    parse(text).map_or_else(|| text.trim().to_owned(), |parsed| parsed.to_string())
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn data_type(&mut self, depth: usize) -> Option<HiveType> {
        if depth > MAX_DEPTH {
            return None;
        }
        let head = self.word()?.to_lowercase();
        let nested = matches!(head.as_str(), "array" | "map" | "multiset" | "row") && self.peeked(&['(', '<']);
        let parsed = if nested {
            self.rest = &self.rest[1..];
            match head.as_str() {
                "array" => HiveType::Array(Box::new(self.data_type(depth + 1)?)),
                "map" => {
                    let key = self.data_type(depth + 1)?;
                    self.accept(&[',']).then_some(())?;
                    HiveType::Map(Box::new(key), Box::new(self.data_type(depth + 1)?))
                }
                // How often each element is there.
                "multiset" => {
                    let element = self.data_type(depth + 1)?;
                    HiveType::Map(Box::new(element), Box::new(HiveType::Primitive("int".to_owned())))
                }
                _ => HiveType::Struct(self.fields(depth + 1)?),
            }
        } else {
            self.primitive(head)?
        };
        if nested {
            self.accept(&[')', '>']).then_some(())?;
        }
        self.not_null();
        Some(parsed)
    }

    fn fields(&mut self, depth: usize) -> Option<Vec<StructField>> {
        let mut fields = Vec::new();
        if self.peeked(&[')', '>']) {
            return Some(fields);
        }
        loop {
            let before = self.rest;
            let quoted = self.quoted(&['"', '`']);
            let name = quoted.or_else(|| self.word().map(str::to_owned))?;
            // A word that nothing follows, or parameters do, is the type of a field without a name.
            let named = !self.peeked(&[',', ')', '>', '(', '<']);
            let name = if named {
                name
            } else {
                self.rest = before;
                format!("field{}", fields.len())
            };
            let data_type = self.data_type(depth)?;
            let comment = self.quoted(&['\'']);
            fields.push(StructField { name, data_type, comment });
            if !self.accept(&[',']) {
                return Some(fields);
            }
        }
    }

    /// Words and numbers in brackets: `timestamp(3) with time zone`.
    fn primitive(&mut self, head: String) -> Option<HiveType> {
        let mut words = head;
        let mut numbers = Vec::new();
        loop {
            if numbers.is_empty() && self.accept(&['(']) {
                let end = self.rest.find(')')?;
                numbers = self.rest[..end].split(',').map(str::trim).collect();
                self.rest = &self.rest[end + 1..];
            } else if self.not_null() {
                break;
            } else if let Some(word) = self.word() {
                words = format!("{words} {}", word.to_lowercase());
            } else {
                break;
            }
        }
        Some(HiveType::Primitive(in_hives_words(&words, &numbers)))
    }

    /// Flink says of a type that it is never null, Hive does not.
    fn not_null(&mut self) -> bool {
        let before = self.rest;
        let not = self.word().is_some_and(|word| word.eq_ignore_ascii_case("not"));
        if not && self.word().is_some_and(|word| word.eq_ignore_ascii_case("null")) {
            return true;
        }
        self.rest = before;
        false
    }

    fn word(&mut self) -> Option<&'a str> {
        self.skip_spaces();
        let end = self.rest.find(|next: char| !(next.is_alphanumeric() || next == '_' || next == '$'));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// A doubled quote is a quote.
    fn quoted(&mut self, quotes: &[char]) -> Option<String> {
        self.skip_spaces();
        let quote = self.rest.chars().next().filter(|next| quotes.contains(next))?;
        let mut rest = self.rest[quote.len_utf8()..].chars();
        let mut content = String::new();
        while let Some(next) = rest.next() {
            if next != quote {
                content.push(next);
            } else if rest.as_str().starts_with(quote) {
                content.push(quote);
                rest.next();
            } else {
                self.rest = rest.as_str();
                return Some(content);
            }
        }
        None
    }

    fn peeked(&mut self, any_of: &[char]) -> bool {
        self.skip_spaces();
        self.rest.starts_with(any_of)
    }

    fn accept(&mut self, any_of: &[char]) -> bool {
        let accepted = self.peeked(any_of);
        if accepted {
            // All of them are ASCII.
            self.rest = &self.rest[1..];
        }
        accepted
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

/// `words` are in lower case, one space between them.
fn in_hives_words(words: &str, numbers: &[&str]) -> String {
    // The longest `varchar` of Hive; more stands for any length.
    let short = numbers.first().and_then(|number| number.parse::<u64>().ok()).filter(|length| *length <= 65_535);
    match words {
        "integer" => "int".to_owned(),
        "real" | "float" => "float".to_owned(),
        "double" | "double precision" => "double".to_owned(),
        "varchar" | "character varying" if short.is_none() => "string".to_owned(),
        "varbinary" | "bytes" | "binary" => "binary".to_owned(),
        "numeric" | "dec" if !numbers.is_empty() => format!("decimal({})", numbers.join(",")),
        "timestamp" | "timestamp without time zone" => "timestamp".to_owned(),
        "timestamp with time zone" | "timestamp with local time zone" | "timestamp_ltz" => {
            "timestamp with local time zone".to_owned()
        }
        _ if numbers.is_empty() => words.to_owned(),
        _ => match words.split_once(' ') {
            Some((first, rest)) => format!("{first}({}) {rest}", numbers.join(",")),
            None => format!("{words}({})", numbers.join(",")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn types_in_hives_spelling() {
        let cases = [
            "bigint",
            "integer",
            "varchar",
            "varchar(20)",
            "VARCHAR(2147483647)",
            "decimal(18, 2)",
            "timestamp(3) with time zone",
            "TIMESTAMP(6)",
            "TIMESTAMP_LTZ(3) NOT NULL",
            "time(3)",
            "json",
            "interval day to second",
            "array(row(sku varchar, \"상품 \"\"코드\"\"\" integer))",
            "row(bigint, varchar(5))",
            "map(varchar,array(double))",
            "ROW<`a` INT NOT NULL, `b` STRING 'what''s b'> NOT NULL",
            "MULTISET<STRING>",
            "BIGINT NOT NULL",
            "row()",
            "map(varchar)",
            "row(a",
        ];
        insta::assert_snapshot!(cases.map(spelled).join("\n"), @r#"
        bigint
        int
        string
        varchar(20)
        string
        decimal(18,2)
        timestamp with local time zone
        timestamp
        timestamp with local time zone
        time(3)
        json
        interval day to second
        array<struct<sku:string,상품 "코드":int>>
        struct<field0:bigint,field1:varchar(5)>
        map<string,array<double>>
        struct<a:int,b:string COMMENT 'what\'s b'>
        map<string,int>
        bigint
        struct<>
        map(varchar)
        row(a
        "#);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(any in ".{0,40}", close in "(row|array|map|varchar|not null|[ (<>),`\"'a가])", depth in 0..200usize) {
            for text in [any, close.repeat(5)] {
                let _ = spelled(&text);
            }
            let nested = format!("{}bigint{}", "array(".repeat(depth), ")".repeat(depth));
            prop_assert_eq!(parse(&nested).is_some(), depth <= MAX_DEPTH);
        }
    }
}
