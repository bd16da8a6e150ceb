//! A departure opens a case with all that the person answered for. Until somebody else does, nothing of it may be deleted.

mod handover;
mod heirs;
mod read;
mod review;

pub use handover::{hand_over, resource};
pub use heirs::heirs;
pub use read::{find, hold, list};
pub(super) use review::decided;
pub use review::{Reviewed, review};
