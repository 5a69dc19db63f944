//! Sorting, for items of which equal ones are the same. The library's sorting, compiled anew for each type, was 17 kB of
//! the JavaScript module's code.
//!
//! Heapsort (Williams 1964): never more than about 2 n log₂ n comparisons, whatever a file holds.

/// Sorts `items` so that of any two the one that `is_before` the other comes first.
pub(crate) fn sort<T: Copy>(items: &mut [T], is_before: impl Fn(&T, &T) -> bool) {
    for top in (0..items.len() / 2).rev() {
        sift(items, top, &is_before);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        sift(&mut items[..end], 0, &is_before);
    }
}

/// Lets the item at `top` sink below all that come after it, in a heap whose last item is on top.
fn sift<T: Copy>(items: &mut [T], mut top: usize, is_before: &impl Fn(&T, &T) -> bool) {
    while let Some(left) = items.get(2 * top + 1) {
        let is_right = items.get(2 * top + 2).is_some_and(|right| is_before(left, right));
        let below = 2 * top + 1 + usize::from(is_right);
        if !is_before(&items[top], &items[below]) {
            return;
        }
        items.swap(top, below);
        top = below;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_library_does() {
        let mut state = 1_u32;
        for n in 0..200 {
            let mut items: Vec<u32> = Vec::new();
            for _ in 0..n {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                items.push((state >> 16) % (n / 2 + 1));
            }
            let mut expected = items.clone();
            expected.sort_unstable();
            sort(&mut items, |left, right| left < right);
            assert_eq!(items, expected);
        }
    }
}
