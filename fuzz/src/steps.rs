//! An input as steps: a byte that says how, a length, and as many bytes of content.

/// Reads an input step by step.
pub struct Steps<'a> {
    rest: &'a [u8],
}

impl<'a> Steps<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next byte, 0 behind the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

/// How, and the content, which ends where the input does.
impl<'a> Iterator for Steps<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[how, high, low], rest) = self.rest.split_first_chunk::<3>()?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (content, behind) = rest.split_at(length.min(rest.len()));
        self.rest = behind;
        Some((how, content))
    }
}

/// A step as it is written.
pub fn step(how: u8, content: &[u8]) -> Vec<u8> {
    let content = content.get(..usize::from(u16::MAX)).unwrap_or(content);
    [&[how][..], &(content.len() as u16).to_be_bytes(), content].concat()
}
