"""Invoices, credit notes and receipts: issued, drawn, handed out, printed."""
