//! Precedence of values, and errors of settings files.

use std::path::Path;

use clap::{Command, CommandFactory, Parser};

use super::*;

#[derive(Debug, Parser)]
#[command(name = "stemma")]
struct TestCommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, clap::Subcommand)]
enum Sub {
    Serve {
        #[command(flatten)]
        directory: Directory,
        #[command(flatten)]
        listening: Listening,
    },
}

fn file(text: &str) -> SettingsFile {
    SettingsFile::parse(Path::new("stemma.toml"), text).unwrap()
}

/// Returns the value of `data` for a file and a command line.
fn value(command: Command, text: &str, arguments: &[&str]) -> String {
    let matches = under(command, &file(text)).unwrap().try_get_matches_from(arguments).unwrap();
    let (_, sub) = matches.subcommand().unwrap();
    sub.get_raw("data").unwrap().next().unwrap().to_str().unwrap().to_owned()
}

fn refusal(text: &str) -> String {
    let error = SettingsFile::parse(Path::new("stemma.toml"), text)
        .and_then(|file| under(TestCommandLine::command(), &file));
    error.unwrap_err().to_string()
}

#[test]
fn an_unknown_setting_has_a_hint_with_the_nearest_one() {
    let known: Vec<String> = ["data", "engine", "listen"].map(str::to_owned).into();
    for (name, near) in [("dta", Some("data")), ("listens", Some("listen")), ("colour", None)] {
        let error =
            ConfigError::Unknown { path: "stemma.toml".into(), name: name.to_owned(), known: known.clone() };
        let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        assert_eq!(error.hint().unwrap(), format!("{near}the settings are data, engine, listen"));
    }
}

#[test]
fn the_flag_wins_over_the_file_and_the_file_over_the_default() {
    assert_eq!(value(TestCommandLine::command(), "", &["stemma", "serve"]), "./stemma-data");
    assert_eq!(value(TestCommandLine::command(), "data = '/file'", &["stemma", "serve"]), "/file");
    assert_eq!(
        value(TestCommandLine::command(), "data = '/file'", &["stemma", "serve", "--data", "/flag"]),
        "/flag"
    );
}

#[test]
fn the_variable_wins_over_the_file_and_the_flag_over_the_variable() {
    // A variable that cargo always sets replaces STEMMA_DATA: tests cannot set their environment.
    let command = || {
        TestCommandLine::command()
            .mut_subcommand("serve", |serve| serve.mut_arg("data", |data| data.env("CARGO_MANIFEST_DIR")))
    };
    let here = env!("CARGO_MANIFEST_DIR");
    assert_eq!(value(command(), "data = '/file'", &["stemma", "serve"]), here);
    assert_eq!(value(command(), "data = '/file'", &["stemma", "serve", "--data", "/flag"]), "/flag");
}

#[test]
fn every_kind_of_value_can_be_in_a_file() {
    let text = "log = 'debug'\nlog-format = 'json'\nlisten = 'localhost:9000'\nmax-blob-bytes = 1048576\n";
    let command = under(TestCommandLine::command(), &file(text)).unwrap();
    let mut matches = command.try_get_matches_from(["stemma", "serve"]).unwrap();
    let cli = <TestCommandLine as clap::FromArgMatches>::from_arg_matches_mut(&mut matches).unwrap();
    let Sub::Serve { listening, .. } = cli.command;
    assert_eq!(cli.global.log.as_deref(), Some("debug"));
    assert_eq!(cli.global.log_format, LogFormat::Json);
    assert_eq!(listening.listen.to_string(), "127.0.0.1:9000");
    assert_eq!(listening.max_blob_bytes, 1 << 20);
    assert_eq!(listening.access.token_file, None);
}

