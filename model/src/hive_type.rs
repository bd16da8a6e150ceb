//! Type strings as Hive and Spark write them: `array<struct<sku:string,qty:int>>`.

use std::fmt;

/// How deep types may nest. Hive's own limit is the length of a column in its database.
const MAX_DEPTH: usize = 64;

/// A parsed type. `Display` writes it back in Hive's spelling, and parsing that gives the same type again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HiveType {
    /// A type without types inside it, as written but for needless spaces: `int`, `decimal(18,2)`,
    /// `timestamp with local time zone`, `interval day to second`, or any word Hive does not know.
    Primitive(String),
    Array(Box<HiveType>),
    Map(Box<HiveType>, Box<HiveType>),
    Struct(Vec<StructField>),
    Union(Vec<HiveType>),
}

/// One field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructField {
    /// Without the back quotes it may be written in.
    pub name: String,
    pub data_type: HiveType,
    pub comment: Option<String>,
}

/// Where a type string cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {expected}")]
pub struct TypeError {
    /// Byte position in the type string.
    pub at: usize,
    /// What should have been there: `expected a type`.
    pub expected: &'static str,
}

/// A field somewhere inside a nested type, as a line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRow<'a> {
    /// 0 for the fields of the outermost struct.
    pub depth: usize,
    pub name: &'a str,
    /// The type with the fields of structs left out, since they follow as rows: `array<struct>`.
    pub data_type: String,
    pub comment: Option<&'a str>,
}

impl HiveType {
    /// Reads a type string; keywords in any case, words it does not know are kept as they are.
    ///
    /// # Errors
    /// Says at which byte what was expected.
    pub fn parse(text: &str) -> Result<Self, TypeError> {
        let mut parser = Parser { text, at: 0 };
        let parsed = parser.read_type(0)?;
        parser.skip_spaces();
        if parser.at < text.len() {
            return Err(parser.expected("expected the end"));
        }
        Ok(parsed)
    }

    /// Every field of every struct inside, outermost first, each followed by its own fields. Empty for a type
    /// that holds no struct.
    pub fn fields(&self) -> Vec<FieldRow<'_>> {
        let mut rows = Vec::new();
        self.push_fields(0, &mut rows);
        rows
    }

    /// The type with the fields of structs left out: `map<string,array<struct>>`.
    pub fn summary(&self) -> String {
        match self {
            Self::Primitive(text) => text.clone(),
            Self::Array(element) => format!("array<{}>", element.summary()),
            Self::Map(key, value) => format!("map<{},{}>", key.summary(), value.summary()),
            Self::Struct(_) => "struct".to_owned(),
            Self::Union(members) => {
                format!("uniontype<{}>", members.iter().map(Self::summary).collect::<Vec<_>>().join(","))
            }
        }
    }

    fn push_fields<'a>(&'a self, depth: usize, rows: &mut Vec<FieldRow<'a>>) {
        match self {
            Self::Primitive(_) => {}
            Self::Array(element) => element.push_fields(depth, rows),
            Self::Map(key, value) => {
                key.push_fields(depth, rows);
                value.push_fields(depth, rows);
            }
            Self::Struct(fields) => {
                for field in fields {
                    rows.push(FieldRow {
                        depth,
                        name: &field.name,
                        data_type: field.data_type.summary(),
                        comment: field.comment.as_deref(),
                    });
                    field.data_type.push_fields(depth + 1, rows);
                }
            }
            Self::Union(members) => members.iter().for_each(|member| member.push_fields(depth, rows)),
        }
    }
}

impl fmt::Display for HiveType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primitive(text) => f.write_str(text),
            Self::Array(element) => write!(f, "array<{element}>"),
            Self::Map(key, value) => write!(f, "map<{key},{value}>"),
            Self::Struct(fields) => {
                f.write_str("struct<")?;
                for (index, field) in fields.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{field}")?;
                }
                f.write_str(">")
            }
            Self::Union(members) => {
                f.write_str("uniontype<")?;
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{member}")?;
                }
                f.write_str(">")
            }
        }
    }
}

