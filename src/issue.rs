//! What is wrong with an input, and what the person should know about a right one.

use crate::code::{codes, render};
use crate::field::{Kind, LAST_PAGE};
use crate::input::{self, Foreign, Value};
use crate::judge::Slot;
use crate::write;
use serde::Serialize;

codes! {
    /// The rule an input broke.
    IssueCode {
        /// The input is not JSON text.
        NotJson "not_json" "The form could not be read. Please reload the page and try again.";
        /// The input as a whole is not an object.
        NotAnObject "not_an_object" "The form could not be read. Please reload the page and try again.";
        /// The input is longer than 16 KiB.
        InputTooLarge "input_too_large" "The form holds too much text. Please shorten it.";
        /// The input is nested deeper than 32 levels.
        InputTooDeep "input_too_deep" "The form could not be read. Please reload the page and try again.";
        /// A row of a file cannot be read.
        RowUnreadable "row_unreadable" "This row could not be read.";
        /// A field that must be given is absent.
        Required "required" "Enter the {label}.";
        /// No such field; `nearest` is the known name it resembles.
        UnknownField "unknown_field" "This form has a field that is not expected here.";
        /// The same name stands twice in one object.
        DuplicateField "duplicate_field" "This form has the same field twice.";
        /// A name that belongs to a credential; credentials must stay on the server.
        SecretInBrowser "secret_in_browser" "This form contains a credential. Nothing was sent.";
        /// Another kind of value was expected.
        WrongKind "wrong_kind" "The {label} is not in a form that can be used.";
        /// A JavaScript value that JSON cannot express.
        UnsupportedValue "unsupported_value" "The {label} is not in a form that can be used.";
        /// Half of a surrogate pair: text that no encoding can carry.
        LoneSurrogate "lone_surrogate" "The {label} has a character that cannot be used.";
        /// A control character, a line break included.
        ControlCharacter "control_character" "The {label} must be a single line of plain text.";
        /// More characters than the field holds.
        TooLong "too_long" "Use at most {max} characters for the {label}.";
        /// Not one of the words the field knows.
        NotAChoice "not_a_choice" "Choose one of the offered values for the {label}.";
        /// The id does not start as ids of its kind do.
        IdPrefix "id_prefix" "The {label} starts with {prefix}.";
        /// The id has the right start, and something else than 8-4-4-4-12 hex digits behind it.
        IdFormat "id_format" "The {label} is {prefix} and 32 hex digits in five groups.";
        /// Not a code of a US state, district, territory or military area.
        StateUnknown "state_unknown" "Choose a US state or territory.";
        /// Not five digits.
        PostalCodeFormat "postal_code_format" "Enter a 5-digit ZIP code.";
        /// Not a code of ISO 3166-1 alpha-2.
        CountryUnknown "country_unknown" "Choose a country.";
        /// A country, but cards are not sent there.
        CountryNotSupported "country_not_supported" "Cards can be sent to addresses in the United States only.";
        /// A page number is a whole number from 1.
        PageFormat "page_format" "Enter a page number from 1 to {max}.";
        /// An idempotency key is 16 to 64 of `A-Za-z0-9_-`.
        KeyFormat "key_format" "The request key is not valid. Please reload the page and try again.";
        /// The key in the values and the key beside them differ.
        KeyConflict "key_conflict" "The request carries two different keys. Please reload the page and try again.";
        /// Of these fields exactly one is given.
        ExactlyOne "exactly_one" "Fill in just one of these: {label}.";
        /// Only a physical card can be made from a virtual one.
        VirtualCardNeedsPhysical "virtual_card_needs_physical" "Only a physical card can be made from a virtual card.";
    }
}

codes! {
    /// Advice on a valid request.
    NoticeCode {
        /// A virtual card is not shipped, so the address is left out of the request.
        ShippingAddressLeftOut "shipping_address_left_out" "A virtual card is not shipped; the address will not be used.";
        /// A new number ends the old card; must be confirmed.
        OldCardEnds "old_card_ends" "The old card stops working when its number is replaced.";
        /// With the same number there is no old card to end.
        TerminateOldCardUnused "terminate_old_card_unused" "The number is kept, so there is no old card to end.";
    }
}

