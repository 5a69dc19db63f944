//! A stream of rows from the engine to a reader, so that they are never all in memory as text.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// The maximal number of batches in the queue.
const WAITING: usize = 4;

/// CSV text received from another thread. It ends when the sender is dropped, and fails if the sender sends an error.
pub(crate) struct Incoming {
    receiver: Receiver<io::Result<String>>,
    text: String,
    n_read: usize,
}

impl Incoming {
    /// Returns the sender as well.
    pub(super) fn new() -> (SyncSender<io::Result<String>>, Self) {
        let (sender, receiver) = sync_channel(WAITING);
        (sender, Self { receiver, text: String::new(), n_read: 0 })
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.n_read == self.text.len() {
            match self.receiver.recv() {
                Ok(text) => (self.text, self.n_read) = (text?, 0),
                Err(_) => return Ok(0),
            }
        }
        let n_read = self.text.as_bytes().get(self.n_read..).unwrap_or_default().read(buffer)?;
        self.n_read += n_read;
        Ok(n_read)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn what_is_sent_is_read_and_so_is_a_fault() {
        let send = |last: io::Result<String>| {
            let (sender, mut incoming) = Incoming::new();
            let sending = thread::spawn(move || {
                for text in ["a,b\n", "", "1,2\n"] {
                    sender.send(Ok(text.into())).unwrap();
                }
                sender.send(last).unwrap();
            });
            let mut text = String::new();
            let read = incoming.read_to_string(&mut text);
            sending.join().unwrap();
            read.map(|_| text)
        };
        assert_eq!(send(Ok("3,4\n".into())).unwrap(), "a,b\n1,2\n3,4\n");
        assert_eq!(send(Err(io::Error::other("broken"))).unwrap_err().to_string(), "broken");
    }
}
