//! Leaves out of scripts and styles what a browser doesn't need: indentation, and comments that have lines of their own.
//!
//! Why no more, and no tool: after compression that is nearly all there is to save, and what is left is what was
//! written, so that a visitor's browser names the same code. No text in these files goes over a line's end.

/// The text without them.
pub(crate) fn minify(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        is_comment |= line.starts_with("/*");
        if is_comment {
            is_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            output.push_str(line);
            output.push('\n');
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go_and_nothing_else() {
        let script = "// Why.\n/**\n * What.\n */\nconst a = {\n  b: \"//\", // here\n};\n/* one */\n\nf(a * 2);\n";
        assert_eq!(minify(script), "const a = {\nb: \"//\", // here\n};\nf(a * 2);\n");
    }
}
