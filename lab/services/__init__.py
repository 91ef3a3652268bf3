"""Real services that carry TLS inside a protocol of their own, and their clients: a module for each kind."""
