//! The tolerance of numbers, and the rounding that fits it.

/// The largest difference between numbers that are the same, relative to the larger one. Slightly
/// more than the step of [`rounded`], so that numbers with equal rounding are always within it.
const TOLERANCE: f64 = 1.000_001e-9;

/// From here on the tolerance no longer grows: seconds since 1970 with a fraction are numbers too.
const LARGEST: f64 = 1e6;

/// The most characters of a number that a person or a tool wrote with few digits.
const SHORT: usize = 11;

/// Returns true if two numbers are the same: whole numbers exactly, others within the tolerance, or if
/// one of them is the other in single precision.
pub(super) fn are_near(a: f64, b: f64) -> bool {
    let is_single = |a: f64, b: f64| single(b) == a && is_computed_single(a);
    a == b
        || (a - b).abs() <= tolerance(a).max(tolerance(b)) && !(is_whole(a) && is_whole(b))
        || is_single(a, b)
        || is_single(b, a)
}

/// Returns the largest difference to another number that is the same.
pub(super) fn slack(number: f64) -> f64 {
    let single = if is_computed_single(number) { single_step(number) } else { 0.0 };
    tolerance(number).max(single)
}

fn tolerance(number: f64) -> f64 {
    TOLERANCE * number.abs().clamp(1.0, LARGEST)
}

/// Returns true if a number is one in single precision (`float32`) with the digits of a computed one:
/// `60.000003814697266`, but not `60.5`.
pub(super) fn is_computed_single(number: f64) -> bool {
    single(number) == number && !is_whole(number) && number.to_string().len() > SHORT
}

/// Returns the distance between numbers in single precision at a number.
pub(super) fn single_step(number: f64) -> f64 {
    number.abs() * f64::from(f32::EPSILON)
}

fn single(number: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "the nearest number in single precision is meant")]
    let single = number as f32;
    f64::from(single)
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
