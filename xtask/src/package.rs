//! The npm package: generated sources, one bundle for each entry, and their types.

use crate::step::{command, modified, program_modified, root, run, step, target};
use crate::{declarations, generate, no_wasm, repository, supply, wasm};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// One file of the package. What can be imported by name has a row in the `exports` of `pkg/package.json`, too.
struct Entry {
    /// Its file in `dist`, without an ending. `index` is the package itself, `index.workerd` the same under that condition.
    name: &'static str,
    /// What is bundled.
    source: &'static str,
    /// Where the engine's instances come from, a file of `pkg/src/source`. None where the rules are imported from
    /// `cardwright` itself, so that a page has them once.
    engine: Option<&'static str>,
    /// Which of the modules it holds, if it has an engine.
    module: wasm::Module,
    /// What stays an import.
    external: &'static [&'static str],
    formats: &'static [Format],
    types: Types,
}

enum Format {
    Esm,
    Cjs,
}

const BOTH: &[Format] = &[Format::Esm, Format::Cjs];

enum Types {
    /// Of its own.
    Own,
    /// Those of the default entry, and what this source exports beside it. One declaration of a class serves all entries,
    /// because TypeScript takes a second one for another class.
    Beside(Option<&'static str>),
    /// The default entry's file.
    Default,
    /// None: no program imports the file, the others load it.
    Loaded,
}

/// Loaded when they are asked for, from the files beside.
const LOADED: [&str; 2] = ["./bulk", "./worker"];

const ENTRIES: &[Entry] = &[
    Entry {
        name: "index",
        source: "src/index.ts",
        engine: Some("inline"),
        module: wasm::Module::Rules,
        external: &[],
        formats: BOTH,
        types: Types::Own,
    },
    Entry {
        name: "index.workerd",
        source: "src/index.ts",
        engine: Some("workerd"),
        module: wasm::Module::Rules,
        external: &["./cardwright.wasm"],
        formats: &[Format::Esm],
        types: Types::Default,
    },
    Entry {
        name: "index.edge-light",
        source: "src/index.ts",
        engine: Some("edge-light"),
        module: wasm::Module::Rules,
        external: &["./cardwright.wasm?module"],
        formats: &[Format::Esm],
        types: Types::Default,
    },
    Entry {
        name: "slim",
        source: "src/slim.ts",
        engine: Some("slim"),
        module: wasm::Module::Rules,
        external: &[],
        formats: BOTH,
        types: Types::Beside(Some("src/init.ts")),
    },
    Entry {
        name: "no-wasm",
        source: "src/index.ts",
        engine: Some("no-wasm"),
        module: wasm::Module::Rules,
        external: &[],
        formats: BOTH,
        types: Types::Beside(None),
    },
    Entry {
        name: "bulk",
        source: "src/bulk/bulk.ts",
        engine: None,
        module: wasm::Module::Rules,
        external: &[],
        formats: BOTH,
        types: Types::Loaded,
    },
    Entry {
        name: "worker",
        source: "src/bulk/worker.ts",
        engine: Some("inline"),
        module: wasm::Module::Rows,
        external: &[],
        formats: BOTH,
        types: Types::Own,
    },
    Entry {
        name: "react",
        source: "src/react/index.ts",
        engine: None,
        module: wasm::Module::Rules,
        external: &["cardwright", "react"],
        formats: BOTH,
        types: Types::Own,
    },
    Entry {
        name: "testing",
        source: "src/testing/index.ts",
        engine: None,
        module: wasm::Module::Rules,
        external: &["cardwright"],
        formats: BOTH,
        types: Types::Own,
    },
    Entry {
        name: "messages/en",
        source: "src/messages/en.ts",
        engine: None,
        module: wasm::Module::Rules,
        external: &[],
        formats: BOTH,
        types: Types::Own,
    },
    Entry {
        name: "messages/es",
        source: "src/messages/es.ts",
        engine: None,
        module: wasm::Module::Rules,
        external: &[],
        formats: BOTH,
        types: Types::Own,
    },
];

/// Where the package's files are put.
pub(crate) fn dist() -> PathBuf {
    root().join("pkg/dist")
}

const WASM: &str = "cardwright.wasm";

/// What stands elsewhere and is published too.
const TEXTS: [&str; 4] = ["LICENSE-MIT", "LICENSE-APACHE", "docs/retries.md", "proxy/openapi.json"];

/// Builds `pkg/dist` from the rules and the TypeScript.
pub(crate) fn build() -> Result<()> {
    step("write TypeScript from the descriptors", || generate::write(&wasm::generated()))?;
    wasm::build()?;
    no_wasm::build()?;
    let sources = ["pkg/src", "pkg/package.json", "pkg/tsconfig.json"].map(|path| newest(&root().join(path)));
    let sources = sources.into_iter().collect::<Result<Vec<_>>>()?.into_iter().max().max(Some(program_modified()?));
    // Written last, so everything is there if this is.
    let last = dist().join(WASM);
    if modified(&last).ok() > sources {
        return Ok(());
    }
    let _ = fs::remove_dir_all(dist());
    fs::create_dir_all(dist())?;
    step("bundle the package", || ENTRIES.iter().try_for_each(bundle))?;
    step("check the types and write them", || {
        write_types()?;
        run(tool("tsc").args(["--project", "tsconfig.json", "--noEmit"]))?;
        Ok(())
    })?;
    for text in TEXTS {
        let name = Path::new(text).file_name().context("expected a file")?;
        fs::copy(root().join(text), root().join("pkg").join(name)).with_context(|| format!("expected {text}"))?;
    }
    let (package, target) = supply::WASM;
    fs::write(root().join("pkg/THIRD-PARTY.txt"), supply::notices(package, target)?)?;
    // A copy could keep the module's own time, which may be older than the sources.
    fs::write(last, fs::read(wasm::Module::Rules.finished())?)?;
    Ok(())
}

impl Entry {
    fn file(&self, ending: &str) -> PathBuf {
        dist().join(format!("{}{ending}", self.name))
    }
}

impl Format {
    fn ending(&self) -> &'static str {
        match self {
            Format::Esm => ".js",
            Format::Cjs => ".cjs",
        }
    }

