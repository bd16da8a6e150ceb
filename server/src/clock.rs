//! The one place that asks what time it is.

use chrono::{DateTime, SubsecRound, Utc};

/// Where the time comes from; a test sets its own.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    Fixed(std::sync::Arc<std::sync::Mutex<DateTime<Utc>>>),
}

impl Clock {
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(std::sync::Arc::new(std::sync::Mutex::new(at)))
    }

    /// Now, truncated to microseconds: what PostgreSQL keeps, so a time read back equals the one written.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Fixed(at) => *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// Moves a fixed clock; does nothing to the system's.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = to;
        }
    }
}
