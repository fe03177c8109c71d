//! One Raft node, sans-IO.
#![no_std]
extern crate alloc;
