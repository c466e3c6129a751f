//! `stemma serve`: the API, the blobs and the pages over HTTP.

use clap::Args;

use super::shared::failure::Result;
use super::shared::output;
use super::shared::serving::{ServerOptions, hooks, serve};
use super::shared::store::{self, Store, runtime};
use crate::config::{Directory, Listening, Webhook, WriteOptions};
use crate::ledger::has_store;

/// Serve the GraphQL API and its pages
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ServeCommand {
    #[command(flatten)]
    directory: Directory,
    #[command(flatten)]
    writes: WriteOptions,
    #[command(flatten)]
    listening: Listening,
    /// From the settings file.
    #[arg(skip)]
    pub(super) webhooks: Vec<Webhook>,
}

const EXAMPLES: &str = "\
Examples:
  stemma serve
  stemma serve --data /var/lib/stemma --listen 127.0.0.1:9000
  openssl rand -hex 32 > token && chmod 600 token
  stemma serve --listen 0.0.0.0:8080 --token-file token
  curl -s localhost:8080/graphql -H 'content-type: application/json' \\
       -d '{\"query\":\"{ view { seq time } }\"}'

Routes: /graphql, /blobs (POST), /blobs/batch (POST), /blobs/b3:<hex> (PUT, GET, HEAD; \
GET with ?thumbnail=256 reduces an image), /garbage \
(for stemma gc), /export/… (GET: tables, changes, documents), /backup (for stemma backup), \
/imports (for stemma import), /api/v1/lineage (OpenLineage events), /hooks (the progress of webhooks), \
/ and others (the pages), /playground, /healthz, /readyz.

It stops on Ctrl-C or SIGTERM when open requests have ended, and always within a minute.";

impl ServeCommand {
    pub(super) fn run(self) -> Result<()> {
        let mut options = ServerOptions::new(&self.listening, &self.directory.data)?;
        options.hooks = self.webhooks.iter().map(hooks::of).collect::<Result<_>>()?;
        options.hooks_dir = self.directory.data.join("hooks");
        // The message of a store that a server has open is more useful than that of its port.
        if !has_store(&self.directory.data) {
            options.check_address()?;
        }
        runtime()?.block_on(async {
            let store = Store::open(&self.directory, self.writes, self.listening.record_cache).await?;
            store::warn_if_shared(&self.directory.data);
            serve(store, options, |address| output::line(format_args!("stemma is ready: http://{address}/")))
                .await
        })
    }
}
