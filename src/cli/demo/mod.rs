//! `stemma demo`: loads real corrected labels and traces them to the training sets that contain
//! them.

mod answer;
mod data_set;
mod digits;
mod gallery;
mod load;
mod png;
mod story;

use std::path::PathBuf;

use clap::Args;

use self::load::Loaded;
use super::shared::client::Client;
use super::shared::failure::Result;
use super::shared::output;
use super::shared::serving::{ServerOptions, serve};
use super::shared::store::{Store, runtime};
use crate::config::Listening;
use crate::graph::has_store;

/// Load real corrected labels, show which training sets contain them, and serve the pages
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Demo {
    // Not a setting: a demo must not be loaded into the directory of a settings file.
    /// The data directory of the demo
    #[arg(long, value_name = "DIR", default_value = "./stemma-demo")]
    data: PathBuf,
    /// Load the data and print the answers, but do not serve
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    listening: Listening,
}

const EXAMPLES: &str = "\
The labels of 20,000 test images of MNIST and CIFAR-10, as published; a test set and a model of \
each; the votes of five reviewers on the suspected labels; the sets refreshed and the models \
made again. And 1,797 scans of handwritten digits with their labels, crops, masks and training \
sets, digits/TRAINING_SET/digits and digits/TRAINING_SET/ink, to look at and to check out. \
(Digits: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0.) Loading it \
again changes nothing.

Examples:
  stemma demo
  stemma demo --listen 127.0.0.1:9000
  stemma demo --no-serve
  stemma trace --all --members --data ./stemma-demo
  stemma checkout digits/TRAINING_SET/digits ./digits --data ./stemma-demo";

impl Demo {
    pub(super) fn run(self) -> Result<()> {
        let options =
            if self.no_serve { None } else { Some(ServerOptions::new(&self.listening, &self.data)?) };
        if let Some(options) = options.as_ref().filter(|_| !has_store(&self.data)) {
            options.check_address()?;
        }
        runtime()?.block_on(async {
            let store = Store::open_plain(&self.data, self.listening.record_cache).await?;
            let printed = self.print(&store).await;
            match (printed, options) {
                (Ok(()), Some(options)) => {
                    let ready = |address| {
                        output::line(format_args!("\nPages: http://{address}/   Playground: http://{address}/playground   (Ctrl-C stops it)"))
                    };
                    serve(store, options, ready).await
                }
                (printed, _) => {
                    store.close().await?;
                    printed
                }
            }
        })
    }

    async fn print(&self, store: &Store) -> Result<()> {
        let loaded = load::load(&store.ledger).await?;
        output::line(self.summary(&loaded))?;
        answer::print(&Client::Local(store.api()?), &loaded).await
    }

    fn summary(&self, loaded: &Loaded) -> String {
        let directory = self.data.display();
        match loaded.made {
            0 => format!("Everything is in {directory} already: nothing changed."),
            made if made == loaded.commits => {
                format!(
                    "Loaded 20,000 labels, and 1,797 pictures of digits (UCI, CC BY 4.0), into {directory}: {}.",
                    output::counted(made, "commit")
                )
            }
            made => format!(
                "Loaded the rest into {directory}: {}, after {} that were there already.",
                output::counted(made, "commit"),
                output::count(loaded.commits - made)
            ),
        }
    }
}
