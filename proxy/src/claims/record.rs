//! What is kept of an intent, and of the card it is about. No number, no name and no address: ids, times and masked answers.

use std::sync::Arc;

use sqlx::FromRow;

use crate::clock::Moment;
use crate::ending::Ending;

/// How far an intent has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Somebody is about to send it, or was; no byte of it has left.
    Claimed,
    /// Bytes of it may be leaving.
    Sending,
    /// It was sent, and it is not known what became of it.
    Unknown,
    /// It has ended, and every copy is told how.
    Done,
    /// It was given up before it was sent; a late copy is refused.
    Closed,
}

impl State {
    /// Every state.
    pub(crate) const ALL: [State; 5] = [State::Claimed, State::Sending, State::Unknown, State::Done, State::Closed];

    /// The state's word in a store.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            State::Claimed => "claimed",
            State::Sending => "sending",
            State::Unknown => "unknown",
            State::Done => "done",
            State::Closed => "closed",
        }
    }

    /// The state with this word.
    pub(crate) fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What an intent is about, in ids, so that reading the issuer can settle it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The issuer's id of the person.
    pub(crate) user_id: Option<String>,
    /// The issuer's id of the card.
    pub(crate) card_id: Option<String>,
    /// The form factor that was asked for.
    pub(crate) card_type: Option<String>,
    /// Whether it was not done if the issuer lists no trace of it.
    pub(crate) absence_tells: bool,
}

/// The claim on an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) tenant: String,
    /// Who asked.
    pub(crate) user: String,
    pub(crate) operation: &'static str,
    pub(crate) subject: Subject,
    pub(crate) state: State,
    /// Of the request the key belongs to; none where it is free.
    pub(crate) fingerprint: Option<[u8; 32]>,
    /// Rises whenever the claim goes to somebody else: what carries an older one is not listened to.
    pub(crate) fence: i64,
    /// Claimed, sending: when the lease ends. Unknown: when the issuer may be read next.
    pub(crate) due_at: Moment,
    /// When its first byte may have left for the first time.
    pub(crate) sent_at: Option<Moment>,
    /// How often it may have been sent.
    pub(crate) sends: i64,
    /// Its place among the intents for the same card; 0 where it is about none.
    pub(crate) place: i64,
    /// How it ended, or how the copy ended that gave the key back.
    pub(crate) ending: Option<Ending>,
    /// When it came to be as it is. Unknown: when its last send ended or was given up; a look that is put off changes nothing.
    pub(crate) changed_at: Moment,
}

/// The order of the intents for one card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lane {
    /// The place that was given last.
    pub(crate) newest: i64,
    /// The highest place that was sent.
    pub(crate) sent: i64,
    /// When the last lease of those ends that are being sent, this intent's own aside.
    pub(crate) busy_until: Moment,
    /// Rises with every change; 0 is a lane nobody has entered.
    pub(crate) version: i64,
}

/// Where a claim stands in the store, and the lane of its card.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) claim: Arc<str>,
    pub(crate) lane: Option<Arc<str>>,
}

/// What a store shows of an intent at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) record: Option<Record>,
    /// Of the record; rises with every change, 0 is none.
    pub(crate) version: i64,
    /// The lane that was asked about.
    pub(crate) lane: Lane,
    /// Whether the record stands in that lane: a key that was given back may come again for another card.
    pub(crate) in_lane: bool,
}

impl Snapshot {
    /// Whether nothing was sent under the key, and no copy is about to send.
    pub(crate) fn is_free(&self) -> bool {
        self.record.as_ref().is_none_or(|record| record.state == State::Claimed && record.fingerprint.is_none())
    }

    /// Whether a newer intent for the same card went out, or may have: of what is unknown in a lane that its card has no more, nobody
    /// knows. Before ids were one in whichever case, each spelling had its own.
    pub(crate) fn is_overtaken(&self) -> bool {
        let is_behind =
            |record: &Record| if self.in_lane { self.lane.sent > record.place } else { record.state == State::Unknown };
        self.record.as_ref().is_some_and(|record| record.place > 0 && is_behind(record))
    }
}

/// What takes the place of what a snapshot showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) record: Record,
    /// `newest` and `sent` of the lane, where it changes too.
    pub(crate) lane: Option<(i64, i64)>,
    /// What a person decided, written down in the same step.
    pub(crate) audit: Option<Audit>,
}

impl Change {
    /// A change that leaves the lane as it is.
    pub(crate) fn of(record: Record) -> Change {
        Change { record, lane: None, audit: None }
    }
}

/// An intent that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) claim: Arc<str>,
    pub(crate) operation: String,
    pub(crate) ending: Ending,
}

/// A card that a person named who said of an intent that it was done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub(crate) struct Named {
    pub(crate) claim: String,
    pub(crate) card_id: String,
}

/// One line of the audit: who settled what, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Audit {
    pub(crate) at: Moment,
    pub(crate) by_tenant: String,
    pub(crate) by_user: String,
    /// `done` or `rejected`.
    pub(crate) verdict: &'static str,
    pub(crate) card_id: Option<String>,
}
