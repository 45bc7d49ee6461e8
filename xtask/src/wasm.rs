//! The rules as wasm: compiled, bound, made small, and put into TypeScript.

use crate::glue;
use crate::module_text;
use crate::names::Renamed;
use crate::ordered::ordered;
use crate::step::{cargo, command, modified, program_modified, root, run, step, target};
use crate::table::cleared;
use crate::tools::{WASM as TARGET, sysroot};
use anyhow::Result;
use std::fs;
use std::path::PathBuf;
use wasm_bindgen_cli_support::Bindgen;

/// How wasm-opt makes a module small; each was kept because it paid. Below address 1024 lies only the end of the stack.
///
/// What has one caller is put into it only where it is short. Longer, it is less code and more gzip: 1.1 kB of it.
#[rustfmt::skip]
const SMALL: [&str; 8] = [
    "-Oz", "--converge", "--one-caller-inline-max-function-size", "20",
    "--low-memory-unused", "--strip-debug", "--strip-producers", "--strip-target-features",
];

/// How it makes one fast.
#[rustfmt::skip]
const FAST: [&str; 5] = ["-O3", "--low-memory-unused", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// What the crate is compiled to.
#[derive(Clone, Copy)]
pub(crate) enum Module {
    /// What every page has: one input, one answer, one call.
    Rules,
    /// Many inputs at once; a page gets it when it asks for that.
    Rows,
}

impl Module {
    pub(crate) const ALL: [Module; 2] = [Module::Rules, Module::Rows];

    /// Its folder in the generated sources.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Module::Rules => "rules",
            Module::Rows => "rows",
        }
    }

    /// Where its parts are put together.
    pub(crate) fn folder(self) -> PathBuf {
        target().join("npm").join(self.name())
    }

    /// The finished module.
    pub(crate) fn finished(self) -> PathBuf {
        self.folder().join("cardwright.wasm")
    }

    /// The bound module before names were taken out: what sizes are counted in.
    pub(crate) fn named(self) -> PathBuf {
        self.folder().join("cardwright_bg.wasm")
    }

    /// Where its TypeScript goes.
    pub(crate) fn generated(self) -> PathBuf {
        generated().join(self.name())
    }

    /// The rules are made small, because every page has them. Of the rows' own code there is little, and it is called for
    /// each of them: compiled for speed it takes a third of the time, and half of that with sixteen bytes at a time (`simd128`:
    /// Chrome 91, Firefox 89, Safari 16.4). Flags of the crate's own, so that both are built on one standard library.
    ///
    /// For size LLVM puts a function of up to 5 instructions or so where it is called. Of 12 to 400, 80 made the smallest module;
    /// `small` marks what takes less where it is not.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Module::Rules => &[
                "-Zprofile-rustflags",
                "--config",
                "profile.wasm.package.cardwright.rustflags=['--cfg=small', '-Cllvm-args=-inline-threshold=80']",
            ],
            Module::Rows => &[
                "--features",
                "rows",
                "--config",
                "profile.wasm.package.cardwright.opt-level=3",
                "-Zprofile-rustflags",
                "--config",
                "profile.wasm.package.cardwright.rustflags=['-Ctarget-feature=+simd128']",
            ],
        }
    }

    /// How wasm-opt goes about it: the rows take a twentieth less time for 0.4 kB.
    fn optimized(self) -> &'static [&'static str] {
        match self {
            Module::Rules => &SMALL,
            Module::Rows => &FAST,
        }
    }

    /// The features it has beyond those of both, for wasm-opt.
    fn features(self) -> &'static [&'static str] {
        match self {
            Module::Rules => &[],
            Module::Rows => &["--enable-simd"],
        }
    }
}

/// What the browsers of both have to know: what all with ES2022 do. That takes 1.4 kB (gzip) off the rules, most of it copying
/// by hand. No JavaScript value needs a table (`reference-types`), which Safari before 16.4 and wasm2js lack.
const FEATURES: &str = "-Ctarget-feature=+bulk-memory,+sign-ext,+nontrapping-fptoint";

/// The same for wasm-opt.
#[rustfmt::skip]
pub(crate) const SAME_FEATURES: [&str; 4] =
    ["--mvp-features", "--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int"];

