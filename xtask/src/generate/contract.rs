//! The proxy's side of the contract, for what stands in for a proxy in tests: where each operation is asked, and what is
//! answered with each code.

use super::quoted;
use cardwright::{ErrorCode, OPERATIONS, Safety};
use std::fmt::Write as _;

pub(super) fn text() -> String {
    let mut out = String::from(
        "import type { ErrorCode, Outcome } from './codes.js';\n\n\
         /** Where an operation is asked. */\n\
         export interface Route {\n  readonly name: string;\n  readonly method: 'GET' | 'POST';\n  readonly path: string;\n  \
         readonly safety: 'keyed' | 'convergent' | 'once' | 'read';\n}\n\n\
         export const ROUTES: readonly Route[] = [\n",
    );
    for operation in OPERATIONS {
        let _ = writeln!(
            out,
            "  {{ name: {}, method: {}, path: {}, safety: {} }},",
            quoted(operation.name),
            quoted(operation.method.as_str()),
            quoted(operation.path),
            quoted(operation.safety.as_str())
        );
    }
    out.push_str(
        "];\n\n/** What a proxy says with a code: the status, the title, and the outcome of a write and of a read. Status 0: no proxy says it. */\n\
         export const PROBLEMS: Readonly<Record<ErrorCode, readonly [status: number, title: string, write: Outcome, read: Outcome]>> = {\n",
    );
    for code in ErrorCode::ALL {
        let outcome = |safety| quoted(code.outcome(safety).as_str());
        let _ = writeln!(
            out,
            "  {}: [{}, {}, {}, {}],",
            code.as_str(),
            code.status().unwrap_or(0),
            quoted(code.template()),
            outcome(Safety::Keyed),
            outcome(Safety::Read)
        );
    }
    out.push_str("};\n");
    out
}
