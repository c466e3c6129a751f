//! The walls of the house, as tables. A new layer, crate or ban is one line.

/// A layer and the layers it may import.
pub(super) struct Layer {
    pub(super) name: &'static str,
    pub(super) may_use: &'static [&'static str],
}

const fn layer(name: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { name, may_use }
}

/// `src/<name>.rs` and `src/<name>/`. `main.rs` and `lib.rs` are the root and may name all of them.
pub(super) const LAYERS: &[Layer] = &[
    layer("domain", &[]),
    layer("annotations", &["domain"]),
    layer("budget", &["domain"]),
    layer("lineage", &["domain"]),
    layer("blob", &["domain"]),
    layer("thumbnails", &["domain"]),
    layer("log", &["domain"]),
    layer("graph", &["domain"]),
    layer("backup", &["domain"]),
    layer("ledger", &["domain", "lineage", "blob", "log", "graph"]),
    layer("export", &["domain", "annotations", "lineage", "blob", "ledger"]),
    layer("import", &["domain", "annotations", "lineage", "blob", "ledger"]),
    layer("openlineage", &["domain", "budget", "lineage", "ledger"]),
    layer("api", &["domain", "budget", "lineage", "ledger"]),
    layer("hooks", &["domain", "budget", "ledger", "api"]),
    layer("http", &["domain", "budget", "thumbnails", "ledger", "export", "import", "openlineage", "api"]),
    layer("config", &["domain"]),
    layer(
        "cli",
        &[
            "domain",
            "annotations",
            "budget",
            "lineage",
            "blob",
            "thumbnails",
            "graph",
            "backup",
            "ledger",
            "export",
            "import",
            "api",
            "hooks",
            "http",
            "config",
        ],
    ),
];

/// A name that may be spoken only in some places.
pub(super) struct Ban {
    /// A crate, a word or a path: `surrealdb`, `async`, `Utc::now`.
    pub(super) what: &'static str,
    /// Sources whose path begins so; an empty text is every source.
    pub(super) within: &'static [&'static str],
    /// Those of them where it is allowed.
    pub(super) but: &'static [&'static str],
    pub(super) why: &'static str,
}

const EVERYWHERE: &[&str] = &["src/"];
const PURE: &[&str] = &["src/domain/", "src/lineage/"];

/// The reason of the rows that name a dependency.
pub(super) const OWNED: &str = "the crate belongs to another layer";