/// Compiles both modules, and writes `glue.ts` and `wasm.ts` of each into the generated sources.
pub(crate) fn build() -> Result<()> {
    Module::ALL.into_iter().try_for_each(build_one)
}

fn build_one(module: Module) -> Result<()> {
    let compiled = step(&format!("compile the {} to wasm", module.name()), || compile(module))?;
    let bound_from = module.folder().join("bound-from.wasm");
    let up_to_date = modified(&module.finished()).ok() > Some(program_modified()?);
    if up_to_date && fs::read(&bound_from).ok() == fs::read(&compiled).ok() {
        return Ok(());
    }
    step("bind it to JavaScript", || {
        fs::create_dir_all(module.folder())?;
        fs::create_dir_all(module.generated())?;
        Bindgen::new()
            .input_path(&compiled)
            .out_name("cardwright")
            .bundler(true)?
            .typescript(false)
            .generate(module.folder())?;
        let renamed = Renamed::of(&cleared(&fs::read(module.named())?)?)?;
        fs::write(module.named(), &renamed.module)?;
        let bound = fs::read_to_string(module.folder().join("cardwright_bg.js"))?;
        fs::write(module.generated().join("glue.ts"), glue::typescript(&bound, &renamed)?)?;
        Ok(())
    })?;
    step("make it small", || {
        let mut tool = command(root().join("pkg/node_modules/.bin/wasm-opt"));
        run(tool
            .args(SAME_FEATURES)
            .args(module.features())
            .args(module.optimized())
            .arg("-o")
            .arg(module.finished())
            .arg(module.named()))?;
        fs::write(module.finished(), ordered(&fs::read(module.finished())?)?)?;
        Ok(())
    })?;
    step("put it into TypeScript", || {
        let wasm = fs::read(module.finished())?;
        let (text, sum) = (module_text::encode(&wasm), module_text::sum(&wasm));
        fs::write(
            module.generated().join("wasm.ts"),
            format!("export const wasmSum = {sum};\nexport const wasmText =\n  '{text}';\n"),
        )?;
        Ok(())
    })?;
    fs::copy(compiled, bound_from)?;
    Ok(())
}

/// Compiles the rules together with a standard library of their own, and gives the module's path.
///
/// std as rustup ships it is built for speed, with the texts of its panics, and for newer browsers: 57,969 bytes of gzip
/// became 53,985 by this.
fn compile(module: Module) -> Result<PathBuf> {
    // Flags of their own, a folder of their own: no other build is thrown away for this one, and none sees its flags.
    let folder = target().join("rules");
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")))?;
    let flags = [
        "-Ctarget-cpu=mvp".to_owned(),
        FEATURES.to_owned(),
        // A panic is a trap, and nothing of its text stays; this panic strategy has no stable name yet.
        "-Zunstable-options".to_owned(),
        "-Cpanic=immediate-abort".to_owned(),
        // Put where it is called, many a function becomes less than the call; for size rustc would not try. Together with what
        // LLVM puts there, see `flags`: 3.7 kB less of gzip, and 5 to 10 % less time for a check in Node. More makes it larger.
        "-Zinline-mir=yes".to_owned(),
        "-Zinline-mir-threshold=120".to_owned(),
        // Nothing is left that could say where it happened.
        "-Zlocation-detail=none".to_owned(),
        // The functions that a file of cards calls for each row are compiled for speed; that attribute has no stable name yet.
        "--cfg=hot".to_owned(),
        // The folders of whoever built it would otherwise stand in the module.
        format!("--remap-path-prefix={home}=/cargo"),
        format!("--remap-path-prefix={}=/cardwright", root().display()),
        format!("--remap-path-prefix={}=/rust", sysroot()?.display()),
    ];
    run(cargo()
        .args(["build", "--lib", "--profile", "wasm", "--target", TARGET, "--package", "cardwright"])
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
        .args(module.flags())
        .env("RUSTC_BOOTSTRAP", "1")
        // A separator of its own: a path may hold a blank.
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", &folder))?;
    // The next module is compiled to the same place.
    fs::create_dir_all(module.folder())?;
    let compiled = module.folder().join("compiled.wasm");
    fs::copy(folder.join(TARGET).join("wasm/cardwright.wasm"), &compiled)?;
    Ok(compiled)
}

/// Where generated TypeScript goes.
pub(crate) fn generated() -> PathBuf {
    root().join("pkg/src/generated")
}
