//! Claims in memory.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::lock;
use crate::claims::record::{Address, Audit, Change, Done, Lane, Named, Record, Snapshot, State};
use crate::claims::{ClaimStore, StoreUnavailable};
use crate::clock::Moment;

/// Claims that live as long as the process.
pub(crate) struct MemoryClaims {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    claims: HashMap<Arc<str>, Claim>,
    lanes: HashMap<Arc<str>, Members>,
    /// Claims in the order in which they came to rest.
    at_rest: VecDeque<Arc<str>>,
    audit: Vec<(Arc<str>, Audit)>,
}

struct Claim {
    record: Record,
    lane: Option<Arc<str>>,
    version: i64,
}

/// A lane, and who is in it.
#[derive(Default)]
struct Members {
    lane: Lane,
    claims: HashSet<Arc<str>>,
}

impl MemoryClaims {
    /// Room for so many claims.
    pub(crate) fn new(capacity: usize) -> MemoryClaims {
        MemoryClaims { capacity, kept: Mutex::default() }
    }

    /// What was written down of settled claims.
    #[cfg(test)]
    pub(crate) fn audit(&self) -> Vec<Audit> {
        lock(&self.kept).audit.iter().map(|(_, audit)| audit.clone()).collect()
    }
}

#[async_trait]
impl ClaimStore for MemoryClaims {
    async fn load(&self, at: &Address) -> Result<Snapshot, StoreUnavailable> {
        Ok(lock(&self.kept).load(at))
    }

    async fn swap(&self, at: &Address, seen: &Snapshot, change: &Change) -> Result<bool, StoreUnavailable> {
        let mut kept = lock(&self.kept);
        let now = kept.load(at);
        if now.version != seen.version || change.lane.is_some() && now.lane.version != seen.lane.version {
            return Ok(false);
        }
        if seen.version == 0 && kept.claims.len() >= self.capacity {
            kept.make_room()?;
        }
        kept.put(at, now.version + 1, change);
        Ok(true)
    }

    async fn due(&self, now: Moment, most: u32) -> Result<Vec<Address>, StoreUnavailable> {
        let kept = lock(&self.kept);
        let mut due: Vec<_> =
            kept.claims.iter().filter(|(_, claim)| claim.is_open() && claim.record.due_at <= now).collect();
        due.sort_by_key(|(_, claim)| claim.record.due_at);
        let address = |(id, claim): (&Arc<str>, &Claim)| Address { claim: Arc::clone(id), lane: claim.lane.clone() };
        Ok(due.into_iter().take(most as usize).map(address).collect())
    }

    async fn open_for(&self, tenant: &str, user_id: &str) -> Result<u64, StoreUnavailable> {
        let is_meant = |claim: &&Claim| claim.is_open() && claim.is_for(tenant, user_id);
        Ok(lock(&self.kept).claims.values().filter(is_meant).count() as u64)
    }

    async fn unknown(&self) -> Result<u64, StoreUnavailable> {
        let is_unknown = |claim: &&Claim| claim.record.state == State::Unknown;
        Ok(lock(&self.kept).claims.values().filter(is_unknown).count() as u64)
    }

    async fn done_for(&self, tenant: &str, user_id: &str) -> Result<Vec<Done>, StoreUnavailable> {
        let is_meant = |claim: &Claim| claim.record.state == State::Done && claim.is_for(tenant, user_id);
        let done = |(id, claim): (&Arc<str>, &Claim)| {
            let ending = claim.record.ending.clone().filter(|_| is_meant(claim))?;
            Some(Done { claim: Arc::clone(id), operation: claim.record.operation.to_owned(), ending })
        };
        Ok(lock(&self.kept).claims.iter().filter_map(done).collect())
    }

    async fn named(&self, tenant: &str) -> Result<Vec<Named>, StoreUnavailable> {
        let named = |(claim, audit): &(Arc<str>, Audit)| {
            let card_id = audit.card_id.clone().filter(|_| audit.by_tenant == tenant && audit.verdict == "done")?;
            Some(Named { claim: claim.as_ref().to_owned(), card_id })
        };
        Ok(lock(&self.kept).audit.iter().filter_map(named).collect())
    }

