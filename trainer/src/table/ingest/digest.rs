//! Identifies a table, regardless of the engine and the order that its rows came from.

use sha2::{Digest, Sha256};

use crate::table::order::parts_of;
use crate::table::{ColumnData, Table, TableColumn};

/// The SHA-256 of a table's content, including its cells and their sample.
pub(super) fn digest(table: &Table) -> String {
    let mut sha256 = Sha256::new();
    add_table(&mut sha256, table);
    if let Some(cells) = &table.cells {
        for (n, within) in cells.n.iter().zip(&cells.within) {
            sha256.update(n.to_le_bytes());
            sha256.update(within.to_bits().to_le_bytes());
        }
        add_table(&mut sha256, &cells.sample);
    }
    base16ct::lower::encode_string(&sha256.finalize())
}

fn add_table(sha256: &mut Sha256, table: &Table) {
    let mut text = |text: &str| {
        sha256.update((text.len() as u64).to_le_bytes());
        sha256.update(text.as_bytes());
    };
    text(&table.target_name);
    for TableColumn { name, data } in &table.columns {
        text(name);
        if let ColumnData::Categorical { values, .. } = data {
            values.iter().for_each(|value| text(value));
        }
    }
    for row in 0..table.n_rows() {
        for column in &table.columns {
            match &column.data {
                ColumnData::Numeric(numbers) => sha256.update((numbers[row] + 0.0).to_bits().to_le_bytes()),
                ColumnData::Categorical { codes, .. } => sha256.update(codes[row].to_le_bytes()),
            }
        }
        sha256.update(table.target[row].to_bits().to_le_bytes());
        if let Some(parts) = parts_of(&table.keys) {
            sha256.update(parts[row].to_le_bytes());
        }
    }
}
