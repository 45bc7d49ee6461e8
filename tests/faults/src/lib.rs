//! Lines between clients and servers that go wrong as a script says: the network, as the tests want it.
//!
//! A [`Line`] listens on loopback, reads each request whole, and carries its bytes unchanged to a server and the answer
//! back, unless a rule of its [`Script`] fires. What is left to chance comes from the script's seed. The [`rig`] is what
//! stands at its ends: the proxy and the sandbox issuer as programs, and a client that says what it was told. A [`world`] is
//! many of them at once, in which intents are driven and judged by the ledger.

mod control;
mod exchange;
mod line;
mod message;
pub mod rig;
mod script;
pub mod world;

pub use control::router;
pub use line::{Exchange, Line};
pub use script::{At, End, Fault, Leg, Rule, Script};
