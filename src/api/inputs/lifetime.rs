//! The lifetime of pre-signed URLs.

use std::time::Duration;

use async_graphql::Result;

use crate::api::engine::code::{Code, Reason};
use crate::api::errors;

/// The maximum lifetime of a pre-signed URL, in seconds: a week, the maximum of S3.
const MAX_LIFETIME: u64 = 7 * 24 * 60 * 60;

/// Validates the lifetime of a pre-signed URL.
///
/// # Errors
/// BAD_USER_INPUT, with reason LIMIT_EXCEEDED for more than a week.
pub fn lifetime(seconds: i32) -> Result<Duration> {
    match u64::try_from(seconds) {
        Ok(seconds @ 1..=MAX_LIFETIME) => Ok(Duration::from_secs(seconds)),
        Ok(1..) => {
            let message = format!(
                "`expiresIn` must be at most {MAX_LIFETIME} seconds, which is a week, found {seconds}: \
                 request another URL after that time"
            );
            Err(errors::error(Code::BadUserInput, Some(Reason::LimitExceeded), message))
        }
        _ => Err(errors::bad_input(format!("`expiresIn` must be at least 1 second, found {seconds}"))),
    }
}
