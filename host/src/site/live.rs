//! The site as it is now: one snapshot, replaced as a whole when the folder has changed.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::site::{Entry, Presentation, ScanError, Snapshot, scan};

/// Where a site comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder, looked at once a second; a change is taken over when nothing has changed for a second more, so that a
    /// copy under way is not served half.
    Folder(PathBuf),
    /// A folder, looked at before every answer: for tests that change it.
    FreshFolder(PathBuf),
    /// What was compiled in.
    Embedded,
}

/// A site that may change.
#[derive(Debug)]
pub(crate) struct Live {
    source: Source,
    presentation: Presentation,
    current: RwLock<Arc<Snapshot>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// What the current snapshot was read from.
    served: Vec<Entry>,
    /// What the last look saw, if that was something else.
    changed: Option<Vec<Entry>>,
}

/// What a look at the folder led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Same,
    /// Something changes; not taken over yet.
    Changing,
    Replaced,
}

impl Live {
    /// Reads the site for the first time.
    pub(crate) fn open(source: Source, presentation: Presentation) -> Result<Self, ScanError> {
        let (snapshot, served) = match &source {
            Source::Folder(dir) | Source::FreshFolder(dir) => {
                let entries = scan(dir)?;
                (Snapshot::read(&entries, &presentation)?, entries)
            }
            Source::Embedded => {
                (Snapshot::embedded(crate::embedded::FILES, crate::embedded::LIST, &presentation), Vec::new())
            }
        };
        let seen = Mutex::new(Seen { served, changed: None });
        Ok(Self { source, presentation, current: RwLock::new(Arc::new(snapshot)), seen })
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        if matches!(self.source, Source::FreshFolder(_)) {
            // A folder that cannot be read for a moment leaves what there was.
            let _ = self.look(true);
        }
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks for changes; `at_once` doesn't wait for the folder to come to rest.
    pub(crate) fn look(&self, at_once: bool) -> Result<Look, ScanError> {
        let (Source::Folder(dir) | Source::FreshFolder(dir)) = &self.source else { return Ok(Look::Same) };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = scan(dir)?;
        if entries == seen.served {
            seen.changed = None;
            return Ok(Look::Same);
        }
        if !at_once && seen.changed.as_ref() != Some(&entries) {
            seen.changed = Some(entries);
            return Ok(Look::Changing);
        }
        let snapshot = Snapshot::read(&entries, &self.presentation)?;
        // Written to while it was read: the next look begins anew.
        if scan(dir)? != entries {
            seen.changed = None;
            return Ok(Look::Changing);
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        *seen = Seen { served: entries, changed: None };
        Ok(Look::Replaced)
    }
}
