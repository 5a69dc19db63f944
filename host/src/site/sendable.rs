//! The larger files of a snapshot once more, in a file without a name on disk.
//!
//! Why twice: from a file the system sends its pages as they are (`sendfile`), from memory it copies them first. That
//! pays where the pages lie side by side, as they do on a disk's file system that keeps a large write in large pieces;
//! on a file system in memory each page of 4 KiB goes alone, which was slower than copying (0.7 against 1.0 of nginx's
//! rate for the WebAssembly): there, and where nothing can be written, everything is sent from memory.

use std::sync::Arc;

use crate::site::Form;

/// Shorter bodies go out with their heads, in one call.
const MIN_BYTES: usize = 32 << 10;

/// Bytes that the system can send by itself.
#[derive(Clone, Debug)]
pub(crate) struct FilePart {
    pub(crate) file: Arc<std::fs::File>,
    pub(crate) offset: u64,
}

/// Puts all large forms into one file. Without one they are sent from memory.
#[cfg(target_os = "linux")]
pub(crate) fn prepare<'a>(forms: impl Iterator<Item = &'a mut Form>) {
    use std::os::unix::fs::FileExt;

    use rustix::fs::{Mode, OFlags, fstatfs, open};

    /// Each form begins at a multiple of it: large pieces lie at round places only.
    const ALIGNMENT: u64 = 1 << 20;
    /// The types of the file systems that live in memory, tmpfs and ramfs.
    const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];

    let mut large: Vec<&mut Form> = forms.filter(|form| form.bytes.len() >= MIN_BYTES).collect();
    if large.is_empty() {
        return;
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let Ok(file) = open("/var/tmp", flags, Mode::RUSR | Mode::WUSR) else { return };
    if fstatfs(&file).is_ok_and(|found| IN_MEMORY.iter().any(|kind| u64::try_from(found.f_type) == Ok(*kind))) {
        return;
    }
    let file = Arc::new(std::fs::File::from(file));
    let mut offset = 0;
    let mut parts = Vec::with_capacity(large.len());
    for form in &large {
        if file.write_all_at(&form.bytes, offset).is_err() {
            return;
        }
        parts.push(FilePart { file: Arc::clone(&file), offset });
        offset = (offset + u64::try_from(form.bytes.len()).unwrap_or(0)).next_multiple_of(ALIGNMENT);
    }
    for (form, part) in large.iter_mut().zip(parts) {
        form.file = Some(part);
    }
}

/// Elsewhere everything is sent from memory.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare<'a>(_: impl Iterator<Item = &'a mut Form>) {
    let _ = MIN_BYTES;
}
