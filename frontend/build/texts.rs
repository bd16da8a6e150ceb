//! One function for each message of `locales/`, with a parameter for each of its variables: a page that asks for a
//! text that is missing does not compile, a text that no page asks for is dead code, and a message that one
//! language lacks stops the build here.

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The variables of each message.
type Messages = BTreeMap<String, BTreeSet<String>>;

const LANGUAGES: [&str; 2] = ["ko", "en"];

pub(crate) fn write_functions() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let [korean, english] = LANGUAGES.map(|language| {
        let folder = root.join("locales").join(language);
        println!("cargo:rerun-if-changed={}", folder.display());
        let text = whole_text(&folder);
        let messages = read_messages(&text, &folder);
        let file = out.join(format!("{language}.ftl"));
        fs::write(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        messages
    });
    for (has, lacks, language) in [(&korean, &english, "en"), (&english, &korean, "ko")] {
        let missing: Vec<_> = has.keys().filter(|name| !lacks.contains_key(*name)).collect();
        assert!(missing.is_empty(), "locales/{language} lacks {missing:?}");
    }
    let mut code = String::from("impl Texts {\n");
    for (name, variables) in &english {
        assert!(
            &korean[name] == variables,
            "{name}: the languages differ in their variables: {variables:?} in en, {:?} in ko",
            korean[name]
        );
        code += &function(name, variables);
    }
    code += "}\n";
    let file = out.join("texts.rs");
    fs::write(&file, code).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// All files of a language as one.
fn whole_text(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "ftl"));
    files.sort();
    let read = |file: PathBuf| fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    files.into_iter().map(|file| read(file) + "\n").collect()
}

fn read_messages(text: &str, folder: &Path) -> Messages {
    let resource =
        fluent_syntax::parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", folder.display()));
    let mut messages = Messages::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let name = message.id.name.to_owned();
            let mut variables = BTreeSet::new();
            let pattern = message.value.as_ref().unwrap_or_else(|| panic!("{name} says nothing"));
            of_pattern(pattern, &mut variables);
            assert!(
                messages.insert(name, variables).is_none(),
                "{}: {} stands twice",
                folder.display(),
                message.id.name
            );
        }
    }
    messages
}

fn of_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, variables);
        }
    }
}

fn of_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, variables),
        Expression::Select { selector, variants } => {
            of_inline(selector, variables);
            variants.iter().for_each(|variant| of_pattern(&variant.value, variables));
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
            positional.iter().for_each(|argument| of_inline(argument, variables));
        }
        InlineExpression::Placeable { expression } => of_expression(expression, variables),
        _ => {}
    }
}

fn function(name: &str, variables: &BTreeSet<String>) -> String {
    let mut code = String::new();
    let parameters: String = variables.iter().map(|variable| format!(", {variable}: impl Into<Argument>")).collect();
    let arguments: String = variables.iter().map(|variable| format!("({variable:?}, {variable}.into()), ")).collect();
    writeln!(
        code,
        "    pub(crate) fn {}(self{parameters}) -> String {{ self.message({name:?}, [{arguments}]) }}",
        name.replace('-', "_")
    )
    .expect("writing to a string");
    code
}
