//! The issuer PintoPay as its clients meet it.

pub(crate) mod client;
mod control;
mod faults;
mod gateway;
mod orders;
mod products;
