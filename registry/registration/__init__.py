"""Registration of an initiative: five answers, a proved mailbox, an entry that waits for staff."""
