//! A packed lesson as a file: one line of text, so that it can be mailed, pasted and put on any
//! host. What follows its beginning is what a link carries: base64url, without padding.

use alloc::format;
use alloc::string::String;

/// What such a file begins with.
pub const BEGINS: &str = "raftlab-lesson:";

/// What a link carries of the lesson in this file; `None` where it is none.
pub fn data(text: &str) -> Option<&str> {
    text.trim().strip_prefix(BEGINS)
}

/// The file of a lesson, by what a link carries of it.
pub fn of(data: &str) -> String {
    format!("{BEGINS}{data}\n")
}

#[cfg(test)]
mod tests {
    use super::{data, of};

    #[test]
    fn a_file_gives_what_a_link_carries() {
        assert_eq!(data(&of("AQID")), Some("AQID"));
        assert_eq!(data(" raftlab-lesson:AQID\r\n"), Some("AQID"));
        assert_eq!(data("name = \"x\""), None);
    }
}
