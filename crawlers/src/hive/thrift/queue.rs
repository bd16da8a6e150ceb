//! What is left to do, shared by the threads that do it.

use crate::SourceError;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Tasks that may add tasks. The newest goes first, so that a database is finished before the next one is begun and
/// what waits stays small.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    tasks: Vec<T>,
    running: usize,
    /// The first error; with it the queue is over.
    failed: Option<SourceError>,
}

impl<T> Queue<T> {
    pub(super) fn new(tasks: Vec<T>) -> Self {
        Self { state: Mutex::new(State { tasks, running: 0, failed: None }), changed: Condvar::new() }
    }

    pub(super) fn push(&self, task: T) {
        self.lock().tasks.push(task);
        self.changed.notify_one();
    }

    /// Takes tasks and does them until none is left, here or with another thread, or one failed.
    pub(super) fn work(&self, mut work: impl FnMut(T) -> Result<(), SourceError>) {
        while let Some(task) = self.take() {
            let done = Done { queue: self, result: None };
            let result = work(task);
            done.with(result);
        }
    }

    /// The first error of any thread.
    ///
    /// # Errors
    /// That error.
    pub(super) fn result(self) -> Result<(), SourceError> {
        match self.state.into_inner().unwrap_or_else(PoisonError::into_inner).failed {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.failed.is_some() {
                return None;
            }
            if let Some(task) = state.tasks.pop() {
                state.running += 1;
                return Some(task);
            }
            if state.running == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks a task as done when dropped, so that a panic does not leave the other threads waiting.
struct Done<'a, T> {
    queue: &'a Queue<T>,
    result: Option<Result<(), SourceError>>,
}

impl<T> Done<'_, T> {
    fn with(mut self, result: Result<(), SourceError>) {
        self.result = Some(result);
    }
}

impl<T> Drop for Done<'_, T> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.running -= 1;
        match self.result.take() {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                state.failed.get_or_insert(error);
            }
            None => {
                state.failed.get_or_insert(SourceError::Cancelled);
            }
        }
        if state.failed.is_some() || (state.running == 0 && state.tasks.is_empty()) {
            self.queue.changed.notify_all();
        }
    }
}