impl fmt::Display for StructField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = !self.name.is_empty() && self.name.trim() == self.name && !self.name.contains(ENDS_NAME);
        if plain {
            f.write_str(&self.name)?;
        } else {
            write!(f, "`{}`", self.name.replace('`', "``"))?;
        }
        write!(f, ":{}", self.data_type)?;
        match &self.comment {
            Some(comment) => write!(f, " COMMENT '{}'", comment.replace('\\', "\\\\").replace('\'', "\\'")),
            None => Ok(()),
        }
    }
}

/// What a field's name cannot hold unless it is back-quoted. Spark writes names with spaces unquoted.
const ENDS_NAME: [char; 5] = ['<', '>', ',', ':', '`'];

struct Parser<'a> {
    text: &'a str,
    /// Byte position, always on a character boundary.
    at: usize,
}

impl<'a> Parser<'a> {
    fn read_type(&mut self, depth: usize) -> Result<HiveType, TypeError> {
        self.skip_spaces();
        if depth > MAX_DEPTH {
            return Err(self.expected("nested too deeply: at most 64 levels"));
        }
        let start = self.at;
        let word = self.read_word();
        if word.is_empty() {
            return Err(self.expected("expected a type"));
        }
        self.skip_spaces();
        if self.peek() == Some('<') {
            return match word.to_ascii_lowercase().as_str() {
                "array" => {
                    self.require('<', "expected <")?;
                    let element = self.read_type(depth + 1)?;
                    self.require('>', "expected >")?;
                    Ok(HiveType::Array(Box::new(element)))
                }
                "map" => {
                    self.require('<', "expected <")?;
                    let key = self.read_type(depth + 1)?;
                    self.require(',', "expected , and the map's value type")?;
                    let value = self.read_type(depth + 1)?;
                    self.require('>', "expected >")?;
                    Ok(HiveType::Map(Box::new(key), Box::new(value)))
                }
                "struct" => Ok(HiveType::Struct(self.read_list(|parser| parser.read_field(depth + 1))?)),
                "uniontype" => Ok(HiveType::Union(self.read_list(|parser| parser.read_type(depth + 1))?)),
                _ => Err(TypeError { at: start, expected: "expected array, map, struct or uniontype before <" }),
            };
        }
        self.at = start;
        self.read_primitive()
    }

