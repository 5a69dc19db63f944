//! What a panic says is kept: JavaScript sees a trap, and the same trap where memory runs out.

use std::cell::RefCell;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps what panics say from now on.
pub(crate) fn remember() {
    std::panic::set_hook(Box::new(|panic| LAST.set(Some(panic.to_string()))));
}

pub(crate) fn last() -> Option<String> {
    LAST.with_borrow(Clone::clone)
}
