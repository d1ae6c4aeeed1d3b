"""Mails to customers: written, queued, sent, and what became of them."""