#[test]
fn a_file_is_refused_with_one_clear_line() {
    assert_eq!(refusal("lisen = '127.0.0.1:1'"), "stemma.toml has the unknown setting `lisen`");
    assert_eq!(refusal("config = 'other.toml'"), "stemma.toml has the unknown setting `config`");
    assert_eq!(refusal("token = 'secret'"), "stemma.toml has the unknown setting `token`");
    assert_eq!(
        refusal("listen = ['127.0.0.1:1']"),
        "stemma.toml: `listen` must be a string, an integer or a boolean, found a list"
    );
    assert_eq!(
        refusal("listen = 'nowhere'"),
        "stemma.toml: invalid value 'nowhere' for 'listen <ADDR:PORT>': use an IP address and a port, such as \
         127.0.0.1:8080 or [::1]:8080"
    );
    assert!(
        refusal("a = 1\nlisten =").starts_with("stemma.toml is not TOML: line 2: "),
        "{}",
        refusal("a = 1\nlisten =")
    );
}

#[test]
fn the_error_of_an_unknown_setting_lists_the_known_ones() {
    let error = under(TestCommandLine::command(), &file("lisen = 'x'")).unwrap_err();
    assert_eq!(
        error.hint().unwrap(),
        "did you mean `listen`? the settings are allow-origin, blobs, data, engine, feed-connections, feed-event-bytes, feed-init-time, feed-lag, \
         feed-message-bytes, feed-ping, feed-send-time, feed-subscriptions, graph, graph-database, graph-login, \
         graph-namespace, graph-password-file, graph-poll, graph-user, listen, log, log-format, max-blob-bytes, max-connections-per-address, public-url, \
         record-cache, request-memory, s3-addressing, s3-attempts, s3-checksums, s3-endpoint, s3-region, s3-timeout, thumbnails, token-file, upload-grace"
    );
}

#[test]
fn webhooks_are_separate_tables() {
    let table =
        |more: &str| format!("listen = '127.0.0.1:1'\n[[webhooks]]\nname = 'ci'\nurl = 'https://ci'\n{more}");
    let read = file(&table("event = 'affected'\ntag = 'production'\nsecret-file = 's'\nafter = 3"));
    assert!(under(TestCommandLine::command(), &read).is_ok());
    let webhook = &read.webhooks()[0];
    assert_eq!((webhook.tag.as_deref(), webhook.after), (Some("production"), Some(3)));
    assert!(!webhook.allow_private);
    assert!(webhook.secret().unwrap_err().contains("cannot read s"));
    for (more, part) in [
        ("event = 'changes'", "found neither"),
        ("event = 'changes'\nsecret-file = 's'\nsecret-variable = 'S'", "found both"),
        ("event = 'changes'\nsecret-file = 's'\ntag = 't'", "are only for the event `affected`"),
        ("event = 'affected'\nsecret-file = 's'", "found neither"),
        ("event = 'affected'\nsecret-file = 's'\ntag = 't'\ntraining-set = 'x'", "found both"),
        (
            "event = 'affected'\nsecret-file = 's'\ntraining-set = 'x'\nnamespace = 'n'",
            "only valid with `tag`",
        ),
        ("event = 'all'\nsecret-file = 's'", "[[webhooks]]"),
        ("event = 'changes'\nsecret = 's'", "unknown field `secret`"),
    ] {
        assert!(refusal(&table(more)).contains(part), "{}", refusal(&table(more)));
    }
    let named = |name: &str| {
        format!("[[webhooks]]\nname = '{name}'\nurl = 'x'\nevent = 'changes'\nsecret-file = 's'\n")
    };
    for name in ["", "../x", "A", "a b"] {
        assert!(refusal(&named(name)).contains("1 to 64 characters"), "{name}");
    }
    assert!(refusal(&(named("a") + &named("a"))).contains("duplicate webhook name a"));
}

