//! Each fault as client and server meet it, and beside it the same line without the fault.

mod control;
mod faults;
mod peers;
