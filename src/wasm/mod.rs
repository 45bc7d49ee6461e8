//! What crosses into JavaScript. The only place that names wasm_bindgen, js_sys, web_sys or gloo_net.
//!
//! Text comes in, small rows go out: arrays whose members the TypeScript side names, because an array cannot be bent by a
//! setter that somebody put on `Object.prototype`. There are no classes, so there is nothing to free.
//!
//! The crate is compiled twice: for every page, and with the feature `rows` for the file that checks many inputs at once,
//! which is loaded when it is asked for.

#[cfg(feature = "rows")]
pub mod bulk;
mod cells;
#[cfg(not(feature = "rows"))]
pub mod form;
#[cfg(not(feature = "rows"))]
pub mod intents;
#[cfg(not(feature = "rows"))]
pub mod orders;
#[cfg(not(feature = "rows"))]
pub mod packed;
#[cfg(not(feature = "rows"))]
mod rows;
#[cfg(not(feature = "rows"))]
pub mod rules;
#[cfg(not(feature = "rows"))]
pub mod transport;

use crate::check::Settings;
use crate::field::IdForm;
use crate::operation::{OPERATIONS, Operation};
#[cfg(not(feature = "rows"))]
use wasm_bindgen::throw_str;

/// Two levels of free lists (TLSF): constant time, and 1.9 kB (gzip) smaller than the allocator of std.
#[global_allocator]
static HEAP: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// `relaxed` is a sum: 1 for ids by their prefix alone, 2 for unknown names passed over.
#[cfg_attr(small, inline(never))]
fn settings(relaxed: u8, key: Option<&str>) -> Settings<'_> {
    Settings {
        ids: if relaxed & 1 == 0 { IdForm::Hex } else { IdForm::PrefixOnly },
        drop_unknown: relaxed & 2 != 0,
        key,
    }
}

/// The operation at a place. The page's places are written with the module's, so that only what is bent says another: it throws,
/// and the instance is given up.
#[cfg(not(feature = "rows"))]
fn operation_at(place: usize) -> &'static Operation {
    known_at(place).unwrap_or_else(|| throw_str("unknown operation"))
}

fn known_at(place: usize) -> Option<&'static Operation> {
    OPERATIONS.get(place).copied()
}
