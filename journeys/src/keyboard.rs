//! Keys, sent to the focused element, and the pointer.

use anyhow::Result;
use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
    key::Key,
};

use crate::browser::Browser;

impl Browser {
    /// Presses one key.
    ///
    /// # Errors
    ///
    /// When the page is closed.
    pub async fn press(&self, key: Key) -> Result<()> {
        self.type_text(&String::from(char::from(key))).await
    }

    /// Presses one key while others are held, as in Shift+Tab.
    ///
    /// # Errors
    ///
    /// When the page is closed.
    pub async fn press_with(&self, held: &[Key], key: Key) -> Result<()> {
        self.chord(held, char::from(key)).await
    }

    /// Presses a letter's key while others are held, as in Ctrl+Z.
    ///
    /// # Errors
    ///
    /// When the page is closed.
    pub async fn press_letter_with(&self, held: &[Key], letter: char) -> Result<()> {
        self.chord(held, letter).await
    }

    /// Types into the focused element.
    ///
    /// # Errors
    ///
    /// When the page is closed.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        let keys = text
            .chars()
            .fold(keyboard(), |keys, value| keys.then(KeyAction::Down { value }).then(KeyAction::Up { value }));
        Ok(self.client().perform_actions(keys).await?)
    }

    /// Replaces a field's content by selecting all of it and typing.
    ///
    /// # Errors
    ///
    /// When the field cannot have the focus.
    pub async fn fill(&self, field: &Element, text: &str) -> Result<()> {
        self.run("arguments[0].focus()", vec![serde_json::to_value(field)?]).await?;
        self.chord(&[Key::Control], 'a').await?;
        if text.is_empty() { self.press(Key::Delete).await } else { self.type_text(text).await }
    }

    /// Drags the pointer from one point of the window to another, in CSS pixels.
    ///
    /// # Errors
    ///
    /// When a point is outside the window.
    pub async fn drag(&self, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        let moved = |(x, y): (f64, f64)| PointerAction::MoveTo { duration: None, x, y };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(moved(from))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(moved(to))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client().perform_actions(mouse).await?)
    }

    async fn chord(&self, held: &[Key], value: char) -> Result<()> {
        let held: Vec<char> = held.iter().copied().map(char::from).collect();
        let keys = held.iter().fold(keyboard(), |keys, &value| keys.then(KeyAction::Down { value }));
        let keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        let keys = held.iter().rev().fold(keys, |keys, &value| keys.then(KeyAction::Up { value }));
        Ok(self.client().perform_actions(keys).await?)
    }
}

fn keyboard() -> KeyActions {
    KeyActions::new("keyboard".to_owned())
}
