//! `cargo xtask bundle`: the part of the portal that runs in the browser, as WebAssembly.

use crate::shell::{cargo, root, run as run_command};
use anyhow::{Context, Result, ensure};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

const TARGET: &str = "wasm32-unknown-unknown";

/// What a browser may have to load to wake the islands, in bytes after brotli.
const BUDGET: usize = 150_000;

#[derive(Default, clap::Args)]
pub(crate) struct Options {
    /// Then check that the bundle holds every island that the server renders
    #[arg(long)]
    check: bool,
}

/// # Errors
/// When the bundle does not compile, is over its budget or lacks an island. A machine that cannot compile to
/// WebAssembly is no error: the portal works without the bundle.
pub(crate) fn run(options: &Options) -> Result<()> {
    if build()? && options.check {
        run_command(cargo("test").args(["--package", "reeve-frontend", "--features", "ssr", "--lib", "islands"]))?;
    }
    Ok(())
}

/// Builds the bundle into `dist/pkg`, from where the server embeds it. `false` when this machine cannot.
///
/// # Errors
/// When the bundle does not compile or is over its budget.
pub(crate) fn build() -> Result<bool> {
    let Some(rustc) = wasm_compiler()? else {
        println!("no compiler for {TARGET} can be had here: the portal is built without its browser bundle");
        return Ok(false);
    };
    let target = root().join("target/wasm");
    // A folder of its own: it is another compiler, and the two must not undo each other's work.
    run_command(
        cargo("build")
            .args(["--package", "reeve-frontend", "--lib", "--no-default-features", "--features", "hydrate"])
            .args(["--profile", "wasm-release", "--target", TARGET])
            .env("RUSTC", rustc)
            .env("CARGO_TARGET_DIR", &target)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    )?;
    let out = root().join("dist/pkg");
    bind(&target.join(TARGET).join("wasm-release/reeve_frontend.wasm"), &out)?;
    weigh(&out)?;
    Ok(true)
}

/// The path of a rustc that compiles for the browser, as `scripts/wasm-toolchain` finds or makes it.
fn wasm_compiler() -> Result<Option<String>> {
    let script = root().join("scripts/wasm-toolchain");
    let output = Command::new(&script)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", script.display()))?;
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(Some(path).filter(|path| output.status.success() && !path.is_empty()))
}

/// The JavaScript module that loads the WebAssembly, and the WebAssembly without what only debuggers need.
fn bind(wasm: &Path, out: &Path) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(wasm)
        .out_name("reeve")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .generate(out)
        .with_context(|| format!("wasm-bindgen cannot bind {}", wasm.display()))
}

/// Prints how large the bundle is.
fn weigh(out: &Path) -> Result<()> {
    println!("{:>9} {:>9} {:>9}", "raw", "gzip", "brotli");
    let mut total = 0;
    for name in ["reeve.js", "reeve_bg.wasm"] {
        let path = out.join(name);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let (gzip, brotli) = (gzip(&bytes)?, brotli(&bytes)?);
        println!("{:>9} {gzip:>9} {brotli:>9} {name}", bytes.len());
        total += brotli;
    }
    ensure!(
        total <= BUDGET,
        "the browser bundle is {total} bytes after brotli, over its budget of {BUDGET}: find what made it grow"
    );
    Ok(())
}

fn gzip(bytes: &[u8]) -> io::Result<usize> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli(bytes: &[u8]) -> io::Result<usize> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params)?;
    Ok(compressed.len())
}
