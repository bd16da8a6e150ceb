//! Writes every page with the fixtures' data into a folder, to look at: `cargo run -p reeve-frontend --features
//! ssr,fixtures --example gallery -- target/gallery`. Assets are written beside them, so a plain file server shows them whole.

use reeve_frontend::{fixture, pages};
use reeve_model::Word;
use reeve_model::reader::{Lang, Theme};
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "target/gallery".into()));
    fs::create_dir_all(folder.join("assets"))?;
    for name in ["reeve.css", "icons.svg", "favicon.svg"] {
        let url = reeve_frontend::assets::url(name);
        let file = url.trim_start_matches("/assets/");
        if let Some(asset) = reeve_frontend::assets::find(file) {
            fs::write(folder.join("assets").join(file), asset.bytes)?;
        }
    }
    for &lang in Lang::ALL {
        for &theme in Theme::ALL {
            for (name, uri, page) in pages::fixtures() {
                let html = reeve_frontend::render(&fixture::chrome(lang, Some(theme), uri), &*page);
                fs::write(folder.join(format!("{name}.{}.{}.html", lang.as_str(), theme.as_str())), html)?;
            }
        }
    }
    Ok(())
}
