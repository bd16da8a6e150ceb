//! What every request passes, from the outside in: counted and timed, given its security headers, its errors given a
//! body, its origin and its address checked. The API has two more: its parameters are those of its document, and its
//! answers carry entity tags.

mod address;
mod client;
mod errors;
mod etag;
mod guard;
mod headers;
mod identify;
mod measure;
mod parameters;

pub(super) use address::address;
pub(crate) use client::ClientAddress;
pub(super) use client::client;
pub(super) use errors::errors;
pub(super) use etag::etag;
pub(super) use guard::guard;
pub(super) use headers::{Nonce, headers};
pub(super) use identify::{FormToken, identify};
pub(super) use measure::measure;
pub(super) use parameters::{Documented, parameters};