    /// `<item,item>`, possibly empty: Spark writes `struct<>`.
    fn read_list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, TypeError>) -> Result<Vec<T>, TypeError> {
        self.require('<', "expected <")?;
        let mut items = Vec::new();
        if self.accept('>') {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.accept(',') {
                continue;
            }
            self.require('>', "expected , or >")?;
            return Ok(items);
        }
    }

    fn read_field(&mut self, depth: usize) -> Result<StructField, TypeError> {
        self.skip_spaces();
        let name = if self.peek() == Some('`') {
            self.read_quoted("expected a closing `")?
        } else {
            let start = self.at;
            self.skip_while(|next| !ENDS_NAME.contains(&next));
            let name = self.text[start..self.at].trim_end();
            if name.is_empty() {
                return Err(TypeError { at: start, expected: "expected a field's name" });
            }
            name.to_owned()
        };
        self.require(':', "expected : after a field's name")?;
        let data_type = self.read_type(depth)?;
        let comment = if self.at_comment() {
            self.skip_spaces();
            self.read_word();
            self.skip_spaces();
            Some(self.read_quoted("expected the comment's closing quote")?)
        } else {
            None
        };
        Ok(StructField { name, data_type, comment })
    }

    /// Words and parameters, with one space between words and none around parameters.
    fn read_primitive(&mut self) -> Result<HiveType, TypeError> {
        let mut text = String::new();
        loop {
            self.skip_spaces();
            if self.at_comment() {
                break;
            }
            if !text.is_empty() && self.accept('(') {
                text.push('(');
                self.read_parameters(&mut text)?;
                continue;
            }
            let word = self.read_word();
            if word.is_empty() {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        if text.is_empty() { Err(self.expected("expected a type")) } else { Ok(HiveType::Primitive(text)) }
    }

    fn read_parameters(&mut self, text: &mut String) -> Result<(), TypeError> {
        loop {
            self.skip_spaces();
            let mut word = self.read_word();
            if word.is_empty() {
                return Err(self.expected("expected a parameter"));
            }
            while !word.is_empty() {
                text.push_str(word);
                self.skip_spaces();
                word = self.read_word();
                if !word.is_empty() {
                    text.push(' ');
                }
            }
            if self.accept(',') {
                text.push(',');
                continue;
            }
            self.require(')', "expected , or )")?;
            text.push(')');
            return Ok(());
        }
    }

    /// Whether `COMMENT '...'` comes next; the position stays.
    fn at_comment(&mut self) -> bool {
        let start = self.at;
        self.skip_spaces();
        let found = self.read_word().eq_ignore_ascii_case("comment") && {
            self.skip_spaces();
            matches!(self.peek(), Some('\'' | '"'))
        };
        self.at = start;
        found
    }

    /// A text in the quotes that stand here; inside, a doubled quote is a quote, and outside of back quotes
    /// a backslash takes the next character as it is.
    fn read_quoted(&mut self, unclosed: &'static str) -> Result<String, TypeError> {
        let start = self.at;
        let mut rest = self.text[start..].char_indices();
        let Some((_, quote)) = rest.next() else { return Err(self.expected(unclosed)) };
        let mut content = String::new();
        while let Some((offset, next)) = rest.next() {
            if next == '\\' && quote != '`' {
                let Some((_, escaped)) = rest.next() else { break };
                content.push(escaped);
            } else if next != quote {
                content.push(next);
            } else if rest.clone().next().is_some_and(|(_, after)| after == quote) {
                content.push(quote);
                rest.next();
            } else {
                self.at = start + offset + quote.len_utf8();
                return Ok(content);
            }
        }
        Err(TypeError { at: start, expected: unclosed })
    }

    /// The characters up to the next space or sign; empty if there are none.
    fn read_word(&mut self) -> &'a str {
        let start = self.at;
        self.skip_while(|next| {
            !next.is_whitespace() && !matches!(next, '<' | '>' | '(' | ')' | ',' | ':' | '`' | '\'' | '"')
        });
        &self.text[start..self.at]
    }

    fn skip_spaces(&mut self) {
        self.skip_while(char::is_whitespace);
    }

    fn skip_while(&mut self, mut wanted: impl FnMut(char) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.find(|next| !wanted(next)).unwrap_or(rest.len());
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Takes `sign` if it comes next, after any spaces.
    fn accept(&mut self, sign: char) -> bool {
        self.skip_spaces();
        let found = self.peek() == Some(sign);
        if found {
            self.at += sign.len_utf8();
        }
        found
    }

    fn require(&mut self, sign: char, expected: &'static str) -> Result<(), TypeError> {
        if self.accept(sign) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn expected(&self, expected: &'static str) -> TypeError {
        TypeError { at: self.at, expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn primitive(text: &str) -> HiveType {
        HiveType::Primitive(text.to_owned())
    }

    #[test]
    fn what_hive_writes_comes_back_as_it_was() {
        for text in [
            "int",
            "decimal(18,2)",
            "varchar(10)",
            "timestamp with local time zone",
            "interval day to second",
            "array<struct<sku:string,qty:int>>",
            "map<string,array<map<int,binary>>>",
            "struct<상품 코드:string,수량:decimal(10,0)>",
            "struct<a:int COMMENT '그 \\'값\\'',b:string>",
            "uniontype<int,struct<a:int>>",
            "struct<`a:b`:int,`q``q`:array<int>>",
            "struct<>",
            "struct<a:array<int> COMMENT ''>",
            "geometry",
            "array",
        ] {
            assert_eq!(HiveType::parse(text).map(|parsed| parsed.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn case_spaces_and_quotes_do_not_matter() {
        for (written, read) in [
            (" ARRAY < Struct < `sku` : STRING , qty:INT > > ", "array<struct<sku:STRING,qty:INT>>"),
            ("decimal ( 18 , 2 )", "decimal(18,2)"),
            ("timestamp(3)  with time   zone", "timestamp(3) with time zone"),
            ("struct<a:int comment \"say \"\"hi\"\"\">", "struct<a:int COMMENT 'say \"hi\"'>"),
            ("struct<comment:int>", "struct<comment:int>"),
        ] {
            assert_eq!(HiveType::parse(written).map(|parsed| parsed.to_string()), Ok(read.to_owned()));
        }
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let mistakes = [
            "",
            "array<",
            "array<int",
            "map<int>",
            "struct<a>",
            "struct<:int>",
            "struct<a:int,>",
            "int>",
            "list<int>",
            "struct<`a:int>",
            "decimal(",
            "decimal()",
            "decimal(1",
            "struct<가:>",
            "struct<a:int COMMENT 'x>",
            "a:b",
        ];
        let told: Vec<String> = mistakes
            .iter()
            .map(|text| match HiveType::parse(text) {
                Ok(parsed) => panic!("{text} was read as {parsed}"),
                Err(error) => format!("{text:24} {error}"),
            })
            .collect();
        assert_eq!(
            told.join("\n"),
            "                         byte 0: expected a type
array<                   byte 6: expected a type
array<int                byte 9: expected >
map<int>                 byte 7: expected , and the map's value type
struct<a>                byte 8: expected : after a field's name
struct<:int>             byte 7: expected a field's name
struct<a:int,>           byte 13: expected a field's name
int>                     byte 3: expected the end
list<int>                byte 0: expected array, map, struct or uniontype before <
struct<`a:int>           byte 7: expected a closing `
decimal(                 byte 8: expected a parameter
decimal()                byte 8: expected a parameter
decimal(1                byte 9: expected , or )
struct<가:>               byte 11: expected a type
struct<a:int COMMENT 'x> byte 21: expected the comment's closing quote
a:b                      byte 1: expected the end"
        );
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}int{}", "array<".repeat(depth), ">".repeat(depth));
        assert!(HiveType::parse(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(HiveType::parse(&nested(MAX_DEPTH + 1)).map_err(|error| error.at), Err(6 * (MAX_DEPTH + 1)));
        assert!(HiveType::parse(&"array<".repeat(1_000_000)).is_err());
    }

    #[test]
    fn nested_fields_become_rows() {
        let parsed = HiveType::parse(
            "struct<id:bigint,lines:array<struct<sku:string COMMENT '상품',tags:array<string>>>,by:map<string,struct<n:int>>>",
        )
        .expect("a type");
        let rows: Vec<String> = parsed
            .fields()
            .iter()
            .map(|row| {
                let comment = row.comment.map(|comment| format!(" -- {comment}")).unwrap_or_default();
                format!("{}{} {}{comment}", "  ".repeat(row.depth), row.name, row.data_type)
            })
            .collect();
        assert_eq!(
            rows.join("\n"),
            "id bigint
lines array<struct>
  sku string -- 상품
  tags array<string>
by map<string,struct>
  n int"
        );
        assert_eq!(primitive("int").fields(), vec![]);
    }

    fn any_type() -> impl Strategy<Value = HiveType> {
        let leaf = prop_oneof![
            "[a-z_가-힣][a-z0-9_]{0,8}".prop_map(HiveType::Primitive),
            (1..38u8, 0..9u8).prop_map(|(precision, scale)| primitive(&format!("decimal({precision},{scale})"))),
            Just(primitive("timestamp with local time zone")),
        ];
        leaf.prop_recursive(6, 64, 5, |inner| {
            let field = (".{0,12}", inner.clone(), proptest::option::of(".{0,12}"))
                .prop_map(|(name, data_type, comment)| StructField { name, data_type, comment });
            prop_oneof![
                inner.clone().prop_map(|element| HiveType::Array(Box::new(element))),
                (inner.clone(), inner.clone()).prop_map(|(key, value)| HiveType::Map(Box::new(key), Box::new(value))),
                proptest::collection::vec(field, 0..5).prop_map(HiveType::Struct),
                proptest::collection::vec(inner, 0..4).prop_map(HiveType::Union),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_type_survives_writing_and_reading(written in any_type()) {
            prop_assert_eq!(HiveType::parse(&written.to_string()), Ok(written));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}", sort in "[a-z<>():,`'\" \\\\가]{0,60}") {
            for text in [text, sort] {
                match HiveType::parse(&text) {
                    Ok(parsed) => prop_assert_eq!(HiveType::parse(&parsed.to_string()), Ok(parsed)),
                    Err(error) => prop_assert!(text.is_char_boundary(error.at), "{} in {:?}", error.at, text),
                }
            }
        }
    }
}
