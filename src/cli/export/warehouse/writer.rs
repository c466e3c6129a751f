//! Writes partitions: new files go to `.partial`, and are moved to their places when all of them
//! are complete.

use std::fs::File;
use std::io::{self, Write};

use super::file::{WarehouseFile, path};
use super::place::OpenPlace;
use super::plan::Partition;
use crate::blob::verify::Hasher;
use crate::cli::export::LineagePart;
use crate::cli::export::origin::{ExportPiece, ExportSource, scope};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::folder::{Nameless, Partial};
use crate::cli::shared::progress;
use crate::domain::id::{Seq, hex};
use crate::export::{self, ExportMemory, Table};
use crate::ledger::AsOf;

/// A running export.
pub(super) struct PartitionWriter<'a> {
    origin: &'a ExportSource,
    place: &'a OpenPlace<'a>,
    part: &'a LineagePart,
    seq: Seq,
    files: Vec<WarehouseFile>,
    new: Vec<(Nameless, WarehouseFile)>,
}

/// A file that is hashed while it is written.
struct HashedPartial {
    partial: Partial,
    hasher: Hasher,
}

impl Write for HashedPartial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.partial.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.partial.file.flush()
    }
}

impl<'a> PartitionWriter<'a> {
    pub(super) const fn new(
        origin: &'a ExportSource,
        place: &'a OpenPlace<'a>,
        part: &'a LineagePart,
        seq: Seq,
    ) -> Self {
        Self { origin, place, part, seq, files: Vec::new(), new: Vec::new() }
    }

    /// Keeps the existing files of a partition.
    pub(super) fn keep(&mut self, files: Vec<WarehouseFile>) {
        self.files.extend(files);
    }

    /// Writes the files of a partition.
    pub(super) async fn write(&mut self, span: Partition) -> Result<()> {
        let mut files = Vec::with_capacity(Table::ALL.len());
        for _ in Table::ALL {
            let partial = self.place.folder().begin(self.new.len() + files.len())?;
            files.push(HashedPartial { partial, hasher: Hasher::default() });
        }
        match self.origin {
            ExportSource::Here(ledger) => {
                let view = ledger.at(AsOf::Seq(self.seq))?;
                let part = view.span(Seq(span.first - 1), Seq(span.last.max(span.first - 1)))?;
                let mut tables =
                    view.tables(&Table::ALL, part, scope(&view, self.part)?, &ExportMemory::unlimited())?;
                let bar = progress::items("exporting commits", span.last + 1 - span.first);
                while let Some((table, bytes)) = tables.next().await? {
                    files[table as usize].write_all(&bytes)?;
                    bar.set_position(tables.read());
                }
                bar.finish_and_clear();
            }
            ExportSource::Server(_) => {
                for (table, file) in Table::ALL.into_iter().zip(&mut files) {
                    let (after, up_to) = (Seq(span.first - 1), Seq(span.last.max(span.first - 1)));
                    let bar = progress::bytes(format!("{table} from seq {}", span.first), None);
                    let piece = ExportPiece::Table { table, after, up_to, part: self.part };
                    let written = self.origin.write(&piece, self.seq, file, &bar).await;
                    bar.finish_and_clear();
                    written?;
                }
            }
        }
        for (table, file) in Table::ALL.into_iter().zip(files) {
            self.end(table, span, file)?;
        }
        Ok(())
    }

    fn end(&mut self, table: Table, span: Partition, file: HashedPartial) -> Result<()> {
        let HashedPartial { partial, hasher } = file;
        let facts = hasher.finish();
        partial.file.sync_all()?;
        let entry = WarehouseFile {
            path: path(table, span.first),
            table: table.name().to_owned(),
            first_seq: span.first,
            last_seq: span.last,
            rows: rows(&partial.file)?,
            bytes: facts.size,
            digest: facts.digest.to_string(),
            sha256: hex(&facts.sha256),
        };
        self.files.push(entry.clone());
        self.new.push((partial.closed(), entry));
        Ok(())
    }

    /// Moves the new files to their places. Returns all files, and the number of new ones.
    ///
    /// If this is interrupted, some files have more rows than the manifest says, and none has
    /// fewer.
    pub(super) async fn publish(self) -> Result<(Vec<WarehouseFile>, u64)> {
        let written = self.new.len() as u64;
        for (file, entry) in self.new {
            self.place.publish(file, &entry.path).await?;
        }
        Ok((self.files, written))
    }
}

fn rows(file: &File) -> Result<u64> {
    let read = file.try_clone().map_err(|error| Failure::because("cannot read an export", &error))?;
    Ok(export::count_rows(read)?)
}
