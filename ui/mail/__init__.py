"""Mails to customers: their words, and the form that sends one; shared by several pages."""
