//! The two closed lists every error is sorted into: `extensions.code` in Apollo's words, which clients and fuzzers know,
//! and `extensions.reason` in ours.

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$word_doc])* $variant,)*
        }

        impl $type {
            /// The whole list.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that clients see.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The entry with this word.
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
    /// Whose fault an error is, and in which step it came up: `extensions.code`.
    Code {
        /// The query is not GraphQL.
        GraphqlParseFailed = "GRAPHQL_PARSE_FAILED",
        /// The query does not fit the schema, or breaks a limit.
        GraphqlValidationFailed = "GRAPHQL_VALIDATION_FAILED",
        /// The request is not a GraphQL request.
        BadRequest = "BAD_REQUEST",
        /// Only the hash of a query was sent, and this server keeps no queries: Apollo's clients then send all of it.
        PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED",
        /// A value in a variable or an argument is wrong.
        BadUserInput = "BAD_USER_INPUT",
        /// The operation to run cannot be told.
        OperationResolutionFailure = "OPERATION_RESOLUTION_FAILURE",
        /// Nobody has said who asks.
        Unauthenticated = "UNAUTHENTICATED",
        /// Whoever asks may not.
        Forbidden = "FORBIDDEN",
        /// The server's own fault.
        InternalServerError = "INTERNAL_SERVER_ERROR",
    }
}

words! {
    /// What exactly went wrong, where there is more to say: `extensions.reason`.
    Reason {
        /// Nothing has this id, key or number.
        NotFound = "NOT_FOUND",
        /// The head or tag is not what the request expected.
        Conflict = "CONFLICT",
        /// The key stands for other content already.
        IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
        /// More than is allowed was asked for or sent.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// A commit names a blob that is not here.
        BlobMissing = "BLOB_MISSING",
        /// The bytes are not those that were announced.
        BlobMismatch = "BLOB_MISMATCH",
        /// The moment asked for is in the future, or no longer held.
        AsOfUnavailable = "AS_OF_UNAVAILABLE",
        /// The caller has too much under way; wait for some of it to end.
        TooManyRequests = "TOO_MANY_REQUESTS",
        /// A cursor or another position that was kept is of another log than this store's.
        OtherHistory = "OTHER_HISTORY",
        /// Not possible now; try again later.
        Unavailable = "UNAVAILABLE",
        /// It took too long.
        Timeout = "TIMEOUT",
        /// What is stored is damaged.
        Corrupt = "CORRUPT",
    }
}
