//! The table of embedded files: each named by a hash of its content and compressed once, here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Files of the repository, relative to this crate. `dist/pkg` is there once the browser bundle was built.
const FILES: [&str; 5] =
    ["style/reeve.css", "style/icons.svg", "style/favicon.svg", "../dist/pkg/reeve.js", "../dist/pkg/reeve_bg.wasm"];

pub(crate) fn write_table() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    // A folder that is not there would be looked for on every build; an empty one is only watched.
    let bundle = root.join("../dist/pkg");
    fs::create_dir_all(&bundle).unwrap_or_else(|error| panic!("{}: {error}", bundle.display()));
    println!("cargo:rerun-if-changed={}", bundle.display());

    let mut table = String::from("&[\n");
    for file in FILES.map(|file| root.join(file)) {
        if let Ok(bytes) = fs::read(&file) {
            println!("cargo:rerun-if-changed={}", file.display());
            table += &entry(&file, &bytes, &out);
        } else if !file.starts_with(&bundle) {
            panic!("{} cannot be read", file.display());
        }
    }
    table += "]\n";
    write(&out.join("assets.rs"), table.as_bytes());
}

fn entry(file: &Path, bytes: &[u8], out: &Path) -> String {
    let name = file.file_name().and_then(|name| name.to_str()).expect("a plain file name");
    let (stem, extension) = name.rsplit_once('.').expect("a file name with an extension");
    let content_type = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => panic!("{name}: say in frontend/build/assets.rs what type it is"),
    };
    let raw = out.join(name);
    write(&raw, bytes);
    let brotli = smaller(&out.join(format!("{name}.br")), bytes, brotli);
    let gzip = smaller(&out.join(format!("{name}.gz")), bytes, gzip);
    let mut entry = String::new();
    writeln!(
        entry,
        "Asset {{ name: {name:?}, path: \"/assets/{stem}-{hash:016x}.{extension}\", content_type: {content_type:?}, \
         bytes: include_bytes!({raw:?}), brotli: {brotli}, gzip: {gzip} }},",
        hash = fnv1a(bytes),
    )
    .expect("writing to a string");
    entry
}

/// `Some(include_bytes!(..))` when compression pays off.
fn smaller(path: &Path, bytes: &[u8], compress: fn(&[u8]) -> Vec<u8>) -> String {
    let compressed = compress(bytes);
    if compressed.len() >= bytes.len() {
        return "None".to_owned();
    }
    write(path, &compressed);
    format!("Some(include_bytes!({path:?}))")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params).expect("compressing in memory");
    compressed
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("compressing in memory");
    encoder.finish().expect("compressing in memory")
}

/// 64-bit FNV-1a: names change with the content; nothing depends on it being hard to forge.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
