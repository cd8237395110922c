"""The file: opened, encrypted, its tables and their migrations, the audit log, copies and restores."""
