//! The memory of the WebAssembly half: blocks of 2ᵏ bytes, handed out and taken back in a few steps.
//!
//! Why not the standard library's allocator: it was 8 kB of the module's code, and merges what is freed into
//! larger blocks for programs that run for days. Here a few vectors live as long as their predictor, and what loading
//! one frees serves the next. The price: a block may be up to twice as large as what is asked for, and stays of its size.
//!
//! Every block's address is a multiple of its size (up to [`PAGE`]), so that any alignment up to that is right.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// The unit in which memory is taken from the engine: 2¹⁶ bytes.
const PAGE: usize = 1 << PAGE_CLASS;
const PAGE_CLASS: usize = 16;
/// The smallest block has room for the link to the next free one.
const SMALLEST: usize = 8;
/// Blocks of 2³² bytes and more there are not.
const N_CLASSES: usize = 32;

/// For each k the first free block of 2ᵏ bytes; each holds the address of the next.
struct Heap(UnsafeCell<[*mut u8; N_CLASSES]>);

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new([null_mut(); N_CLASSES]));

/// The k of the block that a layout takes.
fn class(layout: Layout) -> usize {
    let size = layout.size().max(layout.align()).max(SMALLEST);
    (usize::BITS - (size - 1).leading_zeros()) as usize
}

impl Heap {
    /// A block of 2ᵏ bytes; null where there is none.
    fn take(&self, class: usize) -> *mut u8 {
        if class >= N_CLASSES {
            return null_mut();
        }
        // SAFETY: WebAssembly without threads runs one function at a time, and no reference to the lists leaves here.
        let first = unsafe { (*self.0.get())[class] };
        if !first.is_null() {
            // SAFETY: a free block is ours and begins with the address of the next, which `put` wrote there.
            unsafe { (*self.0.get())[class] = first.cast::<*mut u8>().read() };
            return first;
        }
        if class >= PAGE_CLASS {
            let n_before = std::arch::wasm32::memory_grow(0, 1 << (class - PAGE_CLASS));
            return if n_before == usize::MAX { null_mut() } else { (n_before * PAGE) as *mut u8 };
        }
        // Half of the next larger one.
        let whole = self.take(class + 1);
        if !whole.is_null() {
            self.put(whole.wrapping_add(1 << class), class);
        }
        whole
    }

    /// Makes a block of 2ᵏ bytes the first free one.
    fn put(&self, block: *mut u8, class: usize) {
        // SAFETY: as in `take`; whoever had the block has given it up, and it has room for an address, to which it is
        // aligned.
        unsafe {
            let lists = self.0.get();
            block.cast::<*mut u8>().write((*lists)[class]);
            (*lists)[class] = block;
        }
    }
}

// SAFETY: there are no threads (`wasm32-unknown-unknown` without the feature `atomics`).
unsafe impl Sync for Heap {}

// SAFETY: a block is handed out once until it is given back, is at least as large as asked for, and is aligned: its
// address is a multiple of its size or of a page, and no layout of ours is aligned to more than a page.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(class(layout))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.put(block, class(layout));
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that `size`, rounded up to the alignment, is no overflow.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if class(wanted) == class(layout) {
            return block;
        }
        let moved = self.take(class(wanted));
        if !moved.is_null() {
            // SAFETY: both are valid for the smaller of both sizes, and no block overlaps another.
            unsafe { std::ptr::copy_nonoverlapping(block, moved, size.min(layout.size())) };
            self.put(block, class(layout));
        }
        moved
    }
}
