//! The element's styles: the page's own of the panels, and `web/element/element.css`.
//!
//! Why not the page's as they are: a site that changes the size of `rem` would shrink the panels, the width that counts
//! is the element's and not the window's, and names on `:root` are the site's.

use anyhow::{Result, ensure};

/// The parts of page.css, each named by the comment before it, that are the page's alone.
const PAGE_PARTS: [&str; 5] = ["The page", "The frame", "A whole class", "The bar at a phone's lower edge", "About"];
/// What a `rem` is in a query, where no property counts: the usual size.
const PIXELS: f64 = 16.0;

/// The styles as one text.
pub(super) fn styles(page: &str, own: &str) -> Result<String> {
    let mut parts = vec![(String::new(), String::new())];
    for line in page.lines() {
        // What ends like a sentence is a remark and no heading.
        let heading = line.strip_prefix("/* ").and_then(|rest| rest.strip_suffix(" */"));
        if let Some(name) = heading.filter(|name| !name.ends_with('.')) {
            parts.push((name.to_owned(), String::new()));
        }
        if let Some((_, text)) = parts.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    for name in PAGE_PARTS {
        ensure!(parts.iter().any(|(part, _)| part == name), "page.css has no part named {name:?}");
    }
    let kept = parts.iter().filter(|(name, _)| !PAGE_PARTS.contains(&name.as_str()));
    let text: String = kept.map(|(_, text)| text.as_str()).chain([own]).collect();
    Ok(text.lines().map(|line| adapted(line) + "\n").collect())
}

fn adapted(line: &str) -> String {
    if line.starts_with("@media (m") {
        return with_rems(&line.replacen("@media", "@container", 1), |rems| format!("{}px", rems * PIXELS));
    }
    with_rems(&line.replace(":root", ".app"), |rems| format!("calc({rems} * var(--rem))"))
}

/// The line with each length in `rem` written otherwise.
fn with_rems(line: &str, write: impl Fn(f64) -> String) -> String {
    let mut output = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("rem") {
        let is_part = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | '-');
        let start = before.rfind(|sign| !is_part(sign)).map_or(0, |at| at + 1);
        match before[start..].parse::<f64>() {
            Ok(rems) if !after.starts_with(|next: char| next.is_ascii_alphanumeric()) => {
                output.push_str(&before[..start]);
                output.push_str(&write(rems));
            }
            _ => {
                output.push_str(before);
                output.push_str("rem");
            }
        }
        rest = after;
    }
    output + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_queries_are_the_elements_own() {
        assert_eq!(adapted("  margin: -0.75rem;"), "  margin: calc(-0.75 * var(--rem));");
        assert_eq!(adapted(".remarks { gap: 1rem }"), ".remarks { gap: calc(1 * var(--rem)) }");
        assert_eq!(adapted("@media (max-width: 30rem) {"), "@container (max-width: 480px) {");
        assert_eq!(adapted("@media print {"), "@media print {");
        assert_eq!(adapted(":root {"), ".app {");
        assert_eq!(adapted("--rem: 1px;"), "--rem: 1px;");
    }

    #[test]
    fn what_is_the_pages_alone_stays_out() {
        let page = include_str!("../../../static/page.css");
        let all = styles(page, "").unwrap();
        for wanted in [".waterfall", ".curve", "select", ".compared", "@media print", "--card"] {
            assert!(all.contains(wanted), "{wanted}");
        }
        for unwanted in ["body {", "header", ".scroller", ".bar ", ".facts dt", "rem;"] {
            assert!(!all.contains(unwanted), "{unwanted}");
        }
        assert!(styles("a {}", "").is_err());
    }
}
