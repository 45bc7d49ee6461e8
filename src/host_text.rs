//! Text that is on the host only.

use std::fmt;
use std::ops::Deref;

/// Text that nothing in the wasm reads, and so takes no space there: what issuers call things, and what people read. The wasm
/// gives codes and parameters: TypeScript has the sentences, made from these on the host, where they compress as text and can be
/// in another language.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HostText {
    #[cfg(not(target_arch = "wasm32"))]
    text: &'static str,
}

impl HostText {
    /// This text; in the wasm none.
    #[cfg_attr(target_arch = "wasm32", expect(unused_variables, reason = "the wasm keeps none of it"))]
    pub(crate) const fn new(text: &'static str) -> HostText {
        HostText {
            #[cfg(not(target_arch = "wasm32"))]
            text,
        }
    }

    /// The text; in the wasm an empty one.
    pub const fn as_str(self) -> &'static str {
        #[cfg(not(target_arch = "wasm32"))]
        return self.text;
        #[cfg(target_arch = "wasm32")]
        return "";
    }
}

impl Deref for HostText {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for HostText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for HostText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
