//! The current site: one snapshot, replaced as a whole when the folder has changed.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::{
    embedded,
    log::print_status,
    site::{Entry, ScanError, Snapshot, scan},
};

/// The source of a site.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder, checked once a second. A change is loaded once the folder is complete and has not changed for another
    /// second, so that a copy in progress is not served.
    Folder(PathBuf),
    /// A folder, read before every answer: for tests that change it.
    FreshFolder(PathBuf),
    /// The site embedded in the binary.
    Embedded,
}

/// A site that may change.
#[derive(Debug)]
pub(crate) struct LiveSite {
    source: Source,
    frame_ancestors: String,
    current: RwLock<Arc<Snapshot>>,
    folder: Mutex<FolderState>,
}

#[derive(Debug, Default)]
struct FolderState {
    /// The files that the current snapshot was read from.
    served: Vec<Entry>,
    /// The files that the last check found, if they differ.
    pending: Option<Pending>,
}

#[derive(Debug)]
struct Pending {
    entries: Vec<Entry>,
    is_refused: bool,
}

/// The result of a check of the folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    /// The folder is changing; not loaded yet.
    Settling,
    /// The folder is unchanged since it was refused.
    StillRefused,
    Replaced,
}

impl LiveSite {
    /// Reads the site for the first time. If a folder does not match its list of compressed forms, it is served without
    /// those that differ: after a restart an incomplete page is better than none.
    pub(crate) fn open(source: Source, frame_ancestors: &str) -> Result<Self, ScanError> {
        let (snapshot, served) = match &source {
            Source::Folder(dir) | Source::FreshFolder(dir) => {
                let entries = scan(dir)?;
                let snapshot = Snapshot::read(&entries, frame_ancestors)?;
                if let (Source::Folder(_), Err(error)) = (&source, snapshot.check_complete(dir)) {
                    print_status(format_args!("{error}"));
                }
                (snapshot, entries)
            }
            Source::Embedded => (Snapshot::embedded(embedded::FILES, embedded::LIST, frame_ancestors), Vec::new()),
        };
        let folder = Mutex::new(FolderState { served, pending: None });
        let current = RwLock::new(Arc::new(snapshot));
        Ok(Self { source, frame_ancestors: frame_ancestors.to_owned(), current, folder })
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        if matches!(self.source, Source::FreshFolder(_)) {
            // A folder that cannot be read at the moment leaves the previous snapshot.
            let _ = self.check(true);
        }
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Checks for changes; `at_once` does not wait until the folder has stopped changing. A refused folder is read
    /// again only when something in it has changed, or with `at_once`.
    pub(crate) fn check(&self, at_once: bool) -> Result<Change, ScanError> {
        let (Source::Folder(dir) | Source::FreshFolder(dir)) = &self.source else { return Ok(Change::None) };
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = scan(dir)?;
        if entries == folder.served {
            folder.pending = None;
            return Ok(Change::None);
        }
        if !at_once {
            match folder.pending.as_ref().filter(|pending| pending.entries == entries) {
                None => {
                    folder.pending = Some(Pending { entries, is_refused: false });
                    return Ok(Change::Settling);
                }
                Some(pending) if pending.is_refused => return Ok(Change::StillRefused),
                Some(_) => {}
            }
        }
        let snapshot = Snapshot::read(&entries, &self.frame_ancestors)?;
        // Changed while it was read: the next check starts again.
        if scan(dir)? != entries {
            folder.pending = None;
            return Ok(Change::Settling);
        }
        if matches!(self.source, Source::Folder(_))
            && let Err(error) = snapshot.check_complete(dir)
        {
            folder.pending = Some(Pending { entries, is_refused: true });
            return Err(error);
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        *folder = FolderState { served: entries, pending: None };
        Ok(Change::Replaced)
    }
}
