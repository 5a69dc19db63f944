//! The larger files of a snapshot once more, in a file without a name.
//!
//! Why twice: from a file the system sends pages as they are (`sendfile`), from memory it copies them first. For the
//! page's WebAssembly that is a third of all the work.

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
    use std::io::Write;

    use rustix::fs::{MemfdFlags, memfd_create};

    let mut large: Vec<&mut Form> = forms.filter(|form| form.bytes.len() >= MIN_BYTES).collect();
    if large.is_empty() {
        return;
    }
    let Ok(descriptor) = memfd_create("site", MemfdFlags::CLOEXEC) else { return };
    let mut file = std::fs::File::from(descriptor);
    if large.iter().any(|form| file.write_all(&form.bytes).is_err()) {
        return;
    }
    let file = Arc::new(file);
    let mut offset = 0;
    for form in &mut large {
        form.file = Some(FilePart { file: Arc::clone(&file), offset });
        offset += u64::try_from(form.bytes.len()).unwrap_or(0);
    }
}

/// Elsewhere everything is sent from memory.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare<'a>(_: impl Iterator<Item = &'a mut Form>) {
    let _ = MIN_BYTES;
}
