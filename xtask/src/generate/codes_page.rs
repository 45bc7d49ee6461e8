//! The page of every code: what it means, what the person reads, what to do about it. It stands at the foot of the
//! package's README, because that is where `error.docUrl` leads.

use super::{cures, outcomes};
use crate::step::root;
use anyhow::{Context as _, Result};
use cardwright::{ErrorCode, IssueCode, NoticeCode};
use std::fmt::Write as _;
use std::fs;

const BEGIN: &str = "<!-- Made by `cargo xtask build` from src/error.rs and src/issue.rs. Do not edit below. -->\n";

/// Writes the page into the README, where it changed.
pub(super) fn write() -> Result<()> {
    let file = root().join("pkg/README.md");
    let found = fs::read_to_string(&file).context("expected pkg/README.md")?;
    let by_hand = found.split_once(BEGIN).context("expected pkg/README.md to say where the generated part begins")?.0;
    let text = format!("{by_hand}{BEGIN}{}", text());
    if found != text {
        fs::write(&file, text).context("expected to write pkg/README.md")?;
    }
    Ok(())
}

fn text() -> String {
    let mut out = String::from("\n## Every error code\n");
    for &code in ErrorCode::ALL {
        let _ = write!(
            out,
            "\n### {}\n{} *{}* Outcome: {}.{}\n\n{}\n",
            code.as_str(),
            code.meaning().trim(),
            code.template(),
            outcomes::of(code),
            if code.retryable() { " The same call may succeed later." } else { "" },
            cures::of_error(code),
        );
    }
    out.push_str("\n## Every issue code\n\n| code | what is wrong | what to do |\n|---|---|---|\n");
    for &code in IssueCode::ALL {
        let _ = writeln!(out, "| `{}` | {} | {} |", code.as_str(), cell(code.meaning()), cell(cures::of_issue(code)));
    }
    out.push_str("\n## Every notice code\n\n| code | what it says | must be accepted |\n|---|---|---|\n");
    for &code in NoticeCode::ALL {
        let confirm = if code.confirm() { "yes" } else { "no" };
        let _ = writeln!(out, "| `{}` | {} | {confirm} |", code.as_str(), cell(code.template()));
    }
    out
}

fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_holds_the_page_of_today() {
        let readme = fs::read_to_string(root().join("pkg/README.md")).unwrap();
        let (_, found) = readme.split_once(BEGIN).unwrap();
        assert!(found == text(), "expected `cargo xtask build` to have been run and its README committed");
    }

    #[test]
    fn every_link_of_an_error_leads_to_its_heading() {
        let text = text();
        for code in ErrorCode::ALL {
            assert_eq!(text.matches(&format!("\n### {}\n", code.as_str())).count(), 1, "{}", code.as_str());
        }
    }
}
