"""OAuth: how we get, keep and renew what lets us in where no password does (RFC 6749)."""
