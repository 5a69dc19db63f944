//! Parquet files.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::data_type::Decimal;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, reader::RowIter};
use parquet::schema::types::Type;

use super::{Rows, push_row, text_of_bool, text_of_day, text_of_decimal, text_of_moment, text_of_time};

/// Rows that are converted to text at a time.
const BATCH_ROWS: usize = 4_096;

/// The rows of a Parquet file.
pub(crate) struct ParquetRows {
    rows: RowIter<'static>,
    names: Vec<String>,
    /// Whether a column's integers are nanoseconds since 1970, which the file's older type annotation can't express.
    are_nanoseconds: Vec<bool>,
}

impl ParquetRows {
    /// Opens a file; only columns for which `is_needed` holds are read.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn open(bytes: Vec<u8>, is_needed: impl Fn(&str) -> bool) -> Result<Self, String> {
        let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(|problem| problem.to_string())?;
        let schema = reader.metadata().file_metadata().schema().clone();
        // Lists and structs don't fit in a cell.
        let kept: Vec<Arc<Type>> = schema
            .get_fields()
            .iter()
            .filter(|field| field.is_primitive() && is_needed(field.name()))
            .cloned()
            .collect();
        let is_nanoseconds = |field: &Arc<Type>| {
            matches!(
                field.get_basic_info().logical_type_ref(),
                Some(LogicalType::Timestamp(timestamp)) if timestamp.unit == TimeUnit::NANOS
            ) && field.get_basic_info().converted_type() == ConvertedType::NONE
        };
        let are_nanoseconds = kept.iter().map(is_nanoseconds).collect();
        let names = kept.iter().map(|field| field.name().to_owned()).collect();
        let projection = Type::group_type_builder(schema.name()).with_fields(kept).build();
        let projection = projection.map_err(|problem| problem.to_string())?;
        let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection));
        Ok(Self { rows: rows.map_err(|problem| problem.to_string())?, names, are_nanoseconds })
    }
}

impl Rows for ParquetRows {
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn push_next(&mut self, text: &mut String) -> Result<bool, String> {
        let mut n_rows = 0;
        for row in self.rows.by_ref().take(BATCH_ROWS) {
            let row = row.map_err(|problem| problem.to_string())?;
            let cells: Vec<String> = row
                .get_column_iter()
                .zip(&self.are_nanoseconds)
                .map(|((_, field), is_nanoseconds)| match field {
                    Field::Long(count) if *is_nanoseconds => text_of_moment(*count, 1_000_000_000),
                    field => text_of(field),
                })
                .collect();
            push_row(text, cells.iter().map(String::as_str));
            n_rows += 1;
        }
        Ok(n_rows > 0)
    }
}

fn text_of(field: &Field) -> String {
    match field {
        Field::Bool(is_true) => text_of_bool(*is_true),
        Field::Byte(number) => number.to_string(),
        Field::Short(number) => number.to_string(),
        Field::Int(number) => number.to_string(),
        Field::Long(number) => number.to_string(),
        Field::UByte(number) => number.to_string(),
        Field::UShort(number) => number.to_string(),
        Field::UInt(number) => number.to_string(),
        Field::ULong(number) => number.to_string(),
        Field::Float16(number) if !number.is_nan() => number.to_string(),
        Field::Float(number) if !number.is_nan() => number.to_string(),
        Field::Double(number) if !number.is_nan() => number.to_string(),
        Field::Decimal(decimal) => text_of_big_endian(decimal),
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        Field::Date(day) => text_of_day(i64::from(*day)),
        Field::TimeMillis(count) => text_of_time(i64::from(*count) / 1_000),
        Field::TimeMicros(count) => text_of_time(count / 1_000_000),
        Field::TimestampMillis(count) => text_of_moment(*count, 1_000),
        Field::TimestampMicros(count) => text_of_moment(*count, 1_000_000),
        // Blanks; nested columns were left out.
        _ => String::new(),
    }
}

fn text_of_big_endian(decimal: &Decimal) -> String {
    let bytes = decimal.data();
    let is_negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if is_negative { -1_i128 } else { 0 };
    let units = bytes.iter().fold(start, |units, byte| units << 8 | i128::from(*byte));
    text_of_decimal(units, u32::try_from(decimal.scale()).unwrap_or_default())
}
