//! What stands at the ends of the lines: real programs, and a client.

mod client;
mod program;
mod proxy;
mod sandbox;

pub use client::{Call, HOST, Told, ask};
pub use program::Program;
pub use proxy::Proxy;
pub use sandbox::{Effect, Ledger, Receipt, Sandbox};

const INGO_API_KEY: &str = "test-api-key";
const INGO_USERNAME: &str = "test";
const INGO_SECRET: &str = "test-secret";
const PINTOPAY_API_KEY: &str = "test-project-key";
const PINTOPAY_SECRET: &str = "test-project-secret";
const CONTROL_TOKEN: &str = "test-control-token";
