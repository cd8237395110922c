"""Mail without a server: files of mail, and a mailbox in memory."""