    /// How terser is told that what stands outermost in a file is the file's own.
    fn scope(&self) -> &'static str {
        match self {
            Format::Esm => "--module",
            Format::Cjs => "--toplevel",
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Format::Esm => "esm",
            Format::Cjs => "cjs",
        }
    }
}

fn bundle(entry: &Entry) -> Result<()> {
    // What is inlined stands first: in the middle of the code it would part that in two for gzip, which took 0.6 kB more.
    let text =
        (entry.engine == Some("inline")).then(|| format!("--inject:./src/generated/{}/wasm.ts", entry.module.name()));
    for format in entry.formats {
        let file = entry.file(format.ending());
        let mut esbuild = tool("esbuild");
        esbuild
            .args([entry.source, "--bundle", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning"])
            .args(entry.external.iter().map(|name| format!("--external:{name}")))
            .args(LOADED.map(|name| format!("--external:{name}.js")))
            .args(entry.engine.map(|engine| format!("--alias:#source=./src/source/{engine}.ts")))
            .arg(format!("--alias:#module=./src/generated/{}", entry.module.name()))
            .arg(format!("--format={}", format.name()))
            .args(&text)
            .arg(format!("--outfile={}", file.display()));
        run(&mut esbuild)?;
        if let Format::Cjs = format {
            fs::write(&file, requiring(&fs::read_to_string(&file)?))?;
        }
        // It puts in place what is used once, which esbuild does not: 1.4 kB of gzip.
        let mut terser = tool("terser");
        terser.arg(&file).args([
            "--ecma=2020",
            "--compress=passes=5,keep_fargs=false,unsafe_methods,directives=false,lhs_constants=false,inline=1,unsafe_arrows,sequences=false",
            "--mangle",
        ]);
        run(terser.arg(format.scope()).arg("--output").arg(&file))?;
    }
    Ok(())
}

/// The same, loading by `require` what it would import: who runs CommonJS may have no `import()`, such as Jest.
fn requiring(script: &str) -> String {
    LOADED.iter().fold(script.to_owned(), |script, name| {
        script.replace(
            &format!(r#"import("{name}.js")"#),
            &format!(r#"Promise.resolve().then(()=>require("{name}.cjs"))"#),
        )
    })
}

/// Two files for each entry, one a module system: a `.d.cts` that imported a `.d.ts` would say "ESM" to a CommonJS program.
fn write_types() -> Result<()> {
    declarations::bundle(&[("src/index.ts", dist().join("index.d.ts"))])?;
    let beside = ENTRIES.iter().filter(|entry| entry.name != "index").filter_map(|entry| match entry.types {
        Types::Own => Some((entry.source, entry.file(".d.ts"))),
        Types::Beside(source) => Some((source?, entry.file(".d.ts"))),
        Types::Default | Types::Loaded => None,
    });
    declarations::bundle(&beside.collect::<Vec<_>>())?;
    for entry in ENTRIES {
        let own = match entry.types {
            Types::Default | Types::Loaded => continue,
            Types::Beside(None) => String::new(),
            Types::Own | Types::Beside(Some(_)) => fs::read_to_string(entry.file(".d.ts"))?,
        };
        for (ending, index) in [(".d.ts", "./index.js"), (".d.cts", "./index.cjs")] {
            let beside = match entry.types {
                Types::Beside(_) => format!("export * from '{index}';\n"),
                _ => String::new(),
            };
            let text = beside + &own;
            fs::write(entry.file(ending), text)?;
        }
    }
    fs::copy(root().join("pkg/src/cardwright.wasm.d.ts"), dist().join("cardwright.wasm.d.ts"))?;
    Ok(())
}

/// Packs `pkg` as npm would publish it, and gives the tarball's path.
pub(crate) fn pack() -> Result<PathBuf> {
    let into = target().join("npm/packed");
    let _ = fs::remove_dir_all(&into);
    fs::create_dir_all(&into)?;
    let tarball = pack_folder(&root().join("pkg"), &into)?;
    if let Some(repository) = repository::of_this_build() {
        // The manifest in the checkout stays as it is.
        let unpacked = target().join("npm/package");
        let _ = fs::remove_dir_all(&unpacked);
        fs::create_dir_all(&unpacked)?;
        run(command("tar").arg("-xzf").arg(&tarball).args(["--strip-components=1", "-C"]).arg(&unpacked))?;
        repository::name(&unpacked, &repository, "pkg")?;
        pack_folder(&unpacked, &into)?;
    }
    Ok(tarball)
}

/// Packs a folder as npm would publish it, and gives the tarball's path.
pub(crate) fn pack_folder(package: &Path, into: &Path) -> Result<PathBuf> {
    let mut npm = command("npm");
    npm.current_dir(package).args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(into);
    Ok(into.join(run(&mut npm)?.trim()))
}

/// A program of the package's own tools.
pub(crate) fn tool(name: &str) -> std::process::Command {
    let mut tool = command(root().join("pkg/node_modules/.bin").join(name));
    tool.current_dir(root().join("pkg"));
    tool
}

fn newest(path: &Path) -> Result<std::time::SystemTime> {
    let mut newest = modified(path)?;
    if path.is_dir() {
        newest = std::time::SystemTime::UNIX_EPOCH;
        for entry in fs::read_dir(path)? {
            newest = newest.max(self::newest(&entry?.path())?);
        }
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value, json};

    #[test]
    fn commonjs_requires_what_it_loads() {
        let script = requiring(r#"a(import("./bulk.js"),import("./worker.js"),import("./other.js"))"#);
        let loaded = |name| format!(r#"Promise.resolve().then(()=>require("{name}"))"#);
        assert_eq!(script, format!(r#"a({},{},import("./other.js"))"#, loaded("./bulk.cjs"), loaded("./worker.cjs")));
    }

    #[test]
    fn the_manifest_names_what_is_made() {
        let manifest = fs::read_to_string(root().join("pkg/package.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let mut exports = Map::new();
        let mut versions = Map::new();
        for entry in ENTRIES.iter().filter(|entry| !matches!(entry.types, Types::Loaded)) {
            let file = |name: &str, ending: &str| format!("./dist/{name}{ending}");
            let (name, condition) = match entry.name.split_once('.') {
                Some((name, condition)) => (name, Some(condition)),
                None => (entry.name, None),
            };
            let at = if name == "index" { ".".to_owned() } else { format!("./{name}") };
            let conditions = exports.entry(at).or_insert_with(|| json!({}));
            for format in entry.formats {
                let (usual, types) = match format {
                    Format::Esm => ("import", ".d.ts"),
                    Format::Cjs => ("require", ".d.cts"),
                };
                conditions[condition.unwrap_or(usual)] =
                    json!({ "types": file(name, types), "default": file(entry.name, format.ending()) });
            }
            if name != "index" {
                versions.insert(name.into(), json!([file(name, ".d.cts")]));
            }
        }
        let module = json!({ "types": format!("./dist/{WASM}.d.ts"), "default": format!("./dist/{WASM}") });
        exports.insert(format!("./{WASM}"), module);
        exports.insert("./package.json".into(), json!("./package.json"));
        assert_eq!(manifest["exports"], Value::Object(exports));
        assert_eq!(manifest["typesVersions"], json!({ "*": versions }));
    }
}
