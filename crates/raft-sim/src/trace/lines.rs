//! The lines of a file that nobody vouches for: within limits, whatever it holds.

use super::{Limits, TraceError, TraceProblem};
use alloc::string::ToString;
use alloc::vec::Vec;
use std::io::{self, BufRead};

/// The lines of a trace, one at a time.
pub(super) struct Lines<'a, R> {
    reader: R,
    limits: &'a Limits,
    line: Vec<u8>,
    number: u64,
    bytes: u64,
    most_bytes: u64,
}

impl<'a, R: BufRead> Lines<'a, R> {
    pub(super) fn new(reader: R, limits: &'a Limits) -> Lines<'a, R> {
        let most_bytes = limits.file_bytes;
        Lines { reader, limits, line: Vec::new(), number: 0, bytes: 0, most_bytes }
    }

    /// Takes no more than so many bytes in all.
    pub(super) fn limit_file(&mut self, most_bytes: u64) {
        self.most_bytes = self.most_bytes.min(most_bytes);
    }

    /// The number of the line that was read last, from 1; the one that is missing, after
    /// the last.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The next line, with its end if it has one; `None` after the last.
    ///
    /// # Errors
    /// Where it can't be read, or is past a limit.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, TraceError> {
        self.number += 1;
        self.line.clear();
        loop {
            let part = match self.reader.fill_buf() {
                Ok(part) => part,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.error(TraceProblem::Unreadable(error.to_string()))),
            };
            let end = part.iter().position(|byte| *byte == b'\n').map(|place| place + 1);
            let taken = end.unwrap_or(part.len());
            let is_last = end.is_some() || part.is_empty();
            // What is too much is not even kept.
            let room = usize::try_from(self.limits.line_bytes).unwrap_or(usize::MAX);
            let fits = self.line.len().saturating_add(taken) <= room;
            if fits {
                self.line.extend_from_slice(&part[..taken]);
            }
            self.reader.consume(taken);
            self.bytes = self.bytes.saturating_add(taken as u64);
            if !fits {
                let limit_bytes = self.limits.line_bytes;
                return Err(self.error(TraceProblem::LineTooLong { limit_bytes }));
            }
            if self.bytes > self.most_bytes {
                let limit_bytes = self.most_bytes;
                return Err(self.error(TraceProblem::FileTooLong { limit_bytes }));
            }
            if is_last {
                break;
            }
        }
        Ok((!self.line.is_empty()).then_some(&self.line))
    }

    /// What is wrong with the line that was read last.
    pub(super) const fn error(&self, problem: TraceProblem) -> TraceError {
        TraceError { line: self.number, problem }
    }
}

/// Whether a line is text, and nested no deeper than is allowed: what parses it next
/// need not ask.
pub(super) fn check_shape(line: &[u8], limits: &Limits) -> Result<(), TraceProblem> {
    if let Err(error) = core::str::from_utf8(line) {
        return Err(TraceProblem::NotText { column: error.valid_up_to() as u64 + 1 });
    }
    let (mut depth, mut is_in_text, mut is_escaped) = (0u32, false, false);
    for byte in line {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_text => is_escaped = true,
            b'"' => is_in_text = !is_in_text,
            _ if is_in_text => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > limits.nesting {
                    return Err(TraceProblem::TooDeep { limit: limits.nesting });
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}
