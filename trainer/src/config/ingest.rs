//! Converts `scorecast.toml` to options for reading a file.

use toml::Spanned;

use super::{Config, KindConfig};
use crate::table::ingest::{IngestOptions, MIN_CATEGORY_ROWS};

impl Config {
    /// The options for reading the file; `None` without a target.
    #[must_use]
    pub fn ingest_options(&self) -> Option<IngestOptions> {
        let target = self.target_name()?.to_owned();
        let of_kind = |kind: KindConfig| {
            let mut names = self.columns_that(|column| column.kind == Some(kind));
            names.retain(|name| *name != target);
            names
        };
        let mut drop = self.columns_that(|column| column.drop);
        drop.retain(|name| *name != target);
        let name = |name: &Option<Spanned<String>>| name.as_ref().map(|name| name.get_ref().clone());
        Some(IngestOptions {
            drop,
            numeric: of_kind(KindConfig::Numeric),
            categorical: of_kind(KindConfig::Categorical),
            date: of_kind(KindConfig::Date),
            weights: name(&self.weights),
            group: name(&self.group),
            time: name(&self.time),
            part: None,
            missing: self.missing(),
            decimal: self.decimals(),
            date_orders: self.date_orders(),
            directions: self.directions(),
            min_category_rows: MIN_CATEGORY_ROWS,
            target,
        })
    }
}
