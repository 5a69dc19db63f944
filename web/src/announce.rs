//! Says the estimate aloud to those who can't see it change.
//!
//! It waits until the typing pauses: a voice that reads every keystroke's number is noise.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::dom::repaint;
use crate::session::{Form, Session};
use crate::texts::fill;

const PAUSE: Duration = Duration::from_millis(700);

/// Keeps the live region with the id `announcement` up to date.
pub(crate) fn announce(session: Session) {
    // The first estimate is part of the page as it is read; only changes are announced.
    let last = Rc::new(RefCell::new((None::<String>, None::<TimeoutHandle>)));
    repaint(move || {
        let mut text = String::new();
        session.look(&mut |form| text = announcement(&session, form));
        let (said, waiting) = &mut *last.borrow_mut();
        if said.as_ref().is_some_and(|said| *said != text) {
            if let Some(handle) = waiting.take() {
                handle.clear();
            }
            let next = text.clone();
            let root = session.root().clone();
            *waiting = set_timeout_with_handle(move || root.set_text("announcement", &next), PAUSE).ok();
        }
        *said = Some(text);
    });
}

fn announcement(session: &Session, form: &Form) -> String {
    let estimate = session.in_target_unit(form.prediction.shown);
    let mut text = match session.interval(form) {
        Some(interval) => fill(
            "announce.with-interval",
            &[
                ("target", &session.target()),
                ("estimate", &estimate),
                ("low", &session.in_target_unit(interval.low)),
                ("high", &session.in_target_unit(interval.high)),
            ],
        ),
        None => fill("announce.estimate", &[("target", &session.target()), ("estimate", &estimate)]),
    };
    for (column, field) in session.columns().iter().zip(&form.fields) {
        if let Some(problem) = &field.problem {
            text.push_str(&format!(" {}: {problem}.", column.label));
        }
    }
    text
}
