//! Yes and no in the usual spellings.

const YES: [&str; 14] = ["true", "yes", "y", "t", "1", "on", "ja", "j", "wahr", "oui", "vrai", "si", "sí", "verdadero"];
const NO: [&str; 12] = ["false", "no", "n", "f", "0", "off", "nein", "falsch", "non", "faux", "falso", "nee"];

/// The boolean value of a folded text, if it is one of the usual words for one.
pub(crate) fn truth(folded: &str) -> Option<bool> {
    if YES.contains(&folded) {
        Some(true)
    } else if NO.contains(&folded) {
        Some(false)
    } else {
        None
    }
}
