"""Small sites in dated states, and the loopback server that serves and records them."""
