pub mod list;
pub mod show;

use serde::Deserialize;
use utoipa::IntoParams;

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Part of login, name, mail, employee number or team, in any case.
    #[serde(default)]
    pub q: String,
    /// `planned`, `active`, `on_leave`, `suspected` or `departed`.
    #[serde(default)]
    pub state: String,
    /// `person` or `service`.
    #[serde(default)]
    pub kind: String,
}
