//! Sixteen bytes that are looked at together, where the module knows such (`simd128`): the rows'.

use core::arch::wasm32::{
    i8x16_lt, i8x16_narrow_i16x8, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_narrow_i16x8, u8x16_splat,
    u8x16_sub, u16x8_lt, u16x8_splat, u64x2, u64x2_extract_lane, v128, v128_or,
};

/// Sixteen bytes. What is found among them has a bit for each.
#[derive(Clone, Copy)]
pub(crate) struct Block(v128);

impl Block {
    #[inline(always)]
    pub(crate) fn of(bytes: &[u8; 16]) -> Block {
        let (words, _) = bytes.as_chunks();
        let [one, other] = words else { return Block(u8x16_splat(0)) };
        Block(u64x2(u64::from_le_bytes(*one), u64::from_le_bytes(*other)))
    }

    /// Those that are this one.
    #[inline(always)]
    pub(crate) fn equal(self, byte: u8) -> u32 {
        u8x16_bitmask(u8x16_eq(self.0, u8x16_splat(byte))).into()
    }

    /// Those that are hex digits, in either case.
    #[inline(always)]
    pub(crate) fn hex_digits(self) -> u32 {
        let digits = u8x16_lt(u8x16_sub(self.0, u8x16_splat(b'0')), u8x16_splat(10));
        let lower = v128_or(self.0, u8x16_splat(0x20));
        let letters = u8x16_lt(u8x16_sub(lower, u8x16_splat(b'a')), u8x16_splat(6));
        u8x16_bitmask(v128_or(digits, letters)).into()
    }

    /// Those that are no printable ASCII, and these two.
    #[inline(always)]
    pub(crate) fn odd(self, [one, other]: [u8; 2]) -> u32 {
        let ends = v128_or(u8x16_eq(self.0, u8x16_splat(one)), u8x16_eq(self.0, u8x16_splat(other)));
        // Of signed bytes, those from 0x80 on are below a blank too.
        let others = v128_or(i8x16_lt(self.0, i8x16_splat(0x20)), u8x16_eq(self.0, u8x16_splat(0x7f)));
        u8x16_bitmask(v128_or(ends, others)).into()
    }
}

/// Sixteen letters of UTF-16 in a byte each, and how many of them are ASCII before one that is none.
#[inline(always)]
pub(crate) fn narrow(units: &[[u8; 2]; 16]) -> ([u8; 16], usize) {
    let (blocks, _) = units.as_flattened().as_chunks();
    let [one, other] = blocks else { return ([0; 16], 0) };
    let (Block(one), Block(other)) = (Block::of(one), Block::of(other));
    let is_ascii = |units| u16x8_lt(units, u16x8_splat(0x80));
    let ascii = u8x16_bitmask(i8x16_narrow_i16x8(is_ascii(one), is_ascii(other)));
    let narrow = u8x16_narrow_i16x8(one, other);
    let [low, high] = [u64x2_extract_lane::<0>(narrow), u64x2_extract_lane::<1>(narrow)].map(u64::to_le_bytes);
    let mut bytes = [0; 16];
    let (to_low, to_high) = bytes.split_at_mut(8);
    to_low.copy_from_slice(&low);
    to_high.copy_from_slice(&high);
    (bytes, ascii.trailing_ones() as usize)
}
