"""The audit trail in words: what every entry says, for whoever shows one."""
