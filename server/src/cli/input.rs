//! Files that commands read, and what is wrong with one that cannot be read.

use anyhow::Context;
use std::io::Read;
use std::path::Path;

/// What is wrong, and in which line.
pub(super) type Wrong = (usize, String);

/// All of a file, or of standard input where it is `-`.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file.as_os_str() != "-" {
        return std::fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    Ok(bytes)
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, Wrong> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, "the file is UTF-16: save it as UTF-8, or iconv -f utf-16 -t utf-8".to_owned()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        let advice = "not UTF-8: a Korean Excel saves CP949: save it as UTF-8, or iconv -f cp949 -t utf-8";
        (line, advice.to_owned())
    })?;
    Ok(text.trim_start_matches('\u{feff}'))
}
