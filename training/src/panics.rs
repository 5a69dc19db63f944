//! Stores the message of a panic: JavaScript only sees a trap, which is the same if memory runs out.

use std::cell::RefCell;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Stores the messages of panics from now on.
pub(crate) fn remember() {
    std::panic::set_hook(Box::new(|panic| LAST.set(Some(panic.to_string()))));
}

pub(crate) fn last() -> Option<String> {
    LAST.with_borrow(Clone::clone)
}
