//! What is made before the crate is compiled: the table of embedded files and one function for each text.

#[cfg(feature = "ssr")]
mod assets;
#[cfg(feature = "ssr")]
mod texts;

fn main() {
    println!("cargo:rerun-if-changed=build");
    #[cfg(feature = "ssr")]
    assets::write_table();
    #[cfg(feature = "ssr")]
    texts::write_functions();
}
