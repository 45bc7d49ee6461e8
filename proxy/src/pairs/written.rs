//! Requests made by chance: valid ones, one that differs from another in its meaning, and one that differs in its spelling.

use cardwright::Operation;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Letters of which some need two UTF-16 units, and some are two letters when upper-cased.
const LETTERS: [char; 12] = ['a', 'Z', '7', '-', '\'', 'é', 'ß', '/', '"', '\\', '漢', '🂡'];
const STATES: [&str; 5] = ["TX", "CA", "DC", "PR", "AE"];

/// A valid request, all in normal form.
#[derive(Clone)]
pub(super) struct Written {
    operation: &'static Operation,
    values: Map<String, Value>,
}

/// A key of 16 to 64 characters.
pub(super) fn key(chance: &mut Rng) -> String {
    let length = chance.usize(16..=64);
    std::iter::repeat_with(|| if chance.u8(..8) == 0 { '-' } else { chance.alphanumeric() }).take(length).collect()
}

fn text(chance: &mut Rng, most: usize) -> String {
    let length = chance.usize(1..=most);
    std::iter::repeat_with(|| LETTERS[chance.usize(..LETTERS.len())]).take(length).collect()
}

fn id(prefix: &str, chance: &mut Rng) -> Value {
    let hex = format!("{:032x}", chance.u128(..));
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("{prefix}{}", parts.join("-")).into()
}

/// `/`, quotes and wide letters are not for a product's or a user's id.
fn word(chance: &mut Rng) -> Value {
    let length = chance.usize(3..=40);
    std::iter::repeat_with(|| chance.alphanumeric()).take(length).collect::<String>().into()
}

fn address(chance: &mut Rng) -> Value {
    let mut address = json!({
        "address_one": text(chance, 100),
        "city": text(chance, 50),
        "state": STATES[chance.usize(..STATES.len())],
        "postal_code": format!("{:05}", chance.u32(..100_000)),
        "country": "US",
    });
    if chance.bool() {
        address["address_two"] = text(chance, 100).into();
    }
    address
}

impl Written {
    /// A request of an operation.
    pub(super) fn new(operation: &'static Operation, chance: &mut Rng) -> Written {
        let mut values = Map::new();
        let mut set = |name: &str, value: Value| drop(values.insert(name.to_owned(), value));
        if operation.issuer() == "ingo" {
            set("user_id", id("user-", chance));
        }
        match operation.name {
            "ingo.issueCard" => {
                let physical = chance.bool();
                set("card_type", if physical { "physical" } else { "virtual" }.into());
                if physical {
                    set("shipping_address", address(chance));
                    if chance.bool() {
                        set("virtual_card_id", id("rcrd-", chance));
                    }
                }
            }
            "pintopay.createCard" => {
                set(if chance.bool() { "product_code" } else { "product_id" }, word(chance));
                set("external_user_id", word(chance));
            }
            name => {
                set("id", id("rcrd-", chance));
                for (name, most) in [("reason", 255), ("reason_code", 32)] {
                    if chance.bool() {
                        set(name, text(chance, most).into());
                    }
                }
                if name == "ingo.reissueCard" {
                    set("reuse_pan", chance.bool().into());
                    if chance.bool() {
                        set("card_type", "physical".into());
                        set("shipping_address", address(chance));
                    }
                }
            }
        }
        Written { operation, values }
    }

    /// The same with one thing changed that matters.
    pub(super) fn changed(&self, chance: &mut Rng) -> Written {
        loop {
            let mut changed = self.clone();
            let names: Vec<_> = self.values.keys().cloned().collect();
            let name = &names[chance.usize(..names.len())];
            let another = Written::new(self.operation, chance);
            match (chance.u8(..4), another.values.get(name)) {
                // One field as in another request.
                (0 | 1, Some(value)) if name != "card_type" => drop(changed.values.insert(name.clone(), value.clone())),
                // One line of an address.
                (2, _) => {
                    let line = ["address_one", "address_two", "city", "postal_code"][chance.usize(..4)];
                    if let Some(address) = changed.values.get_mut("shipping_address") {
                        address[line] = if line == "postal_code" {
                            format!("{:05}", chance.u32(..100_000)).into()
                        } else {
                            text(chance, 50).into()
                        };
                    }
                }
                // One field more or less, or under another name.
                (3, _) => changed.toggle(chance),
                _ => {}
            }
            if changed.values != self.values {
                return changed;
            }
        }
    }

