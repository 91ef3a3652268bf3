//! The handshake of one conversation, message by message.
