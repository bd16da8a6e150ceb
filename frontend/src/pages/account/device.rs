use crate::text::Texts;

/// Each before those that claim to be it as well.
const BROWSERS: [(&str, &str); 8] = [
    ("Whale/", "Whale"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A browser as people call it, from what it calls itself.
pub(super) fn name(t: Texts, agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default();
    let of = |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => t.device_on(browser, system),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => t.device_unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reeve_model::reader::Lang;

    #[test]
    fn browsers_are_told_apart() {
        let of = |agent: &str| name(Texts(Lang::En), Some(agent));
        let windows =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0";
        assert_eq!(of(&format!("{windows} Safari/537.36")), "Chrome on Windows");
        assert_eq!(of(&format!("{windows} Safari/537.36 Edg/142.0")), "Edge on Windows");
        assert_eq!(
            of("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
            "Firefox on Linux"
        );
        assert_eq!(of("curl/8.5.0"), "curl");
        assert_eq!(of("<script>"), "Unknown device");
    }
}
