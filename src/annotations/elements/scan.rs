//! A scan for the end of a value.

/// The state of a scan within a value.
#[derive(Default)]
pub(super) struct Scan {
    depth: u64,
    in_text: bool,
    escaped: bool,
    begun: bool,
}

impl Scan {
    /// Returns the number of bytes that belong to the value, and true if it ends with them.
    pub(super) fn over(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (place, byte) in bytes.iter().enumerate() {
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_text = false;
                        if self.depth == 0 {
                            return (place + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' if self.depth == 1 => return (place + 1, true),
                b',' | b'}' | b']' if self.depth == 0 => return (place, true),
                byte if self.depth == 0 && self.begun && byte.is_ascii_whitespace() => return (place, true),
                _ => {}
            }
            self.begun = true;
        }
        (bytes.len(), false)
    }
}
