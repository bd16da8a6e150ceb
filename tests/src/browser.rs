//! A real Chromium, headless, driven over WebDriver.

use crate::peers;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::ops::Deref;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Chromium takes a core and some hundred megabytes: no more of them at once than a small machine has cores.
static PERMITS: Semaphore = Semaphore::const_new(2);

/// How long a page may take to become what a test waits for; generous, as a loaded CI machine is slow.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the browser is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub script: bool,
    pub width: u32,
    pub height: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { script: true, width: 1440, height: 900 }
    }
}

impl Settings {
    pub const WITHOUT_SCRIPT: Self = Self { script: false, width: 1440, height: 900 };
    pub const PHONE: Self = Self { script: true, width: 390, height: 844 };
}

/// One browser with an empty profile. End it with [`Browser::close`]: dropped during a failing test, it
/// stays until chromedriver ends.
pub struct Browser {
    client: Client,
    driver: String,
    _profile: tempfile::TempDir,
    _permit: SemaphorePermit<'static>,
}

impl Deref for Browser {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Browser {
    pub async fn open(settings: Settings) -> Self {
        let permit = PERMITS.acquire().await.expect("the semaphore is never closed");
        let driver = peers::chromedriver();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let arguments = [
            "--headless=new".to_owned(),
            // Chromium refuses its sandbox to root, and CI is root.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--no-first-run".to_owned(),
            "--lang=en".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
            format!("--window-size={},{}", settings.width.max(500), settings.height),
        ];
        let mut options = json!({ "args": arguments });
        if !settings.script {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        // A desktop window is never narrower than 500 px, so a phone's width is emulated.
        if settings.width < 500 {
            options["mobileEmulation"] = json!({
                "deviceMetrics": { "width": settings.width, "height": settings.height, "pixelRatio": 2.0, "touch": true }
            });
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("written as an object above") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver)
            .await
            .unwrap_or_else(|error| panic!("{driver} opens no browser: {error}"));
        Self { client, driver, _profile: profile, _permit: permit }
    }

    pub async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }

    /// The first element that matches, once it is there.
    pub async fn element(&self, css: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css} on {}: {error}\n{}", self.address().await, self.text().await),
        }
    }

    pub async fn elements(&self, css: &str) -> Vec<Element> {
        self.client.find_all(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    pub async fn click(&self, css: &str) {
        let element = self.element(css).await;
        element.click().await.unwrap_or_else(|error| panic!("cannot click {css}: {error}"));
    }

    /// Types into the element that matches.
    pub async fn fill(&self, css: &str, keys: &str) {
        let element = self.element(css).await;
        element.send_keys(keys).await.unwrap_or_else(|error| panic!("cannot type into {css}: {error}"));
    }

    /// Types into whatever has the focus, as a keyboard does.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|error| panic!("cannot type {keys:?}: {error}"));
    }

    /// A key pressed while another is held, as in Ctrl-K.
    pub async fn chord(&self, held: Key, key: char) {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: char::from(held) })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: char::from(held) });
        self.client.perform_actions(keys).await.unwrap_or_else(|error| panic!("cannot press {key}: {error}"));
    }

    /// What all elements that match show, together.
    pub async fn text_of(&self, css: &str) -> String {
        let mut texts = Vec::new();
        for element in self.elements(css).await {
            // One that went away meanwhile shows nothing.
            texts.push(element.text().await.unwrap_or_default());
        }
        texts.join("\n")
    }

    /// Waits until `condition` holds, and fails saying what was waited for.
    pub async fn until(&self, what: &str, condition: impl AsyncFn(&Self) -> bool) {
        let begun = tokio::time::Instant::now();
        while !condition(self).await {
            assert!(
                begun.elapsed() < PATIENCE,
                "waited {PATIENCE:?} in vain until {what}, on {}\n{}",
                self.address().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn address(&self) -> String {
        self.client.current_url().await.map_or_else(|error| format!("(no address: {error})"), |url| url.to_string())
    }

    /// What a reader sees of the page.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => format!("(no body: {error})"),
        }
    }

    /// Sets a cookie of the page's host. Not by fantoccini, which sends an attribute that Chromium refuses.
    pub async fn set_cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "cookie": { "name": name, "value": value, "path": "/" } });
        let answer = self.ask("cookie", &cookie).await;
        assert_eq!(answer["value"], Value::Null, "cannot set the cookie {name}={value}: {answer}");
    }

    /// Asks chromedriver something that fantoccini has no call for.
    async fn ask(&self, what: &str, body: &Value) -> Value {
        let session = self.client.session_id().await.expect("a session").expect("a session");
        let url = format!("{}/session/{session}/{what}", self.driver);
        let answer = crate::http_client().post(&url).json(body).send().await.expect("chromedriver answers");
        answer.json().await.expect("chromedriver answers in JSON")
    }

    /// What the browser complained of since it was last asked: script errors, refused content, missing files.
    pub async fn complaints(&self) -> Vec<String> {
        let answer = self.ask("se/log", &json!({ "type": "browser" })).await;
        let entries = answer["value"].as_array().unwrap_or_else(|| panic!("no log: {answer}"));
        entries
            .iter()
            .filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG")
            .map(|entry| format!("{}: {}", entry["level"], entry["message"].as_str().unwrap_or_default()))
            .collect()
    }

    /// What axe-core finds against WCAG 2.2 AA and its own best practice, one line for each element.
    pub async fn accessibility_violations(&self, axe: &str) -> Vec<String> {
        // Evaluated by the driver, so the page's content-security policy does not come into it.
        self.client.execute(axe, Vec::new()).await.expect("axe-core loads");
        let run = "const done = arguments[arguments.length - 1]; \
             axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }) \
                .then(result => done({ violations: result.violations, rules: result.passes.length }), error => done({ error: String(error) }))";
        let result = self.client.execute_async(run, Vec::new()).await.expect("axe-core runs");
        assert!(result["rules"].as_u64() > Some(5), "axe-core checked next to nothing: {result}");
        let violations = result["violations"].as_array().unwrap_or_else(|| panic!("axe-core failed: {result}"));
        violations
            .iter()
            .flat_map(|rule| {
                let nodes = rule["nodes"].as_array().map_or(&[][..], Vec::as_slice);
                nodes.iter().map(|node| {
                    format!(
                        "{}: {}\n    {}\n    {}",
                        rule["id"].as_str().unwrap_or_default(),
                        node["target"],
                        node["html"].as_str().unwrap_or_default(),
                        node["failureSummary"].as_str().unwrap_or_default().replace('\n', "\n    ")
                    )
                })
            })
            .collect()
    }
}
