"""Handing lists out as files: what is asked, where to, and what became of it."""