impl NoticeCode {
    /// Whether the person must accept it before the request may be sent.
    pub const fn confirm(self) -> bool {
        matches!(self, NoticeCode::OldCardEnds)
    }
}

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The names from the outermost field to the one the rule is about.
    pub path: Vec<String>,
    /// The rule.
    pub code: IssueCode,
    /// What a catalogue or a developer needs to say more; never the value itself.
    pub params: Params,
    /// A sentence for the person at the form; empty in the wasm, where TypeScript makes it.
    pub message: String,
}

/// Advice on a valid request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The field the advice is about.
    pub path: Vec<String>,
    /// The advice.
    pub code: NoticeCode,
    /// Whether it must be accepted before the request may be sent.
    pub confirm: bool,
    /// A sentence for the person at the form; empty in the wasm, where TypeScript makes it.
    pub message: String,
}

impl Notice {
    /// The notice `code` on one field.
    pub fn new(field: &str, code: NoticeCode) -> Notice {
        Notice { path: vec![field.into()], code, confirm: code.confirm(), message: code.template().into() }
    }
}

/// What a rule says about itself: names and limits, never the value it refused.
pub type Params = Vec<(&'static str, Param)>;

/// One parameter of an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Param {
    /// A name from a descriptor.
    Word(&'static str),
    /// A limit or a length.
    Count(u32),
    /// The words a field knows.
    Words(&'static [&'static str]),
}

impl Param {
    /// Writes what tells it from another.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Param::Word(word) => out.push_str(word),
            Param::Count(count) => write::count(out, *count),
            Param::Words(words) => words.iter().for_each(|word| out.push_str(word)),
        }
    }
}

/// A rule's refusal of one value, before it is known where the value stood: all else that is to be said follows from the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The rule.
    pub(crate) code: IssueCode,
    /// How many characters were found, or, where the kind of value is wrong, the place of its name among [`KINDS`].
    ///
    /// [`KINDS`]: crate::input::KINDS
    pub(crate) number: u32,
}

impl Refusal {
    /// A refusal that has no number.
    pub(crate) const fn plain(code: IssueCode) -> Refusal {
        Refusal { code, number: 0 }
    }

    /// The refusal of a value that is not of the expected kind.
    pub(crate) fn wrong_kind(found: Slot<'_, '_>) -> Refusal {
        let code = match found {
            Slot::Value(Value::Foreign(Foreign::LoneSurrogate)) => IssueCode::LoneSurrogate,
            Slot::Value(Value::Foreign(_)) => IssueCode::UnsupportedValue,
            _ => IssueCode::WrongKind,
        };
        Refusal { code, number: found.kind().into() }
    }

    /// What the rule says about itself where it was broken by a field of this kind.
    pub(crate) fn params(self, kind: &Kind) -> Params {
        let found = || ("found", Param::Word(input::kind(self.number as usize)));
        match (self.code, kind) {
            (IssueCode::IdPrefix | IssueCode::IdFormat, Kind::Id(prefix)) => vec![("prefix", Param::Word(prefix))],
            (IssueCode::NotAChoice, Kind::Choice(words)) => vec![("choices", Param::Words(words))],
            (IssueCode::PageFormat, _) => vec![("max", Param::Count(LAST_PAGE))],
            (IssueCode::TooLong, kind) => {
                vec![("max", Param::Count(kind.longest())), ("length", Param::Count(self.number))]
            }
            (IssueCode::WrongKind, kind) => vec![("expected", Param::Word(kind.expected())), found()],
            (IssueCode::UnsupportedValue, _) => vec![found()],
            _ => Vec::new(),
        }
    }
}

impl Issue {
    /// The issue `code` at `path`, for a field people call `label`.
    #[cfg_attr(small, inline(never))]
    pub(crate) fn new(path: Vec<String>, code: IssueCode, params: Params, label: &str) -> Issue {
        if cfg!(target_arch = "wasm32") {
            return Issue { path, code, params, message: String::new() };
        }
        let message = render(code.template(), |name| match name {
            "label" => Some(label.into()),
            _ => params.iter().find(|(known, _)| *known == name).map(|(_, value)| match value {
                Param::Word(word) => (*word).into(),
                Param::Count(count) => {
                    let mut digits = String::new();
                    write::count(&mut digits, *count);
                    digits
                }
                Param::Words(words) => write::joined(words.iter().copied(), ", "),
            }),
        });
        Issue { path, code, params, message }
    }
}
