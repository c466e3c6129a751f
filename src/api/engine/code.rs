//! The two closed lists of error codes: `extensions.code` in the words of Apollo, which clients and
//! fuzzers know, and `extensions.reason` in the words of stemma.

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$word_doc])* $variant,)*
        }

        impl $type {
            /// All entries.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the word that clients receive.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// Returns the entry with this word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|entry| entry.as_str() == word)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// The party at fault and the step that failed: `extensions.code`.
    Code {
        /// The query is not GraphQL.
        GraphqlParseFailed = "GRAPHQL_PARSE_FAILED",
        /// The query does not match the schema, or exceeds a limit.
        GraphqlValidationFailed = "GRAPHQL_VALIDATION_FAILED",
        /// The request is not a GraphQL request.
        BadRequest = "BAD_REQUEST",
        /// Only the hash of a query was sent, and this server stores no queries. Apollo's clients
        /// then send the full query.
        PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED",
        /// A value in a variable or an argument is wrong.
        BadUserInput = "BAD_USER_INPUT",
        /// The operation to run cannot be determined.
        OperationResolutionFailure = "OPERATION_RESOLUTION_FAILURE",
        /// The request carries no credentials.
        Unauthenticated = "UNAUTHENTICATED",
        /// The caller lacks the permission.
        Forbidden = "FORBIDDEN",
        /// The server is at fault.
        InternalServerError = "INTERNAL_SERVER_ERROR",
    }
}

words! {
    /// The exact cause, if there is more to say than the code: `extensions.reason`.
    Reason {
        /// No object has this id, key or number.
        NotFound = "NOT_FOUND",
        /// The head or tag is not what the request expected.
        Conflict = "CONFLICT",
        /// The idempotency key was already used with other content.
        IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
        /// The request asks for or sends more than is allowed.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// A commit names a blob that is not in the blob store.
        BlobMissing = "BLOB_MISSING",
        /// The bytes are not those that were announced.
        BlobMismatch = "BLOB_MISMATCH",
        /// The requested moment is in the future, or no longer held.
        AsOfUnavailable = "AS_OF_UNAVAILABLE",
        /// The caller has too many requests in progress and should wait for some of them to end.
        TooManyRequests = "TOO_MANY_REQUESTS",
        /// A cursor or another stored position belongs to the log of another store.
        OtherHistory = "OTHER_HISTORY",
        /// Temporarily not possible; the request may be retried.
        Unavailable = "UNAVAILABLE",
        /// The request took too long.
        Timeout = "TIMEOUT",
        /// Stored data is damaged.
        Corrupt = "CORRUPT",
    }
}