const fn owned(what: &'static str, but: &'static [&'static str]) -> Ban {
    Ban { what, within: EVERYWHERE, but, why: OWNED }
}

const fn only_in(what: &'static str, but: &'static [&'static str], why: &'static str) -> Ban {
    Ban { what, within: EVERYWHERE, but, why }
}

const fn not_pure(what: &'static str) -> Ban {
    Ban { what, within: PURE, but: &[], why: "this layer is pure: values in, values out" }
}

const CLOCK: &[&str] = &["src/ledger/clock.rs"];
const SETTINGS: &[&str] = &["src/config/"];

pub(super) const BANS: &[Ban] = &[
    owned("backon", &["src/blob/s3/", "src/graph/", "src/hooks/"]),
    owned("surrealdb", &["src/graph/"]),
    owned("surrealdb_engine_local", &["src/graph/connection.rs"]),
    owned("surrealdb_cnf", &["src/graph/connection.rs"]),
    owned("sysinfo", &["src/graph/"]),
    owned("rustix", &["src/graph/", "src/log/", "src/http/", "src/cli/mod.rs"]),
    owned("async_graphql", &["src/api/"]),
    owned("async_graphql_value", &["src/api/"]),
    owned(
        "quick_cache",
        &[
            "src/ledger/",
            "src/api/result_cache.rs",
            "src/api/engine/execute/known.rs",
            "src/http/stream/event_cache.rs",
        ],
    ),
    owned("actix_web", &["src/http/"]),
    owned("actix_ws", &["src/http/"]),
    owned("rust_embed", &["src/http/"]),
    owned("flate2", &["src/http/", "src/backup/", "src/annotations/"]),
    owned("tokio_tar", &["src/http/"]),
    owned("aws_sdk_s3", &["src/blob/s3/"]),
    owned("aws_config", &["src/blob/s3/"]),
    owned("clap", &["src/cli/", "src/config/"]),
    owned("strsim", &["src/config/"]),
    owned("indicatif", &["src/cli/"]),
    owned("comfy_table", &["src/cli/"]),
    owned("ureq", &["src/cli/", "src/hooks/"]),
    owned("csv", &["src/cli/", "src/annotations/formats/"]),
    owned("quick_xml", &["src/annotations/formats/"]),
    owned("serde_saphyr", &["src/annotations/formats/"]),
    owned("geojson", &["src/annotations/formats/"]),
    owned("tar", &["src/annotations/"]),
    owned("pathfinding", &["src/annotations/matching/"]),
    owned("serde_json_canonicalizer", &["src/domain/"]),
    owned("unicode_normalization", &["src/domain/", "src/annotations/names/"]),
    owned("sha2", &["src/blob/", "src/domain/log/", "src/hooks/"]),
    owned("ed25519_dalek", &["src/domain/log/signed_note/"]),
    owned("hmac", &["src/hooks/"]),
    owned("image", &["src/thumbnails/"]),
    owned("imagesize", &["src/blob/media.rs"]),
    owned(
        "parquet",
        &[
            "src/annotations/formats/huggingface/",
            "src/export/",
            "src/cli/import/format/table.rs",
            "src/cli/import/format/table/",
        ],
    ),
    owned(
        "arrow_array",
        &[
            "src/annotations/formats/huggingface/",
            "src/cli/import/format/table.rs",
            "src/cli/import/format/table/",
        ],
    ),
    owned(
        "arrow_schema",
        &[
            "src/annotations/formats/huggingface/",
            "src/export/",
            "src/cli/import/format/table.rs",
            "src/cli/import/format/table/",
        ],
    ),
    owned(
        "arrow_json",
        &["src/annotations/formats/huggingface/", "src/export/", "src/cli/import/format/table.rs"],
    ),
    owned("parking_lot", &["src/ledger/index.rs", "src/ledger/index/"]),
    owned("fixedbitset", &["src/lineage/"]),
    owned("hashbrown", &["src/lineage/"]),
    owned("blake3", &["src/domain/", "src/blob/", "src/backup/", "src/log/"]),
    owned("crc32fast", &["src/log/"]),
    owned("lz4_flex", &["src/log/"]),
    only_in("SystemTime::now", CLOCK, "the clock is passed in"),
    only_in("Utc::now", CLOCK, "the clock is passed in"),
    only_in("Local::now", &[], "times are UTC, and the clock is passed in"),
    only_in("Instant::now", &["src/http/", "src/cli/", "src/graph/runtime.rs"], "the clock is passed in"),
    only_in("env::var", SETTINGS, "the environment is read in one place"),
    only_in("env::var_os", SETTINGS, "the environment is read in one place"),
    only_in("env::vars", SETTINGS, "the environment is read in one place"),
    only_in("rand", &[], "nothing here is random"),
    only_in(
        "getrandom",
        &["src/ledger/signed_urls.rs", "src/ledger/uploads/mod.rs", "src/ledger/store/segments.rs"],
        "nothing here is random but what nobody may guess",
    ),
    not_pure("async"),
    not_pure("await"),
    not_pure("tokio"),
    not_pure("futures_util"),
    not_pure("std::fs"),
    not_pure("std::net"),
    not_pure("std::env"),
    // A start fills two parts of the index beside the rest; what comes out is the same.
    Ban { but: &["src/lineage/index/loading.rs"], ..not_pure("std::thread") },
    not_pure("std::process"),
    not_pure("tracing"),
    Ban {
        what: "crate::api::schema",
        within: &["src/api/types/", "src/api/inputs/"],
        but: &[],
        why: "the roots import objects and inputs, not the other way round",
    },
    Ban {
        what: "crate::lineage",
        within: &["src/api/engine/"],
        but: &[],
        why: "the engine knows only the limits that it is given",
    },
    Ban {
        what: "crate::api::result_cache",
        within: &["src/api/types/", "src/api/inputs/"],
        but: &[],
        why: "the query that answers a question looks in the cache",
    },
];

/// The longest source, in lines.
pub(super) const LONGEST: usize = 400;
