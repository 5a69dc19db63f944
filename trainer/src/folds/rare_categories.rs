//! Limits the number of categories of a column: each is a feature, a name in the artifact and a choice on the page.

use reader::ANOTHER;

use crate::table::{BLANK, ColumnData, TableColumn};

/// The maximal number of categories of a column.
pub(crate) const MAX_CATEGORIES: usize = 256;

/// Keeps the most frequent categories of a column with too many, and merges all others; returns their previous number.
pub(crate) fn group_rare(column: &mut TableColumn) -> Option<usize> {
    let ColumnData::Categorical { values, codes } = &column.data else { return None };
    let n_before = values.len();
    if n_before <= MAX_CATEGORIES {
        return None;
    }
    let mut counts = vec![0_u64; n_before];
    for code in codes.iter().filter(|code| **code != BLANK) {
        counts[*code as usize] += 1;
    }
    // An existing category for all others is among those kept.
    let rank = |code: &usize| (values[*code] != ANOTHER, counts[*code]);
    let mut order: Vec<usize> = (0..n_before).collect();
    order.sort_by(|left, right| rank(right).cmp(&rank(left)).then(left.cmp(right)));
    let mut labels: Vec<&str> = order[..MAX_CATEGORIES - 1].iter().map(|code| values[*code].as_str()).collect();
    labels.push(ANOTHER);
    labels.sort_unstable();
    let code = |label: &str| labels.binary_search(&label).ok().and_then(|code| u32::try_from(code).ok());
    let another = code(ANOTHER).unwrap_or(BLANK);
    let code_of: Vec<u32> = values.iter().map(|value| code(value).unwrap_or(another)).collect();
    let codes = codes.iter().map(|code| code_of.get(*code as usize).copied().unwrap_or(BLANK)).collect();
    column.data = ColumnData::Categorical { values: labels.into_iter().map(ToOwned::to_owned).collect(), codes };
    Some(n_before)
}

/// Maps categories that `grouped` does not have after [`group_rare`] to the one for all others.
pub(crate) fn group_as(column: &mut TableColumn, grouped: &TableColumn) {
    let (ColumnData::Categorical { values, codes }, ColumnData::Categorical { values: kept, .. }) =
        (&column.data, &grouped.data)
    else {
        return;
    };
    if values == kept {
        return;
    }
    let code = |label: &str| kept.iter().position(|own| own == label).and_then(|code| u32::try_from(code).ok());
    let another = code(ANOTHER).unwrap_or(BLANK);
    let code_of: Vec<u32> = values.iter().map(|value| code(value).unwrap_or(another)).collect();
    let codes = codes.iter().map(|code| code_of.get(*code as usize).copied().unwrap_or(BLANK)).collect();
    column.data = ColumnData::Categorical { values: kept.clone(), codes };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_keep_their_names() {
        // Category c has c % 300 + 1 rows, one is blank.
        let values: Vec<String> = (0..300).map(|value| format!("v{value:03}")).collect();
        let mut codes: Vec<u32> = (0..300).flat_map(|code| std::iter::repeat_n(code, code as usize + 1)).collect();
        codes.push(BLANK);
        let data = ColumnData::Categorical { values, codes: codes.iter().copied().collect() };
        let mut column = TableColumn { name: "teacher".into(), data };
        assert_eq!(group_rare(&mut column), Some(300));
        let ColumnData::Categorical { values, codes: after } = &column.data else { panic!("still categories") };
        assert_eq!((values.len(), values[0].as_str(), values[255].as_str()), (256, ANOTHER, "v299"));
        for (before, after) in codes.iter().zip(after.iter()) {
            match *before {
                BLANK => assert_eq!(*after, BLANK),
                // 255 of the 300 keep their names.
                before if before >= 45 => assert_eq!(values[*after as usize], format!("v{before:03}")),
                _ => assert_eq!(values[*after as usize], ANOTHER),
            }
        }
        assert_eq!(group_rare(&mut column), None);
    }
}
