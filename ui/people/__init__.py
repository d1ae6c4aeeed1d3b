"""What every person may do and know about people: their own password, and who is here."""
