"""Statement lines and payments put together: proposed, approved, declined, taken back, by hand."""