    async fn reap(&self, before: Moment) -> Result<u64, StoreUnavailable> {
        let mut kept = lock(&self.kept);
        let open: HashSet<_> =
            kept.claims.values().filter(|claim| claim.is_open()).filter_map(Claim::subject).collect();
        let tells =
            |claim: &Claim| claim.record.state == State::Done && claim.subject().is_some_and(|of| open.contains(&of));
        let is_old = |claim: &Claim| !claim.is_open() && claim.record.changed_at < before && !tells(claim);
        let old: Vec<_> = kept.claims.iter().filter(|(_, claim)| is_old(claim)).map(|(id, _)| Arc::clone(id)).collect();
        old.iter().for_each(|id| kept.forget(id));
        Ok(old.len() as u64)
    }
}

impl Claim {
    /// Whether it must not be forgotten.
    fn is_open(&self) -> bool {
        matches!(self.record.state, State::Sending | State::Unknown)
    }

    /// Whose tenant's it is, and for which of the issuer's users.
    fn subject(&self) -> Option<(String, String)> {
        let user_id = self.record.subject.user_id.as_ref()?;
        Some((self.record.tenant.clone(), user_id.to_ascii_lowercase()))
    }

    fn is_for(&self, tenant: &str, user_id: &str) -> bool {
        let is_his = |id: &String| id.eq_ignore_ascii_case(user_id);
        self.record.tenant == tenant && self.record.subject.user_id.as_ref().is_some_and(is_his)
    }

    fn is_at_rest(&self) -> bool {
        match self.record.state {
            State::Done | State::Closed => true,
            // Given back.
            State::Claimed => self.record.fingerprint.is_none(),
            State::Sending | State::Unknown => false,
        }
    }
}

impl Kept {
    fn load(&self, at: &Address) -> Snapshot {
        let claim = self.claims.get(&at.claim);
        Snapshot {
            record: claim.map(|claim| claim.record.clone()),
            version: claim.map_or(0, |claim| claim.version),
            lane: at
                .lane
                .as_ref()
                .and_then(|lane| self.lanes.get(lane))
                .map(|members| self.lane(members, at))
                .unwrap_or_default(),
            in_lane: claim.is_some_and(|claim| claim.lane == at.lane),
        }
    }

    fn lane(&self, members: &Members, at: &Address) -> Lane {
        let others = members.claims.iter().filter(|id| **id != at.claim).filter_map(|id| self.claims.get(id));
        let sending = others.filter(|claim| claim.record.state == State::Sending);
        let busy_until = sending.map(|claim| claim.record.due_at).max().unwrap_or_default();
        Lane { busy_until, ..members.lane }
    }

    fn put(&mut self, at: &Address, version: i64, change: &Change) {
        let before = self.claims.get(&at.claim).and_then(|known| known.lane.clone());
        if let Some(lane) = &at.lane {
            if let Some(left) = before.as_ref().and_then(|before| self.lanes.get_mut(before)) {
                left.claims.remove(&at.claim);
            }
            let members = self.lanes.entry(Arc::clone(lane)).or_default();
            members.claims.insert(Arc::clone(&at.claim));
            if let Some((newest, sent)) = change.lane {
                members.lane = Lane { newest, sent, version: members.lane.version + 1, ..Lane::default() };
            }
        }
        self.audit.extend(change.audit.clone().map(|audit| (Arc::clone(&at.claim), audit)));
        let claim = Claim { record: change.record.clone(), lane: at.lane.clone().or(before), version };
        if claim.is_at_rest() {
            self.at_rest.push_back(Arc::clone(&at.claim));
        }
        self.claims.insert(Arc::clone(&at.claim), claim);
    }

    /// Forgets what has been at rest for longest.
    fn make_room(&mut self) -> Result<(), StoreUnavailable> {
        loop {
            let oldest = self.at_rest.pop_front().ok_or(StoreUnavailable)?;
            // It may have been claimed again since.
            if self.claims.get(&oldest).is_some_and(Claim::is_at_rest) {
                self.forget(&oldest);
                return Ok(());
            }
        }
    }

    fn forget(&mut self, id: &Arc<str>) {
        let Some(lane) = self.claims.remove(id).and_then(|claim| claim.lane) else { return };
        let Some(members) = self.lanes.get_mut(&lane) else { return };
        // The lane itself stays: whoever is next must not begin to count anew.
        members.claims.remove(id);
    }
}
