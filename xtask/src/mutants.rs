//! Each defence taken out alone, in a copy of the checkout: a test has to fail. What is not committed is not in the copy.

use crate::step::{cargo, command, root, run, step, target};
use crate::test::count;
use anyhow::{Context as _, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BEGIN: &str = "<!-- Measured by `cargo xtask mutants`. -->\n";
const END: &str = "<!-- End of what is measured. -->\n";

/// A patch of `tests/mutants`, and what stands before its diff.
struct Mutant {
    name: String,
    patch: PathBuf,
    /// The promise that no longer holds.
    breaks: String,
    /// The cheapest command that notices.
    test: String,
}

enum Verdict {
    /// By these tests.
    Killed(Vec<String>),
    Survived,
    DoesNotApply,
    DoesNotCompile,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Killed(tests) => {
                f.write_str("killed")?;
                let more = tests.len().saturating_sub(2);
                for test in tests.iter().take(2) {
                    write!(f, "; {test}")?;
                }
                if more > 0 { write!(f, "; {more} more") } else { Ok(()) }
            }
            Verdict::Survived => f.write_str("**survived**"),
            Verdict::DoesNotApply => f.write_str("**does not apply**"),
            Verdict::DoesNotCompile => f.write_str("**does not compile**"),
        }
    }
}

/// Tries the mutants whose name contains one of the words, or all of them, prints their rows, and keeps these in the table.
pub(crate) fn kill(words: &[String]) -> Result<()> {
    let all = mutants()?;
    let mut mutants: Vec<_> = all.iter().collect();
    mutants.retain(|mutant| words.is_empty() || words.iter().any(|word| mutant.name.contains(word)));
    ensure!(!mutants.is_empty(), "expected a patch of that name in tests/mutants");
    let copy = step("make a clean copy", Copy::of_the_checkout)?;
    // The proxy's tests run it, and no mutant is in it.
    step("build the sandbox issuer", || run(copy.cargo().args(["build", "--package", "cardwright-sandbox"])))?;
    for test in mutants.iter().map(|mutant| &mutant.test).collect::<BTreeSet<_>>() {
        step(&format!("without a mutant: {test}"), || copy.passes(test))?;
    }
    let today = run(command("date").args(["-u", "+%F"]))?;
    let mut rows = BTreeMap::new();
    for mutant in &mutants {
        let verdict = step(&mutant.name, || copy.try_out(mutant))?;
        eprintln!("  {verdict}");
        rows.insert(mutant.name.clone(), mutant.row(&verdict.to_string(), today.trim()));
        // At once: a run takes an hour, and may be ended.
        keep(&all, &rows)?;
    }
    print!("{}", table(&all, &rows));
    ensure!(rows.values().all(|row| is_killed(row)), "expected each mutant to make a test fail");
    Ok(())
}

/// A row for each mutant, in their order, and the sum.
fn table(all: &[Mutant], rows: &BTreeMap<String, String>) -> String {
    let mut table = String::from("| taken out | the promise it breaks | test | result |\n|---|---|---|---|\n");
    for mutant in all {
        table += &rows.get(&mutant.name).cloned().unwrap_or_else(|| mutant.row("not measured", "-"));
    }
    let killed = table.lines().filter(|row| is_killed(row)).count();
    table + &format!("\n{killed} of {} killed\n", all.len())
}

fn is_killed(row: &str) -> bool {
    row.rsplit(" | ").next().is_some_and(|result| result.contains(": killed"))
}

/// The mutants, those with the same test together: what it needs is built anew for as few of them as can be.
fn mutants() -> Result<Vec<Mutant>> {
    let files = fs::read_dir(root().join("tests/mutants")).context("expected tests/mutants")?;
    let mut patches: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    patches.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
    let mut mutants = patches.into_iter().map(Mutant::read).collect::<Result<Vec<_>>>()?;
    mutants.sort_by(|a, b| (&a.test, &a.name).cmp(&(&b.test, &b.name)));
    Ok(mutants)
}

impl Mutant {
    fn read(patch: PathBuf) -> Result<Mutant> {
        let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&patch)?;
        let said = |word: &str| {
            let before = text.lines().take_while(|line| !line.starts_with("diff --git "));
            let line = before.filter_map(|line| line.strip_prefix(word)).next();
            line.map(str::to_owned).with_context(|| format!("{name}: expected a line `{word}...` before the diff"))
        };
        Ok(Mutant { breaks: said("breaks: ")?, test: said("test: ")?, name, patch })
    }

    fn row(&self, verdict: &str, day: &str) -> String {
        format!("| {} | {} | `{}` | {day}: {verdict} |\n", self.name, self.breaks, self.test)
    }
}

/// A copy of what is committed, and where it is built.
struct Copy {
    checkout: PathBuf,
    built: PathBuf,
}

impl Copy {
    /// Kept from one run to the next, so that only what changed is built again.
    fn of_the_checkout() -> Result<Copy> {
        let work = target().join("mutants");
        let copy = Copy { checkout: work.join("checkout"), built: work.join("target") };
        let commit = run(command("git").args(["rev-parse", "HEAD"]))?;
        if copy.checkout.join(".git").exists() {
            run(copy.git().args(["checkout", "--quiet", "--force", "--detach", commit.trim()]))?;
        } else {
            let mut add = command("git");
            add.args(["worktree", "add", "--quiet", "--force", "--detach"]).arg(&copy.checkout).arg(commit.trim());
            run(&mut add)?;
        }
        Ok(copy)
    }

