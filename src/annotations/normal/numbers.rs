//! The tolerance of numbers, and the rounding that fits it.

/// The largest difference between numbers that are the same, relative to the larger one. Slightly
/// more than the step of [`rounded`], so that numbers with equal rounding are always within it.
const TOLERANCE: f64 = 1.000_001e-9;

/// From here on the tolerance no longer grows: seconds since 1970 with a fraction are numbers too.
const LARGEST: f64 = 1e6;

/// Returns true if two numbers are the same: whole numbers exactly, others within the tolerance.
pub(super) fn are_near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= slack(a).max(slack(b)) && !(is_whole(a) && is_whole(b))
}

/// Returns the largest difference to another number that is the same.
pub(super) fn slack(number: f64) -> f64 {
    TOLERANCE * number.abs().clamp(1.0, LARGEST)
}

/// Returns a number that is equal for most numbers within the tolerance, and never for others.
pub(super) fn rounded(number: f64) -> f64 {
    let text = match number.abs() {
        _ if is_whole(number) => return number + 0.0,
        small if small < 1.0 => format!("{number:.9}"),
        middle if middle < LARGEST => format!("{number:.9e}"),
        _ => format!("{number:.3}"),
    };
    text.parse::<f64>().unwrap_or(number) + 0.0
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0
}
