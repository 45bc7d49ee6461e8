//! How a closed list of codes is written: once, each with the sentence people read.

/// Declares an enum of stable codes: `Variant "code" "sentence"`, with the list of all of them.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident $code:literal $text:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[doc = $doc])+ $variant,)+ }

        impl $name {
            /// Every code there is, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The code as it stands in answers and in TypeScript; it never changes its meaning.
            pub fn as_str(self) -> &'static str {
                $crate::code::word(concat!($($code, " ",)+), self.place())
            }

            /// Its place in [`Self::ALL`].
            pub const fn place(self) -> usize {
                self as usize
            }

            /// The English sentence, with `{name}` where a parameter goes; empty in the wasm.
            pub const fn template(self) -> &'static str {
                match self { $($name::$variant => $crate::host_text::HostText::new($text).as_str(),)+ }
            }

            /// What it means, for the person who writes the page; empty in the wasm, where nobody reads it.
            pub const fn meaning(self) -> &'static str {
                $crate::host_text::HostText::new(match self { $($name::$variant => concat!($($doc),+),)+ }).as_str()
            }

            /// The code with this spelling, if it is one we know.
            pub fn parse(code: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|known| known.as_str() == code)
            }
        }
    };
}
pub(crate) use codes;

/// One word of a text: a table of texts would take three times the space in the wasm.
#[cold]
pub(crate) fn word(words: &'static str, nth: usize) -> &'static str {
    words.split_ascii_whitespace().nth(nth).unwrap_or_default()
}

/// Fills the `{name}` places of a sentence; a name without a value stays as it is written.
pub fn render(template: &str, mut value_of: impl FnMut(&str) -> Option<String>) -> String {
    if template.is_empty() {
        return String::new();
    }
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            rest = after;
            continue;
        };
        match value_of(name) {
            Some(value) => text.push_str(&value),
            None => text.push_str(name),
        }
        rest = tail;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn fills_each_place() {
        let filled = render("Use at most {max} of {max} in {label}.", |name| match name {
            "max" => Some("7".into()),
            "label" => Some("the city".into()),
            _ => None,
        });
        assert_eq!(filled, "Use at most 7 of 7 in the city.");
    }

    #[test]
    fn a_sentence_without_places_stays_itself() {
        assert_eq!(render("Enter a 5-digit ZIP code.", |_| None), "Enter a 5-digit ZIP code.");
    }
}