    fn toggle(&mut self, chance: &mut Rng) {
        match self.operation.name {
            "pintopay.createCard" => {
                let product = self.values.remove("product_code").map(|word| ("product_id", word));
                let product = product.or_else(|| self.values.remove("product_id").map(|word| ("product_code", word)));
                self.values.extend(product.map(|(name, word)| (name.to_owned(), word)));
            }
            "ingo.issueCard" if self.values["card_type"] == "physical" => {
                if self.values.remove("virtual_card_id").is_none() {
                    self.values.insert("virtual_card_id".into(), id("rcrd-", chance));
                }
            }
            "ingo.issueCard" => {
                self.values.insert("card_type".into(), "physical".into());
                self.values.insert("shipping_address".into(), address(chance));
            }
            _ => {
                if self.values.remove("reason").is_none() {
                    self.values.insert("reason".into(), text(chance, 255).into());
                }
            }
        }
    }

    /// As a program would write it.
    pub(super) fn plain(&self) -> String {
        Value::from(self.values.clone()).to_string()
    }

    /// As another program, or a person, would: another order, spaces, escapes, case and blanks that do not matter, the key inside.
    pub(super) fn respelled(&self, key: &str, chance: &mut Rng) -> String {
        let mut members: Vec<_> = self.values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        if self.operation.name == "ingo.issueCard" && chance.bool() {
            members.push(("idempotent_key", key.into()));
        }
        let absent = self.operation.fields.iter().map(|field| field.name).filter(|name| {
            !self.values.contains_key(*name) && *name != "idempotent_key" && *name != "shipping_address"
        });
        for name in absent {
            match chance.u8(..4) {
                0 => members.push((name, Value::Null)),
                1 => members.push((name, " ".into())),
                _ => {}
            }
        }
        object(members, chance)
    }
}

fn object(mut members: Vec<(&str, Value)>, chance: &mut Rng) -> String {
    chance.shuffle(&mut members);
    let mut written = String::from("{");
    for (at, (name, value)) in members.into_iter().enumerate() {
        if at > 0 {
            written.push(',');
        }
        blank(&mut written, chance);
        // Names are plain letters, of which each may be escaped too.
        literal(&mut written, name, chance);
        blank(&mut written, chance);
        written.push(':');
        blank(&mut written, chance);
        match value {
            Value::String(text) => literal(&mut written, &padded(name, &text, chance), chance),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                written.push_str(&object(members, chance));
            }
            other => written.push_str(&other.to_string()),
        }
        blank(&mut written, chance);
    }
    written.push('}');
    written
}

fn blank(written: &mut String, chance: &mut Rng) {
    let blanks = [" ", "\n", "\t", "\r\n  "];
    if chance.u8(..3) == 0 {
        written.push_str(blanks[chance.usize(..blanks.len())]);
    }
}

/// A text with blanks around it, and in either case where case is not kept.
fn padded(name: &str, text: &str, chance: &mut Rng) -> String {
    let text = if matches!(name, "state" | "country") && chance.bool() { text.to_lowercase() } else { text.to_owned() };
    let pad = |chance: &mut Rng| ["", "", " ", "\u{a0}", "\u{3000}"][chance.usize(..5)];
    if name == "idempotent_key" { text } else { format!("{}{text}{}", pad(chance), pad(chance)) }
}

/// A JSON string with any letter escaped, in either case of the digits.
fn literal(written: &mut String, text: &str, chance: &mut Rng) {
    written.push('"');
    for letter in text.chars() {
        match (chance.u8(..6), letter) {
            (0, _) => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    written.push_str(&if chance.bool() { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") });
                }
            }
            (_, '"' | '\\') => written.extend(['\\', letter]),
            (1, '/') => written.push_str("\\/"),
            _ => written.push(letter),
        }
    }
    written.push('"');
}
