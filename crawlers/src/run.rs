use crate::{Crawler, Observation, SourceError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// What a crawler may do with the rest of the world: say what it saw, and notice that it should stop.
///
/// The channel is bounded: a crawler that reads faster than the catalog writes waits in [`Run::emit`],
/// so memory stays bounded whatever the source holds.
#[derive(Clone, Debug)]
pub struct Run {
    sender: mpsc::Sender<Observation>,
    cancel: CancellationToken,
}

impl Run {
    /// A run and the end where its observations arrive; at most `capacity` of them wait in between.
    pub fn new(capacity: usize, cancel: CancellationToken) -> (Self, mpsc::Receiver<Observation>) {
        let (sender, receiver) = mpsc::channel(capacity);
        (Self { sender, cancel }, receiver)
    }

    /// # Errors
    /// [`SourceError::Cancelled`] when the run was cancelled or nobody listens any more.
    pub async fn emit(&self, observation: Observation) -> Result<(), SourceError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(SourceError::Cancelled),
            sent = self.sender.send(observation) => sent.map_err(|_| SourceError::Cancelled),
        }
    }

    /// [`Run::emit`] for a thread of its own, outside of the runtime.
    ///
    /// # Errors
    /// As [`Run::emit`].
    pub fn emit_blocking(&self, observation: Observation) -> Result<(), SourceError> {
        futures::executor::block_on(self.emit(observation))
    }

    pub fn cancelled(&self) -> bool {
        self.cancel.is_cancelled() || self.sender.is_closed()
    }
}

/// All that a crawl says, in order, and how it ended: for sources small enough to be held in memory.
pub async fn observe(crawler: &dyn Crawler) -> (Vec<Observation>, Result<(), SourceError>) {
    let (run, mut receiver) = Run::new(2, CancellationToken::new());
    let crawled = async {
        let result = crawler.crawl(&run).await;
        // The observations end when nobody can send any more.
        drop(run);
        result
    };
    let collected = async {
        let mut observations = Vec::new();
        while let Some(observation) = receiver.recv().await {
            observations.push(observation);
        }
        observations
    };
    let (result, observations) = tokio::join!(crawled, collected);
    (observations, result)
}
