//! Numbers in decimal digits.

/// Returns a number from about 0 to 1 in the digits that it was read from, if these are 12 or less;
/// else in as many as are needed to read the same number.
///
/// Going to pixels and back adds errors of about 1e-16, which rounding to 14 digits removes: a
/// millionth of a pixel is far above them.
pub(super) fn digits(number: f64) -> String {
    let rounded = format!("{number:.14}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    let decimals = short.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match short {
        "-0" => "0".to_owned(),
        short if decimals <= 12 => short.to_owned(),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_few_digits() {
        for (number, text) in [
            (0.5, "0.5"),
            (0.0, "0"),
            (-1e-16, "0"),
            (1.0, "1"),
            (0.523_438_000_000_000_1, "0.523438"),
            (0.523_437_999_999_999_5, "0.523438"),
            (-0.01, "-0.01"),
            (0.629_629_629_629_629_7, "0.6296296296296297"),
            (1e-13, "0.0000000000001"),
        ] {
            assert_eq!(digits(number), text);
        }
    }
}