#[test]
fn lengths_of_time_are_read() {
    for (text, seconds) in [("1s", 1), ("90m", 5_400), ("24h", 86_400), ("7 d", 604_800)] {
        assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for wrong in ["", "24", "0h", "-1h", "h", "1.5h", "1w", "99999999999999999999d", "999999999999999999d"] {
        assert!(span(wrong).unwrap_err().contains("24h"), "{wrong}");
    }
}

#[test]
fn sizes_and_addresses_are_read() {
    assert_eq!(size("1048576"), Ok(1 << 20));
    assert_eq!(size("512MiB"), Ok(512 << 20));
    assert_eq!(size("5 GiB"), Ok(5 << 30));
    for wrong in ["", "0", "-1", "5GB", "many", "99999999999TiB"] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
    assert_eq!(address("localhost:80").unwrap().to_string(), "127.0.0.1:80");
    assert_eq!(address("[::1]:80").unwrap().to_string(), "[::1]:80");
    for wrong in ["localhost", "example.org:80", "127.0.0.1", "127.0.0.1:99999"] {
        assert!(address(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_token_file_holds_the_token_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let access = TokenOptions { token_file: Some(path.clone()) };
    assert!(token(&access).unwrap_err().to_string().starts_with("cannot read the token in "));
    fs::write(&path, " \n").unwrap();
    assert!(token(&access).unwrap_err().to_string().ends_with("it is empty"));
    fs::write(&path, "secret\n").unwrap();
    assert_eq!(token(&access).unwrap().as_deref(), Some("secret"));
}

#[test]
fn payloads_have_a_directory_or_part_of_a_bucket() {
    let bucket = |bucket: &str, prefix: &str| {
        Ok(BlobPlace::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    };
    assert_eq!(blobs::place("s3://data"), bucket("data", ""));
    assert_eq!(blobs::place("s3://data/"), bucket("data", ""));
    assert_eq!(blobs::place("s3://my.data-1/a/b/"), bucket("my.data-1", "a/b"));
    for dir in ["blobs", "/var/lib/blobs", "./s3", "s3:"] {
        assert_eq!(blobs::place(dir), Ok(BlobPlace::Directory(dir.into())));
    }
    for (wrong, part) in [
        ("", "s3://BUCKET/PREFIX"),
        ("s3://", "expected a bucket name"),
        ("s3:///a", "expected a bucket name"),
        ("s3://a b/c", "expected a bucket name"),
        ("s3://user:word@data/a", "expected a bucket name"),
        ("s3://data/a/../b", "must not contain"),
        ("s3://data/a//b", "must not contain"),
        ("gs://data/a", "found `gs://`"),
        ("https://data.s3.amazonaws.com/a", "found `https://`"),
    ] {
        let refused = blobs::place(wrong).unwrap_err();
        assert!(refused.contains(part), "{wrong}: {refused}");
    }
}

#[test]
fn the_settings_of_a_bucket_can_be_in_a_file() {
    let text = "blobs = 's3://data/a'\ns3-endpoint = 'http://127.0.0.1:9000'\ns3-region = 'eu-1'\n\
                s3-addressing = 'virtual-host'\ns3-checksums = 'when_required'\ns3-timeout = 5\ns3-attempts = 2\n";
    let command = under(TestCommandLine::command(), &file(text)).unwrap();
    let mut matches = command.try_get_matches_from(["stemma", "serve"]).unwrap();
    let cli = <TestCommandLine as clap::FromArgMatches>::from_arg_matches_mut(&mut matches).unwrap();
    let Sub::Serve { directory: Directory { blobs, .. }, .. } = cli.command;
    assert!(matches!(blobs.blobs, Some(BlobPlace::Bucket { .. })));
    assert_eq!(blobs.s3_endpoint.as_deref(), Some("http://127.0.0.1:9000"));
    assert_eq!(blobs.s3_region.as_deref(), Some("eu-1"));
    assert_eq!(blobs.s3_addressing, BucketAddressing::VirtualHost);
    assert_eq!(blobs.s3_checksums, ChecksumPolicy::WhenRequired);
    assert_eq!((blobs.s3_timeout, blobs.s3_attempts), (5, 2));
    for wrong in
        ["s3-endpoint = 'localhost:9000'", "s3-timeout = 0", "s3-attempts = 0", "s3-checksums = 'no'"]
    {
        assert!(refusal(wrong).contains("invalid value"), "{}", refusal(wrong));
    }
}
