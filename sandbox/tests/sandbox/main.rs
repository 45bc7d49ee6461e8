//! The sandbox as its clients meet it: the program itself, over real connections.

mod cards;
mod client;
mod control;
mod faults;
mod gateway;
mod keys;
mod pintopay;
mod process;
mod wire;
