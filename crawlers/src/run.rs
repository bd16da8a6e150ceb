use crate::{Crawler, Observation, SourceError};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// What a crawler may do with the rest of the world: say what it saw, and notice that it should stop.
///
/// What waits between the two is bounded in bytes: a crawler that reads faster than the catalog writes waits in
/// [`Run::emit`], so memory stays bounded whatever the source holds, and however large one thing of it is.
#[derive(Clone, Debug)]
pub struct Run {
    sender: mpsc::UnboundedSender<(Observation, OwnedSemaphorePermit)>,
    room: Arc<Semaphore>,
    kib: u32,
    cancel: CancellationToken,
}

/// Where the observations of a run arrive. Dropped, it ends the run.
#[derive(Debug)]
pub struct Observations {
    receiver: mpsc::UnboundedReceiver<(Observation, OwnedSemaphorePermit)>,
    room: Arc<Semaphore>,
}

impl Run {
    /// A run and the end where its observations arrive. In between at most `kib` KiB of them wait, or one that is larger;
    /// each counts as a KiB at least.
    pub fn new(kib: u32, cancel: CancellationToken) -> (Self, Observations) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(kib as usize));
        (Self { sender, room: Arc::clone(&room), kib, cancel }, Observations { receiver, room })
    }

    /// # Errors
    /// [`SourceError::Cancelled`] when the run was cancelled or nobody listens any more.
    pub async fn emit(&self, observation: Observation) -> Result<(), SourceError> {
        let kib = u32::try_from(observation.bytes() / 1_024).unwrap_or(u32::MAX).clamp(1, self.kib);
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(SourceError::Cancelled),
            room = Arc::clone(&self.room).acquire_many_owned(kib) => {
                let room = room.map_err(|_| SourceError::Cancelled)?;
                self.sender.send((observation, room)).map_err(|_| SourceError::Cancelled)
            }
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

impl Observations {
    /// `None` when the run has ended.
    pub async fn recv(&mut self) -> Option<Observation> {
        self.receiver.recv().await.map(|(observation, _)| observation)
    }

    /// Waits for one, and takes what else is there, at most `most`; nothing when the run has ended.
    pub async fn recv_many(&mut self, most: usize) -> Vec<Observation> {
        let mut taken = Vec::new();
        self.receiver.recv_many(&mut taken, most).await;
        taken.into_iter().map(|(observation, _)| observation).collect()
    }
}

impl Drop for Observations {
    fn drop(&mut self) {
        self.room.close();
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
