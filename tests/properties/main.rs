//! What holds for every input, whatever somebody puts into a form.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

mod form;
mod inputs;
mod presence;
mod requests;
mod typing;
