//! Claims and register in memory: bounded, and gone with the process. For demonstrations and tests only.

mod claims;
mod recent;
mod register;
mod shelf;

pub(crate) use claims::MemoryClaims;
pub(crate) use recent::MemoryMarks;
pub(crate) use register::MemoryRegister;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many claims, cards and orders are kept at most, of each.
pub(crate) const CAPACITY: usize = 100_000;

/// Locks, also after a panic elsewhere: every change under these locks is whole before anything in it can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
