"""What survives a restart: one SQLite file, and secrets in the OS keyring."""
