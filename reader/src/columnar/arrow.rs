//! Arrow IPC files and streams, including Feather files.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Schema, TimeUnit};

use super::{Rows, push_row, text_of_bool, text_of_day, text_of_decimal, text_of_moment, text_of_time};

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// The rows of an Arrow file or stream.
pub(crate) struct ArrowRows {
    batches: Batches,
    names: Vec<String>,
}

impl ArrowRows {
    /// Opens a file or a stream; only columns for which `is_needed` holds are read.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn open(bytes: Vec<u8>, is_needed: impl Fn(&str) -> bool) -> Result<Self, String> {
        let in_words = |problem: ArrowError| problem.to_string();
        let is_stream = !bytes.starts_with(b"ARROW1");
        let input = Cursor::new(bytes);
        let kept = |schema: &Schema| -> Vec<usize> {
            let fields = schema.fields().iter().enumerate();
            // Lists and structs don't fit in a cell.
            fields
                .filter(|(_, field)| !field.data_type().is_nested() && is_needed(field.name()))
                .map(|(idx, _)| idx)
                .collect()
        };
        let (schema, batches): (_, Batches) = if is_stream {
            let schema = StreamReader::try_new(input.clone(), None).map_err(in_words)?.schema();
            let reader = StreamReader::try_new(input, Some(kept(&schema))).map_err(in_words)?;
            (schema, Box::new(reader))
        } else {
            let schema = FileReader::try_new(input.clone(), None).map_err(in_words)?.schema();
            let reader = FileReader::try_new(input, Some(kept(&schema))).map_err(in_words)?;
            (schema, Box::new(reader))
        };
        let names = kept(&schema).into_iter().map(|idx| schema.field(idx).name().clone()).collect();
        Ok(Self { batches, names })
    }
}

impl Rows for ArrowRows {
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn push_next(&mut self, text: &mut String) -> Result<bool, String> {
        let Some(batch) = self.batches.next() else { return Ok(false) };
        let batch = batch.map_err(|problem| problem.to_string())?;
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = batch.columns().iter().map(|column| text_of(column.as_ref(), row)).collect();
            push_row(text, cells.iter().map(String::as_str));
        }
        Ok(true)
    }
}

/// The text of a row's cell; empty for a blank, and for types that tables of records don't have.
fn text_of(column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Boolean => text_of_bool(column.as_boolean().value(row)),
        DataType::Int8 => value::<Int8Type>(column, row).to_string(),
        DataType::Int16 => value::<Int16Type>(column, row).to_string(),
        DataType::Int32 => value::<Int32Type>(column, row).to_string(),
        DataType::Int64 => value::<Int64Type>(column, row).to_string(),
        DataType::UInt8 => value::<UInt8Type>(column, row).to_string(),
        DataType::UInt16 => value::<UInt16Type>(column, row).to_string(),
        DataType::UInt32 => value::<UInt32Type>(column, row).to_string(),
        DataType::UInt64 => value::<UInt64Type>(column, row).to_string(),
        DataType::Float16 => number(f64::from(value::<Float16Type>(column, row)), value::<Float16Type>(column, row)),
        DataType::Float32 => number(f64::from(value::<Float32Type>(column, row)), value::<Float32Type>(column, row)),
        DataType::Float64 => number(value::<Float64Type>(column, row), value::<Float64Type>(column, row)),
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => column.as_string_view().value(row).to_owned(),
        DataType::Date32 => text_of_day(i64::from(value::<Date32Type>(column, row))),
        DataType::Date64 => text_of_moment(value::<Date64Type>(column, row), 1_000),
        DataType::Timestamp(TimeUnit::Second, _) => text_of_moment(value::<TimestampSecondType>(column, row), 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            text_of_moment(value::<TimestampMillisecondType>(column, row), 1_000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            text_of_moment(value::<TimestampMicrosecondType>(column, row), 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            text_of_moment(value::<TimestampNanosecondType>(column, row), 1_000_000_000)
        }
        DataType::Time32(TimeUnit::Second) => text_of_time(i64::from(value::<Time32SecondType>(column, row))),
        DataType::Time32(_) => text_of_time(i64::from(value::<Time32MillisecondType>(column, row)) / 1_000),
        DataType::Time64(TimeUnit::Microsecond) => {
            text_of_time(value::<Time64MicrosecondType>(column, row) / 1_000_000)
        }
        DataType::Time64(_) => text_of_time(value::<Time64NanosecondType>(column, row) / 1_000_000_000),
        DataType::Decimal128(_, scale) => {
            text_of_decimal(value::<Decimal128Type>(column, row), u32::try_from(*scale).unwrap_or_default())
        }
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let values = dictionary.values();
            if values.is_empty() { String::new() } else { text_of(values, key(dictionary.keys(), row)) }
        }
        _ => String::new(),
    }
}

fn value<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> T::Native {
    column.as_primitive::<T>().value(row)
}

/// A number with the fewest digits that identify it; empty for NaN.
fn number(value: f64, shown: impl std::fmt::Display) -> String {
    if value.is_nan() { String::new() } else { shown.to_string() }
}

/// The index of a row's value in its dictionary.
fn key(keys: &dyn Array, row: usize) -> usize {
    text_of(keys, row).parse().unwrap_or_default()
}
