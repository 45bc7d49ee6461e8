//! JSON text, query text and numbers, written by hand: no serializer enters the wasm's hot way, and `core::fmt`, which is
//! 1.5 kB (gzip) of it, does not enter at all.

/// Writes the members of one object.
pub(crate) struct ObjectWriter<'o> {
    out: &'o mut String,
    first: bool,
}

impl<'o> ObjectWriter<'o> {
    pub(crate) fn new(out: &'o mut String) -> ObjectWriter<'o> {
        out.push('{');
        ObjectWriter { out, first: true }
    }

    /// Writes a name, and lends the text so that its value can follow.
    pub(crate) fn member(&mut self, name: &str) -> &mut String {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        text(self.out, name);
        self.out.push(':');
        self.out
    }

    pub(crate) fn end(self) {
        self.out.push('}');
    }
}

/// Text in quotes, with the escapes JSON demands and no others.
pub(crate) fn text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..='\u{1f}' => {
                out.push_str("\\u00");
                hex(out, character as u8, b'a');
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// A whole number.
pub(crate) fn count(out: &mut String, count: u32) {
    if count > 9 {
        self::count(out, count / 10);
    }
    out.push(char::from(b'0' + (count % 10) as u8));
}

/// Words in one text, `between` them where two meet.
pub(crate) fn joined<'w>(words: impl IntoIterator<Item = &'w str>, between: &str) -> String {
    let mut text = String::new();
    for (at, word) in words.into_iter().enumerate() {
        if at > 0 {
            text.push_str(between);
        }
        text.push_str(word);
    }
    text
}

/// Text as it may stand in a query: everything but RFC 3986's unreserved characters is percent-encoded.
pub(crate) fn percent(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            hex(out, byte, b'A');
        }
    }
}

fn hex(out: &mut String, byte: u8, ten: u8) {
    for digit in [byte >> 4, byte & 15] {
        out.push(char::from(if digit < 10 { b'0' + digit } else { ten + digit - 10 }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn serde_json_writes_the_same(any in ".{0,40}") {
            let mut out = String::new();
            text(&mut out, &any);
            let back: String = serde_json::from_str(&out).unwrap();
            proptest::prop_assert_eq!(&back, &any);
        }
    }

    #[test]
    fn counts_are_decimal() {
        for number in [0, 9, 10, 4_096, u32::MAX] {
            let mut out = String::new();
            count(&mut out, number);
            assert_eq!(out, number.to_string());
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        let mut out = String::new();
        text(&mut out, "\u{1}\u{1f}\"\\\n");
        assert_eq!(out, r#""\u0001\u001f\"\\\n""#);
    }

    #[test]
    fn a_query_holds_nothing_reserved() {
        let mut out = String::new();
        percent(&mut out, "a-b&c=é/");
        assert_eq!(out, "a-b%26c%3D%C3%A9%2F");
    }
}
