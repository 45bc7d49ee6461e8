//! The reference of the package's types, made from their own documentation.

use crate::package::tool;
use crate::step::target;
use std::process::Command;

/// Writes the pages; fails where a type is public and not among what is exported.
pub(crate) fn write() -> Command {
    let mut typedoc = tool("typedoc");
    typedoc.arg("--out").arg(target().join("reference"));
    typedoc
}
