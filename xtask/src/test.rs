//! The whole suite: first what is built; then what Node runs against the package, beside Cargo's tests of what stands in the code; then
//! the pages, beside those that run programs.

use crate::step::{cargo, command, root, step, target};
use crate::tools::{self, Browser, Testing};
use crate::{demo, package, programs, reference, size, soak, verdicts};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

/// Runs every part whose name contains `only`, and closes with the sum.
pub(crate) fn suite(only: Option<&str>) -> Result<()> {
    let tools = tools::for_testing()?;
    let sums = Mutex::new(Counts::default());
    let lane = |parts: Vec<Part>| {
        for part in parts.into_iter().filter(|part| part.is_wanted(only)) {
            let counts = part.run();
            if let Ok(mut sums) = sums.lock() {
                sums.add(&counts);
            }
        }
    };
    let Lanes { units, documents, faces, node, pages } = std::thread::scope(|scope| {
        // Beside the build of the package, most of which has use for one core.
        scope.spawn(|| lane(lints()));
        package::build()?;
        let over_budget = size::print()?;
        if only.is_none_or(|only| "size".contains(only))
            && let Ok(mut sums) = sums.lock()
        {
            sums.add(&held(&over_budget));
        }
        lanes(&tools)
    })?;
    // Pages that waited for a compiler would be slower than their time limits allow, so what is compiled is compiled before. The
    // tests that run programs wait more than they work.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            [&units, &faces].into_iter().for_each(|parts| compile(parts, only));
            lane(units);
            lane(documents);
        });
        scope.spawn(|| lane(node));
    });
    std::thread::scope(|scope| {
        scope.spawn(|| lane(faces));
        scope.spawn(|| lane(pages));
    });

    let sums = sums.into_inner().unwrap_or_default();
    let skipped = if sums.skipped > 0 { format!(", {} skipped", sums.skipped) } else { String::new() };
    println!("{} passed, {} failed{skipped}", sums.passed, sums.failed);
    if sums.failed > 0 || sums.passed == 0 {
        std::process::exit(1);
    }
    Ok(())
}

const WASM: &str = "wasm32-unknown-unknown";

/// The parts that need nothing built.
fn lints() -> Vec<Part> {
    let refuse = ["--quiet", "--", "-D", "warnings"];
    vec![
        Part::new("format", cargo().args(["fmt", "--all", "--check"])),
        Part::new("lints", cargo().args(["clippy", "--workspace", "--all-targets"]).args(refuse)),
        Part::new(
            "lints-wasm",
            cargo().args(["clippy", "--package", "cardwright", "--lib", "--target", WASM]).args(refuse),
        ),
        Part::new(
            "lints-rows",
            cargo()
                .args(["clippy", "--package", "cardwright", "--lib", "--features", "rows", "--target", WASM])
                .args(["--config", "target.wasm32-unknown-unknown.rustflags=['-Ctarget-feature=+simd128']"])
                .args(refuse),
        ),
    ]
}

const TESTS: [&str; 3] = ["test", "--workspace", "--no-fail-fast"];

/// The parts that need the package and the programs, by what runs beside what.
struct Lanes {
    /// What stands beside the code; much of it waits.
    units: Vec<Part>,
    /// What stands in the documentation, which Cargo compiles as it runs.
    documents: Vec<Part>,
    /// The tests of what others see, programs included.
    faces: Vec<Part>,
    node: Vec<Part>,
    pages: Vec<Part>,
}

fn lanes(Testing { browser, python }: &Testing) -> Result<Lanes> {
    soak::build()?;
    let page = demo::assemble()?;
    let tarball = step("pack the package", package::pack)?;
    step("pack the programs", || programs::pack(&programs::Build::Debug))?;
    let verdicts = verdicts::write(verdicts::SHORT)?;
    let driver = step("write the browser's settings", || webdriver(browser))?;
    let node_part = |name: &'static str| -> Result<Part> {
        Ok(Part::new(
            name,
            node_tests(&root().join("tests").join(name))?
                .env("CHROMIUM", &browser.chromium)
                .env("CARDWRIGHT_TARBALL", &tarball)
                .env("CARDWRIGHT_PROGRAMS", programs::packed())
                .env("CARDWRIGHT_VERDICTS", &verdicts)
                .env("CARDWRIGHT_DEMO_DIR", &page)
                .env("CARDWRIGHT_SANDBOX_BIN", demo::program("cardwright-sandbox"))
                .env("CARDWRIGHT_PROXY_BIN", demo::program("cardwright-proxy"))
                .env("CARDWRIGHT_FAULTS_BIN", demo::program("cardwright-faults"))
                .env("CARDWRIGHT_POSTGRES_BIN", demo::program("cardwright-test-postgres")),
        ))
    };
    Ok(Lanes {
        units: vec![Part::new("rust", cargo().args(TESTS).args(["--lib", "--bins"]).env("CARDWRIGHT_PYTHON", python))],
        documents: vec![Part::new("documents", cargo().args(TESTS).arg("--doc"))],
        faces: vec![
            Part::new("rust-faces", cargo().args(TESTS).args(["--test", "*"]).env("CARDWRIGHT_PYTHON", python)),
            Part::new(
                "browser",
                cargo()
                    .args(["test", "--package", "cardwright", "--target", WASM, "--test", "browser"])
                    .env(
                        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                        "cargo run --quiet --package wasm-test-runner --",
                    )
                    .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &driver)
                    .env("CHROMEDRIVER", &browser.driver),
            ),
        ],
        node: vec![Part::new("reference", &mut reference::write()), node_part("package")?, node_part("examples")?],
        pages: vec![node_part("e2e")?],
    })
}

