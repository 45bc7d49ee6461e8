//! What a developer does about each code. A new code without a cure does not compile.

use cardwright::{ErrorCode, IssueCode};

pub(super) const fn of_error(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidRequest => {
            "Show `error.issues` beside their fields; `toFieldErrors(error)` sorts them. Check before you send. Without `issues` it is about an option, which the message names."
        }
        ErrorCode::ConfirmationRequired => {
            "Show `error.notices`, and send again with `accept: [code]` once the person agreed."
        }
        ErrorCode::NotJson => {
            "Send the body that `build` made, unchanged; look for something between page and proxy that rewrites it."
        }
        ErrorCode::RequestTooLarge => "Send at most 16 KiB.",
        ErrorCode::NotJsonType => "Send `content-type: application/json`, as `build` says.",
        ErrorCode::ContractMismatch => {
            "Bring the package in the page and the proxy to versions of the same contract; a reload fetches the new page."
        }
        ErrorCode::HostNotAllowed => "Name the page's host in the proxy's `--allowed-host`.",
        ErrorCode::NotFound => {
            "Compare `baseUrl` with the proxy's `--base`; an issuer that is not configured has no routes."
        }
        ErrorCode::MethodNotAllowed => {
            "Use the method that `build` gives; look for a redirect between page and proxy. `client.bulk` takes what may be sent again, `client.prepare` what changes something."
        }
        ErrorCode::KeyMissing => {
            "Give `idempotencyKey` to `build`; the client does it by itself. `client.bulk` needs a `batchId` and a `rowKey`, and no part given to `keyFrom` may be blank."
        }
        ErrorCode::KeyReused => {
            "Make a new intent for other values: `intent.revise(values)`, or a call without `idempotencyKey`. From `client.bulk` it says that a row key stands twice, and nothing was sent: mend the file and keep the `batchId`."
        }
        ErrorCode::InProgress => "Ask again after `retryAfterMs`, with the same key: `client.intents.resolve(key)`.",
        ErrorCode::KeyClosed => "Nothing was sent. If it is still wanted, make a new intent.",
        ErrorCode::Superseded => "Read the card again, and decide anew; the newer request won.",
        ErrorCode::PossibleDuplicate => "Ask the person. If a second one is meant, send again with `confirmNew: true`.",
        ErrorCode::Unauthenticated => "Sign the person in again; then the same call, with the same key, is safe.",
        ErrorCode::Forbidden => {
            "Give the person the scope of this operation, or do not offer it: `allowedActions(card, { scopes })`."
        }
        ErrorCode::CrossSite => {
            "Serve page and proxy under one origin, or name the page's in the proxy's `--allowed-origin`. In development, let the dev server forward `/api`. A program that is no browser shows a token, or says `sec-fetch-site: same-origin` to a proxy on loopback."
        }
        ErrorCode::ApprovalRequired => {
            "Nothing was sent. Once it was approved, the same call with the same key goes through."
        }
        ErrorCode::AccessUnavailable => {
            "Nothing was sent; try again. The operator looks at what the proxy asks who may do what."
        }
        ErrorCode::CardLimitReached => {
            "Nothing was sent. `retryAfterMs` tells when more can be made; the operator sets how many."
        }
        ErrorCode::RateLimited => {
            "Wait for `retryAfterMs`. The client has waited and tried already where that was safe."
        }
        ErrorCode::StoreUnavailable => "Nothing was sent; try again. The operator looks at the proxy's store.",
        ErrorCode::IssuerUnreachable => {
            "Nothing was sent; try again. The operator looks at the proxy's base URLs and its network."
        }
        ErrorCode::IssuerRejected => {
            "Show why: `slug` is the issuer's word, `field` the field it is about, where it told. Two slugs are the proxy's: `gateway_refused`, where the issuer's gateway takes nothing from it, which its operator has to mend, and `not_done`, where what was unknown turned out not to have been done."
        }
        ErrorCode::IssuerFailed | ErrorCode::IssuerUnreadable | ErrorCode::IssuerTimeout => {
            "Never start over: a card may exist. `client.intents.resolve(error.idempotencyKey)` tells what became of it."
        }
        ErrorCode::NetworkError | ErrorCode::TimedOut => {
            "Look at `outcome`. After `unknown`, `client.intents.resolve(error.idempotencyKey)` tells what became of it; after `not_sent`, try again."
        }
        ErrorCode::Aborted => {
            "What was sent stays sent: after `unknown`, `client.intents.resolve(error.idempotencyKey)` tells what became of it."
        }
        ErrorCode::HeadersFailed => {
            "Look at `error.cause`: what your own `headers` function threw, or what the platform says of a header that cannot be sent; it may hold that header's value."
        }
        ErrorCode::UnexpectedAnswer => {
            "Something other than a proxy of this contract answered, or a newer one: `rawCode` and `status` say more."
        }
        ErrorCode::WasmUnavailable => {
            "Add `'wasm-unsafe-eval'` to the page's `script-src`, or import `cardwright/no-wasm`: the same rules without WebAssembly."
        }
        ErrorCode::WasmMissing => {
            "Before the first call, `await init(source)`: the address, the bytes or the response of `cardwright/cardwright.wasm`. If that rejects, `error.cause` says what was found in its place."
        }
        ErrorCode::RandomUnavailable => {
            "Serve the page over https: `crypto.getRandomValues` and, for `keyFrom`, `crypto.subtle` must be there."
        }
        ErrorCode::StorageFailed => "Look at `error.cause`. What is pending is still there; read it again later.",
        ErrorCode::CannotRevise => "Call `intent.resolve()` first; revise after `not_sent` or `rejected`.",
        ErrorCode::IntentNotFound => {
            "Name the operation, `client.intents.resolve(key, { operation: ingo.issueCard })`, or give the client a storage."
        }
        ErrorCode::InternalError => {
            "Report it, with `error.cause` and the `requestId`. After `unknown`, resolve the intent as after a lost answer."
        }
    }
}

