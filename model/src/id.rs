//! Numbers of rows, one type for each table: an asset's number is never taken for a crawl's.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "sql", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// Of `source`.
    SourceId
    /// Of `asset`: what databases, tables, and later directories, people and teams have in common.
    AssetId
    /// Of `crawl`.
    CrawlId
    /// Of `job`.
    JobId
    /// Of a retention policy, whatever its version.
    PolicyId
    /// Of a request, and of the agreement that it became.
    RequestId
    /// Of a legal hold.
    HoldId
    /// Of an exemption from retention.
    ExemptionId
}
