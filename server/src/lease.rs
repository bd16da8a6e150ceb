//! Who may write in the name of a job.

use crate::db::{Tx, on};
use chrono::{DateTime, Utc};

/// A claim on a job: good until the job ends, or until its worker is taken for dead. Every claim has a number of its own,
/// so that a worker that was only slow cannot write beside its successor, nor overwrite its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    pub job_id: i64,
    /// How many times the job has been claimed, this claim included.
    pub attempt: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    #[error("job {} was taken from this worker (its claim {} is over)", .0.job_id, .0.attempt)]
    Lost(Lease),
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
}

impl Lease {
    /// Checks that the claim still holds, and sees to it that it does until the transaction ends. Every transaction that a
    /// job writes in begins with this.
    ///
    /// # Errors
    /// [`LeaseError::Lost`]: nothing may be written any more.
    pub async fn hold(&self, tx: &mut Tx) -> Result<(), LeaseError> {
        let sql = match tx {
            // One writer at a time: nobody can take the job away before this transaction ends.
            Tx::Sqlite(_) => "SELECT id FROM job WHERE id = $1 AND attempt = $2 AND state = 'running'",
            Tx::Postgres(_) => "SELECT id FROM job WHERE id = $1 AND attempt = $2 AND state = 'running' FOR SHARE",
        };
        let held: Option<i64> = on!(tx, c => sqlx::query_scalar(sql)
            .bind(self.job_id).bind(self.attempt).fetch_optional(c).await)?;
        held.map(drop).ok_or(LeaseError::Lost(*self))
    }

    /// Ends the job well. Work does this in the transaction of its own last write, so that nothing lies between the two.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] when the claim is over.
    pub async fn finish(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<(), LeaseError> {
        self.end(tx, "done", now, None).await
    }

    pub(crate) async fn end(
        &self,
        tx: &mut Tx,
        state: &str,
        now: DateTime<Utc>,
        message: Option<&str>,
    ) -> Result<(), LeaseError> {
        let ended = on!(tx, c => sqlx::query(
            "UPDATE job SET state = $3, finished_at = $4, message = $5
             WHERE id = $1 AND attempt = $2 AND state = 'running'",
        )
            .bind(self.job_id).bind(self.attempt).bind(state).bind(now).bind(message)
            .execute(c).await.map(|done| done.rows_affected()))?;
        if ended == 0 { Err(LeaseError::Lost(*self)) } else { Ok(()) }
    }
}
