//! How the issuers treat idempotency keys: as documented, carelessly, or not at all.

use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::app::{Books, Sandbox};

/// Between a careless check of a key and the effect; long enough for every copy of a burst to pass the check.
const RACE_WINDOW: Duration = Duration::from_millis(50);

/// What a key is worth at both issuers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyMode {
    /// A key makes one card, however many copies come.
    #[default]
    Idempotent,
    /// A key is looked up 50 ms before the effect, so that copies within that time each make a card.
    Racy,
    /// Keys are read and ignored.
    None,
}

/// Whether a key is looked up at the very moment of the effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LookUp {
    Yes,
    /// It does not count, or was looked up too early.
    No,
}

/// Looks a key up as the mode will have it, and waits where that is the fault.
pub(crate) async fn look_up(sandbox: &Sandbox, is_known: impl FnOnce(&Books) -> bool) -> LookUp {
    let (mode, known) = {
        let books = sandbox.books();
        (books.keys, is_known(&books))
    };
    match mode {
        KeyMode::Idempotent => LookUp::Yes,
        KeyMode::Racy if known => LookUp::Yes,
        KeyMode::Racy => {
            tokio::time::sleep(RACE_WINDOW).await;
            LookUp::No
        }
        KeyMode::None => LookUp::No,
    }
}
