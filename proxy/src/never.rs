//! A test that the compiler makes: a type that holds a secret cannot be shown by accident.

/// Refuses to compile where the type implements the trait: two answers to one question are none.
macro_rules! never {
    ($type:ty: $trait:path) => {
        const _: fn() = || {
            trait Ambiguous<Answer> {
                fn ask() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Yes;
            impl<T: ?Sized + $trait> Ambiguous<Yes> for T {}
            let _ = <$type as Ambiguous<_>>::ask;
        };
    };
}