    /// Applies the mutant, has it tested, and takes it back.
    fn try_out(&self, mutant: &Mutant) -> Result<Verdict> {
        if run(self.git().arg("apply").arg(&mutant.patch)).is_err() {
            return Ok(Verdict::DoesNotApply);
        }
        let verdict = self.judge(&mutant.test);
        run(self.git().args(["checkout", "--quiet", "--", "."]))?;
        verdict
    }

    fn judge(&self, test: &str) -> Result<Verdict> {
        let Ok(mut command) = self.prepare(test) else { return Ok(Verdict::DoesNotCompile) };
        let output = command.output()?;
        let failed = failed(&(String::from_utf8_lossy(&output.stdout) + &*String::from_utf8_lossy(&output.stderr)));
        Ok(if output.status.success() || failed.is_empty() { Verdict::Survived } else { Verdict::Killed(failed) })
    }

    /// Runs a test on the copy as it is committed: it has to pass, and be one.
    fn passes(&self, test: &str) -> Result<()> {
        let text = run(&mut self.prepare(test)?)?;
        ensure!(count(&text).passed > 0, "expected a test, found none");
        Ok(())
    }

    /// Builds what a test needs, and gives the command that runs it.
    fn prepare(&self, test: &str) -> Result<Command> {
        let words: Vec<_> = test.split_whitespace().collect();
        match words[..] {
            ["cargo", "test", ref rest @ ..] => {
                run(self.cargo().args(["test", "--no-run"]).args(rest))?;
                let mut cargo = self.cargo();
                cargo.args(["test", "--no-fail-fast"]).args(rest);
                Ok(cargo)
            }
            ["node", "--test", ref files @ ..] => {
                let tarball = run(self.cargo().args(["xtask", "pack"]))?;
                let mut node = self.command("node");
                // Where a test fails, what it opened may stay open.
                node.args(["--test", "--test-reporter=spec", "--test-force-exit"]).args(files);
                node.env("CARDWRIGHT_TARBALL", tarball.trim());
                Ok(node)
            }
            _ => bail!("expected `cargo test ...` or `node --test ...`, found {test}"),
        }
    }

    fn git(&self) -> Command {
        self.command("git")
    }

    fn cargo(&self) -> Command {
        let mut cargo = cargo();
        cargo.current_dir(&self.checkout).env("CARGO_TARGET_DIR", &self.built);
        cargo
    }

    fn command(&self, program: &str) -> Command {
        let mut command = command(program);
        command.current_dir(&self.checkout);
        command
    }
}

/// The tests that failed, by what Cargo (`test a::b ... FAILED`) and Node (`✖ name (1.2ms)`) say.
fn failed(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        let of_cargo = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
        let of_node = line.strip_prefix("✖ ").and_then(|line| line.rsplit_once(" (")).map(|(name, _)| name);
        if let Some(name) = of_cargo.or(of_node)
            // A file that breaks before its first test is no test that noticed.
            && Path::new(name).extension().is_none_or(|extension| extension != "mjs")
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// Writes the table with these rows, and else those it has, as long as their mutants are there.
fn keep(all: &[Mutant], measured: &BTreeMap<String, String>) -> Result<()> {
    let file = root().join("tests/mutants/README.md");
    let found = fs::read_to_string(&file).context("expected tests/mutants/README.md")?;
    let parts = found.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    let (before, (kept, after)) = parts.context("expected tests/mutants/README.md to say where the table stands")?;
    let name = |row: &str| Some(row.strip_prefix("| ")?.split_once(" | ")?.0.to_owned());
    let mut rows: BTreeMap<_, _> = kept.lines().filter_map(|row| Some((name(row)?, format!("{row}\n")))).collect();
    rows.extend(measured.clone());
    fs::write(&file, format!("{before}{BEGIN}\n{}\n{END}{after}", table(all, &rows)))
        .context("expected to write tests/mutants/README.md")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mutant_still_applies_and_has_a_test() {
        let mutants = mutants().unwrap();
        assert!(mutants.len() >= 24, "{}", mutants.len());
        for Mutant { name, patch, breaks, test } in mutants {
            let apply = command("git").args(["apply", "--check"]).arg(&patch).output().unwrap();
            assert!(apply.status.success(), "{name}: {}", String::from_utf8_lossy(&apply.stderr));
            assert!(
                !breaks.is_empty() && (test.starts_with("cargo test ") || test.starts_with("node --test ")),
                "{name}"
            );
        }
    }

    #[test]
    fn what_failed_is_read_from_both() {
        let text = "test a::good ... ok\ntest a::bad ... FAILED\n\nfailures:\n    a::bad\n\
                    ✔ good (1ms)\n✖ is (quite) bad (1.5ms)\n✖ failing tests:\n✖ is (quite) bad (1.5ms)\n✖ tests/a.test.mjs (9ms)\n";
        assert_eq!(failed(text), ["a::bad", "is (quite) bad"]);
    }
}
