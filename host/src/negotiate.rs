//! Chooses a representation of a file by `Accept-Encoding` (RFC 9110, section 12.5.3).

use http::{HeaderMap, header::ACCEPT_ENCODING};

use crate::site::{File, Representation, variants::Coding};

/// The acceptable representation with the highest weight, the smallest among equals; `None` when every one is refused.
///
/// The uncompressed representation is weighted by `identity`; without such a weight it is sent only when no coding is
/// acceptable.
pub(crate) fn choose<'a>(file: &'a File, headers: &HeaderMap) -> Option<&'a Representation> {
    if file.encoded.is_empty() && !headers.contains_key(ACCEPT_ENCODING) {
        return Some(&file.plain);
    }
    let accepted = AcceptedCodings::read(headers);
    let mut best: Option<(u16, &Representation)> = None;
    for (coding, encoded) in &file.encoded {
        let weight = accepted.coding(*coding);
        let is_better = best.is_none_or(|(best_weight, best_encoded)| {
            weight > best_weight || weight == best_weight && encoded.bytes.len() < best_encoded.bytes.len()
        });
        if weight > 0 && is_better {
            best = Some((weight, encoded));
        }
    }
    match (accepted.identity(), best) {
        (None, Some((_, encoded))) => Some(encoded),
        (None, None) => Some(&file.plain),
        (Some(0), best) => best.map(|(_, encoded)| encoded),
        (Some(weight), Some((best_weight, encoded))) if best_weight >= weight => Some(encoded),
        (Some(_), _) => Some(&file.plain),
    }
}

/// The weights of a request, in thousandths.
#[derive(Default)]
struct AcceptedCodings {
    brotli: Option<u16>,
    zstd: Option<u16>,
    gzip: Option<u16>,
    identity: Option<u16>,
    any: Option<u16>,
}

impl AcceptedCodings {
    fn read(headers: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        for value in headers.get_all(ACCEPT_ENCODING) {
            let Ok(value) = value.to_str() else { continue };
            for item in value.split(',') {
                let mut parts = item.split(';');
                let coding = parts.next().unwrap_or_default().trim();
                let weight = parts.find_map(weight).unwrap_or(Some(1000));
                // A coding with a malformed weight is not used.
                let weight = weight.unwrap_or(0);
                let entry = if coding.eq_ignore_ascii_case("br") {
                    &mut accepted.brotli
                } else if coding.eq_ignore_ascii_case("zstd") {
                    &mut accepted.zstd
                } else if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
                    &mut accepted.gzip
                } else if coding.eq_ignore_ascii_case("identity") {
                    &mut accepted.identity
                } else if coding == "*" {
                    &mut accepted.any
                } else {
                    continue;
                };
                *entry = Some(weight);
            }
        }
        accepted
    }

    fn coding(&self, coding: Coding) -> u16 {
        let weight = match coding {
            Coding::Brotli => self.brotli,
            Coding::Zstd => self.zstd,
            Coding::Gzip => self.gzip,
        };
        weight.or(self.any).unwrap_or(0)
    }

    /// The weight of `identity`; `None` if none was given. `*;q=0` refuses it, too; any other weight of `*` leaves it
    /// as the last resort.
    fn identity(&self) -> Option<u16> {
        self.identity.or(self.any.filter(|weight| *weight == 0))
    }
}

/// The weight `q=0.5` in thousandths: `None` for other parameters, `Some(None)` for a malformed weight.
fn weight(parameter: &str) -> Option<Option<u16>> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    Some(thousandths(value.trim()))
}

fn thousandths(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = format!("{fraction:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_as_the_grammar_has_them() {
        for (text, expected) in
            [("1", Some(1000)), ("0.5", Some(500)), ("0.001", Some(1)), ("0.", Some(0)), ("0", Some(0))]
        {
            assert_eq!(thousandths(text), expected, "{text}");
        }
        for bad in ["", "2", "1.001", "0.0001", "-1", "0.5x", "+0.5", ".5", "0.-5"] {
            assert_eq!(thousandths(bad), None, "{bad}");
        }
    }
}
