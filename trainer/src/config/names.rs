//! Names in a configuration match those of the header regardless of case, accents and signs, as everywhere.

use reader::{Found, find_names};
use toml::Spanned;

use super::Config;

impl Config {
    /// Replaces each configured column name by the header's spelling.
    pub fn take_names(&mut self, header: &[String]) {
        let rename = |name: &mut Spanned<String>| {
            if let Some(Found::At(field)) = find_names(header, &[vec![name.get_ref()]]).pop() {
                header[field].clone_into(name.get_mut());
            }
        };
        self.target.iter_mut().chain(&mut self.weights).chain(&mut self.order).for_each(rename);
        let renamed = |(mut name, column)| {
            rename(&mut name);
            (name, column)
        };
        self.columns = std::mem::take(&mut self.columns).into_iter().map(renamed).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_header() {
        let text =
            "target = \"Math Score\"\norder = [\"LUNCH\", \"other\"]\n[columns.\"reading-score\"]\nlabel = \"R\"\n";
        let mut config = Config::parse("c.toml", text).unwrap();
        config.take_names(&["math_score", "lunch", "reading_score"].map(String::from));
        assert_eq!(config.target_name(), Some("math_score"));
        let order: Vec<&str> = config.order.iter().map(|name| name.get_ref().as_str()).collect();
        assert_eq!(order, ["lunch", "other"]);
        assert!(config.columns.keys().all(|name| name.get_ref() == "reading_score"));
    }
}
