//! A row's texts in their places, and what is known of them before the rules are asked.

use super::plan::Place;
use crate::check::Settings;
use crate::field::Ruling;
use crate::input::Value;
use crate::input::scan::same;
use crate::judge::{PLACES, Slot, Slots};
use crate::operation::Condition;

/// A row's texts in their places. Used again for the next row: what stands there is looked at only where something was put.
pub(super) struct Texts<'t> {
    texts: [&'t [u8]; PLACES],
    /// A bit for each place where a text was put.
    are_texts: u32,
    /// What is no text, and in the end everything.
    slots: Slots<'t, 'static>,
    /// A bit for each place where something else was put.
    are_others: u32,
    /// Those of them where an object was put.
    are_objects: u32,
    /// Those of all where it is blank.
    are_blank: u32,
    /// Whether each of the others passes by itself, and no condition looks at one that is not in normal form.
    is_sound: bool,
}

impl<'t> Texts<'t> {
    pub(super) const fn new() -> Texts<'t> {
        let (texts, slots) = ([[].as_slice(); PLACES], Slots::EMPTY);
        Texts { texts, are_texts: 0, slots, are_others: 0, are_objects: 0, are_blank: 0, is_sound: true }
    }

    /// Begins another row.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        (self.are_texts, self.are_others, self.are_objects, self.are_blank, self.is_sound) = (0, 0, 0, 0, true);
    }

    #[inline(always)]
    pub(super) fn has(&self, number: usize) -> bool {
        (self.are_texts | self.are_others) & (1 << number) != 0
    }

    /// A bit for each place where something is given.
    #[inline(always)]
    pub(super) fn given(&self) -> u32 {
        (self.are_texts | self.are_others) & !self.are_blank
    }

    #[inline(always)]
    pub(super) fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// Puts objects, by the bits of their places, whose children are put behind them; false, if one stands there.
    #[inline(always)]
    pub(super) fn put_objects(&mut self, places: u32) -> bool {
        let is_first = (self.are_texts | self.are_others) & places == 0;
        self.are_objects |= places;
        self.are_others |= places;
        is_first
    }

    /// Puts a text, of which it may be known that it is printable ASCII; false, if it is no text.
    #[inline(always)]
    pub(super) fn put_text(
        &mut self,
        place: &Place,
        text: &'t [u8],
        is_printable: bool,
        settings: &Settings<'_>,
    ) -> bool {
        self.put_passing(place, text);
        (is_printable && place.kind.passes(text, true, settings)) || self.judge_text(place, text, settings)
    }

    /// Puts a text that is known to pass as it is, and to be one.
    #[inline(always)]
    pub(super) fn put_passing(&mut self, place: &Place, text: &'t [u8]) {
        if let Some(at) = self.texts.get_mut(place.number) {
            *at = text;
        }
        self.are_texts |= 1 << place.number;
    }

    /// Puts anything else.
    pub(super) fn put_other(&mut self, place: &Place, slot: Slot<'t, 'static>, settings: &Settings<'_>) {
        self.slots.put(place.number, slot);
        self.are_others |= 1 << place.number;
        self.judge(place, slot, settings);
    }

    #[inline(never)]
    fn judge_text(&mut self, place: &Place, text: &[u8], settings: &Settings<'_>) -> bool {
        let Ok(text) = std::str::from_utf8(text) else { return false };
        self.judge(place, Slot::Text(text), settings);
        true
    }

    /// Whether the text at a place passes as it is.
    pub(super) fn passes(&self, place: &Place, settings: &Settings<'_>) -> bool {
        let text = self.text(place.number).and_then(|text| std::str::from_utf8(text).ok());
        text.is_some_and(|text| matches!(place.kind.judge(Slot::Text(text), settings), Ruling::Passes))
    }

    fn judge(&mut self, place: &Place, slot: Slot<'_, '_>, settings: &Settings<'_>) {
        let is_blank = slot.is_blank();
        self.are_blank = (self.are_blank & !(1 << place.number)) | (u32::from(is_blank) << place.number);
        self.is_sound &= is_blank
            || match place.kind.judge(slot, settings) {
                Ruling::Passes => true,
                Ruling::PassesChanged => !place.is_asked,
                Ruling::Breaks(_) => false,
            };
    }

    /// The text at a place.
    #[inline(always)]
    pub(super) fn text(&self, number: usize) -> Option<&'t [u8]> {
        self.texts.get(number).copied().filter(|_| self.are_texts & (1 << number) != 0)
    }

    /// Whether what stands at a place, and is sound, meets a condition.
    #[inline(always)]
    pub(super) fn meets(&self, number: usize, condition: &Condition) -> bool {
        match condition {
            Condition::Given(_) => self.given() & (1 << number) != 0,
            Condition::Is(_, word) => self.text(number).is_some_and(|text| same(text, word.as_bytes())),
            Condition::IsBool(_, is) => {
                let is_other = self.are_others & (1 << number) != 0;
                is_other && matches!(self.slots.at(number), Slot::Value(Value::Bool(value)) if value == is)
            }
        }
    }

    /// All places, for the rules.
    pub(super) fn slots(&mut self) -> &Slots<'t, 'static> {
        for number in 0..PLACES {
            match self.text(number) {
                // What was put is text: it passed as such, or is printable ASCII.
                Some(text) => self.slots.put(number, std::str::from_utf8(text).map_or(Slot::Empty, Slot::Text)),
                None if self.are_objects & (1 << number) != 0 => self.slots.put(number, Slot::Object),
                None if self.are_others & (1 << number) == 0 => self.slots.put(number, Slot::Empty),
                None => {}
            }
        }
        &self.slots
    }
}
