//! Style, icons and the browser bundle, embedded in the program. `build/assets.rs` names each by its content and
//! compresses it, so that they may be cached for ever and cost nothing to serve.

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// As in the repository: `reeve.css`.
    pub name: &'static str,
    /// Where it is served: `/assets/reeve-<hash of the content>.css`.
    pub path: &'static str,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
    /// `None` where compressing does not make it smaller.
    pub brotli: Option<&'static [u8]>,
    pub gzip: Option<&'static [u8]>,
}

/// The two files that wake the islands.
#[derive(Clone, Copy, Debug)]
pub struct Bundle {
    pub js_url: &'static str,
    pub wasm_url: &'static str,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Where a file is served.
///
/// # Panics
/// When no such file is embedded: the names are literals of this program.
pub fn url(name: &str) -> String {
    by_name(name).unwrap_or_else(|| panic!("{name} is not among the files of frontend/build/assets.rs")).path.to_owned()
}

/// The file served at `/assets/{file}`.
pub fn find(file: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path.strip_prefix("/assets/") == Some(file))
}

/// The browser bundle, `None` when this program was built without it: every page works all the same.
pub fn bundle() -> Option<Bundle> {
    Some(Bundle { js_url: by_name("reeve.js")?.path, wasm_url: by_name("reeve_bg.wasm")?.path })
}

fn by_name(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_served_under_the_address_that_pages_link_to() {
        for name in ["reeve.css", "icons.svg", "favicon.svg"] {
            let url = url(name);
            let asset = url.strip_prefix("/assets/").and_then(find).expect(name);
            assert_eq!(asset.name, name);
            assert!(!asset.bytes.is_empty());
        }
        assert!(find("reeve.css").is_none(), "only names with a hash, which may be cached for ever");
    }

    #[test]
    fn compressed_copies_hold_the_same_bytes() {
        use std::io::Read;
        for asset in ASSETS {
            if let Some(mut gzip) = asset.gzip {
                let mut bytes = Vec::new();
                flate2::read::GzDecoder::new(&mut gzip).read_to_end(&mut bytes).unwrap();
                assert!(bytes == asset.bytes, "{}", asset.name);
            }
            if let Some(mut compressed) = asset.brotli {
                let mut bytes = Vec::new();
                brotli::BrotliDecompress(&mut compressed, &mut bytes).unwrap();
                assert!(bytes == asset.bytes, "{}", asset.name);
            }
        }
    }
}