pub(super) const fn of_issue(code: IssueCode) -> &'static str {
    match code {
        IssueCode::NotJson | IssueCode::NotAnObject => "Give the form's values as one plain object.",
        IssueCode::InputTooLarge => "Keep the whole input under 16 KiB of JSON.",
        IssueCode::InputTooDeep => "Keep the input flat; only an address has fields of its own.",
        IssueCode::RowUnreadable => {
            "Save the file anew from the program that made it. `params.expected` says what was missing; where `complete` is false, nothing behind the row was read."
        }
        IssueCode::Required => "Ask for the field; `presence(values)` tells which are required now.",
        IssueCode::UnknownField => {
            "Rename it to `params.nearest`, or drop foreign names: `pick(values)`, or `.with({ unknownFields: 'drop' })`."
        }
        IssueCode::DuplicateField => "Give each name once.",
        IssueCode::SecretInBrowser => {
            "Remove it from the page, and change the credential: whoever has the page has it. Only the proxy may hold it."
        }
        IssueCode::WrongKind => {
            "Give the kind in `params.expected`. For HTML forms, `fromFormData` converts what a form cannot express."
        }
        IssueCode::UnsupportedValue => "Give strings, booleans and plain objects; `params.found` says what it was.",
        IssueCode::LoneSurrogate => "Do not cut text in the middle of a character: cut by code points.",
        IssueCode::ControlCharacter => "Use a single-line control.",
        IssueCode::TooLong => {
            "Show how many characters are left of `constraints.maxLength`. As an attribute it would cut what is pasted, without a word."
        }
        IssueCode::NotAChoice => "Offer `constraints.choices`.",
        IssueCode::IdPrefix | IssueCode::IdFormat => {
            "Pass the id as the issuer gave it. Other ids than the documented ones: `.with({ ids: 'prefix' })`, and the same in the proxy."
        }
        IssueCode::StateUnknown => {
            "Offer `constraints.choices`: the 50 states, DC, the territories and the military areas."
        }
        IssueCode::PostalCodeFormat => "Use a text control with `inputmode=numeric`; a number loses its leading zero.",
        IssueCode::CountryUnknown | IssueCode::CountryNotSupported => "Send `US`; the issuer ships nowhere else.",
        IssueCode::PageFormat => "Count pages from 1.",
        IssueCode::KeyFormat => "Let the client make the key, or use `keyFrom(...)`.",
        IssueCode::KeyConflict => "Give the key in one place.",
        IssueCode::ExactlyOne => "Give exactly one of the fields in `params`.",
        IssueCode::VirtualCardNeedsPhysical => "Leave `virtual_card_id` out unless `card_type` is `physical`.",
    }
}
