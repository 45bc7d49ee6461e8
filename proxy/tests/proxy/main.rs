//! The proxy over real HTTP, in front of an issuer that answers as it is told.

mod bypass;
mod client;
mod connections;
mod copies;
mod corpora;
mod cross_site;
mod doors;
mod drain;
mod duplicates;
mod intents;
mod json_suite;
mod limits;
mod metrics;
mod no_store;
mod outcomes;
mod pintopay;
mod process;
mod register;
mod rig;
mod sandbox;
mod scripted;
mod static_files;
mod store;
mod structured_fields;
mod targets;
mod who;