/// Compiles what the parts will run. Where that fails, the part itself says why.
fn compile(parts: &[Part], only: Option<&str>) {
    for part in parts.iter().filter(|part| part.is_wanted(only)) {
        let mut command = part.again();
        let _ = step(&format!("compile the tests of {}", part.name), || Ok(command.arg("--no-run").output()?));
    }
}

/// The part that needs no program: every file keeps to its budget.
fn held(over_budget: &[String]) -> Counts {
    eprintln!("> test: size");
    for line in over_budget {
        eprintln!("  {line}");
    }
    let counts = Counts { passed: u32::from(over_budget.is_empty()), failed: over_budget.len() as u32, skipped: 0 };
    eprintln!("  size: {} passed, {} failed", counts.passed, counts.failed);
    counts
}

fn node_tests(folder: &Path) -> Result<Command> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("expected {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    if files.is_empty() {
        bail!("expected tests in {}, found none", folder.display());
    }
    let mut node = command("node");
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]).args(files);
    Ok(node)
}

fn webdriver(browser: &Browser) -> Result<std::path::PathBuf> {
    let file = target().join("webdriver.json");
    let settings = serde_json::json!({ "goog:chromeOptions": { "binary": browser.chromium, "args": [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ]}});
    fs::write(&file, settings.to_string())?;
    Ok(file)
}

#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    failed: u32,
    skipped: u32,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

struct Part {
    name: &'static str,
    command: Command,
}

impl Part {
    fn new(name: &'static str, command: &mut Command) -> Part {
        Part { name, command: std::mem::replace(command, Command::new("true")) }
    }

    fn is_wanted(&self, only: Option<&str>) -> bool {
        only.is_none_or(|only| self.name.contains(only))
    }

    /// The part's command once more.
    fn again(&self) -> Command {
        let mut again = command(self.command.get_program());
        again.args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => again.env(name, value),
                None => again.env_remove(name),
            };
        }
        again
    }

    /// Runs the part; its whole output goes to a log, and to the screen if something failed.
    fn run(mut self) -> Counts {
        eprintln!("> test: {}", self.name);
        let start = Instant::now();
        let output = self.command.stdin(Stdio::null()).output();
        let (text, succeeded) = match output {
            Ok(output) => {
                let text =
                    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
                (text, output.status.success())
            }
            Err(error) => (error.to_string(), false),
        };
        let log = target().join("test-logs");
        let _ = fs::create_dir_all(&log).and_then(|()| fs::write(log.join(format!("{}.log", self.name)), &text));

        let mut counts = count(&text);
        if succeeded
            && counts.passed == 0
            && matches!(self.name, "format" | "lints" | "lints-wasm" | "lints-rows" | "reference")
        {
            counts.passed = 1;
        }
        // A part that broke before its first test, or that ran none, has failed.
        if counts.failed == 0 && (!succeeded || counts.passed == 0) {
            counts.failed = 1;
        }
        if counts.failed > 0 {
            eprintln!("{text}");
        }
        let took = start.elapsed().as_secs_f64();
        eprintln!(
            "  {}: {} passed, {} failed, {} skipped, {took:.1} s",
            self.name, counts.passed, counts.failed, counts.skipped
        );
        counts
    }
}

/// Adds up the summaries of Cargo (`test result: ok. 3 passed; 0 failed; 1 ignored; ...`) and of Node (`ℹ pass 3`).
pub(crate) fn count(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines() {
        let line = line.trim();
        if let Some(summary) = line.strip_prefix("test result: ") {
            let number = |word: &str| {
                let before = summary.split([';', '.']).find_map(|part| part.trim().strip_suffix(word))?;
                before.trim().parse::<u32>().ok()
            };
            counts.passed += number("passed").unwrap_or(0);
            counts.failed += number("failed").unwrap_or(0);
            counts.skipped += number("ignored").unwrap_or(0);
        } else if let Some(summary) = line.strip_prefix("ℹ ") {
            let (word, number) = summary.split_once(' ').unwrap_or_default();
            let number = number.parse().unwrap_or(0);
            match word {
                "pass" => counts.passed += number,
                "fail" | "cancelled" => counts.failed += number,
                "skipped" | "todo" => counts.skipped += number,
                _ => {}
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn both_kinds_of_summary_are_added_up() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
                    test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured\nℹ pass 5\nℹ fail 1\nℹ skipped 2\n";
        let counts = count(text);
        assert_eq!((counts.passed, counts.failed, counts.skipped), (10, 5, 3));
    }
}
